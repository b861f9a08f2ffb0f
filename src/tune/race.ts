/**
 * Races the trials of a climb: each is scored on the first users, then on half of them, and on all users only if it is ahead both times.
 *
 *   ahead:   value of the trial >= value of the best trial so far on the same users, the free numbers of both climbed on them by the same moves
 *
 * Numbers that were climbed on few users are overfitted to them. If both trials are, neither has an advantage, and the costly numbers decide.
 * All looks of a race climb by the same moves, so the best trial climbs once per look; a trial that reaches all users climbs there by moves drawn for it.
 * Racing: Maron and Moore, NIPS 1993; here with two looks and no margin: a trial that is barely behind would have gained little.
 */
import type { Detached } from '../request/request.ts'
import type { Recipe } from '../recommend/methods/recipe.ts'
import { climbFreely, recipeOf, type ClimbPoint, type Move, type Standing } from './recipe-climb.ts'
import { joinScores, type RollingBench, type RollingObjective, type RollingScores } from './rolling-bench.ts'
import type { UserScores } from './user-scores.ts'

/** Shares of the users in each look, and the fewest users of a look. */
const [LOOKS, FEWEST] = [[1 / 6, 1 / 2], 100]

/** Where a trial ended, and on how many users it was scored. */
export interface Finish extends Standing<ClimbPoint> {
  readonly users: number
}

/** Recipes with the same key share their probes. */
const keyOf = ({ userExponent, itemExponent, profileExponent, degreeOffset }: Recipe): string =>
  [userExponent, itemExponent, profileExponent, degreeOffset].join()

/** Some users, and the scores of recipes among the items that the recipe `near` ranks high for them; prepared on first use. */
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

  /** Scores of recipes that share the probes of `recipe`. @param best its probes stay cached: a move of the ridge alone needs no sweep of the users */
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

export class Race {
  /** The users of the first look, those that the second look adds, and the rest. */
  readonly #tracks: readonly Track[]
  readonly #moves: readonly Move[]
  #best: Standing<ClimbPoint> | null = null
  /** Values of the best trial on the users of one look, of two looks, and so on. */
  #bestValues: number[] = []

  /** @param near the recipe that ranks the users' candidates. @param moves of the free numbers, at every look */
  constructor(bench: RollingBench, near: Recipe, moves: readonly Move[]) {
    this.#moves = moves
    const looks = LOOKS.map((share) => Math.ceil(share * bench.examples)).filter((count) => count >= FEWEST)
    const benches: RollingBench[] = []
    let others = bench
    for (const count of looks) {
      const [next, rest] = others.cut(count - bench.examples + others.examples)
      benches.push(next)
      others = rest
    }
    this.#tracks = [...benches, others].map((part) => new Track(part, near))
  }

  /** Climbs from a place, on all users if it is ahead on each look. @param moves of the free numbers, on all users */
  *run(from: ClimbPoint, moves: readonly Move[]): Detached<Finish> {
    const best = this.#best?.place ?? null
    const last = this.#tracks.length - 1
    const parts: RollingScores[] = []
    let users = 0
    for (const [at, track] of this.#tracks.entries()) {
      parts.push(yield* track.scoresOf(recipeOf(from), best && recipeOf(best)))
      users += track.users
      if (best === null || at === last) continue
      const look = yield* climbFreely(joined(parts), from, this.#moves)
      this.#bestValues[at] ??= yield* this.#valueOf(best, parts.length)
      if (look.value < this.#bestValues[at]) return { ...look, users }
    }
    return { ...(yield* climbFreely(joined(parts), from, moves)), users }
  }

  /** Records a trial that was scored on all users, whether measured or recalled. */
  settle({ place, value }: Standing<ClimbPoint>): void {
    if (this.#best !== null && value <= this.#best.value) return
    this.#best = { place, value }
    this.#bestValues = []
  }

  /** Value of the best trial so far on the users of the first looks. */
  *#valueOf(best: ClimbPoint, looks: number): Detached<number> {
    const recipe = recipeOf(best)
    const parts: RollingScores[] = []
    for (const track of this.#tracks.slice(0, looks)) parts.push(yield* track.scoresOf(recipe, recipe))
    return (yield* climbFreely(joined(parts), best, this.#moves)).value
  }
}

const joined = (parts: readonly RollingScores[]): RollingScores =>
  function* (recipe) {
    const scores: UserScores[] = []
    for (const scoresOf of parts) scores.push(yield* scoresOf(recipe))
    return joinScores(scores)
  }
