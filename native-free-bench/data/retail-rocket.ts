import { fromColumns, type Interactions, readInteractions } from '../../src/index.ts'
import { publicFile } from './public-sets.ts'
import type { TrainAndTest } from './splits.ts'

const SIGNALS = ['view', 'cart', 'buy'] as const

/**
 * Retail Rocket: what 2,174 customers looked at, put into the cart and bought, with times in seconds; the test is one later purchase of each, in none
 * of these. `null` when it is not on this machine.
 */
export async function loadRetailRocket(): Promise<TrainAndTest | null> {
  const files = [...SIGNALS, 'test'].map((part) => publicFile('retail-rocket', `${part}.tsv.gz`))
  const columns = { user: 0, item: 1, time: 2 } as const
  const tables: Interactions[] = []
  for (const file of files) {
    if (file === null) return null
    tables.push(await readInteractions(file, { columns, header: false }))
  }
  const test = tables.pop() as Interactions
  const ids = (side: 'user' | 'item'): string[] =>
    tables.flatMap((table) => Array.from(table[side], (row) => table[`${side}s`].keyOf(row)))
  const train = fromColumns({
    user: ids('user'),
    item: ids('item'),
    signal: tables.flatMap(({ length }, at) => new Array<string>(length).fill(SIGNALS[at])),
    time: tables.flatMap(({ time = [] }) => [...time]),
  })
  // The purchase that is tested lies at each customer's own time.
  return { train: { ...train, fromAllTimes: true }, test }
}
