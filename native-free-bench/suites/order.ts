import { UndirectedGraph } from 'graphology'
import commonJsLouvain from 'graphology-communities-louvain'
import {
  type BlockWidth,
  type Coordinates,
  type PreparedNetwork,
  prepareNetwork,
  seededRandom,
} from '../../src/advanced.ts'
import { describeGraph, GRAPHS } from '../data/graphs.ts'
import { distance } from '../timing/agree.ts'
import { race } from '../timing/race.ts'
import type { Ours } from '../timing/race.ts'
import { ourSweep, sweepInput } from './our-sweep.ts'
import type { SweepInput } from './our-sweep.ts'
import type { Bench, Suite } from './suite.ts'

/** float32 sums in another order. */
const TOLERANCE = 1e-4

/** The package is CommonJS: its default is the function itself, whatever its types say. */
const louvain = commonJsLouvain as unknown as typeof commonJsLouvain.default

/** Above this a graphology graph takes more memory and time than the question is worth. */
const MOST_PAIRS_FOR_LOUVAIN = 1_500_000

/** A way to number users and items: new numbers, shapes (users) and (items). */
interface Order {
  readonly name: string
  readonly users: Int32Array
  readonly items: Int32Array
}

/** Whether renumbering users and items for locality makes a sweep faster. */
export const orderSuite: Suite = {
  about: 'one sweep with items and users in popularity, Louvain or random order, over the order given',
  run: async (bench) => {
    for (const { name, load } of GRAPHS[bench.size]) {
      const pairs = await load()
      if (pairs === null) bench.report.skip(`order on ${name}: not below RIVULET_DATA`)
      else await compareOrders(bench, describeGraph(name, pairs), pairs)
    }
  },
}

async function compareOrders({ report, raceOptions }: Bench, graph: string, pairs: Coordinates): Promise<void> {
  const orders = [given(pairs), byPopularity(pairs), byPopularityAndRarestItem(pairs), atRandom(pairs)]
  if (pairs.row.length <= MOST_PAIRS_FOR_LOUVAIN) orders.push(byCommunity(pairs))
  else report.skip(`Louvain order on ${graph}: more than ${MOST_PAIRS_FOR_LOUVAIN.toLocaleString('en')} pairs`)
  const prepared = orders.map((order) => ({
    order,
    matrix: prepareNetwork('order', renumber(pairs, order), false, Infinity),
  }))
  for (const width of [16, 1] as const) {
    const task = `${width} column${width === 1 ? '' : 's'}`
    const input = sweepInput(prepared[0].matrix, width)
    const contestants = prepared.map(({ order, matrix }) => sweepInOrder(matrix, order, width, input))
    const expected = contestants[0].answer()
    for (const { name, answer } of contestants) {
      report.expect(`order on ${graph}, ${task}, ${name}`, distance(expected, answer()), TOLERANCE)
    }
    report.race({ suite: 'order', graph, task, laps: await race(contestants, raceOptions) })
  }
}

/** The same sweep over renumbered users and items; its answer is in the order given. */
function sweepInOrder(
  matrix: PreparedNetwork,
  { name, users, items }: Order,
  width: BlockWidth,
  { middle, z }: SweepInput,
): Ours<Float32Array> {
  const renumbered = { middle: new Float32Array(middle.length), z: new Float32Array(z.length) }
  for (const [user, number] of users.entries()) renumbered.middle[number] = middle[user]
  for (const [item, number] of items.entries()) {
    renumbered.z.set(z.subarray(item * width, (item + 1) * width), number * width)
  }
  const { sweep, result } = ourSweep(matrix, 'wasm-simd', width, renumbered)
  const answer = (): Float32Array => {
    sweep()
    const inOrder = new Float32Array(z.length)
    const total = result()
    for (const [item, number] of items.entries()) {
      inOrder.set(total.subarray(number * width, (number + 1) * width), item * width)
    }
    return inOrder
  }
  return { name, run: sweep, answer }
}

function renumber({ rowCount, columnCount, row, column }: Coordinates, { users, items }: Order): Coordinates {
  return { rowCount, columnCount, row: row.map((user) => users[user]), column: column.map((item) => items[item]) }
}

const unchanged = (length: number): Int32Array => Int32Array.from({ length }, (_, number) => number)

/** New numbers that put the smallest key first; equal keys keep their order. */
function numbersBy(keys: ArrayLike<number>): Int32Array {
  const order = unchanged(keys.length).sort((a, b) => keys[a] - keys[b] || a - b)
  const numbers = new Int32Array(keys.length)
  for (const [number, old] of order.entries()) numbers[old] = number
  return numbers
}

function given({ rowCount, columnCount }: Coordinates): Order {
  return { name: 'as given', users: unchanged(rowCount), items: unchanged(columnCount) }
}

function byPopularity({ rowCount, columnCount, column }: Coordinates): Order {
  const rarity = new Float64Array(columnCount)
  for (const item of column) rarity[item]--
  return { name: 'items by popularity', users: unchanged(rowCount), items: numbersBy(rarity) }
}

function byPopularityAndRarestItem(pairs: Coordinates): Order {
  const { items } = byPopularity(pairs)
  const rarest = new Float64Array(pairs.rowCount)
  for (const [at, user] of pairs.row.entries()) rarest[user] = Math.max(rarest[user], items[pairs.column[at]])
  return { name: '... and users by rarest item', users: numbersBy(rarest), items }
}

function atRandom({ rowCount, columnCount }: Coordinates): Order {
  const random = seededRandom(2)
  return {
    name: 'at random',
    users: random.shuffle(unchanged(rowCount)),
    items: random.shuffle(unchanged(columnCount)),
  }
}

function byCommunity({ rowCount, columnCount, row, column }: Coordinates): Order {
  const graph = new UndirectedGraph()
  for (let node = 0; node < rowCount + columnCount; node++) graph.addNode(node)
  for (const [at, user] of row.entries()) graph.mergeEdge(user, rowCount + column[at])
  const communities = louvain(graph, { rng: seededRandom(3).next })
  const communityOf = Float64Array.from({ length: rowCount + columnCount }, (_, node) => communities[node])
  return {
    name: 'by Louvain community',
    users: numbersBy(communityOf.subarray(0, rowCount)),
    items: numbersBy(communityOf.subarray(rowCount)),
  }
}
