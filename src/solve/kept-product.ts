import type { Network } from '../network/network.ts'
import type { RecurrenceStep } from '../kernel/kernel.ts'
import { sweep, type Algorithm } from '../request/request.ts'
import type { KeptSeeds, Output, PanelNumber, Sweep } from '../request/sweep.ts'
import { normalDiagonals, type NormalDiagonals } from './normal-diagonals.ts'
import { ONCE } from './normal-product.ts'

/** A selection of vectors of a block Y (columns of W x size). */
export interface Selection {
  /** Shape (size x count), row-major: Y times these; `null` for the first columns of Y. */
  readonly coefficients: Float32Array | null
  readonly count: number
  /** Vectors from `from` on are random. */
  readonly random?: KeptSeeds['random']
}

/** A selection, and the factors of its vectors under P. */
export interface Measurement extends Selection {
  /** Shape (count). */
  readonly values: Float64Array
}

/**
 * X = D_u^-a W D_i^-e and P = X'X as products with a block Y of vectors, shape (columns of W x size), that stays in shared memory.
 *
 * There is room for two blocks: a result is written beside Y, and `accept` makes it the new Y.
 */
export class KeptProduct {
  /** Columns of W that have any weight. */
  readonly active: number
  /** Bound on the rank of X. */
  readonly mostRank: number
  readonly #asking: Pick<Sweep, 'name' | 'preliminary'>
  readonly #diagonals: NormalDiagonals
  #size = 0
  #panel: PanelNumber = 0

  constructor(
    who: string,
    { degrees }: Network,
    {
      userExponent,
      itemExponent,
      preliminary,
    }: { readonly userExponent: number; readonly itemExponent: number; readonly preliminary?: true },
  ) {
    const count = (side: Float64Array): number => side.reduce((sum, degree) => sum + Number(degree > 0), 0)
    this.active = count(degrees.columns)
    this.mostRank = Math.min(count(degrees.rows), this.active)
    this.#asking = { name: who, ...(preliminary && { preliminary }) }
    this.#diagonals = normalDiagonals(degrees, userExponent, itemExponent)
  }

  /** Y <- P times `size` random vectors. */
  *start(size: number, seed: number): Algorithm<void> {
    this.#size = size
    yield* this.apply(ONCE, { coefficients: null, count: size, random: { from: 0, seed } })
    this.accept()
  }

  /** Keeps the recurrence in P from a selection of Y beside Y. */
  *apply(steps: readonly RecurrenceStep[], selection: Selection): Algorithm<void> {
    yield* sweep(this.#sweep(steps, selection, this.#beside(null)))
  }

  /** As `apply`, the first step having c = d = 0. @returns |P v - value v| of the selected vectors v, shape (count) */
  *measure(steps: readonly RecurrenceStep[], selection: Measurement): Algorithm<Float64Array> {
    const { squares } = yield* sweep(this.#sweep(steps, selection, this.#beside(selection.values)))
    return squares.map(Math.sqrt)
  }

  /** Makes the block beside Y the new Y. */
  accept(): void {
    this.#panel = other(this.#panel)
  }

  /** Y'Y, lower triangle. */
  *gram(): Algorithm<Float64Array> {
    const output = { kind: 'cross-products', finish: null } as const
    const { seedProducts } = yield* sweep(this.#sweep([], this.#all(), output))
    return seedProducts
  }

  /** Y'PY, lower triangle. */
  *project(): Algorithm<Float64Array> {
    const output = { kind: 'cross-products', finish: this.#diagonals.unscale, seeds: false } as const
    const { scoreProducts } = yield* sweep(this.#sweep(ONCE, this.#all(), output))
    return scoreProducts
  }

  /** A selection of Y, and X times it unless only the right side is wanted: shapes (columns of W x count) and (rows of W x count). */
  *sides(selection: Selection, rightOnly = false): Algorithm<{ right: Float32Array; left: Float32Array }> {
    const { unscale, rowScale } = this.#diagonals
    const output = { kind: 'scores', finish: unscale, rowScale: rightOnly ? null : rowScale } as const
    const { columnScores, rowScores } = yield* sweep(this.#sweep([], selection, output))
    return { right: columnScores, left: rowScores ?? new Float32Array(0) }
  }

  #all(): Selection {
    return { coefficients: null, count: this.#size }
  }

  #beside(measure: Float64Array | null): Output & { kind: 'kept' } {
    return { kind: 'kept', panel: other(this.#panel), finish: this.#diagonals.unscale, measure }
  }

  #sweep<Wanted extends Output>(
    steps: readonly RecurrenceStep[],
    { coefficients, count, random = null }: Selection,
    output: Wanted,
  ): Omit<Sweep<Wanted>, 'kind'> {
    const { operator, columnScale: scale } = this.#diagonals
    const [panel, panelColumns] = [this.#panel, this.#size]
    const schedule = { solver: 'filter', steps, stopBelow: 0 } as const
    const seeds: KeptSeeds = { kind: 'kept', columns: count, panel, panelColumns, coefficients, scale, random }
    return { ...this.#asking, operator, schedule, seeds, output }
  }
}

const other = (panel: PanelNumber): PanelNumber => (panel === 0 ? 1 : 0)
