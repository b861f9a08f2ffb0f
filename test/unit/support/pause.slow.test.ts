import { describe, expect, it } from 'vitest'
import { mergeRows } from '../../../src/data/clean.ts'
import { fromColumns } from '../../../src/data/from-columns.ts'
import { splitByTimeInSlices, splitRandomInSlices } from '../../../src/data/split.ts'
import { dealBatches } from '../../../src/embed/contrastive-batches.ts'
import { kMeansInSlices } from '../../../src/cluster/k-means.ts'
import { silhouette } from '../../../src/cluster/quality.ts'
import { splitFingerprintInSlices } from '../../../src/evaluate/fingerprint.ts'
import { bootstrapInSlices } from '../../../src/evaluate/significance.ts'
import { communityFinder } from '../../../src/graph/communities.ts'
import { readRatings } from '../../../src/ratings/data.ts'
import { buildCsr } from '../../../src/matrix/build.ts'
import { transposeInSlices } from '../../../src/matrix/turn.ts'
import { openInSlices } from '../../../src/network/open.ts'
import { productCosts } from '../../../src/run/product-job.ts'
import { popularityOf } from '../../../src/recommend/methods/popularity.ts'
import { atOnce } from '../../../src/support/drive.ts'
import { inSlices, ranges, SCATTERED, SLICE, Slices, visitInSlices, type Sliced } from '../../../src/support/pause.ts'
import { seededRandom } from '../../../src/support/random.ts'
import { prepare } from '../../graphs.ts'

function pausesOf(work: Sliced<unknown>): number {
  let pauses = 0
  while (work.next().done !== true) pauses++
  return pauses
}

/** One user with all items, and one item with all users: rows must be cut too. */
function hubs(users: number, items: number) {
  const row = new Int32Array(users + items).fill(0, 0, items)
  const column = new Int32Array(users + items)
  for (let item = 0; item < items; item++) column[item] = item
  for (let user = 0; user < users; user++) row[items + user] = user
  return { rowCount: users, columnCount: items, row, column }
}

const wide = new Float32Array(40_000 * 8).fill(Math.sqrt(1 / 8))
const ones = (length: number): Float32Array => new Float32Array(length).fill(1)
const circle = Int32Array.from({ length: 200_000 }, (_, node) => node)

const ROWS = 3e5
const timed = fromColumns({
  user: Int32Array.from({ length: ROWS }, (_, row) => row % 999),
  item: Int32Array.from({ length: ROWS }, (_, row) => row % 1001),
  value: Float32Array.from({ length: ROWS }, (_, row) => 1 + (row % 5)),
  time: Float64Array.from({ length: ROWS }, (_, row) => row % 7919),
})
/** What a pass over rows that are scattered counts for: one look-up a row. */
const PASS = ROWS * SCATTERED

/** Work, and about how many simple operations it takes. */
const WORK: Readonly<Record<string, readonly [operations: number, work: () => Sliced<unknown>]>> = {
  'what a product costs': [SCATTERED * 4e5, () => productCosts(prepare(hubs(4e5, 10)), { name: 'test' })],
  'a transpose': [8e6, () => transposeInSlices(buildCsr(hubs(4e6, 10)))],
  popularity: [32 * 2e5, () => popularityOf(prepare(hubs(2, 2e5)))],
  'k-means': [40_000 * 8 * 8, () => kMeansInSlices(wide, 8, 8, 1)],
  silhouettes: [
    40_000 * 8 * 16,
    () => silhouette(wide, circle.map((node) => node % 16).subarray(0, 40_000), new Int32Array(16).fill(2500)),
  ],
  communities: [
    12 * circle.length,
    () =>
      communityFinder(
        {
          nodeCount: circle.length,
          source: circle,
          target: circle.map((node) => (node + 1) % circle.length),
          weight: ones(circle.length),
        },
        1,
      )(1),
  ],
  resampling: [5000 * 2000, () => bootstrapInSlices(ones(5000), ones(5000))],
  'a split by time': [6 * PASS, () => splitByTimeInSlices(timed)],
  'a split at random': [6 * PASS, () => splitRandomInSlices(timed)],
  'merging rows': [4 * PASS, () => mergeRows('test', timed, 'last')],
  'the fingerprint of a split': [4 * PASS, () => splitFingerprintInSlices(timed, timed)],
  ratings: [6 * PASS, () => readRatings('test', timed, { interaction: { role: 'label' } })],
  'dealing of batches': [
    PASS,
    () =>
      dealBatches(
        [
          { user: 0, pairs: circle },
          { user: 1, pairs: circle },
        ],
        1000,
        seededRandom(1),
      ),
  ],
  'a network': [
    6e6,
    () =>
      openInSlices(
        'test',
        fromColumns({ user: new Int32Array(3e6), item: Int32Array.from({ length: 3e6 }, (_, at) => at % 1000) }),
        { weighted: false, direction: 'both', memoryLimitBytes: Infinity },
      ),
  ],
}

describe('work in slices', () => {
  it.each(Object.entries(WORK))('pauses often: %s', (_, [operations, work]) => {
    expect(pausesOf(work())).toBeGreaterThanOrEqual(Math.floor(operations / (2 * SLICE)))
    expect(operations).toBeGreaterThan(2 * SLICE)
  })
})

describe('Slices', () => {
  it('are full once the operations of one are counted, however they come', () => {
    const slices = new Slices()
    expect([slices.full(SLICE - 1), slices.full(1), slices.full(SLICE / 2), slices.full(SLICE)]).toEqual([
      false,
      true,
      false,
      true,
    ])
  })
})

describe('ranges', () => {
  it('make up the whole, a slice of work each', () => {
    const found = [...ranges(5, 5 + 3 * 2 ** 18, 4)]
    expect(found).toEqual([0, 1, 2].map((at) => [5 + at * 2 ** 18, 5 + (at + 1) * 2 ** 18]))
    expect([...ranges(3, 3)]).toEqual([])
    expect([...ranges(0, 2, 1e12)]).toEqual([
      [0, 1],
      [1, 2],
    ])
  })
})

describe('inSlices', () => {
  it('does every step once and in order, and pauses after each slice', () => {
    const done: number[] = []
    const pass = (from: number, to: number): void => {
      for (let at = from; at < to; at++) done.push(at)
    }
    expect(pausesOf(inSlices(5, pass, SLICE / 2))).toBe(3)
    expect(done).toEqual([0, 1, 2, 3, 4])
  })
})

describe('visitInSlices', () => {
  it('visits every entry once and in order, and pauses between', () => {
    const met: string[] = []
    expect(pausesOf(visitInSlices('abcde', (one) => met.push(one), SLICE / 2))).toBe(2)
    expect(met.join('')).toBe('abcde')
  })
})

describe('atOnce', () => {
  it('returns what the work does', () => {
    expect(atOnce(transposeInSlices(buildCsr(hubs(1, 3)))).rowCount).toBe(3)
  })
})
