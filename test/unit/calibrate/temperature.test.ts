import { describe, expect, it } from 'vitest'
import { fitLogitLine, logit, logLossOf, sigmoid, softOutcomes } from '../../../src/calibrate/temperature.ts'
import { seededRandom } from '../../../src/support/random.ts'

function draw(seed: number, count: number): { confidence: Float64Array; correct: Float64Array } {
  const random = seededRandom(seed)
  const [slope, shift] = [2 * random.next(), 2 * random.next() - 1]
  const confidence = Float64Array.from({ length: count }, () => random.next())
  const correct = confidence.map((value) => (random.next() < sigmoid(slope * logit(value) + shift) ? 1 : 0))
  return { confidence, correct }
}

describe('fitLogitLine', () => {
  it('has a smaller log loss than any line of a fine grid, and than its neighbours', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const { confidence, correct } = draw(seed, 20 + 10 * seed)
      const [logits, outcomes] = [confidence.map(logit), softOutcomes(correct)]
      const line = fitLogitLine(confidence, correct)
      const least = logLossOf(line, logits, outcomes) - 1e-9
      let ofGrid = Infinity
      for (let slope = 0; slope <= 4; slope += 0.1) {
        for (let shift = -3; shift <= 3; shift += 0.1) {
          ofGrid = Math.min(ofGrid, logLossOf({ slope, shift }, logits, outcomes))
        }
      }
      expect(ofGrid).toBeGreaterThan(least)
      for (const [ds, dh] of [
        [1e-3, 0],
        [-1e-3, 0],
        [0, 1e-3],
        [0, -1e-3],
      ]) {
        const near = { slope: Math.max(0, line.slope + ds), shift: line.shift + dh }
        expect(logLossOf(near, logits, outcomes)).toBeGreaterThan(least)
      }
    }
  })

  it('is finite where a threshold separates right from wrong', () => {
    const confidence = Float64Array.from({ length: 40 }, (_, row) => (row + 0.5) / 40)
    const line = fitLogitLine(
      confidence,
      confidence.map((value) => (value > 0.5 ? 1 : 0)),
    )
    expect(line.slope).toBeGreaterThan(1)
    expect(line.slope).toBeLessThan(10)
    expect(line.shift).toBeCloseTo(0, 6)
  })

  it('tells the share of right ones where all confidences are equal', () => {
    const { slope, shift } = fitLogitLine(
      new Float64Array(100).fill(0.99),
      Float64Array.from({ length: 100 }, (_, v) => (v < 30 ? 1 : 0)),
    )
    expect(sigmoid(slope * logit(0.99) + shift)).toBeCloseTo(0.3, 1)
  })

  it('takes 0 and 1 as almost so', () => {
    expect(logit(0)).toBe(logit(1e-6))
    expect(logit(1)).toBe(logit(1 - 1e-6))
    expect(logit(0.5)).toBe(0)
  })
})
