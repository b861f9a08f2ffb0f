import type { Network } from '../network/network.ts'
import type { RecurrenceStep } from '../kernel/kernel.ts'
import { sweep, type Algorithm } from '../request/request.ts'
import type { DenseSeeds, Output, Sweep } from '../request/sweep.ts'
import { normalDiagonals, type NormalDiagonals } from './normal-diagonals.ts'

/** One step of a recurrence that leaves P y. */
export const ONCE: readonly RecurrenceStep[] = [{ a: 1, b: 0, c: 0, d: 0 }]

/** X = D_u^-a W D_i^-e and P = X'X as products with blocks of vectors, which lie row by row: shape (columns of W x vectors). */
export class NormalProduct {
  /** Whether a column of W has any weight. */
  readonly active: Uint8Array
  readonly #who: string
  readonly #diagonals: NormalDiagonals

  constructor(who: string, { degrees }: Network, userExponent: number, itemExponent: number) {
    this.active = Uint8Array.from(degrees.columns, (degree) => Number(degree > 0))
    this.#who = who
    this.#diagonals = normalDiagonals(degrees, userExponent, itemExponent)
  }

  /** The recurrence in P, from a block. */
  *apply(steps: readonly RecurrenceStep[], block: Float32Array): Algorithm<Float32Array> {
    const output = { kind: 'scores', finish: this.#diagonals.unscale, rowScale: null } as const
    const { columnScores } = yield* sweep(this.#sweep(steps, this.#seeds(block), output))
    return columnScores
  }

  /** X times a block, shape (rows of W x vectors). */
  *left(block: Float32Array): Algorithm<Float32Array> {
    const { unscale, rowScale } = this.#diagonals
    const output = { kind: 'scores', finish: unscale, rowScale } as const
    const { rowScores } = yield* sweep(this.#sweep([], this.#seeds(block), output))
    return rowScores
  }

  #seeds(block: Float32Array): DenseSeeds {
    const scale = this.#diagonals.columnScale
    return { kind: 'dense', columns: block.length / scale.length, data: block, coefficients: null, scale }
  }

  #sweep<Wanted extends Output>(
    steps: readonly RecurrenceStep[],
    seeds: DenseSeeds,
    output: Wanted,
  ): Omit<Sweep<Wanted>, 'kind'> {
    const schedule = { solver: 'filter', steps, stopBelow: 0 } as const
    return { name: this.#who, operator: this.#diagonals.operator, schedule, seeds, output }
  }
}
