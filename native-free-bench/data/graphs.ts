import type { Coordinates } from '../../src/advanced.ts'
import { powerLaw, type PowerLawShape } from './power-law.ts'
import { publicPairs } from './public-sets.ts'

/** How much is measured: `smoke` only checks answers; `small` is the public sets; the others are generated. */
export type Size = 'smoke' | 'small' | 'medium' | 'large'
export const SIZES: readonly Size[] = ['smoke', 'small', 'medium', 'large']

/** A bipartite graph to measure on. */
export interface BenchGraph {
  readonly name: string
  /** `null` when the data is not on this machine. */
  readonly load: () => Promise<Coordinates | null>
}

const generated = (name: string, users: number, items: number, pairs: number): BenchGraph => ({
  name,
  load: async () => powerLaw({ users, items, pairs, seed: 1 }),
})

const published = (name: string): BenchGraph => ({ name, load: () => publicPairs(name) })

export const GRAPHS: Readonly<Record<Size, readonly BenchGraph[]>> = {
  smoke: [generated('smoke', 2_000, 500, 20_000)],
  small: [published('gowalla'), published('yelp2018')],
  medium: [generated('medium', 200_000, 40_000, 5_000_000)],
  large: [generated('large', 2_000_000, 200_000, 50_000_000)],
}

/** Graphs of one shape that grow: 25 pairs a user, 250 an item; the last is `large`. */
export const SERIES: readonly Omit<PowerLawShape, 'seed'>[] = [1e5, 3e5, 1e6, 3e6, 1e7, 5e7].map((pairs) => ({
  ...{ users: pairs / 25, items: pairs / 250, pairs },
}))

/** 'yelp2018: 31,668 x 38,048, 1,237,259 pairs' */
export function describeGraph(name: string, { rowCount, columnCount, row }: Coordinates): string {
  const [users, items, pairs] = [rowCount, columnCount, row.length].map((count) => count.toLocaleString('en'))
  return `${name}: ${users} x ${items}, ${pairs} pairs`
}
