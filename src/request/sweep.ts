import type { Schedule } from '../plan/schedule.ts'

/**
 * A propagation problem: solve z = T z + rhs for many right-hand sides, T z = scale o (W' (middle o (W z))), or scale o (W z) on a square matrix.
 *
 * Every algorithm of the library is one or more of these; how it is cut and where it runs is the plan's business.
 */
export interface Sweep<Wanted extends Output = Output> {
  readonly kind: 'sweep'
  /** Who asks, for messages: 'labelSpreading', 'recommend' ... */
  readonly name: string
  readonly operator: Operator
  readonly schedule: Schedule
  readonly seeds: Seeds
  /** Added to z when the last step is done: scores that come from elsewhere. */
  readonly addend?: Addend | undefined
  readonly output: Wanted
  /** What the plan is to say of how the answer comes about. */
  readonly notes?: readonly string[] | undefined
  /** Set where this is not what was asked for but has to be known first: progress leaves it out. */
  readonly preliminary?: true
}

/** The diagonals of T. */
export interface Operator {
  /** Shape (rows); `null` on a square matrix. */
  readonly middle: Float32Array | null
  /** Shape (columns). */
  readonly scale: Float32Array
  /** Turns a residual of z into one of the answer, shape (columns). */
  readonly weight: Float32Array
}

/** Right-hand sides, one a column of the problem. */
export type Seeds = RowSeeds | SparseSeeds | DenseSeeds | KeptSeeds

/** Right-hand side c is row `rows[c]` of the matrix, times `scale` (shape: columns of the matrix). */
export interface RowSeeds {
  readonly kind: 'rows'
  readonly rows: Int32Array
  readonly scale: Float32Array
}

/** Right-hand side c has `data[e]` at `indices[e]` for e in indptr[c] .. indptr[c + 1]; what is named twice adds up. */
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
  /** The row of the matrix whose entries are what `excludeSeeds` keeps out of a list, shape (columns), -1 for none; left out: none at all. */
  readonly excludedRows?: Int32Array
}

/** Columns of the matrix, a list for each right-hand side: those of c at `indices[indptr[c] .. indptr[c + 1])`. */
export interface ColumnLists {
  readonly indptr: Int32Array
  readonly indices: Int32Array
}

/** Number of one of the two panels that stay in memory from one problem of an algorithm to the next. */
export type PanelNumber = 0 | 1

/** As `DenseSeeds`, Y being what an earlier problem of the same algorithm left in a panel. All its problems have panels of one width. */
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
  /** Columns from `from` on are drawn from a seed instead. */
  readonly random: { readonly from: number; readonly seed: number } | null
}

/** A C, A dense. */
export interface Addend {
  /** A, shape (columns of the matrix x sources), row-major. */
  readonly data: Float32Array
  /** C, shape (sources x columns), row-major. */
  readonly coefficients: Float32Array
}

/** What is wanted of the solution z. */
export type Output =
  | {
      /** The k best of z o finish per column; NaN in finish keeps an entry out. */
      readonly kind: 'top-k'
      readonly k: number
      readonly finish: Float32Array
      /** Keep the entries out where the right-hand side was set. */
      readonly excludeSeeds: boolean
      /** Keep these out too. */
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
      /** Nothing but that z o finish stays in a panel, other than that of the seeds. */
      readonly kind: 'kept'
      readonly panel: PanelNumber
      readonly finish: Float32Array
      /** With values, one a column: also the sums of ((T y - value y) o finish)^2 of the seeds y; there is at least one step then, with c = d = 0. */
      readonly measure: Float64Array | null
    }
  | {
      /** z itself at a few rows of each column, before the first step and after each one. */
      readonly kind: 'probes'
      /** Shape (problem columns x probes). */
      readonly rows: Int32Array
    }

/** How the sweeps went, and what was wanted of the solution, in ordinary memory. */
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
            /** What was measured, shape (problem columns). */
            readonly squares: Float64Array
          }
        : Wanted extends { kind: 'probes' }
          ? {
              /** Shape (steps + 1, problem columns, probes), row-major. */
              readonly probes: Float32Array
            }
          : never

/** Answered where something was given, `null` where `null` was. */
export type AsWanted<Given, Answered> = Given extends null ? null : Answered

/** k entries a column, best first; row -1 where there were fewer. */
export interface TopLists {
  readonly k: number
  readonly rows: Int32Array
  readonly scores: Float32Array
}

/** How many right-hand sides there are. */
export function columnCount(seeds: Seeds): number {
  if (seeds.kind === 'dense' || seeds.kind === 'kept') return seeds.columns
  return seeds.kind === 'rows' ? seeds.rows.length : seeds.indptr.length - 1
}
