import type { Check } from '../support/options.ts'

/** A named statement. */
export interface Statement {
  /** What it does, in a few words, for messages and explanations. */
  readonly name: string
  readonly sql: string
  /** Whether every server runs it, or the first one. Default 'first'. */
  readonly where?: 'every' | 'first'
  /** Whether it creates a table of a run and replaces leftovers of that name. */
  readonly isRemade?: true
}

/** Type of a column of numbers: integers, single or double precision. */
export type NumberKind = 'int' | 'single' | 'double'

/** Type of a column. */
export type ColumnKind = NumberKind | 'text'

export interface TableColumns {
  readonly [name: string]: ColumnKind
}

/** Type of a column of a run's own table: also arrays, in dialects that have them. */
export type OwnKind = ColumnKind | 'ints' | 'singles'

export interface OwnColumns {
  readonly [name: string]: OwnKind
}

const KINDS: readonly unknown[] = ['int', 'single', 'double', 'text'] satisfies ColumnKind[]

export const isTableColumns: Check = (value) =>
  typeof value === 'object' &&
  value !== null &&
  Object.keys(value).length > 0 &&
  Object.values(value).every((kind) => KINDS.includes(kind))
    ? null
    : "kinds by the names of columns: { node_id: 'text', score: 'double' }; 'text', 'int', 'single', 'double'"
