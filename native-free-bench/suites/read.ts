import { createReadStream, createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { once } from 'node:events'
import { parse } from 'csv-parse'
import { prepareNetwork } from '../../src/advanced.ts'
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

/** From tab-separated text to the table, and from columns to the table and the matrix. */
export const readSuite: Suite = {
  about: 'rows a second: from TSV text to the table, from columns to the table and the matrix',
  run: async (bench) => {
    const shape = { ...SHAPES[bench.size], seed: 3 }
    const { row: user, column: item } = inRandomOrder(powerLaw(shape), 4)
    const file = join(bench.folder, 'interactions.tsv')
    await writeText(file, { user, item })
    const graph = `${shape.pairs.toLocaleString('en')} rows`
    await readText(bench, graph, shape.pairs, file)
    await readColumns(bench, graph, { user, item })
  },
}

/** Ids as people have them: text, not row numbers. */
const userId = (user: number): string => `u${user * 7919}`
const itemId = (item: number): string => `tt${String(item).padStart(7, '0')}`

async function writeText(path: string, { user, item }: Written): Promise<void> {
  const stream = createWriteStream(path)
  stream.write('user\titem\trating\ttimestamp\n')
  let text = ''
  for (let row = 0; row < user.length; row++) {
    text += `${userId(user[row])}\t${itemId(item[row])}\t${1 + (row % 10)}\t${1_600_000_000 + row}\n`
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
