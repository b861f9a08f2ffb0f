import ndarray from 'ndarray'
import { describe, expect, it } from 'vitest'
import { fitTemperature } from '../../../src/calibrate/score-temperature.ts'
import type { ScoreRows } from '../../../src/calibrate/score-rows.ts'
import { seededRandom } from '../../../src/support/random.ts'

/** Rows whose actual class is drawn from their shares, and those shares with a temperature of `1 / power`. */
function draw(count: number, power: number): { scores: ScoreRows; actual: Int32Array } {
  const random = seededRandom(5)
  const data = new Float64Array(3 * count)
  const actual = new Int32Array(count)
  for (let row = 0; row < count; row++) {
    const shares = normalised([random.next(), random.next(), random.next()].map((value) => value ** 3))
    const at = random.next()
    actual[row] = at < shares[0] ? 0 : at < shares[0] + shares[1] ? 1 : 2
    data.set(normalised(shares.map((share) => share ** power)), 3 * row)
  }
  return { scores: ndarray(data, [count, 3]), actual }
}

function normalised(shares: number[]): number[] {
  const total = shares.reduce((a, b) => a + b, 0)
  return shares.map((share) => share / total)
}

describe('fitTemperature', () => {
  it.each([0.25, 1, 3])('undoes the power %d', (power) => {
    const { scores, actual } = draw(4000, power)
    const { temperature, logLoss, reason } = fitTemperature(scores, actual)
    expect(temperature / power).toBeGreaterThan(0.9)
    expect(temperature / power).toBeLessThan(1.1)
    expect(logLoss?.after).toBeLessThanOrEqual(logLoss?.before ?? 0)
    expect(reason).toBeNull()
  })

  it('has a smaller log loss than any temperature of a grid', () => {
    const { scores, actual } = draw(300, 0.4)
    const { logLoss } = fitTemperature(scores, actual)
    for (let steepness = 0.1; steepness < 8; steepness += 0.1) {
      let loss = 0
      for (let row = 0; row < 300; row++) {
        const shares = normalised([0, 1, 2].map((c) => Math.max(1e-6, scores.get(row, c)) ** steepness))
        loss -= Math.log(shares[actual[row]]) / 300
      }
      expect(loss).toBeGreaterThan((logLoss?.after ?? 0) - 1e-9)
    }
  })

  it('keeps rows sums of 1 and the best class', () => {
    const { scores, actual } = draw(200, 0.4)
    const { calibrate } = fitTemperature(scores, actual)
    const sharp = calibrate(scores)
    const rowOf = (rows: ScoreRows, row: number): number[] => [0, 1, 2].map((c) => rows.get(row, c))
    const best = (shares: number[]): number => shares.indexOf(Math.max(...shares))
    for (let row = 0; row < 200; row++) {
      expect(rowOf(sharp, row).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5)
      expect(best(rowOf(sharp, row))).toBe(best(rowOf(scores, row)))
    }
  })

  it('makes all classes alike where shares mislead, and stays finite where they are always right', () => {
    const shares = ndarray(
      Float64Array.from({ length: 100 }, (_, at) => (at % 2 === 0 ? 0.9 : 0.1)),
      [50, 2],
    )
    const wrong = fitTemperature(shares, new Int32Array(50).fill(1))
    expect(wrong.temperature).toBe(Infinity)
    expect(wrong.calibrate(shares).get(0, 0)).toBe(0.5)
    const right = fitTemperature(shares, new Int32Array(50))
    expect(right.temperature).toBeGreaterThan(0)
    expect(right.calibrate(shares).get(0, 0)).toBe(1)
  })

  it('falls back on 1 where labels are few', () => {
    const few = fitTemperature(ndarray(new Float64Array(0), [0, 3]), [])
    expect(few).toMatchObject({ temperature: 1, logLoss: null, reason: '0 held-out labels are fewer than 20' })
    expect(few.calibrate(ndarray(new Float32Array([0.25, 0.75]), [1, 2])).get(0, 1)).toBe(0.75)
  })

  it('refuses what is no row of shares', () => {
    const rows = (data: number[]): ScoreRows => ndarray(Float64Array.from(data), [data.length / 2, 2])
    expect(() => fitTemperature(rows([0.5, NaN]), [0])).toThrowError(/'scores', row 0/)
    expect(() => fitTemperature(rows([0.5, 1.5]), [0])).toThrowError(/'scores', row 0/)
    expect(() => fitTemperature(rows([0.5, 0.5]), [2])).toThrowError(/'actual', row 0/)
    expect(() => fitTemperature(rows([0.5, 0.5]), [0.5])).toThrowError(/'actual', row 0/)
    expect(() => fitTemperature(rows([0.5, 0.5]), [])).toThrowError(/every row/)
    expect(() => fitTemperature(rows([0.5, 0.5]), [0]).calibrate(rows([0.5, 2]))).toThrowError(/shares in \[0, 1\]/)
    expect(() => fitTemperature(ndarray(new Float64Array(2), [2]), [0, 0])).toThrowError(/\(rows, classes\)/)
  })
})
