import type { Algorithm, Request } from '../request/request.ts'
import type { RankingMetricName } from '../evaluate/ranking.ts'
import { Catalogue } from '../recommend/catalogue.ts'
import type { MethodName, MethodOptions } from '../recommend/methods/methods.ts'
import type { Recipe } from '../recommend/methods/recipe.ts'
import type { OrderOptions } from '../recommend/profile-order.ts'
import type { ItemRecency, Recency, RecencyOptions } from '../recommend/recency.ts'
import { resolveList } from '../recommend/request.ts'
import { TopList } from '../recommend/top-list.ts'
import type { Sliced } from '../support/pause.ts'
import { sampleUsers, type HoldOut } from './hold-out.ts'
import { tiltedNdcg, type ItemAt } from './tilted-ndcg.ts'
import { scoreUsers, type TiltedScores, type UserScores } from './user-scores.ts'
import { ProbedNetwork, type Candidates, type Recent } from './probed-users.ts'

/** Items among which a user's list is ranked while searching. */
const CANDIDATES = 300

/** Number of validation users, the length of their lists, and the seed of the draw. */
export interface BenchOptions {
  readonly k: number
  readonly validationUsers: number
  readonly seed: number
}

/** Options of a method, of the order of profiles, and of what is recent. */
export type AskedMethod = MethodOptions & OrderOptions & RecencyOptions

/** The recency to use, given the one that 'auto' finds. */
export type RecencyAt = (auto: ItemRecency) => Recency

const asFound: RecencyAt = () => 'auto'

/** Prepares the scores of all recipes that share a recipe's user, item and profile exponents. */
export type RecipeObjective<Asked = Request> = (recipe: Recipe) => Generator<Asked, RecipeScores<Asked>, unknown>

/** @param recencyAt the recency; default: 'auto'. */
export type RecipeScores<Asked = Request> = (
  recipe: Recipe,
  recencyAt?: RecencyAt,
) => Generator<Asked, UserScores, unknown>

/** Scores methods and recipes on the validation users of one network. */
export class ValidationBench {
  /** Ascending. */
  readonly users: Int32Array
  readonly held: HoldOut
  /** In the order of the draw, so that any first part is a fair sample. */
  readonly #drawn: Int32Array
  readonly #probed: ProbedNetwork
  readonly #options: Pick<BenchOptions, 'k'>
  readonly #who: string

  /** @param drawn the users, unless they are to be drawn here. @param probed the cached probes, if other benches share them */
  constructor(
    who: string,
    held: HoldOut,
    options: BenchOptions,
    drawn = sampleUsers(held, options.validationUsers, options.seed),
    probed = new ProbedNetwork(who, held.network),
  ) {
    this.#who = who
    this.held = held
    this.#options = options
    this.#drawn = drawn
    this.#probed = probed
    this.users = this.#drawn.slice().sort()
  }

  /** Scores a method on all users. @param recencyAt the recency, unless it is in the options */
  ask(method: MethodName, options: AskedMethod, recencyAt?: RecencyAt): Algorithm<UserScores> {
    return this.measure(method, options, this.users.length, ['recall', 'ndcg'], recencyAt)
  }

  /** Scores a method on the first `count` users of the sample. */
  *measure<Name extends RankingMetricName>(
    method: MethodName,
    options: AskedMethod,
    count: number,
    names: readonly Name[],
    recencyAt = asFound,
  ): Algorithm<UserScores<Name>> {
    const users = this.#drawn.slice(0, count).sort()
    const recency = recencyAt === asFound ? 'auto' : recencyAt(yield* this.#probed.auto())
    const itemAt = yield* this.#lists(users, { method, recency, ...options })
    return yield* scoreUsers(this.held, users, this.#options.k, itemAt, names)
  }

  /** Scores a method on all users, also as if more or less popular items had been held out. */
  *askTilted(method: MethodName, options: AskedMethod): Algorithm<TiltedScores> {
    const { k } = this.#options
    const itemAt = yield* this.#lists(this.users, { method, ...options })
    const scores = yield* scoreUsers(this.held, this.users, k, itemAt, ['recall', 'ndcg'])
    return { ...scores, tilted: yield* tiltedNdcg(this.held, this.users, k, itemAt) }
  }

  /** Scores recipes among the items that one recipe ranks high. */
  *objectiveNear(recipe: Recipe, recencyAt = asFound): Algorithm<RecipeObjective> {
    const recency = recencyAt(yield* this.#probed.auto())
    const { items, k: count } = yield* this.#rank(this.users, {
      method: 'graph-filter',
      recipe,
      recency,
      k: CANDIDATES,
    })
    const candidates = { users: this.users, count, items: items.map((item) => Math.max(0, item)) }
    return (exponents) => this.#probe(candidates, items, exponents)
  }

  *#probe(candidates: Candidates, items: Int32Array, exponents: Recipe): ReturnType<RecipeObjective> {
    const { count } = candidates
    const scoresOf = yield* this.#probed.probe(candidates, exponents)
    const best = new TopList(this.#options.k)
    const [ranked, unused] = [new Int32Array(this.#options.k), new Float32Array(this.#options.k)]
    return function* (this: ValidationBench, recipe: Recipe, recencyAt = asFound): Algorithm<UserScores> {
      const scores = yield* scoresOf(recipe, yield* this.#recentBy(recencyAt))
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
      return yield* scoreUsers(this.held, this.users, this.#options.k, itemAt, ['recall', 'ndcg'])
    }.bind(this)
  }

  *#recentBy(recencyAt: RecencyAt): Sliced<Recent> {
    return yield* this.#probed.recent(recencyAt(yield* this.#probed.auto()))
  }

  *#lists(users: Int32Array, options: object): Algorithm<ItemAt> {
    const { items, k } = yield* this.#rank(users, { ...options, k: this.#options.k })
    return (place, rank) => (rank < k ? items[place * k + rank] : -1)
  }

  #rank(users: Int32Array, options: object): ReturnType<Catalogue['rankUsers']> {
    const catalogue = Catalogue.of(this.#who, this.held.network)
    return catalogue.rankUsers(users, resolveList(this.#who, options, catalogue.items))
  }
}
