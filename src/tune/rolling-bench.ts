/** Scores methods and recipes on the validation users of all windows. A user in two windows is two examples. */
import { on, type Detached, type On } from '../request/request.ts'
import type { RankingMetricName } from '../evaluate/ranking.ts'
import type { MethodName } from '../recommend/methods/methods.ts'
import type { Recipe } from '../recommend/methods/recipe.ts'
import type { NamedNetwork } from '../network/network.ts'
import type { Pause } from '../support/pause.ts'
import { sampleUsers, type HoldOut } from './hold-out.ts'
import { ProbedNetwork } from './probed-users.ts'
import type { TiltedScores, UserScores } from './user-scores.ts'
import {
  ValidationBench,
  type AskedMethod,
  type BenchOptions,
  type RecencyAt,
  type RecipeObjective,
  type RecipeScores,
} from './validation-bench.ts'

type Asked = On | Pause

/** Scores of recipes in all windows, one after the other. */
export type RollingObjective = RecipeObjective<Asked>

export type RollingScores = RecipeScores<Asked>

/** A user of a window. */
export interface Example {
  readonly window: number
  readonly user: number
}

/** Held-out data from which examples are drawn. */
interface Windows {
  readonly who: string
  readonly held: readonly HoldOut[]
  /** Cached probes of each window. */
  readonly probed: readonly ProbedNetwork[]
  readonly options: BenchOptions
}

/** Draws users from windows in proportion to their sizes, interleaved, so that any first part is a fair sample. */
export function drawExamples(
  windows: readonly { readonly indptr: ArrayLike<number> }[],
  most: number,
  seed: number,
): Example[] {
  const all = windows.map((one) => sampleUsers(one, Infinity, seed))
  const total = all.reduce((sum, users) => sum + users.length, 0)
  const share = Math.min(1, most / total)
  const drawn = all.flatMap((users, window) => {
    const some = users.subarray(0, Math.ceil(share * users.length))
    return Array.from(some, (user, at) => ({ window, user, turn: (at + 0.5) / some.length }))
  })
  return drawn.sort((a, b) => a.turn - b.turn || a.window - b.window).slice(0, most)
}

export class RollingBench {
  readonly #windows: Windows
  /** In the order of `drawExamples`. */
  readonly #drawn: readonly Example[]
  /** One bench for each window with examples. */
  readonly #benches: readonly { readonly window: number; readonly bench: ValidationBench }[]

  private constructor(windows: Windows, drawn: readonly Example[]) {
    const { who, held, options, probed } = windows
    this.#windows = windows
    this.#drawn = drawn
    this.#benches = held.flatMap((one, window) => {
      const users = usersOf(drawn, window)
      const bench = new ValidationBench(who, one, options, users, probed[window])
      return users.length === 0 ? [] : [{ window, bench }]
    })
  }

  static draw(who: string, held: readonly HoldOut[], options: BenchOptions): RollingBench {
    const { validationUsers, seed } = options
    const drawn = drawExamples(held, validationUsers, seed)
    const probed = held.map(({ network }) => new ProbedNetwork(who, network))
    return new RollingBench({ who, held, probed, options }, drawn)
  }

  /** Network of the last window, which is the largest. */
  get network(): NamedNetwork {
    const { held } = this.#windows
    return held[held.length - 1].network
  }

  get windows(): number {
    return this.#benches.length
  }

  /** In the order in which they were drawn. */
  get users(): Int32Array {
    return Int32Array.from(this.#drawn, ({ user }) => user)
  }

  get examples(): number {
    return this.#drawn.length
  }

  get examplesOfWindows(): number[] {
    return this.#windows.held.map((_, window) => usersOf(this.#drawn, window).length)
  }

  /**
   * A third of the users to search on, the others to decide: results are overfitted to the users of the search. No user is in both parts, in any window,
   * unless there is only one.
   */
  parts(): readonly [searching: RollingBench, deciding: RollingBench] {
    const users = [...new Set(this.#drawn.map(({ user }) => user))]
    const count = Math.floor(users.length / 3) || users.length >> 1
    const searching = new Set(users.slice(0, count || 1))
    const deciding = new Set(users.slice(count))
    return [this.#of(({ user }) => searching.has(user)), this.#of(({ user }) => deciding.has(user))]
  }

  /** The first `count` examples, and the others. */
  cut(count: number): readonly [first: RollingBench, others: RollingBench] {
    return [
      new RollingBench(this.#windows, this.#drawn.slice(0, count)),
      new RollingBench(this.#windows, this.#drawn.slice(count)),
    ]
  }

  #of(isIn: (example: Example) => boolean): RollingBench {
    return new RollingBench(this.#windows, this.#drawn.filter(isIn))
  }

  /** Scores a method on all examples. */
  ask(method: MethodName, options: AskedMethod, recencyAt?: RecencyAt): Detached<UserScores> {
    return this.measure(method, options, this.examples, ['recall', 'ndcg'], recencyAt)
  }

  /** Scores a method on the first `count` examples. */
  *measure<Name extends RankingMetricName>(
    method: MethodName,
    options: AskedMethod,
    count: number,
    names: readonly Name[],
    recencyAt?: RecencyAt,
  ): Detached<UserScores<Name>> {
    const asked = this.#drawn.slice(0, count)
    const scores: UserScores<Name>[] = []
    for (const { window, bench } of this.#benches) {
      const users = usersOf(asked, window).length
      if (users > 0) scores.push(yield* on(bench.held.network, bench.measure(method, options, users, names, recencyAt)))
    }
    return joinScores(scores)
  }

  /** Scores a method on all examples, also as if more or less popular items had been held out. */
  *askTilted(method: MethodName, options: AskedMethod): Detached<TiltedScores> {
    const scores: TiltedScores[] = []
    for (const { bench } of this.#benches) {
      scores.push(yield* on(bench.held.network, bench.askTilted(method, options)))
    }
    const [more, less] = [0, 1].map((at) => joined(scores.map(({ tilted }) => tilted[at])))
    return { ...joinScores<'recall' | 'ndcg'>(scores), tilted: [more, less] }
  }

  /** Scores recipes among the items that one recipe ranks high. */
  *objectiveNear(recipe: Recipe, recencyAt?: RecencyAt): Detached<RollingObjective> {
    const objectives: { readonly bench: ValidationBench; readonly objective: RecipeObjective }[] = []
    for (const { bench } of this.#benches) {
      const objective = yield* on(bench.held.network, bench.objectiveNear(recipe, recencyAt))
      objectives.push({ bench, objective })
    }
    return function* (exponents) {
      const parts: { readonly bench: ValidationBench; readonly scoresOf: RecipeScores }[] = []
      for (const { bench, objective } of objectives) {
        parts.push({ bench, scoresOf: yield* on(bench.held.network, objective(exponents)) })
      }
      return function* (moved, at) {
        const scores: UserScores[] = []
        for (const { bench, scoresOf } of parts) scores.push(yield* on(bench.held.network, scoresOf(moved, at)))
        return joinScores(scores)
      }
    }
  }
}

const usersOf = (drawn: readonly Example[], window: number): Int32Array =>
  Int32Array.from(
    drawn.filter((example) => example.window === window),
    ({ user }) => user,
  )

/** Concatenates the scores of parts of the examples. */
export function joinScores<Name extends RankingMetricName>(parts: readonly UserScores<Name>[]): UserScores<Name> {
  if (parts.length === 1) return parts[0]
  const names = Object.keys(parts[0]) as Name[]
  const columns = names
    .filter((name) => parts[0][name] instanceof Float64Array)
    .map((name) => [name, joined(parts.map((part) => part[name]))])
  return Object.fromEntries(columns) as UserScores<Name>
}

function joined(columns: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(columns.reduce((sum, { length }) => sum + length, 0))
  columns.reduce((at, column) => (all.set(column, at), at + column.length), 0)
  return all
}
