/** Names and ids of any letters: each is itself to a database, and no statement ends where one of them says so. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { seededRandom } from '../../src/advanced.ts'
import { fromRows, personalizedPageRank, recommend } from '../../src/index.ts'
import { SqlEngine, type ConnectOptions } from '../../src/sql.ts'
import { ClickHouseCluster } from '../cluster/clickhouse.ts'
import { missing } from '../cluster/folder.ts'
import { PythonDatabase } from '../cluster/python-database.ts'

/** What ends a name or a text somewhere, or begins a comment, or is a word or a name of ours. */
const PIECES = [
  ...[
    "'",
    '"',
    '`',
    '\\',
    ';',
    '--',
    '/*',
    '*/',
    '#',
    '%',
    '{x:String}',
    '$1',
    '?',
    ',',
    '(',
    ')',
    ' ',
    '.',
    'é',
    '日本',
    '🦜',
    '\u2028',
  ],
  ...[
    'select',
    'DROP TABLE keep',
    "'; DROP TABLE keep; --",
    '`; DROP TABLE keep; --',
    '"; DROP TABLE keep; --',
    'NULL',
    'user',
    'a',
  ],
] as const
/** Only ids have these. */
const OF_IDS = ['\n', '\r\n', '\t', '\b', '\\n', '\\0', '\u007F'] as const
/** Names of columns of ours: ClickHouse would take one for the expression that is called so. */
const OURS = [
  'uk',
  'ik',
  'n',
  'of_user',
  'of_item',
  'v',
  'b',
  'gap',
  'sk',
  't',
  'c0',
  'c_0',
  'u',
  'i',
  'x',
  'w',
  'UK',
] as const

const random = seededRandom(2026)
const pick = (from: readonly string[]): string => from[random.below(from.length)]
const madeOf = (pieces: readonly string[]): string =>
  Array.from({ length: 1 + random.below(4) }, () => pick(pieces)).join('')
/** Distinct whatever the case, as some databases have it; none ends in a blank. */
function distinct(count: number, draw: () => string): string[] {
  const found = new Map<string, string>()
  while (found.size < count) {
    const text = draw()
    if (text.trim() === text && text !== '') found.set(text.toLowerCase(), text)
  }
  return [...found.values()]
}

interface Opened extends AsyncDisposable {
  readonly options: Omit<ConnectOptions, 'table'>
  run(sql: string): Promise<unknown>
  name(text: string): string
  text(text: string): string
  readonly types: { readonly text: string; readonly number: string; readonly end: string }
}

async function openClickHouse(): Promise<Opened> {
  const cluster = await ClickHouseCluster.start(1)
  const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('`', '\\`')
  return {
    options: { clickhouse: cluster.urls[0] },
    run: (sql) => cluster.run(sql),
    name: (text) => `\`${escaped(text)}\``,
    text: (text) => `'${escaped(text)}'`,
    types: { text: 'String', number: 'Float64', end: ' ENGINE = Memory' },
    [Symbol.asyncDispose]: () => cluster[Symbol.asyncDispose](),
  }
}

async function openInPython(database: 'duckdb' | 'chdb'): Promise<Opened> {
  const python = await PythonDatabase.start(database)
  const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('`', '\\`')
  const isDuck = database === 'duckdb'
  return {
    options: { connection: python },
    run: async (sql) => {
      for await (const _ of python.query(sql)) continue
    },
    name: (text) => (isDuck ? `"${text.replaceAll('"', '""')}"` : `\`${escaped(text)}\``),
    text: (text) => (isDuck ? `'${text.replaceAll("'", "''")}'` : `'${escaped(text)}'`),
    types: isDuck
      ? { text: 'VARCHAR', number: 'DOUBLE', end: '' }
      : { text: 'String', number: 'Float64', end: ' ENGINE = Memory' },
    [Symbol.asyncDispose]: () => python[Symbol.asyncDispose](),
  }
}

const DATABASES = [
  { name: 'ClickHouse', lacks: missing.clickhouse(), open: openClickHouse },
  { name: 'DuckDB', lacks: missing.python('duckdb'), open: () => openInPython('duckdb') },
  { name: 'the ClickHouse of today, embedded', lacks: missing.python('chdb'), open: () => openInPython('chdb') },
] as const

const ROUNDS = 4

describe.each(DATABASES)('names and ids of any letters in $name', ({ lacks, open }) => {
  describe.skipIf(lacks !== null)(lacks === null ? 'that is here' : `that is not here (needs ${lacks})`, () => {
    let opened: Opened
    beforeAll(async () => {
      opened = await open()
      const { text, end } = opened.types
      await opened.run(`CREATE TABLE keep (a ${text})${end}`)
    })
    afterAll(async () => opened[Symbol.asyncDispose]())

    it.each(Array.from({ length: ROUNDS }, (_, round) => round))('are what they are, %d', async (round) => {
      // Of this round alone: tables of others are there too.
      const [table, result] = distinct(2, () => `${madeOf(PIECES)}${round}`)
      // Half of the columns are called as ours are.
      const [user, item, value, signal] = distinct(4, () => (round % 2 === 0 ? madeOf(PIECES) : pick(OURS)))
      const signals = distinct(2, () => madeOf([...PIECES, ...OF_IDS]))
      const ids = distinct(24, () => madeOf([...PIECES, ...OF_IDS]))
      const rows = Array.from({ length: 60 }, (_, at) => ({
        user: ids[random.below(12)],
        item: ids[6 + random.below(18)],
        value: 1 + (at % 3),
        signal: signals[at % 2],
      })).sort((a, b) => (a.item < b.item ? -1 : a.item > b.item ? 1 : 0))
      const { types } = opened
      const columns = { user, item, value, signal }
      const made = [user, item, value, signal].map(
        (name, at) => `${opened.name(name)} ${at === 2 ? types.number : types.text}`,
      )
      await opened.run(`CREATE TABLE ${opened.name(table)} (${made.join(', ')})${types.end}`)
      const values = rows.map(
        (row) => `(${opened.text(row.user)}, ${opened.text(row.item)}, ${row.value}, ${opened.text(row.signal)})`,
      )
      await opened.run(`INSERT INTO ${opened.name(table)} VALUES ${values.join(', ')}`)

      // What a row weighs by the signal of its letters.
      const weighing = { weighted: true, signals: { [signals[0]]: 1, [signals[1]]: 2 } }
      const options = {
        ...opened.options,
        table,
        columns,
        ...weighing,
        tablePrefix: madeOf(['`', '"', "'", '\\', '; ', 'r']),
      }
      await using engine = await SqlEngine.connect(options)
      const here = fromRows(rows, { user: 'user', item: 'item', value: 'value', signal: 'signal' })
      expect([...engine.users.keys()].sort()).toEqual([...here.users.keys()].sort())
      expect([...engine.items.keys()].sort()).toEqual([...here.items.keys()].sort())
      const ranks = [personalizedPageRank.detailed(here, weighing), await engine.personalizedPageRank()]
      for (const [node, key] of [...ranks[0].nodes.keys()].entries()) {
        const other = ranks[1].scores[ranks[1].nodes.rowOf(key)]
        expect([key, Math.abs(other - ranks[0].scores[node]) < 1e-6]).toEqual([key, true])
      }
      const asked = { method: 'item-knn', neighbours: 5, k: 3 } as const
      const lists = recommend(here, { ...asked, ...weighing })
      const scores = (list: readonly { readonly score: number }[] = []) =>
        list.map(({ score }) => Number(score.toPrecision(4)))
      for (const [key, list] of await engine.recommend(asked))
        expect([key, scores(list)]).toEqual([key, scores(lists.get(key))])
      const { entries } = await engine.recommendInto(result, asked)
      const left = await SqlEngine.read({
        ...opened.options,
        table: result,
        columns: { user: 'user', item: 'item', value: 'score' },
      })
      expect([left.length, [...left.users.keys()].sort()]).toEqual([entries, [...here.users.keys()].sort()])
      // Nobody's statement was run.
      await opened.run('SELECT count(*) AS n FROM keep')
      await expect(SqlEngine.connect({ ...options, table: `${table}x` })).rejects.toMatchObject({ code: 'READ_FAILED' })
    })
  })
})
