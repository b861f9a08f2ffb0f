import { fromColumns, type Interactions } from '../../../src/index.ts'
import { seededRandom } from '../../../src/support/random.ts'

/** What generated rows are drawn from. */
export interface Drifting {
  readonly rows: number
  readonly items: number
  readonly seed: number
  /** Rows after which a row counts half, and exponents of recent and of all rows; `null` for a catalogue that stands still. */
  readonly drift: { readonly halfLife: number; readonly recency: number; readonly popularity: number } | null
}

/** Rows, one after the other in time, whose items are drawn from fixed appeals, or from what was taken before. */
export function driftingTable({ rows, items, seed, drift }: Drifting): Interactions {
  const random = seededRandom(seed)
  const weights = Float64Array.from({ length: items }, () => 1 / (0.05 + random.next()))
  const columns = { user: [] as string[], item: [] as string[], time: new Float64Array(rows) }
  const [all, recent, sums] = [new Float64Array(items), new Float64Array(items), new Float64Array(items)]
  for (let row = 0; row < rows; row++) {
    if (row % 25 === 0) {
      const least = Math.max(1e-9, (0.05 * recent.reduce((sum, one) => sum + one, 0)) / items)
      sums.forEach((_, at) => {
        const { recency = 0, popularity = 0 } = drift ?? {}
        const weight = drift === null ? weights[at] : (recent[at] + least) ** recency * (all[at] + 0.5) ** popularity
        sums[at] = weight + (at === 0 ? 0 : sums[at - 1])
      })
    }
    const drawn = random.next() * sums[items - 1]
    const item = sums.findIndex((sum) => sum > drawn)
    if (drift !== null) recent.forEach((one, at) => (recent[at] = one * 2 ** (-1 / drift.halfLife)))
    all[item]++
    recent[item]++
    columns.user.push(`u${random.below(Math.ceil(rows / 20))}`)
    columns.item.push(`i${item}`)
    columns.time[row] = row
  }
  return fromColumns(columns)
}
