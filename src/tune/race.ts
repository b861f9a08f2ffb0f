/**
 * Trials of a climb as a race: each is scored on the first of the users, then on half of them, and on all only if it is ahead each time.
 *
 *   ahead:   value of the trial >= value of the best one so far, of the same users, the free numbers of both climbed on them by the same moves
 *
 * Numbers that have climbed on few users are flattered by them. Where both have, that is no advantage, and the costly numbers make the difference.
 * All looks of a race climb by the same moves, so that the best trial climbs once for each; those of a trial that reaches all users are its own.
 * Racing: Maron and Moore, NIPS 1993; here with two looks and no margin: what a trial that is barely behind would have gained is little.
 */
import type { Detached } from '../request/request.ts'
import type { Recipe } from '../recommend/methods/recipe.ts'
import { climbFreely, recipeOf, type ClimbPoint, type Move, type Standing } from './recipe-climb.ts'
import { joinScores, type RollingBench, type RollingObjective, type RollingScores } from './rolling-bench.ts'
import type { UserScores } from './user-scores.ts'

/** The shares of the users that a trial is looked at by, and the fewest users of a look. */
const [LOOKS, FEWEST] = [[1 / 6, 1 / 2], 100]

/** Where a trial ended, and by how many users. */
export interface Finish extends Standing<ClimbPoint> {
  readonly users: number
}

/** What users are probed by. */
const keyOf = ({ userExponent, itemExponent, profileExponent, degreeOffset }: Recipe): string =>
  [userExponent, itemExponent, profileExponent, degreeOffset].join()

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

  /** Scores of recipes that are probed as one is. @param best what stays probed: a move of the ridge alone needs no sweep of the users */
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
  /** The users of the first look, those that the next adds, and so on. */
  readonly #tracks: readonly Track[]
  readonly #moves: readonly Move[]
  #best: Standing<ClimbPoint> | null = null
  /** Of the best trial, by the users of one look, of two and so on. */
  #bestValues: number[] = []

  /** @param near what the users' candidates are ranked by. @param moves of the free numbers, at every look */
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

  /** Climbs from a place, by all users if it is worth that. @param moves of the free numbers, by all users */
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

  /** Takes note of a trial that ended by all users, recalled or not. */
  settle({ place, value }: Standing<ClimbPoint>): void {
    if (this.#best !== null && value <= this.#best.value) return
    this.#best = { place, value }
    this.#bestValues = []
  }

  /** Of the best trial so far, by the users of so many looks. */
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
