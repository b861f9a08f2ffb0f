import { describe, expect, it } from 'vitest'
import { fitCalibrator } from '../../../src/calibrate/calibration.ts'
import { seededRandom } from '../../../src/support/random.ts'

/** Predictions that are right with probability `truth(confidence)`. */
function outcomes(
  count: number,
  truth: (confidence: number) => number,
  seed = 1,
): { confidence: Float64Array; correct: Float64Array } {
  const random = seededRandom(seed)
  const confidence = Float64Array.from({ length: count }, () => 0.02 + 0.96 * random.next())
  return { confidence, correct: confidence.map((value) => (random.next() < truth(value) ? 1 : 0)) }
}

const sharp = (p: number): number => 1 / (1 + Math.exp(-(0.3 * Math.log(p / (1 - p)) + 0.2)))
const stairs = (p: number): number => (p < 0.3 ? 0.05 : p < 0.6 ? 0.5 : p < 0.9 ? 0.55 : 0.95)

describe('fitCalibrator', () => {
  it('leaves a calibrated confidence alone', () => {
    const { confidence, correct } = outcomes(2000, (p) => p)
    const { method, calibrate, before, after, count } = fitCalibrator(confidence, correct)
    expect({ method, count, value: calibrate(0.37) }).toEqual({ method: 'none', count: 2000, value: 0.37 })
    expect(after?.expectedError).toBe(before?.expectedError)
  })

  it('takes the temperature of an overconfident one, and finds it', () => {
    const { confidence, correct } = outcomes(4000, sharp)
    const { method, line, calibrate, before, after } = fitCalibrator(confidence, correct)
    expect(method).toBe('temperature')
    expect(line?.slope).toBeCloseTo(0.3, 1)
    expect(line?.shift).toBeCloseTo(0.2, 1)
    for (const p of [0.05, 0.3, 0.6, 0.95]) expect(Math.abs(calibrate(p) - sharp(p))).toBeLessThan(0.03)
    expect(after?.expectedError).toBeLessThan((before?.expectedError ?? 0) / 3)
  })

  it('takes isotonic steps where no line fits', () => {
    const { confidence, correct } = outcomes(6000, stairs)
    const { method, blocks, calibrate, logLoss, before, after } = fitCalibrator(confidence, correct)
    expect(method).toBe('isotonic')
    expect(blocks?.length).toBeGreaterThan(3)
    for (const p of [0.15, 0.45, 0.75, 0.95]) expect(Math.abs(calibrate(p) - stairs(p))).toBeLessThan(0.06)
    expect(logLoss?.isotonic).toBeLessThan(logLoss?.temperature ?? 0)
    expect(after?.expectedError).toBeLessThan((before?.expectedError ?? 0) / 3)
  })

  it('takes what it is told to, and still says what each was worth', () => {
    const { confidence, correct } = outcomes(300, (p) => p)
    for (const method of ['none', 'temperature', 'isotonic'] as const) {
      const fitted = fitCalibrator(confidence, correct, { method })
      expect(fitted).toMatchObject({ method, reason: 'asked for' })
      expect(fitted.line !== null).toBe(method === 'temperature')
      expect(fitted.blocks !== null).toBe(method === 'isotonic')
    }
  })

  it('is never certain of what a few observations said', () => {
    const confidence = [...new Array<number>(30).fill(0.2), ...new Array<number>(30).fill(0.8)]
    const correct = confidence.map((value) => value > 0.5)
    for (const method of ['temperature', 'isotonic'] as const) {
      const { calibrate } = fitCalibrator(confidence, correct, { method })
      expect(calibrate(1)).toBeLessThan(1)
      expect(calibrate(1)).toBeGreaterThan(0.9)
      expect(calibrate(0)).toBeGreaterThan(0)
    }
  })

  it('gives everybody the same probability where a higher confidence is right less often', () => {
    const { confidence, correct } = outcomes(1000, (p) => 0.9 - 0.8 * p)
    const { calibrate, line } = fitCalibrator(confidence, correct, { method: 'temperature' })
    expect(line?.slope).toBe(0)
    expect(calibrate(0.1)).toBeCloseTo(0.5, 1)
    expect(calibrate(0.9)).toBe(calibrate(0.1))
  })

  it('is the same for the same seed', () => {
    const { confidence, correct } = outcomes(100, stairs)
    expect(JSON.stringify(fitCalibrator(confidence, correct, { seed: 4 }))).toBe(
      JSON.stringify(fitCalibrator(confidence, correct, { seed: 4 })),
    )
  })

  it.each([
    ['no label', [], [], '0 held-out labels are fewer than 20'],
    ['few labels', [0.5, 0.6], [1, 0], '2 held-out labels are fewer than 20'],
    [
      'nothing but right ones',
      new Array<number>(30).fill(0.5),
      new Array<number>(30).fill(1),
      'all 30 held-out predictions are right',
    ],
    [
      'nothing but wrong ones',
      new Array<number>(30).fill(0.5),
      new Array<number>(30).fill(0),
      'all 30 held-out predictions are wrong',
    ],
  ])('falls back on none by name: %s', (_, confidence, correct, reason) => {
    for (const method of ['auto', 'temperature', 'isotonic'] as const) {
      const fitted = fitCalibrator(confidence, correct, { method })
      expect(fitted).toMatchObject({ method: 'none', reason, logLoss: null, count: correct.length })
      expect(fitted.before === null).toBe(correct.length === 0)
      expect(fitted.calibrate(0.4)).toBe(0.4)
    }
  })

  it('learns from confidences that are all equal, and from 0 and 1', () => {
    const equal = fitCalibrator(
      new Array<number>(50).fill(0.9),
      Array.from({ length: 50 }, (_, row) => row % 2),
    )
    expect(equal.method).toBe('temperature')
    expect(equal.calibrate(0.9)).toBeCloseTo(0.5, 2)
    const ends = Array.from({ length: 60 }, (_, row) => row % 2)
    const extreme = fitCalibrator(
      ends,
      ends.map((end, row) => (row % 3 === 0 ? 1 - end : end)),
      { method: 'temperature' },
    )
    expect(extreme.calibrate(1)).toBeCloseTo(2 / 3, 1)
    expect(extreme.calibrate(0)).toBeCloseTo(1 / 3, 1)
  })

  it('refuses what is no confidence and no outcome', () => {
    const { confidence, correct } = outcomes(50, (p) => p)
    for (const bad of [NaN, -0.1, 1.1, Infinity]) {
      expect(() => fitCalibrator([bad, ...confidence], [1, ...correct])).toThrowError(
        expect.objectContaining({ code: 'INVALID_DATA' }),
      )
      expect(() => fitCalibrator(confidence, correct).calibrate(bad)).toThrowError(/\[0, 1\]/)
    }
    expect(() => fitCalibrator([0.5], [2])).toThrowError(/'correct', row 0/)
    expect(() => fitCalibrator([0.5], [])).toThrowError(/equal length/)
    expect(() => fitCalibrator([], [], { method: 'platt' } as object)).toThrowError(/'method'/)
    expect(() => fitCalibrator([], [], { folds: 1 })).toThrowError(/'folds'/)
    expect(() => fitCalibrator([], [], { fold: 3 } as object)).toThrowError(/'folds'/)
  })
})
