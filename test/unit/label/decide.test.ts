import { defaultsOf } from '../../../src/support/spec.ts'
import { describe, expect, it } from 'vitest'
import {
  aboveLowest,
  decide as decideOn,
  decisionOptions,
  type ClassPrior,
  type Decision,
  type DecisionOptions,
} from '../../../src/label/decide.ts'
import { atOnce } from '../../../src/support/drive.ts'
import type { SeedColumns } from '../../../src/solve/system.ts'

/** Three seeds of class a, one of class b. */
const seeds: SeedColumns = {
  classes: ['a', 'b'],
  indptr: Int32Array.of(0, 3, 4),
  nodes: Int32Array.of(0, 1, 2, 3),
  weights: Float32Array.of(1, 1, 1, 1),
  largest: 1,
}

/** A decision from scores that are all in one unit. */
function decide(who: string, scores: Float32Array, of: SeedColumns, options: DecisionOptions): Decision {
  const masses = new Float64Array(2)
  scores.forEach((score, at) => (masses[at % 2] += Math.max(0, score)))
  return atOnce(decideOn(who, { scores, masses }, of, options))
}

const by = (classPrior: ClassPrior) => ({ ...defaultsOf(decisionOptions), classPrior })

const scores = Float32Array.of(4, 1, 1, 1, 0, 0, -1e-9, 2)

describe('decide', () => {
  it('takes the largest share, ties to the earlier class, the prior where nothing came', () => {
    const { column, shares, confidence } = decide('test', scores, seeds, by('none'))
    expect([...column]).toEqual([0, 0, 0, 1])
    expect([...shares]).toEqual([Math.fround(0.8), Math.fround(0.2), 0.5, 0.5, 0.75, 0.25, 0, 1])
    expect([...confidence]).toEqual([Math.fround(0.8), 0.5, 0.75, 1])
  })

  it('scales class masses to the shares of the seeds: q_c f_c / sum f_c (Zhu, Ghahramani & Lafferty 2003)', () => {
    // Masses 5 and 4; shares 3/4 and 1/4.
    const { shares } = decide('test', scores, seeds, by('seeds'))
    const [a, b] = [0.75 / 5, 0.25 / 4]
    expect(shares[0]).toBeCloseTo((4 * a) / (4 * a + b), 6)
    expect(shares[2]).toBeCloseTo(a / (a + b), 6)
    expect([shares[4], shares[5]]).toEqual([0.75, 0.25])
  })

  it('takes given shares, and leaves out a class without any mass', () => {
    const none = Float32Array.of(1, 0, 2, 0)
    expect([...decide('test', none, seeds, by({ a: 1, b: 9 })).column]).toEqual([0, 0])
    expect(decide('test', Float32Array.of(1, 1, 0, 0), seeds, by({ a: 1, b: 9 })).confidence[1]).toBeCloseTo(0.9, 6)
    expect(() => decide('test', none, seeds, by({ a: 1, b: 0 }))).toThrow("a share > 0 for class 'b', got 0")
  })
})

describe('given shares', () => {
  it.each(['classPrior', 'unreachedPrior'] as const)('%s: of exactly the classes that seeds have', (option) => {
    const of = (shares: object) => () => decide('test', scores, seeds, { ...by('none'), [option]: shares })
    expect(of({ a: 1, b: 1, c: 2 })).toThrow(
      `test, option '${option}': expected classes of the seeds (2 classes), got 'c'`,
    )
    expect(of({ a: 1, b: 1, '': 2 })).toThrow("got ''")
    expect(of({ a: 1 })).toThrow("a share > 0 for class 'b', got undefined")
    expect(of({ a: 1, b: 1 })).not.toThrow()
  })

  it('are names of numbers, too', () => {
    const numbers = { ...seeds, classes: [1, 2] }
    expect(() => decide('test', scores, numbers, by({ 1: 1, 2: 1 }))).not.toThrow()
    expect(() => decide('test', scores, numbers, by({ 1: 1, 2: 1, '02': 1 }))).toThrow("got '02'")
  })

  it('may be of any size', () => {
    const nothing = new Float32Array(2)
    for (const size of [1.7e308, 1e-300]) {
      expect(decide('test', nothing, seeds, by({ a: size / 2, b: size })).shares[1]).toBeCloseTo(2 / 3, 6)
    }
  })
})

describe('decision rules and priors', () => {
  const graded = Float32Array.of(9, 1, 8, 2, 7, 3, 6, 4, 0, 0)

  it("leaves scores alone by 'largest', and gives the prior to nodes that nothing reached", () => {
    const options = { ...by({ a: 1, b: 3 }), decisionRule: 'largest' } as const
    const { column, confidence } = decide('test', graded, seeds, options)
    expect([...column]).toEqual([0, 0, 0, 0, 1])
    expect(confidence[4]).toBeCloseTo(0.75, 6)
  })

  it("decides as many nodes for each class as its share says, by 'volume'", () => {
    const half = { ...by({ a: 1, b: 1 }), decisionRule: 'volume' } as const
    expect([...decide('test', graded, seeds, half).column]).toEqual([0, 0, 1, 1, 0])
    const most = { ...by({ a: 1, b: 3 }), decisionRule: 'volume' } as const
    expect([...decide('test', graded, seeds, most).column]).toEqual([0, 1, 1, 1, 1])
  })

  it("'auto' is 'mass' where there is a prior, and 'largest' where there is none", () => {
    const mass = { ...by('seeds'), decisionRule: 'mass' } as const
    expect(decide('test', graded, seeds, by('seeds'))).toEqual(decide('test', graded, seeds, mass))
    const largest = { ...by('none'), decisionRule: 'largest' } as const
    expect(decide('test', graded, seeds, by('none'))).toEqual(decide('test', graded, seeds, largest))
  })

  it('has shares of their own for nodes that nothing reached, if given', () => {
    const options = { ...by('none'), unreachedPrior: { a: 1, b: 4 } }
    const { column, shares } = decide('test', graded, seeds, options)
    expect([column[4], shares[9]]).toEqual([1, Math.fround(0.8)])
    expect([...column.subarray(0, 4)]).toEqual([0, 0, 0, 0])
  })

  it('refuses a rule that needs shares without any, and a class without a share', () => {
    const refused = { ...by('none'), decisionRule: 'volume' } as const
    expect(() => decide('test', graded, seeds, refused)).toThrow("a classPrior beside 'volume', got classPrior 'none'")
    const lacking = { ...by('none'), unreachedPrior: { a: 1 } }
    expect(() => decide('test', graded, seeds, lacking)).toThrow(
      "option 'unreachedPrior': expected a share > 0 for class 'b'",
    )
  })
})

describe('aboveLowest', () => {
  it('takes any number of classes', () => {
    const wide = new Float32Array(300_000).fill(1)
    wide[299_999] = -1
    expect(aboveLowest(wide, wide.length)[0]).toBe(2)
  })

  it('reads what speaks against a class as evidence for the others, and leaves the rest alone', () => {
    const signed = Float32Array.of(0.5, -0.25, -0.5, 0, 3, 1, -1, -1)
    expect([...aboveLowest(signed, 2)]).toEqual([0.75, 0, 0, 0.5, 3, 1, 0, 0])
    const { column, shares } = decide('test', aboveLowest(signed, 2), seeds, by('none'))
    expect([...column]).toEqual([0, 1, 0, 0])
    expect([...shares.subarray(2, 4)]).toEqual([0, 1])
  })
})
