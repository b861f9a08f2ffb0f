import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { entryAt, itemBitsOf, RowPacker, type PackedRows } from '../../../src/recommend/packed-rows.ts'
import { RowScorer } from '../../../src/recommend/row-scorer.ts'
import type { TopLists } from '../../../src/request/sweep.ts'
import { atOnce } from '../../../src/support/drive.ts'

/** Lists of k entries from rows of scores: positive ones, best first. */
function listsOf(rows: readonly (readonly number[])[], k: number): TopLists {
  const lists = { k, rows: new Int32Array(rows.length * k).fill(-1), scores: new Float32Array(rows.length * k) }
  rows.forEach((row, at) => {
    const order = row.map((_, item) => item).filter((item) => row[item] > 0)
    order.sort((a, b) => row[b] - row[a] || a - b)
    order.slice(0, k).forEach((item, place) => {
      lists.rows[at * k + place] = item
      lists.scores[at * k + place] = row[item]
    })
  })
  return lists
}

function pack(rows: readonly (readonly number[])[], k: number): PackedRows {
  const packer = new RowPacker('test', rows.length)
  for (let start = 0; start < rows.length; start += 3) atOnce(packer.add(listsOf(rows.slice(start, start + 3), k)))
  return atOnce(packer.finish())
}

const score = fc.oneof(fc.constant(0), fc.double({ min: 1e-6, max: 100, noNaN: true }).map(Math.fround))
const matrices = fc
  .integer({ min: 1, max: 17 })
  .chain((size) =>
    fc.array(fc.array(score, { minLength: size, maxLength: size }), { minLength: size, maxLength: size }),
  )

describe('packed rows', () => {
  it('keep the largest entries of each row within a step', () => {
    fc.assert(
      fc.property(matrices, fc.integer({ min: 1, max: 20 }), (matrix, k) => {
        const packed = pack(matrix, k)
        matrix.forEach((row, i) => {
          const order = row.map((_, j) => j).filter((j) => row[j] > 0)
          const kept = new Set(order.sort((x, y) => row[y] - row[x] || x - y).slice(0, k))
          expect(packed.indptr[i + 1] - packed.indptr[i]).toBe(kept.size)
          const largest = Math.max(...row)
          row.forEach((value, j) => {
            const entry = entryAt(packed, i, j)
            // The lowest level is one, not zero: nothing that was kept is lost.
            if (kept.has(j)) expect(Math.abs(entry - value)).toBeLessThanOrEqual(largest / 65535)
            else expect(entry).toBe(0)
          })
        })
      }),
      { numRuns: 200 },
    )
  })

  it('leave 16 bits for the score of 65,536 items and refuse more than 2^24', () => {
    expect([1, 2, 3, 65_536, 65_537, 2 ** 24].map(itemBitsOf)).toEqual([1, 1, 2, 16, 17, 24])
    expect(() => new RowPacker('compile', 2 ** 24 + 1)).toThrow('at most 2^24 items')
  })

  it('hold an item in the highest word, with the highest level', () => {
    const count = 65_536
    const packer = new RowPacker('test', count)
    for (let row = 0; row < count; row += 4096) {
      const lists = { k: 1, rows: new Int32Array(4096).fill(count - 1), scores: new Float32Array(4096).fill(0.1) }
      atOnce(packer.add(lists))
    }
    const packed = atOnce(packer.finish())
    expect(packed.words[7]).toBe(0xffffffff)
    expect(Math.fround(entryAt(packed, 7, count - 1))).toBe(Math.fround(0.1))
    expect(entryAt(packed, 7, 3)).toBe(0)
  })
})

const { fround } = Math

describe('RowScorer', () => {
  it('ranks as the plain product does, and leaves nothing behind for the next profile', () => {
    fc.assert(
      fc.property(matrices, fc.array(fc.array(fc.nat(), { maxLength: 6 }), { maxLength: 5 }), (matrix, picks) => {
        const size = matrix.length
        const packed = pack(matrix, size)
        const scorer = new RowScorer(packed)
        for (const pick of picks) {
          const profile = [...new Set(pick.map((number) => number % size))].sort((a, b) => a - b)
          const weights = profile.map((item) => 1 + (item % 3))
          const expected = matrix[0].map((_, j) =>
            profile.reduce((sum, item, at) => {
              const level = Math.round(entryAt(packed, item, j) / (packed.steps[item] || 1))
              return fround(sum + fround(fround(packed.steps[item] * weights[at]) * fround(level)))
            }, 0),
          )
          for (const item of profile) expected[item] = 0
          const order = expected.map((_, j) => j).filter((j) => expected[j] > 0 && j !== 2)
          order.sort((a, b) => expected[b] - expected[a] || a - b)
          const k = 3
          const items = new Int32Array(k).fill(-1)
          const scores = new Float32Array(k)
          const allowed = new Uint8Array(size).fill(1)
          allowed[2] = 0
          scorer.rank(
            { indptr: [0, profile.length], indices: profile, data: weights },
            0,
            { k, excludeSeeds: true, allowed },
            items,
            scores,
            0,
          )
          expect([...items].filter((item) => item >= 0)).toEqual(order.slice(0, k))
          order.slice(0, k).forEach((j, at) => expect(scores[at]).toBe(expected[j]))
        }
      }),
      { numRuns: 200 },
    )
  })
})
