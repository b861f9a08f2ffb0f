import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fitCalibrator, type Calibrator } from '../../src/calibrate/calibration.ts'

/** Confidences with ties and ends among them, and outcomes of both kinds. */
const heldOut = fc
  .array(
    fc.record({
      confidence: fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 0.5, 1)),
      correct: fc.boolean(),
    }),
    {
      minLength: 10,
      maxLength: 60,
    },
  )
  .filter((rows) => rows.some(({ correct }) => correct) && rows.some(({ correct }) => !correct))
  .map((rows) => ({
    confidence: rows.map(({ confidence }) => confidence),
    correct: rows.map(({ correct }) => correct),
  }))

const method = fc.constantFrom('auto', 'none', 'temperature', 'isotonic' as const)
const shares = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 20 })

describe('a calibrator', () => {
  it('is non-decreasing and stays in [0, 1]', () => {
    fc.assert(
      fc.property(heldOut, method, shares, ({ confidence, correct }, method, asked) => {
        const { calibrate } = fitCalibrator(confidence, correct, { method, fewestLabels: 2 })
        const values = [0, ...asked, 1].sort((a, b) => a - b).map(calibrate)
        values.forEach((value, at) => {
          expect(value).toBeGreaterThanOrEqual(at === 0 ? 0 : values[at - 1] - 1e-12)
          expect(value).toBeLessThanOrEqual(1)
        })
      }),
      { numRuns: 200 },
    )
  })

  it('finds nothing to do where it has been', () => {
    fc.assert(
      fc.property(
        heldOut,
        fc.constantFrom('temperature' as const, 'isotonic' as const),
        ({ confidence, correct }, method) => {
          const once = fitCalibrator(confidence, correct, { method, fewestLabels: 2 })
          const calibrated = confidence.map(once.calibrate)
          const twice = fitCalibrator(calibrated, correct, { method, fewestLabels: 2 })
          for (const value of calibrated) expect(Math.abs(twice.calibrate(value) - value)).toBeLessThan(tolerance(once))
        },
      ),
      { numRuns: 200 },
    )
  })

  it('has the mean of the outcomes, as its method counts them', () => {
    fc.assert(
      fc.property(heldOut, ({ confidence, correct }) => {
        const { calibrate } = fitCalibrator(confidence, correct, { method: 'isotonic', fewestLabels: 2 })
        const mean = confidence.reduce((sum, value) => sum + calibrate(value), 0) / correct.length
        const share = correct.filter(Boolean).length / correct.length
        // Blocks of nothing but right or wrong ones are moved in by 1 / (n + 2).
        expect(Math.abs(mean - share)).toBeLessThanOrEqual(1 / (correct.length + 2) + 1e-12)
      }),
      { numRuns: 200 },
    )
  })
})

/** Blocks are exact; a line is as near as the loss is flat. */
const tolerance = ({ method }: Calibrator): number => (method === 'isotonic' ? 1e-9 : 2e-3)
