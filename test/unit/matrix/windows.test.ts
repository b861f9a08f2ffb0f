import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cutWindows } from '../../../src/matrix/windows.ts'

const pointersOf = (lengths: readonly number[]): Uint32Array => {
  const indptr = new Uint32Array(lengths.length + 1)
  lengths.forEach((length, row) => (indptr[row + 1] = indptr[row] + length))
  return indptr
}

const rowLengths = fc.array(
  fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 9 }), fc.integer({ min: 50, max: 90 })),
  {
    maxLength: 60,
  },
)

describe('cutWindows', () => {
  it('covers every row exactly once, in order', () => {
    fc.assert(
      fc.property(rowLengths, fc.integer({ min: 1, max: 9 }), (lengths, count) => {
        const windows = cutWindows(pointersOf(lengths), count)
        expect(windows.length).toBe(count)
        const rows = windows.flatMap(({ rowStart, rowEnd }) =>
          Array.from({ length: rowEnd - rowStart }, (_, at) => rowStart + at),
        )
        expect(rows).toEqual(lengths.map((_, row) => row))
      }),
    )
  })

  it('cuts into equal work, give or take one row', () => {
    fc.assert(
      fc.property(rowLengths, fc.integer({ min: 1, max: 9 }), (lengths, count) => {
        const work = lengths.map((length) => length + 1)
        const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0)
        const share = sum(work) / count
        for (const { rowStart, rowEnd } of cutWindows(pointersOf(lengths), count)) {
          expect(Math.abs(sum(work.slice(rowStart, rowEnd)) - share)).toBeLessThanOrEqual(Math.max(0, ...work))
        }
      }),
    )
  })

  it('leaves windows empty when there are more of them than rows', () => {
    const windows = cutWindows(pointersOf([3]), 4)
    expect(windows.filter(({ rowStart, rowEnd }) => rowEnd > rowStart)).toHaveLength(1)
  })

  it('counts a row without pairs as work, so that no window is endless', () => {
    const windows = cutWindows(pointersOf(Array<number>(100).fill(0)), 4)
    expect(windows.map(({ rowEnd }) => rowEnd)).toEqual([25, 50, 75, 100])
  })
})
