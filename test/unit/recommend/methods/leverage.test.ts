import { describe, expect, it } from 'vitest'
import { leverages, probesOfRound } from '../../../../src/recommend/methods/leverage.ts'
import type { DenseSeeds, Sweep } from '../../../../src/request/sweep.ts'

describe('a round of leverages', () => {
  it.each([
    [100, 32],
    [131_072, 32],
    [131_073, 16],
    [262_145, 4],
    [5_000_000, 4],
  ])('of %i items has %i probes', (items, columns) => {
    expect(probesOfRound(items)).toBe(columns)
  })

  it('asks for one number an item and probe, whose signs are orthogonal between items of different codes', () => {
    const items = 3
    const ones = new Float32Array(items).fill(1)
    const asked = leverages({
      operator: { middle: ones, scale: ones, weight: ones },
      root: ones,
      order: Int32Array.of(2, 0, 1),
      lambda: 1,
      sweeps: 2,
      stretch: 1,
    })
    const sums = new Float64Array(items * items)
    let probes = 0
    for (let next = asked.next(); !next.done; probes += 32) {
      const { seeds } = next.value as Sweep
      if (seeds.kind !== 'dense') throw new Error('seeds that are not dense')
      const { data, columns } = seeds
      expect([columns, data.length]).toEqual([32, items * 32])
      for (let a = 0; a < items; a++)
        for (let b = 0; b < items; b++)
          for (let c = 0; c < columns; c++) sums[a * items + b] += data[a * columns + c] * data[b * columns + c]
      next = asked.next({ columnScores: data.slice() })
    }
    expect(probes).toBe(128)
    expect([...sums]).toEqual([128, 0, 0, 0, 128, 0, 0, 0, 128])
  })

  it('is at least 0 and at most 0.95, whatever noise has made of an estimate', () => {
    const ones = new Float32Array(3).fill(1)
    const operator = { middle: ones, scale: ones, weight: ones }
    const asked = leverages({ operator, root: ones, order: Int32Array.of(0, 1, 2), lambda: 1, sweeps: 2, stretch: 1 })
    let next = asked.next()
    while (next.done !== true) {
      const { data, columns } = (next.value as Sweep).seeds as DenseSeeds
      // Estimates of 1.5, -0.5 and 0.25.
      const columnScores = data.map((sign, at) => sign * [1.5, -0.5, 0.25][Math.floor(at / columns)])
      next = asked.next({ columnScores })
    }
    expect([...next.value]).toEqual([0.95, 0, 0.25])
  })
})
