import type { RecurrenceStep } from '../kernel/kernel.ts'
import type { Algorithm } from '../run/drive.ts'
import type { PreparedMatrix } from '../run/prepared.ts'
import type { DenseSeeds, Output, Problem } from '../run/problem.ts'
import { leftOut, normalDiagonals, type NormalDiagonals } from './normal-diagonals.ts'

/** One step of a recurrence that leaves P y. */
export const ONCE: readonly RecurrenceStep[] = [{ a: 1, b: 0, c: 0, d: 0 }]

/** X = D_u^-a W D_i^-e and P = X'X as products with blocks of vectors, which lie row by row: shape (columns of W x vectors). */
export class NormalProduct {
  /** Whether a column of W has any weight. */
  readonly active: Uint8Array
  readonly #who: string
  readonly #diagonals: NormalDiagonals

  constructor(who: string, { degrees }: PreparedMatrix, userExponent: number, itemExponent: number) {
    this.active = Uint8Array.from(degrees.columns, (degree) => Number(degree > 0))
    this.#who = who
    this.#diagonals = normalDiagonals(degrees, userExponent, itemExponent)
  }

  /** The recurrence in P, from a block. */
  *apply(steps: readonly RecurrenceStep[], block: Float32Array): Algorithm<Float32Array> {
    const output: Output = { kind: 'scores', finish: this.#diagonals.unscale, rowScale: null }
    const { columnScores } = yield this.#problem(steps, this.#seeds(block), output)
    return columnScores ?? leftOut()
  }

  /** X times a block, shape (rows of W x vectors). */
  *left(block: Float32Array): Algorithm<Float32Array> {
    const { unscale, rowScale } = this.#diagonals
    const output: Output = { kind: 'scores', finish: unscale, rowScale }
    const { rowScores } = yield this.#problem([], this.#seeds(block), output)
    return rowScores ?? leftOut()
  }

  #seeds(block: Float32Array): DenseSeeds {
    const scale = this.#diagonals.columnScale
    return { kind: 'dense', columns: block.length / scale.length, data: block, coefficients: null, scale }
  }

  #problem(steps: readonly RecurrenceStep[], seeds: DenseSeeds, output: Output): Problem {
    const schedule = { solver: 'filter', steps, stopBelow: 0 } as const
    return { name: this.#who, operator: this.#diagonals.operator, schedule, seeds, output }
  }
}
