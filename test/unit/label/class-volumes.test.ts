import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { volumeFactors as volumeFactorsInSlices } from '../../../src/label/class-volumes.ts'
import { atOnce } from '../../../src/support/drive.ts'
import { seededRandom } from '../../../src/support/random.ts'

const volumeFactors = (scores: Float32Array, shares: Float64Array): Float64Array =>
  atOnce(volumeFactorsInSlices(scores, shares))

/** How many nodes each class decides under factors; nodes without a score above 0 do not count. */
function volumes(scores: Float32Array, factors: Float64Array): number[] {
  const counts = Array.from(factors, () => 0)
  for (let at = 0; at < scores.length; at += factors.length) {
    const row = Array.from(factors, (factor, c) => scores[at + c] * factor)
    const best = Math.max(...row)
    if (best > 0) counts[row.indexOf(best)]++
  }
  return counts
}

describe('volumeFactors', () => {
  it('decides within a node of the wanted number for every class, whatever the scale of the scores', () => {
    const cases = fc.record({
      nodes: fc.integer({ min: 20, max: 300 }),
      width: fc.integer({ min: 2, max: 6 }),
      sharpness: fc.constantFrom(0.001, 0.3, 3, 12),
      seed: fc.nat(),
    })
    fc.assert(
      fc.property(cases, ({ nodes, width, sharpness, seed }) => {
        const random = seededRandom(seed)
        const scores = Float32Array.from({ length: nodes * width }, () => Math.exp(sharpness * (random.next() - 0.5)))
        const raw = Array.from({ length: width }, () => 0.2 + random.next())
        const total = raw.reduce((sum, value) => sum + value, 0)
        const shares = Float64Array.from(raw, (value) => value / total)
        const counts = volumes(scores, volumeFactors(scores, shares))
        // Scores that hardly differ are equal in single precision for some nodes, which then move together.
        const slack = sharpness === 0.001 ? 1 + nodes / 20 : 1
        counts.forEach((count, c) => expect(Math.abs(count - shares[c] * nodes)).toBeLessThan(slack + 1e-9))
      }),
      { numRuns: 60 },
    )
  })

  it('leaves nodes out that nothing reached', () => {
    const scores = Float32Array.of(3, 1, 2, 1.5, 4, 1, 5, 1, 0, 0, 0, 0)
    expect(volumes(scores, volumeFactors(scores, Float64Array.of(0.5, 0.5)))).toEqual([2, 2])
  })

  it('does what can be done where a class has too few scores', () => {
    const scores = Float32Array.of(1, 0, 1, 0, 1, 0, 1, 0.5)
    const factors = volumeFactors(scores, Float64Array.of(0.5, 0.5))
    expect(factors.every(Number.isFinite)).toBe(true)
    expect(volumes(scores, factors)).toEqual([3, 1])
  })

  it('cannot part nodes with the same scores', () => {
    const scores = Float32Array.of(2, 1, 2, 1, 2, 1, 2, 1)
    expect([0, 4]).toContain(volumes(scores, volumeFactors(scores, Float64Array.of(0.5, 0.5)))[0])
  })
})
