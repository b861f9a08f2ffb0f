import { degreePower } from '../matrix/normalize.ts'
import type { RecurrenceStep } from '../kernel/kernel.ts'
import type { Algorithm } from '../run/drive.ts'
import type { PreparedMatrix } from '../run/prepared.ts'
import type { DenseSeeds, Operator, Output, Problem } from '../run/problem.ts'

/** One step of a recurrence that leaves P y. */
export const ONCE: readonly RecurrenceStep[] = [{ a: 1, b: 0, c: 0, d: 0 }]

/** X = D_u^-a W D_i^-e and P = X'X as products with blocks of vectors, which lie row by row: shape (columns of W x vectors). */
export class NormalProduct {
  /** Whether a column of W has any weight. */
  readonly active: Uint8Array
  /** No rank is larger. */
  readonly mostRank: number
  readonly #who: string
  readonly #operator: Operator
  readonly #rowScale: Float32Array
  readonly #columnScale: Float32Array
  readonly #unscale: Float32Array

  constructor(who: string, { degrees }: PreparedMatrix, userExponent: number, itemExponent: number) {
    const { rows, columns } = degrees
    const power = (side: Float64Array, exponent: number): Float32Array =>
      new Float32Array(degreePower(side, exponent, 0))
    const count = (side: Float64Array): number => side.reduce((sum, degree) => sum + Number(degree > 0), 0)
    this.active = Uint8Array.from(columns, (degree) => Number(degree > 0))
    this.mostRank = Math.min(count(rows), count(columns))
    this.#who = who
    this.#rowScale = power(rows, -userExponent)
    this.#columnScale = power(columns, -itemExponent)
    this.#unscale = power(columns, itemExponent)
    this.#operator = {
      middle: power(rows, -2 * userExponent),
      scale: power(columns, -2 * itemExponent),
      weight: new Float32Array(columns.length),
    }
  }

  /** The recurrence in P, from a block. */
  *apply(steps: readonly RecurrenceStep[], block: Float32Array): Algorithm<Float32Array> {
    const output: Output = { kind: 'scores', finish: this.#unscale, rowScale: null }
    const { columnScores } = yield this.#problem(steps, this.#seeds(block), output)
    return columnScores ?? leftOut()
  }

  /** X times a block, shape (rows of W x vectors). */
  *left(block: Float32Array): Algorithm<Float32Array> {
    const output: Output = { kind: 'scores', finish: this.#unscale, rowScale: this.#rowScale }
    const { rowScores } = yield this.#problem([], this.#seeds(block), output)
    return rowScores ?? leftOut()
  }

  /** In the variable z = D_i^-e y the sweep W' (D_u^-2a W z) needs one scale only. */
  #seeds(block: Float32Array): DenseSeeds {
    const scale = this.#columnScale
    return { kind: 'dense', columns: block.length / scale.length, data: block, coefficients: null, scale }
  }

  #problem(steps: readonly RecurrenceStep[], seeds: DenseSeeds, output: Output): Problem {
    const schedule = { solver: 'filter', steps, stopBelow: 0 } as const
    return { name: this.#who, operator: this.#operator, schedule, seeds, output }
  }
}

function leftOut(): never {
  throw new TypeError('a solver left the scores out')
}
