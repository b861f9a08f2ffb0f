import { describe, expect, it } from 'vitest'
import { prepareNetwork } from '../../src/advanced.ts'
import { plainSweep, plainSweepOfOne } from '../../native-free-bench/rivals/plain-loop.ts'
import { unrolledSweep, unrolledSweepOfOne } from '../../native-free-bench/rivals/unrolled-loop.ts'
import { sweepInput } from '../../native-free-bench/suites/our-sweep.ts'
import { distance } from '../../native-free-bench/timing/agree.ts'
import { seededRandom } from '../../src/support/random.ts'

/** Users with 0 to 11 items each, so that no number of edges left over by the unrolling is missing. */
function smallMatrix() {
  const random = seededRandom(3)
  const [rowCount, columnCount] = [60, 40]
  const row = Array.from({ length: rowCount }, (_, user) => Array.from({ length: user % 12 }, () => user)).flat()
  const column = row.map(() => random.below(columnCount))
  return prepareNetwork(
    'test',
    { rowCount, columnCount, row: Int32Array.from(row), column: Int32Array.from(column) },
    false,
    Infinity,
  )
}

/** W' (middle o (W z)) by its formula, in float64. */
function product(prepared: ReturnType<typeof smallMatrix>, width: number): Float64Array {
  const { indptr, indices, rowCount } = prepared.rows
  const { middle, z } = sweepInput(prepared, width)
  const acc = new Float64Array(z.length)
  for (let row = 0; row < rowCount; row++) {
    for (const from of indices.subarray(indptr[row], indptr[row + 1])) {
      for (const to of indices.subarray(indptr[row], indptr[row + 1])) {
        for (let c = 0; c < width; c++) acc[to * width + c] += middle[row] * z[from * width + c]
      }
    }
  }
  return acc
}

describe('loops that our sweep is timed against', () => {
  const prepared = smallMatrix()

  it.each([
    ['plain', 16, plainSweep],
    ['unrolled', 16, unrolledSweep],
    ['unrolled', 8, unrolledSweep],
  ] as const)('compute the product: %s, %d columns', (_, width, sweep) => {
    const { middle, z } = sweepInput(prepared, width)
    const acc = new Float32Array(z.length).fill(7)
    sweep(prepared.rows, middle, z, width, acc)
    expect(distance(product(prepared, width), acc)).toBeLessThan(1e-6)
  })

  it.each([
    ['plain', plainSweepOfOne],
    ['unrolled', unrolledSweepOfOne],
  ] as const)('compute the product: %s, one column', (_, sweep) => {
    const { middle, z } = sweepInput(prepared, 1)
    const acc = new Float32Array(z.length).fill(7)
    sweep(prepared.rows, middle, z, acc)
    expect(distance(product(prepared, 1), acc)).toBeLessThan(1e-6)
  })
})
