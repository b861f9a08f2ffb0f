import type { Check } from '../support/options.ts'

/** A statement that says what it is for. */
export interface Statement {
  /** What it does, in a few words: messages and plans name it. */
  readonly name: string
  readonly sql: string
  /** Whether every server runs it, or the first one. Default 'first'. */
  readonly where?: 'every' | 'first'
  /** Whether it makes a table of a run, in place of whatever is left of one of that name. */
  readonly isRemade?: true
}

/** Numbers of a column: whole ones, or in single or double precision. */
export type NumberKind = 'int' | 'single' | 'double'

/** A column of a table that is made. */
export type ColumnKind = NumberKind | 'text'

export interface TableColumns {
  readonly [name: string]: ColumnKind
}

/** A column of a table of a run: lists too, where a dialect has them. */
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
