import type { Schedule } from '../plan/schedule.ts'

/**
 * A propagation problem: solve z = T z + rhs for many right-hand sides, T z = scale o (W' (middle o (W z))), or scale o (W z) on a square matrix.
 *
 * Every algorithm of the library consists of such problems; the plan decides how they are partitioned and where they run.
 */
export interface Sweep<Wanted extends Output = Output> {
  readonly kind: 'sweep'
  /** Name of the calling function, for messages: 'labelSpreading', 'recommend' ... */
  readonly name: string
  readonly operator: Operator
  readonly schedule: Schedule
  readonly seeds: Seeds
  /** Added to z after the last step: scores from another source. */
  readonly addend?: Addend | undefined
  readonly output: Wanted
  /** Notes for the plan on how the answer is computed. */
  readonly notes?: readonly string[] | undefined
  /** Set for preliminary work, which progress does not count. */
  readonly preliminary?: true
}

/** The diagonals of T. */
export interface Operator {
  /** Shape (rows); `null` on a square matrix. */
  readonly middle: Float32Array | null
  /** Shape (columns). */
  readonly scale: Float32Array
  /** Scales a residual of z to one of the answer, shape (columns). */
  readonly weight: Float32Array
}

/** Right-hand sides, one per column of the problem. */
export type Seeds = RowSeeds | SparseSeeds | DenseSeeds | KeptSeeds

/** Right-hand side c is row `rows[c]` of the matrix, times `scale` (shape: columns of the matrix). */
export interface RowSeeds {
  readonly kind: 'rows'
  readonly rows: Int32Array
  readonly scale: Float32Array
}

/** Right-hand side c has `data[e]` at `indices[e]` for e in indptr[c] .. indptr[c + 1]; duplicates add up. */
export interface SparseSeeds {
  readonly kind: 'sparse'
  readonly indptr: Int32Array
  readonly indices: Int32Array
  readonly data: Float32Array
}

/** Right-hand sides scale o (Y C), Y dense. */
export interface DenseSeeds {
  readonly kind: 'dense'
  readonly columns: number
  /** Y, shape (columns of the matrix x sources), row-major. */
  readonly data: Float32Array
  /** C, shape (sources x columns), row-major; `null` for Y itself. */
  readonly coefficients: Float32Array | null
  /** Shape (columns of the matrix). */
  readonly scale: Float32Array
  /** The row of the matrix whose entries `excludeSeeds` excludes from a list, shape (columns), -1 for none. Default: none. */
  readonly excludedRows?: Int32Array
}

/** Columns of the matrix, a list for each right-hand side: those of c at `indices[indptr[c] .. indptr[c + 1])`. */
export interface ColumnLists {
  readonly indptr: Int32Array
  readonly indices: Int32Array
}

/** Number of one of the two panels that stay in memory from one problem of an algorithm to the next. */
export type PanelNumber = 0 | 1

/** As `DenseSeeds`, where Y is a panel that an earlier problem of the same algorithm wrote. All problems of an algorithm have panels of the same width. */
export interface KeptSeeds {
  readonly kind: 'kept'
  readonly columns: number
  readonly panel: PanelNumber
  /** Columns of a panel. */
  readonly panelColumns: number
  /** C, shape (columns of a panel x columns), row-major; `null` for the first columns of Y themselves. */
  readonly coefficients: Float32Array | null
  /** Shape (columns of the matrix). */
  readonly scale: Float32Array
  /** Columns from `from` on are random, from a seed. */
  readonly random: { readonly from: number; readonly seed: number } | null
}

/** A C, A dense. */
export interface Addend {
  /** A, shape (columns of the matrix x sources), row-major. */
  readonly data: Float32Array
  /** C, shape (sources x columns), row-major. */
  readonly coefficients: Float32Array
}

/** The requested output of the solution z. */
export type Output =
  | {
      /** The k best of z o finish per column; NaN in finish excludes an entry. */
      readonly kind: 'top-k'
      readonly k: number
      readonly finish: Float32Array
      /** Exclude the entries of the right-hand side. */
      readonly excludeSeeds: boolean
      /** Further entries to exclude. */
      readonly excluded?: ColumnLists | undefined
    }
  | {
      /** z o finish, and with `rowScale` also rowScale o (W z). */
      readonly kind: 'scores'
      readonly finish: Float32Array
      readonly rowScale: Float32Array | null
    }
  | {
      /** Y'Y and, with `finish`, Y'(z o finish) of dense seeds Y without coefficients. */
      readonly kind: 'cross-products'
      readonly finish: Float32Array | null
      /** Whether Y'Y is wanted; default true. */
      readonly seeds?: boolean
    }
  | {
      /** No output; z o finish is kept in a panel, which is not that of the seeds. */
      readonly kind: 'kept'
      readonly panel: PanelNumber
      readonly finish: Float32Array
      /** With one value per column: also the sums of ((T y - value y) o finish)^2 of the seeds y; requires a first step with c = d = 0. */
      readonly measure: Float64Array | null
    }
  | {
      /** z itself at a few rows of each column, before the first step and after each one. */
      readonly kind: 'probes'
      /** Shape (problem columns x probes). */
      readonly rows: Int32Array
    }

/** Convergence of the sweeps, and the requested output, in ordinary memory. */
export type SweepAnswer<Wanted extends Output = Output> = SweepFacts & AnswerTo<Wanted>

export type ScoresWanted = Extract<Output, { kind: 'scores' }>

export interface SweepFacts {
  /** Sweeps of each column's block, shape (columns). */
  readonly iterations: Int32Array
  /** Last measured residual of each column's block, shape (columns). */
  readonly residuals: Float32Array
}

export type AnswerTo<Wanted extends Output> = Wanted extends { kind: 'top-k' }
  ? { readonly top: TopLists }
  : Wanted extends { kind: 'scores' }
    ? {
        /** Shape (matrix columns x problem columns), row-major. */
        readonly columnScores: Float32Array
        /** Shape (matrix rows x problem columns), row-major. */
        readonly rowScores: AsWanted<Wanted['rowScale'], Float32Array>
      }
    : Wanted extends { kind: 'cross-products' }
      ? {
          /** Y'Y, shape (problem columns x problem columns), row-major: lower triangles, above it is 0. */
          readonly seedProducts: Wanted extends { seeds: false } ? null : Float64Array
          /** Y'(z o finish), of the same shape. */
          readonly scoreProducts: AsWanted<Wanted['finish'], Float64Array>
        }
      : Wanted extends { kind: 'kept' }
        ? {
            /** The sums of `measure`, shape (problem columns). */
            readonly squares: Float64Array
          }
        : Wanted extends { kind: 'probes' }
          ? {
              /** Shape (steps + 1, problem columns, probes), row-major. */
              readonly probes: Float32Array
            }
          : never

/** `null` for `null`, otherwise the answer. */
export type AsWanted<Given, Answered> = Given extends null ? null : Answered

/** k entries per column, best first; row -1 if there are fewer. */
export interface TopLists {
  readonly k: number
  readonly rows: Int32Array
  readonly scores: Float32Array
}

/** Number of right-hand sides. */
export function columnCount(seeds: Seeds): number {
  if (seeds.kind === 'dense' || seeds.kind === 'kept') return seeds.columns
  return seeds.kind === 'rows' ? seeds.rows.length : seeds.indptr.length - 1
}
