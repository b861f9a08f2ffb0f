import { describe, expect, it } from 'vitest'
import { findBalance, isBalanceChoice, searchBalance } from '../../../src/calibrate/balance.ts'
import { driveAsync } from '../../../src/support/drive.ts'
import { seededRandom, type Random } from '../../../src/support/random.ts'

const gauss = (random: Random): number => {
  let sum = -6
  for (let draw = 0; draw < 12; draw++) sum += random.next()
  return sum
}

/**
 * Estimates of `count` numbers from a noisy label and from evidence with its own noise and bias: (label + lambda evidence) / (1 + lambda).
 * Squared errors.
 */
function study(count: number, evidence: { noise: number; bias: number }, seed = 1): (lambda: number) => Float64Array {
  const random = seededRandom(seed)
  const rows = Array.from({ length: count }, () => ({
    label: gauss(random),
    evidence: evidence.noise * gauss(random) + evidence.bias,
  }))
  return (lambda) => Float64Array.from(rows, (row) => ((row.label + lambda * row.evidence) / (1 + lambda)) ** 2)
}

describe('findBalance', () => {
  it('takes evidence that helps, and reports the whole curve', () => {
    const found = findBalance(study(400, { noise: 1, bias: 0 }))
    expect(found.decision).toBe('semi-supervised')
    expect(found.lambda).toBeGreaterThanOrEqual(0.2)
    expect(found.lambda).toBeLessThanOrEqual(1)
    expect(found.curve.map(({ lambda }) => lambda)).toEqual([0, 0.05, 0.1, 0.2, 0.5, 1, 2])
    expect(found.curve[0].gain).toBeNull()
    expect(found.gain?.low).toBeGreaterThan(0)
    expect(found.examples).toBe(400)
    expect(found.reason).toMatch(/^weight .* lowers the mean loss from 0\..* to 0\./)
  })

  it('keeps the supervised answer where evidence harms', () => {
    const found = findBalance(study(400, { noise: 1, bias: 20 }))
    expect(found).toMatchObject({ decision: 'supervised', lambda: 0 })
    expect(found.gain?.difference).toBeLessThan(0)
    expect(found.reason).toMatch(/^no weight lowers the loss: the best, 0.05,/)
  })

  it('is misled by harmless noise in fewer than one of twenty studies', () => {
    let misled = 0
    for (let seed = 1; seed <= 100; seed++) {
      const random = seededRandom(seed)
      const noise = Array.from({ length: 7 }, () => Float64Array.from({ length: 60 }, () => gauss(random)))
      const lambdas = [0, 1, 2, 3, 4, 5, 6]
      const { decision } = findBalance((lambda) => noise[lambda], { lambdas, resamples: 400 })
      if (decision === 'semi-supervised') misled++
    }
    // Five intervals of a hundred may miss on either side, half of them on this one; 7 or more come once in a hundred such studies.
    expect(misled).toBeLessThanOrEqual(6)
  })

  it('takes the smaller of two weights between which chance decides', () => {
    const random = seededRandom(3)
    const base = Float64Array.from({ length: 200 }, () => 2 + gauss(random) / 10)
    const shared = base.map((loss) => loss - 1)
    const jitter = base.map(() => gauss(random) / 100)
    const lossesAt = (lambda: number): Float64Array =>
      lambda === 0 ? base : lambda === 1 ? shared : shared.map((loss, v) => loss + jitter[v] - 0.0001)
    const meanJitter = jitter.reduce((a, b) => a + b, 0) / jitter.length
    expect(Math.abs(meanJitter)).toBeLessThan(0.01 / Math.sqrt(200))
    expect(findBalance(lossesAt, { lambdas: [1, 2] }).lambda).toBe(1)
  })

  it('takes the heavier one where it is better by more than that', () => {
    const base = Float64Array.from({ length: 200 }, (_, v) => 2 + (v % 7) / 10)
    const lossesAt = (lambda: number): Float64Array => base.map((loss) => loss - lambda / 4)
    const found = findBalance(lossesAt, { lambdas: [2, 1] })
    expect(found.lambda).toBe(2)
    expect(found.reason).toMatch(/^weight 2, the largest tried, lowers/)
  })

  it('says that nothing was tried where 0 is the only weight', () => {
    const found = findBalance(study(50, { noise: 1, bias: 0 }), { lambdas: [0] })
    expect(found).toMatchObject({
      decision: 'supervised',
      lambda: 0,
      gain: null,
      reason: 'no weight above 0 was tried',
    })
  })

  it.each([0, 1, 19])('does not judge by %d examples', (count) => {
    const asked: number[] = []
    const lossesAt = study(count, { noise: 0, bias: 0 })
    const found = findBalance((lambda) => (asked.push(lambda), lossesAt(lambda)))
    expect(found).toMatchObject({ decision: 'supervised', lambda: 0, gain: null, examples: count })
    expect(found.reason).toBe(`${count} validation examples are fewer than 20`)
    expect(found.curve).toHaveLength(count === 0 ? 0 : 1)
    expect(asked).toEqual([0])
  })

  it('does not gain from losses that are all equal', () => {
    const found = findBalance(() => new Float64Array(100).fill(0.5))
    expect(found).toMatchObject({ decision: 'supervised', lambda: 0 })
  })

  it('copies losses, which may be written into one array', () => {
    const lossesAt = study(400, { noise: 1, bias: 0 })
    const same = new Float64Array(400)
    const inPlace = findBalance((lambda) => (same.set(lossesAt(lambda)), same))
    expect(inPlace).toEqual(findBalance(lossesAt))
  })

  it('refuses losses that are no numbers or not as many at every weight', () => {
    const lossesAt = study(50, { noise: 1, bias: 0 })
    const ill = (lambda: number): Float64Array => lossesAt(lambda).fill(NaN, 3, lambda > 0.5 ? 4 : 3)
    expect(() => findBalance(ill)).toThrowError(/losses at 1, 'loss', row 3.*got NaN/)
    const short = (lambda: number): Float64Array => lossesAt(lambda).subarray(lambda > 0 ? 1 : 0)
    expect(() => findBalance(short)).toThrowError(/losses at 0 and at 0.05: .*50 and 49/)
  })

  it.each([[[]], [[-1]], [[NaN]], [[Infinity]], [[1e7]], [0.5], ['auto']])('refuses the weights %j', (lambdas) => {
    expect(() => findBalance(() => [], { lambdas } as object)).toThrowError(/'lambdas'/)
  })

  it('refuses unknown options', () => {
    expect(() => findBalance(() => [], { lambda: [1] } as object)).toThrowError(/'lambdas'/)
    expect(() => findBalance(() => [], { fewestExamples: 1 })).toThrowError(/'fewestExamples'/)
  })
})

describe('searchBalance', () => {
  it('hands on the problems that losses take', async () => {
    const lossesAt = study(100, { noise: 1, bias: 0 })
    const seen: string[] = []
    const search = searchBalance(function* (lambda): Generator<string, Float64Array, unknown> {
      yield 'test'
      return lossesAt(lambda)
    })
    const found = await driveAsync(search, async (asked: string) => seen.push(asked))
    expect(found).toEqual(findBalance(lossesAt))
    expect(seen).toHaveLength(7)
  })
})

describe('isBalanceChoice', () => {
  it.each(['auto', 0, 0.5, 3])('takes %s', (value) => expect(isBalanceChoice(value)).toBeNull())
  it.each(['none', -1, NaN, Infinity, 1e300, null, undefined])('refuses %s', (value) =>
    expect(isBalanceChoice(value)).toMatch(/'auto' or/),
  )
})
