/**
 * Trials of a climb as a race: each is scored on the first of the users, and on all of them only if it is not plainly behind the best one so far.
 *
 *   behind:   mean(d) + BEHIND sd(d) / sqrt(users) < 0,   d = value of the trial - value of the best, of each of the first users
 *
 * The free numbers have climbed on these users by then, which flatters the trial. Paired differences of a few hundred users tell most trials apart: they saw the same
 * lists held out. Racing: Maron and Moore, NIPS 1993; here with one early look.
 */
import type { Detached } from '../request/request.ts'
import type { Recipe } from '../recommend/methods/recipe.ts'
import { climbFreely, recipeOf, type ClimbPoint, type Move, type Standing } from './recipe-climb.ts'
import { joinScores, type RollingBench, type RollingObjective, type RollingScores } from './rolling-bench.ts'
import { mean, varianceOfMean, type UserScores } from './user-scores.ts'

/** The share of the users that a trial is scored on first, and the fewest of them: of fewer users all are looked at. */
const [FIRST, FEWEST] = [1 / 4, 150]
/** Standard errors. */
const BEHIND = 2

/** Where a trial ended, and by how many users. */
export interface Finish extends Standing<ClimbPoint> {
  readonly users: number
}

/** Exponents by which users are probed. */
const keyOf = ({ userExponent, itemExponent, profileExponent }: Recipe): string =>
  [userExponent, itemExponent, profileExponent].join()

/** Some users, and recipes among what one of them ranks high for them; made when it is first asked for. */
class Track {
  readonly #bench: RollingBench
  readonly #near: Recipe
  #objective: RollingObjective | null = null
  readonly #probed = new Map<string, RollingScores>()

  constructor(bench: RollingBench, near: Recipe) {
    this.#bench = bench
    this.#near = near
  }

  get users(): number {
    return this.#bench.examples
  }

  /** Scores of recipes with the exponents of one. @param best what stays probed: a move of the ridge alone needs no sweep of the users */
  *scoresOf(recipe: Recipe, best: Recipe | null): Detached<RollingScores> {
    const key = keyOf(recipe)
    for (const known of this.#probed.keys())
      if (known !== key && known !== (best && keyOf(best))) this.#probed.delete(known)
    this.#objective ??= yield* this.#bench.objectiveNear(this.#near)
    const scores = this.#probed.get(key) ?? (yield* this.#objective(recipe))
    this.#probed.set(key, scores)
    return scores
  }
}

/** The best trial so far. */
interface Leader extends Standing<ClimbPoint> {
  /** On the first users; `null` for one that was recalled. */
  scores: UserScores | null
}

export class Race {
  readonly #first: Track
  /** `null` where the first are all. */
  readonly #others: Track | null
  #leader: Leader | null = null
  #latest: Leader | null = null

  /** @param near what the users' candidates are ranked by */
  constructor(bench: RollingBench, near: Recipe) {
    const count = Math.ceil(FIRST * bench.examples)
    const [first, others] = count < FEWEST ? [bench, null] : bench.cut(count)
    this.#first = new Track(first, near)
    this.#others = others && new Track(others, near)
  }

  /** Climbs from a place, by all users if it is worth that. */
  *run(from: ClimbPoint, moves: readonly Move[]): Detached<Finish> {
    const leader = this.#leader
    const best = leader && recipeOf(leader.place)
    const first = yield* this.#first.scoresOf(recipeOf(from), best)
    const early = yield* climbFreely(first, from, moves)
    const users = this.#first.users
    if (this.#others === null) return { ...early, users }
    if (leader !== null && isBehind(early.scores, yield* this.#scoresOf(leader))) return { ...early, users }
    const others = yield* this.#others.scoresOf(recipeOf(from), best)
    const all: RollingScores = function* (recipe) {
      return joinScores([yield* first(recipe), yield* others(recipe)])
    }
    const { place, value } = yield* climbFreely(all, from, moves)
    this.#latest = { place, value, scores: yield* first(recipeOf(place)) }
    return { place, value, users: users + this.#others.users }
  }

  /** Takes note of a trial that ended by all users, recalled or not. */
  settle(standing: Standing<ClimbPoint>): void {
    if (this.#leader !== null && standing.value <= this.#leader.value) return
    const isLatest = this.#latest?.place === standing.place
    this.#leader = { ...standing, scores: isLatest && this.#latest ? this.#latest.scores : null }
  }

  *#scoresOf(leader: Leader): Detached<UserScores> {
    if (leader.scores === null) {
      const recipe = recipeOf(leader.place)
      leader.scores = yield* (yield* this.#first.scoresOf(recipe, recipe))(recipe)
    }
    return leader.scores
  }
}

function isBehind(trial: UserScores, best: UserScores): boolean {
  const differences = trial.ndcg.map(
    (ndcg, user) => (ndcg - best.ndcg[user] + trial.recall[user] - best.recall[user]) / 2,
  )
  return mean(differences) + BEHIND * Math.sqrt(varianceOfMean(differences)) < 0
}
