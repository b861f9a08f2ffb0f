/**
 * Statements on kept panels: blocks of up to sixteen columns, each a table (i, f0 ..) on the first server with a row for every item.
 *
 *   diagonals(i, scale, weight, seed_scale, finish)   scale and weight of the operator, seed_scale from a panel to z, finish from z to a panel
 */
import type { RecurrenceStep } from '../kernel/kernel.ts'
import type { Span } from './room.ts'
import type { Statement, TableColumns } from './statement.ts'
import { columnsOf, literal, type Statements } from './statements.ts'

export const DIAGONALS = 'diagonals'

export const DIAGONAL_COLUMNS: TableColumns = {
  ...{ i: 'int', scale: 'single', weight: 'single' },
  ...{ seed_scale: 'single', finish: 'single' },
}

/** A block and the coefficients of its columns, shape (width x columns), row-major. */
export interface MixedBlock {
  readonly table: string
  readonly width: number
  readonly coefficients: ArrayLike<number>
}

const count = (width: number): number[] => Array.from({ length: width }, (_, at) => at)

/** to <- sum of the blocks times their coefficients. */
export function mix(statements: Statements, to: string, columns: number, blocks: readonly MixedBlock[]): Statement {
  const parts = blocks.map(({ table, width, coefficients }) => {
    const sums = count(columns).map((c) => {
      const terms = count(width)
        .filter((k) => coefficients[k * columns + c] !== 0)
        .map((k) => `${literal(coefficients[k * columns + c])} * f${k}`)
      return `${terms.join(' + ') || '0e0 * f0'} AS m${c}`
    })
    return `SELECT i, ${sums.join(', ')} FROM ${statements.table(table)}`
  })
  const sums = columnsOf('m', columns).map((m, c) => `sum(${m}) AS y${c}`)
  return {
    name: 'mix a panel',
    sql: `INSERT INTO ${statements.table(to)}\nSELECT i, ${sums.join(', ')}\nFROM (\n  ${parts.join('\n  UNION ALL ')}\n) AS t\nGROUP BY i`,
  }
}

/** The first state of a sweep from some columns of a block: z = rhs = seed_scale o block. */
export function beginFromBlock(
  statements: Statements,
  from: string,
  { table: to, first, width }: Span & { readonly table: string },
): Statement {
  const { single, join } = statements.dialect
  const scaled = (letter: string): string[] =>
    count(width).map((c) => `${single(`seed_scale * f${first + c}`)} AS ${letter}${c}`)
  const zeros = columnsOf('p', width).map((p) => `${single('0')} AS ${p}`)
  const selected = ['i, scale, weight', ...scaled('r'), ...scaled('z'), ...zeros, '0 AS err']
  return {
    name: 'begin',
    sql: `INSERT INTO ${statements.table(to)}\nSELECT ${selected.join(', ')}\nFROM ${statements.table(from)} AS f ${join} ${statements.table(DIAGONALS)} AS d USING (i)`,
  }
}

/** z o finish of a state, as columns named with the given letter. */
function finished(statements: Statements, state: string, width: number, letter: string): string {
  const columns = count(width).map((c) => `${literal(1)} * z${c} * finish AS ${letter}${c}`)
  return `SELECT i, ${columns.join(', ')} FROM ${statements.table(state)} AS s ${statements.dialect.join} ${finishes(statements)} USING (i)`
}

const finishes = (statements: Statements): string => `(SELECT i, finish FROM ${statements.table(DIAGONALS)}) AS d`

/** Writes z o finish of a state to a panel. */
export function keep(statements: Statements, state: string, to: string, width: number): Statement {
  return {
    name: 'keep a panel',
    sql: `INSERT INTO ${statements.table(to)}\n${finished(statements, state, width, 'k')}`,
  }
}

/** Products of the columns of two blocks, or of a block and z o finish of a state: column a of the first with b of the second is `s` + (a x second.width + b). */
export function crossProducts(
  statements: Statements,
  first: { readonly table: string; readonly width: number },
  second: { readonly table: string; readonly width: number; readonly isState: boolean },
): Statement {
  const sums = count(first.width).flatMap((a) =>
    count(second.width).map((b) => `sum(f${a} * g${b}) AS s${a * second.width + b}`),
  )
  const others = second.isState
    ? finished(statements, second.table, second.width, 'g')
    : `SELECT i, ${columnsOf('f', second.width)
        .map((f, b) => `${f} AS g${b}`)
        .join(', ')} FROM ${statements.table(second.table)}`
  return {
    name: 'products of panels',
    sql: `SELECT ${sums.join(', ')}\nFROM ${statements.table(first.table)} AS f ${statements.dialect.join} (\n  ${others}\n) AS g USING (i)`,
  }
}

/** Sums of ((T y - value y) o finish)^2, from the state after the first step z = a T y + b y. */
export function measure(
  statements: Statements,
  state: string,
  { a, b }: RecurrenceStep,
  values: readonly number[],
): Statement {
  const misses = values.map(
    (value, c) => `(${literal(1 / a)} * z${c} + ${literal(-(b / a + value))} * r${c}) * finish AS q${c}`,
  )
  const sums = values.map((_, c) => `sum(q${c} * q${c}) AS s${c}`)
  return {
    name: 'how far vectors are from being multiplied by their values',
    sql: `SELECT ${sums.join(', ')}\nFROM (\n  SELECT i, ${misses.join(', ')} FROM ${statements.table(state)} AS s ${statements.dialect.join} ${finishes(statements)} USING (i)\n) AS q`,
  }
}
