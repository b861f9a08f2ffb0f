/**
 * The statements of lists. Tables beside those of a run:
 *
 *   sides(i, l, r)   two numbers an item, on the first server
 *   near(i, j, p)    what item i lends to item j; with several servers a copy on each
 *   x(u, m)          the users that are asked about, where they are no range
 *
 * No list needs another server: all pairs of a user are on one, so each server ranks its own users.
 */
import type { Statement } from './statement.ts'
import { literal, type Statements } from './statements.ts'

/** Half-open. */
export type Range = readonly [from: number, to: number]

/** What items of a profile get instead of a score: far below every one, and within single precision. */
const SEEN = '-1e30'

/**
 * The largest entries of rows k of S = left o (W' (middle o W)) o right, S_ki <- S_ki / (1 + shrink left_k right_i), off the diagonal: sums by pairs of items
 * travel. The pairs of the rows are what is joined, for they are few.
 */
export function largestProducts(
  statements: Statements,
  [from, to]: Range,
  neighbours: number,
  shrink: number,
): Statement {
  const { dialect } = statements
  const { join } = dialect
  const rows = `SELECT u, i AS k, m FROM ${statements.table('e')} AS e ${join} ${statements.table('middle')} AS m USING (u) WHERE i >= ${from} AND i < ${to}`
  const sums = `SELECT k, i, sum(m) AS c\n    FROM ${statements.allOf('e')} AS e ${join} (\n      ${rows}\n    ) AS x USING (u)\n    WHERE i != k\n    GROUP BY k, i`
  const byRow = `SELECT i AS k, l FROM ${statements.table('sides')}`
  const byColumn = `SELECT i, r FROM ${statements.table('sides')}`
  const ofRow = `SELECT k, i, c, l\n  FROM (\n    ${sums}\n  ) AS c ${join} (${byRow}) AS l USING (k)`
  const value = shrink === 0 ? 'l * r * c' : `l * r * c / (1 + ${literal(shrink)} * l * r)`
  const entries = `  SELECT k, i, ${dialect.single(value)} AS s\n  FROM (\n  ${ofRow}\n  ) AS c ${join} (${byColumn}) AS r USING (i)\n  WHERE l * r * c > 0`
  return {
    name: `neighbours of items ${from} to ${to - 1}`,
    sql: dialect.firstOf(neighbours, 'k', 's DESC, i', 'k, i, s', entries),
  }
}

/** Whom lists are for: a range, or those of the table `x`. */
export type Asked = Range | 'x'

/** Pairs of some users, on the server that this runs on. */
function pairsOf(statements: Statements, users: Asked): string {
  const e = statements.table('e')
  if (users !== 'x') return `SELECT u, i FROM ${e} WHERE u >= ${users[0]} AND u < ${users[1]}`
  return `SELECT u, i FROM ${e} AS e ${statements.dialect.join} ${statements.table('x')} AS x USING (u)`
}

const named = (what: string, users: Asked): string =>
  users === 'x' ? `${what} of some users` : `${what} of users ${users[0]} to ${users[1] - 1}`

/** Items and scores of some users, best first, only those above 0. */
export function bestItems(statements: Statements, users: Asked, k: number, excludeSeen: boolean): Statement {
  const { dialect } = statements
  const pairs = pairsOf(statements, users)
  const lent = `SELECT u, j, p FROM (${pairs}) AS e ${dialect.join} (SELECT i, j, p FROM ${statements.table('near')}) AS n USING (i)`
  const seen = `SELECT u, i AS j, ${dialect.double(SEEN)} AS p FROM (${pairs}) AS e`
  const parts = excludeSeen ? `${lent}\n    UNION ALL\n    ${seen}` : lent
  const sums = `  SELECT u, j, ${dialect.single('sum(p)')} AS s\n  FROM (\n    ${parts}\n  ) AS t\n  GROUP BY u, j\n  HAVING sum(p) > 0`
  return {
    name: named('lists', users),
    sql: dialect.firstOf(k, 'u', 's DESC, j', 'u, j, s', sums),
    where: 'every',
  }
}

/** Pairs of some users. */
export const readProfiles = (statements: Statements, users: Asked): Statement => ({
  name: named('pairs', users),
  sql: pairsOf(statements, users),
  where: 'every',
})
