import { describe, expect, it } from 'vitest'
import { spectralRadius } from '../../../src/solve/spectral-radius.ts'
import { drive } from '../../../src/support/drive.ts'
import { solveInThread } from '../../../src/run/in-thread.ts'
import { seededRandom } from '../../../src/support/random.ts'
import { prepare } from '../../graphs.ts'
import { denseOf, product, scaled, symmetricEigenvalues, transposed, type Dense } from '../../oracle/linear-algebra.ts'

/** Two components: few users with the first six items, many with the last six. */
function components(weigh: () => number) {
  const random = seededRandom(5)
  const pairs = Array.from({ length: 30 * 12 }, (_, at) => [Math.floor(at / 12), at % 12] as const).filter(
    ([user, item]) => user < 10 === item < 6 && random.next() < 0.6,
  )
  return prepare({
    ...{ rowCount: 30, columnCount: 12 },
    row: Int32Array.from(pairs, ([user]) => user),
    column: Int32Array.from(pairs, ([, item]) => item),
    data: Float32Array.from(pairs, weigh),
  })
}

const random = seededRandom(9)
const middle = Float32Array.from({ length: 30 }, () => 0.2 + random.next())
const scale = Float32Array.from({ length: 12 }, () => 0.2 + random.next())

/** The largest |eigenvalue| that is felt from the seeds, asked for and by the dense matrix of these items. */
function compared(
  prepared: ReturnType<typeof prepare>,
  seeds: readonly number[],
  items: readonly number[],
  most?: number,
) {
  const operator = { middle, scale, weight: new Float32Array(12).fill(1) }
  const sparse = {
    kind: 'sparse',
    indptr: Int32Array.of(0, seeds.length),
    indices: Int32Array.from(seeds),
    data: Float32Array.from(seeds, (_, at) => 1 + at / 7),
  } as const
  const solve = solveInThread(prepared, { memoryLimitBytes: 1e9, kernel: 'auto' })
  const found = drive(spectralRadius('test', operator, sparse, most), solve)
  const w = denseOf(prepared.rows)
  const roots = Array.from(scale, Math.sqrt)
  const whole: Dense = scaled(roots, product(transposed(w), scaled(middle, w, new Array<number>(12).fill(1))), roots)
  const part = items.map((i) => items.map((j) => whole[i][j]))
  return { found, expected: Math.max(...symmetricEigenvalues(part).map(Math.abs)) }
}

const ALL = Array.from({ length: 12 }, (_, item) => item)

describe('spectralRadius', () => {
  it.each([
    ['all', ALL, ALL],
    ['the first component', [0, 3], ALL.slice(0, 6)],
    ['the second component', [7], ALL.slice(6)],
  ])('is the largest of what the seeds reach: %s', (_, seeds, items) => {
    const { found, expected } = compared(
      components(() => 1),
      seeds,
      items,
    )
    expect(found / expected).toBeCloseTo(1, 5)
  })

  it('holds with weights of both signs', () => {
    const signs = seededRandom(3)
    const { found, expected } = compared(
      components(() => signs.next() - 0.4),
      ALL,
      ALL,
    )
    expect(found / expected).toBeCloseTo(1, 5)
  })

  it('comes from below, the nearer the more steps it may take', () => {
    const prepared = components(() => 1)
    const estimates = [1, 2, 4, 12].map((most) => compared(prepared, ALL, ALL, most).found)
    const { expected } = compared(prepared, ALL, ALL)
    expect(estimates).toEqual([...estimates].sort((a, b) => a - b))
    expect(estimates[0]).toBeLessThan(0.99 * expected)
    expect(estimates[3]).toBeLessThanOrEqual(expected * (1 + 1e-6))
  })

  it('is 0 where the seeds reach nothing', () => {
    const prepared = prepare({
      rowCount: 30,
      columnCount: 12,
      row: Int32Array.of(0),
      column: Int32Array.of(0),
      data: null,
    })
    expect(compared(prepared, [5], [5]).found).toBe(0)
  })
})
