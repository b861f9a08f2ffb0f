import type { Algorithm } from '../request/request.ts'
import { RANKING_METRICS, type RankingMetricName } from '../evaluate/ranking.ts'
import { bootstrapInSlices, type PairedBootstrap } from '../evaluate/significance.ts'
import { Catalogue } from '../recommend/catalogue.ts'
import type { MethodName, MethodOptions } from '../recommend/methods/methods.ts'
import type { Recipe } from '../recommend/methods/recipe.ts'
import { resolveList, resolveRecommender, type ListOptions } from '../recommend/request.ts'
import { TopList } from '../recommend/top-list.ts'
import { PAUSE, Slices, type Sliced } from '../support/pause.ts'
import { sampleUsers, type HoldOut } from './hold-out.ts'
import { tiltedNdcg, type ItemAt, type TiltedNdcg } from './tilted-ndcg.ts'
import { probeUsers, type Candidates } from './probed-users.ts'
import type { RecipeObjective } from './recipe-climb.ts'

/** Items among which a user's list is ranked while searching. */
const CANDIDATES = 300

/** What is maximised: half recall, half NDCG; the two agree on what is better and disagree on the noise. */
export const valueOf = (scores: UserScores): number => (mean(scores.recall) + mean(scores.ndcg)) / 2

/** How many users are validated on, by lists of which length. */
export interface BenchOptions {
  readonly k: number
  readonly validationUsers: number
  readonly seed: number
}

/** The validation users, and how anything ranks for them. */
export class ValidationBench {
  /** Ascending. */
  readonly users: Int32Array
  readonly catalogue: Catalogue
  readonly #held: HoldOut
  /** In the order in which they were drawn: the first of them are a fair sample of all. */
  readonly #drawn: Int32Array
  readonly #options: BenchOptions
  readonly #who: string

  /** @param drawn the users, where they are not all that are to be drawn */
  constructor(who: string, held: HoldOut, options: BenchOptions, drawn?: Int32Array) {
    this.#who = who
    this.#held = held
    this.#options = options
    this.#drawn = drawn ?? sampleUsers(held, options.validationUsers, options.seed)
    this.users = this.#drawn.slice().sort()
    this.catalogue = Catalogue.of(who, held.network)
  }

  /** A third of the users to search by, the others to decide by: what a search finds is flattered by those that it saw. A single user does both. */
  parts(): readonly [searching: ValidationBench, deciding: ValidationBench] {
    const count = Math.floor(this.#drawn.length / 3) || this.#drawn.length >> 1
    const of = (drawn: Int32Array): ValidationBench => new ValidationBench(this.#who, this.#held, this.#options, drawn)
    return [of(this.#drawn.slice(0, count || 1)), of(this.#drawn.slice(count))]
  }

  /** How a method ranks, in full. */
  ask(method: MethodName, options: MethodOptions): Algorithm<UserScores> {
    return this.measure(method, options, this.users.length, ['recall', 'ndcg'])
  }

  /** How it ranks for the first so many users of the sample. */
  *measure<Name extends RankingMetricName>(
    method: MethodName,
    options: MethodOptions,
    count: number,
    names: readonly Name[],
  ): Algorithm<UserScores<Name>> {
    const users = this.#drawn.slice(0, count).sort()
    return yield* scoreUsers(this.#held, users, this.#options.k, yield* this.#lists(users, method, options), names)
  }

  /** How a method ranks, in full, and how it would if what is held out were other items. */
  *askTilted(method: MethodName, options: MethodOptions): Algorithm<TiltedScores> {
    const { k } = this.#options
    const itemAt = yield* this.#lists(this.users, method, options)
    const scores = yield* scoreUsers(this.#held, this.users, k, itemAt, ['recall', 'ndcg'])
    return { ...scores, tilted: yield* tiltedNdcg(this.#held, this.users, k, itemAt) }
  }

  /** Values of recipes by how they rank what one recipe ranks high. */
  *objectiveNear(recipe: Recipe): Algorithm<RecipeObjective> {
    const { items, k: count } = yield* this.#rank(this.users, { method: 'graph-filter', recipe, k: CANDIDATES })
    const candidates = { users: this.users, count, items: items.map((item) => Math.max(0, item)) }
    const { network } = this.#held
    const recent = yield* this.catalogue.recency(resolveRecommender(this.#who, {}))
    return (exponents) => this.#probe(candidates, items, probeUsers(this.#who, network, candidates, exponents, recent))
  }

  *#probe(
    { count }: Candidates,
    items: Int32Array,
    probing: ReturnType<typeof probeUsers>,
  ): ReturnType<RecipeObjective> {
    const scoresOf = yield* probing
    const best = new TopList(this.#options.k)
    const [ranked, unused] = [new Int32Array(this.#options.k), new Float32Array(this.#options.k)]
    return function* (this: ValidationBench, recipe: Recipe): Algorithm<number> {
      const scores = yield* scoresOf(recipe)
      let rankedPlace = -1
      const itemAt: ItemAt = (place, rank) => {
        if (place !== rankedPlace) {
          ranked.fill(-1)
          for (let at = place * count; at < (place + 1) * count; at++) {
            if (items[at] >= 0 && scores[at] > best.threshold) best.offer(items[at], scores[at])
          }
          best.moveTo(ranked, unused, 0)
          rankedPlace = place
        }
        return ranked[rank]
      }
      return valueOf(yield* scoreUsers(this.#held, this.users, this.#options.k, itemAt, ['recall', 'ndcg']))
    }.bind(this)
  }

  *#lists(users: Int32Array, method: MethodName, options: MethodOptions): Algorithm<ItemAt> {
    const { items, k } = yield* this.#rank(users, { method, ...options, k: this.#options.k })
    return (place, rank) => (rank < k ? items[place * k + rank] : -1)
  }

  #rank(users: Int32Array, options: ListOptions): ReturnType<Catalogue['rankUsers']> {
    return this.catalogue.rankUsers(users, resolveList(this.#who, options, this.catalogue.items))
  }
}

/** Accuracy of ranked lists on held-out items, one value a user. */
export type UserScores<Name extends RankingMetricName = 'recall' | 'ndcg'> = Readonly<Record<Name, Float64Array>>

/** The same, and NDCG by hits that weigh otherwise. */
export interface TiltedScores extends UserScores {
  readonly tilted: TiltedNdcg
}

/** Operations that looking at one place of a list costs. */
const RANK_COST = 10

/** Ranked lists of users against their held-out items. */
export function* scoreUsers<Name extends RankingMetricName>(
  { indptr, indices }: HoldOut,
  users: Int32Array,
  k: number,
  itemAt: ItemAt,
  names: readonly Name[],
): Sliced<UserScores<Name>> {
  const slices = new Slices()
  const columns = names.map((name) => [name, new Float64Array(users.length)] as const)
  const hits = new Uint8Array(k)
  for (let place = 0; place < users.length; place++) {
    const user = users[place]
    const heldOut = new Set(indices.subarray(indptr[user], indptr[user + 1]))
    for (let rank = 0; rank < k; rank++) hits[rank] = heldOut.has(itemAt(place, rank)) ? 1 : 0
    for (const [name, column] of columns) column[place] = RANKING_METRICS[name](hits, k, heldOut.size)
    if (slices.full(RANK_COST * (k + heldOut.size))) yield PAUSE
  }
  return Object.fromEntries(columns) as UserScores<Name>
}

/** What was found, held against the default: it is the answer if it beats that by more than chance, paired by user, and nothing else is against it. */
export function* decide(
  found: UserScores,
  byDefault: UserScores,
  { k, seed, mayBeTuned = true }: Pick<BenchOptions, 'k' | 'seed'> & { readonly mayBeTuned?: boolean },
): Sliced<Decision> {
  const gain = yield* bootstrapInSlices(found.ndcg, byDefault.ndcg, { seed })
  const isBetter = mayBeTuned && gain.low > 0
  const winner = isBetter ? found : byDefault
  return {
    decision: isBetter ? 'tuned' : 'default',
    metric: `ndcg@${k}`,
    score: mean(winner.ndcg),
    defaultScore: mean(byDefault.ndcg),
    gain,
    scores: meanScores(winner),
    defaultScores: meanScores(byDefault),
  }
}

/** As in what a search found. */
export interface Decision {
  readonly decision: 'tuned' | 'default'
  readonly metric: string
  readonly score: number
  readonly defaultScore: number
  readonly gain: PairedBootstrap
  readonly scores: MeanScores
  readonly defaultScores: MeanScores
}

export const meanScores = ({ recall, ndcg }: UserScores): MeanScores => ({ recall: mean(recall), ndcg: mean(ndcg) })

/** Accuracy of ranked lists on held-out items, mean over users. */
export interface MeanScores {
  readonly recall: number
  readonly ndcg: number
}

export function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
