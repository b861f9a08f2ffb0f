/**
 * The statements of item-item lists and lists of users. Tables in addition to those of a run:
 *
 *   sides(i, l, r)   two factors of each item, on the first server
 *   near(i, j, p)    item-item lists: p is added to the score of j for users who have i; with several servers a copy on each
 *   x(u, m)          the requested users, unless they are a range
 *   lists(k, n, s)   the largest entries of some rows, before they are written to a result table
 *   best(u, j, s)    the best items of some users, on the servers of these users, before they are written to a result table
 *
 * All pairs of a user are on one server, so each server ranks its own users.
 */
import type { Statement, TableColumns } from './statement.ts'
import { literal, type Statements } from './statements.ts'

/** Half-open. */
export type Range = readonly [from: number, to: number]

/** Added to the scores of seen items: far below every score, and within single precision. */
const SEEN = '-1e30'

/**
 * The largest entries of rows k of S = left o (W' (middle o W)) o right, S_ki <- S_ki / (1 + shrink left_k right_i), off the diagonal: sums by pairs of items
 * are sent between servers. The subquery has the pairs of the rows k only, because they are few.
 */
export function largestProducts(
  statements: Statements,
  [from, to]: Range,
  neighbours: number,
  shrink: number,
): Statement {
  const { dialect } = statements
  const { join } = dialect
  const rows = `SELECT u, i AS k, ${statements.times('m')} AS y FROM ${statements.table('e')} AS e ${join} ${statements.table('middle')} AS m USING (u) WHERE i >= ${from} AND i < ${to}`
  const sums = `SELECT k, i, sum(${statements.times('y')}) AS c\n    FROM ${statements.allOf('e')} AS e ${join} (\n      ${rows}\n    ) AS x USING (u)\n    WHERE i != k\n    GROUP BY k, i`
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

/** The requested users: a range, or those in the table `x`. */
export type Asked = Range | 'x'

/** Pairs of some users, on the server that runs the query. */
function pairsOf(statements: Statements, users: Asked): string {
  const e = statements.table('e')
  const columns = statements.isWeighted ? 'u, i, w' : 'u, i'
  if (users !== 'x') return `SELECT ${columns} FROM ${e} WHERE u >= ${users[0]} AND u < ${users[1]}`
  return `SELECT ${columns} FROM ${e} AS e ${statements.dialect.join} ${statements.table('x')} AS x USING (u)`
}

const named = (what: string, users: Asked): string =>
  users === 'x' ? `${what} of some users` : `${what} of users ${users[0]} to ${users[1] - 1}`

/** The best items of some users with their scores, only those above 0. */
export function bestItems(statements: Statements, users: Asked, k: number, excludeSeen: boolean): Statement {
  const { dialect } = statements
  const pairs = pairsOf(statements, users)
  const lentBy = statements.times('q')
  const lent = `SELECT u, j, ${lentBy} AS p FROM (${pairs}) AS e ${dialect.join} (SELECT i, j, p AS q FROM ${statements.table('near')}) AS n USING (i)`
  const seen = `SELECT u, i AS j, ${dialect.double(SEEN)} AS p FROM (${pairs}) AS e`
  const parts = excludeSeen ? `${lent}\n    UNION ALL\n    ${seen}` : lent
  const sums = `  SELECT u, j, ${dialect.single('sum(p)')} AS s\n  FROM (\n    ${parts}\n  ) AS t\n  GROUP BY u, j\n  HAVING sum(p) > 0`
  return {
    name: named('lists', users),
    sql: dialect.firstOf(k, 'u', 's DESC, j', 'u, j, s', sums),
    where: 'every',
  }
}

/** Writes the result of a statement to a table, on each server that runs it. */
export const writeTo = (statements: Statements, table: string, { name, sql, where }: Statement): Statement => ({
  name: `write ${name}`,
  sql: `INSERT INTO ${statements.table(table)}\n${sql}`,
  ...(where && { where }),
})

/** Whether the item of the profile is the row or the column of a product's entry. */
export type Lenders = 'rows' | 'columns'

/** Writes item-item lists with the keys of the items. */
export function namedNeighbours(statements: Statements, to: string, lenders: Lenders): Statement {
  const { join } = statements.dialect
  const items = statements.table('items')
  const [item, other] = lenders === 'rows' ? ['k', 'n'] : ['n', 'k']
  const ofItem = `SELECT ik AS name, j, s\n  FROM (SELECT ${item} AS i, ${other} AS j, s FROM ${statements.table('lists')}) AS t ${join} ${items} AS k USING (i)`
  return {
    name: 'keep neighbours',
    sql: `INSERT INTO ${statements.result(to)}\nSELECT name, ik, s\nFROM (SELECT name, j AS i, s FROM (\n  ${ofItem}\n) AS t) AS t ${join} ${items} AS k USING (i)`,
  }
}

/** The rows of a table of neighbours by item numbers, without those of unknown items. */
export function numberedNeighbours(statements: Statements, from: string): Statement {
  const { dialect } = statements
  const { join, identifier, text, double } = dialect
  const items = statements.table('items')
  const [item, neighbour, score] = Object.keys(NEIGHBOUR_COLUMNS).map((name) => identifier(name))
  const rows = `SELECT ${text(item)} AS ik, ${text(neighbour)} AS name, ${double(score)} AS p FROM ${statements.result(from)}`
  const ofItem = `SELECT i AS lender, name, p\n    FROM (${rows}) AS t ${join} ${items} AS k USING (ik)`
  return {
    name: `read neighbours from ${from}`,
    sql: `SELECT lender, j, p\nFROM (SELECT lender, name AS ik, p FROM (\n    ${ofItem}\n  ) AS t) AS t ${join} (SELECT i AS j, ik FROM ${items}) AS k USING (ik)`,
  }
}

/** Number of rows of a table. */
export const countRows = (table: string): Statement => ({
  name: 'count rows',
  sql: `SELECT count(*) AS n FROM ${table}`,
})

/** Columns of a table of neighbours: an item of the profile, an item to recommend, and the score. */
export const NEIGHBOUR_COLUMNS = { item: 'text', neighbour: 'text', score: 'single' } as const satisfies TableColumns

/** Writes lists of users with keys: user, rank, item, score, and 0 because none is from the prior. */
export function namedLists(statements: Statements, to: string): Statement {
  const { dialect } = statements
  const placed = dialect.placed('u', 'j', 's', statements.allOf('best'))
  const ofUser = `SELECT uk, place, j AS i, s\n  FROM (\n  ${placed}\n  ) AS t ${dialect.join} ${statements.table('users')} AS k USING (u)`
  return {
    name: 'keep lists',
    sql: `INSERT INTO ${statements.result(to)}\nSELECT uk, place, ik, s, 0 AS prior\nFROM (\n  ${ofUser}\n) AS t ${dialect.join} ${statements.table('items')} AS k USING (i)`,
  }
}

/** Pairs of some users. */
export const readProfiles = (statements: Statements, users: Asked): Statement => ({
  name: named('pairs', users),
  sql: pairsOf(statements, users),
  where: 'every',
})
