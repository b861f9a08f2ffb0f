import { createReadStream, createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { once } from 'node:events'
import { parse } from 'csv-parse'
import { prepareNetwork, writeColumns } from '../../src/advanced.ts'
import { fromColumns, readInteractions } from '../../src/index.ts'
import { inRandomOrder, powerLaw } from '../data/power-law.ts'
import { distance } from '../timing/agree.ts'
import { race } from '../timing/race.ts'
import type { Contestant } from '../timing/race.ts'
import type { Bench, Suite } from './suite.ts'

const SHAPES = {
  smoke: { users: 500, items: 200, pairs: 5_000 },
  small: { users: 20_000, items: 8_000, pairs: 400_000 },
  medium: { users: 100_000, items: 40_000, pairs: 2_000_000 },
  large: { users: 100_000, items: 40_000, pairs: 2_000_000 },
}

/** Columns that hold what was written. */
interface Written {
  readonly user: Int32Array
  readonly item: Int32Array
}

/** From tab-separated text, Parquet and Arrow to the table, and from columns to the table and the matrix. */
export const readSuite: Suite = {
  about: 'rows a second: from TSV text, Parquet and Arrow to the table, from columns to the table and the matrix',
  run: async (bench) => {
    const shape = { ...SHAPES[bench.size], seed: 3 }
    const { row: user, column: item } = inRandomOrder(powerLaw(shape), 4)
    const file = join(bench.folder, 'interactions.tsv')
    await writeText(file, { user: Array.from(user, userId), item: Array.from(item, itemId) })
    const graph = `${shape.pairs.toLocaleString('en')} rows`
    await readText(bench, graph, shape.pairs, file)
    await readBinary(bench, `${graph} of integer ids`, { user, item }, 2)
    await readBinary(
      bench,
      `${graph} of text ids`,
      { user: Array.from(user, userId), item: Array.from(item, itemId) },
      0.7,
    )
    await readColumns(bench, graph, { user, item })
  },
}

/** Ids as people have them: text, not row numbers. */
const userId = (user: number): string => `u${user * 7919}`
const itemId = (item: number): string => `tt${String(item).padStart(7, '0')}`

/** Ids, in the order of rows. */
interface Ids {
  readonly user: Int32Array | readonly string[]
  readonly item: Int32Array | readonly string[]
}

const ratingAt = (row: number): number => 1 + (row % 10)
const timeAt = (row: number): number => 1_600_000_000 + row

async function writeText(path: string, { user, item }: Ids): Promise<void> {
  const stream = createWriteStream(path)
  stream.write('user\titem\trating\ttimestamp\n')
  let text = ''
  for (let row = 0; row < user.length; row++) {
    text += `${user[row]}\t${item[row]}\t${ratingAt(row)}\t${timeAt(row)}\n`
    if (text.length < 1 << 20 && row + 1 < user.length) continue
    if (!stream.write(text)) await once(stream, 'drain')
    text = ''
  }
  stream.end()
  await once(stream, 'finish')
}

async function readText({ report, raceOptions }: Bench, graph: string, rows: number, file: string): Promise<void> {
  const ours: Contestant = {
    name: 'rivulet',
    run: async () => void (await readInteractions(file)),
    answer: async () => {
      const { user, item, value, time } = await readInteractions(file)
      return flatten(user, item, value ?? [], time ?? [])
    },
  }
  const rival = csvParse(file)
  const apart = distance(await ours.answer(), await rival.answer())
  const agreed = report.expect(`read, ${graph}, ${rival.name}`, apart, 0)
  const laps = await race(agreed ? [ours, rival] : [ours], {
    ...raceOptions,
    atMost: Math.min(5, raceOptions.atMost ?? 5),
  })
  report.race({
    suite: 'read',
    graph,
    task: 'text (id, id, rating, time) to table',
    laps,
    work: { amount: rows, unit: 'rows' },
    figures: ([{ bestMs }]) => [{ name: 'text to table', value: rows / bestMs / 1000, unit: 'M rows/s', atLeast: 0.5 }],
  })
}

/** The same rows in Parquet, in Arrow and as text. @param atLeast million rows a second that Parquet should reach */
async function readBinary(
  { report, raceOptions, folder }: Bench,
  graph: string,
  { user, item }: Ids,
  atLeast: number,
): Promise<void> {
  const files = ['rows.parquet', 'rows.arrow', 'rows.tsv'].map((name) => join(folder, name))
  const rating = Float32Array.from({ length: user.length }, (_, row) => ratingAt(row))
  const timestamp = Float64Array.from({ length: user.length }, (_, row) => timeAt(row))
  for (const file of files.slice(0, 2)) await writeColumns(file, { user, item, rating, timestamp })
  await writeText(files[2], { user, item })
  const contestants: Contestant[] = ['Parquet', 'Arrow', 'text'].map((name, at) => ({
    name,
    run: async () => void (await readInteractions(files[at])),
    answer: async () => {
      const { user, item, value, time } = await readInteractions(files[at])
      return flatten(user, item, value ?? [], time ?? [])
    },
  }))
  const expected = await contestants[2].answer()
  for (const { name, answer } of contestants.slice(0, 2))
    report.expect(`read, ${graph}, ${name}`, distance(await answer(), expected), 0)
  const laps = await race(contestants, { ...raceOptions, atMost: Math.min(5, raceOptions.atMost ?? 5) })
  const speed = ({ bestMs }: { readonly bestMs: number }): number => user.length / bestMs / 1000
  report.race({
    suite: 'read',
    graph,
    task: 'columns in a file (id, id, rating, time) to table',
    laps,
    work: { amount: user.length, unit: 'rows' },
    figures: ([parquet, arrow, text]) => [
      { name: 'Parquet to table', value: speed(parquet), unit: 'M rows/s', atLeast },
      { name: 'Arrow to table', value: speed(arrow), unit: 'M rows/s' },
      { name: 'Parquet against text', value: text.bestMs / parquet.bestMs, unit: 'times as fast' },
      { name: 'Arrow against text', value: text.bestMs / arrow.bestMs, unit: 'times as fast' },
    ],
  })
}

/** csv-parse streaming records into the same columns. */
function csvParse(file: string): Contestant {
  const read = async (): Promise<number[]> => {
    const columns: number[][] = [[], [], [], []]
    const [users, items] = [new Map<string, number>(), new Map<string, number>()]
    const rowOf = (index: Map<string, number>, id: string): number => {
      const known = index.get(id)
      if (known !== undefined) return known
      index.set(id, index.size)
      return index.size - 1
    }
    const records = createReadStream(file).pipe(parse({ delimiter: '\t', fromLine: 2 }))
    for await (const [user, item, rating, time] of records as AsyncIterable<string[]>) {
      columns[0].push(rowOf(users, user))
      columns[1].push(rowOf(items, item))
      columns[2].push(Number(rating))
      columns[3].push(Number(time))
    }
    return flatten(...columns)
  }
  return { name: 'csv-parse', run: async () => void (await read()), answer: read }
}

function flatten(...columns: readonly ArrayLike<number>[]): number[] {
  const numbers: number[] = []
  for (const column of columns) for (let row = 0; row < column.length; row++) numbers.push(column[row])
  return numbers
}

async function readColumns({ report, raceOptions }: Bench, graph: string, { user, item }: Written): Promise<void> {
  const ids = { user: Array.from(user, userId), item: Array.from(item, itemId) }
  const toMatrix = (columns: Parameters<typeof fromColumns>[0]): void => {
    const table = fromColumns(columns)
    prepareNetwork(
      'read',
      { rowCount: table.users.size, columnCount: table.items.size, row: table.user, column: table.item },
      false,
      Infinity,
    )
  }
  const contestants = [
    { name: 'row numbers', run: () => toMatrix({ user, item }), answer: () => [] },
    { name: 'text ids', run: () => toMatrix(ids), answer: () => [] },
  ]
  const laps = await race(contestants, { ...raceOptions, atMost: Math.min(5, raceOptions.atMost ?? 5) })
  report.race({
    suite: 'read',
    graph,
    task: 'columns to table and matrix',
    laps,
    work: { amount: user.length, unit: 'rows' },
    figures: ([numbers, text]) => [
      { name: 'row numbers to matrix', value: user.length / numbers.bestMs / 1000, unit: 'M rows/s', atLeast: 2 },
      { name: 'text ids to matrix', value: user.length / text.bestMs / 1000, unit: 'M rows/s' },
    ],
  })
}
