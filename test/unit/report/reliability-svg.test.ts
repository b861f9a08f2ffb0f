import { describe, expect, it } from 'vitest'
import { calibration } from '../../../src/evaluate/labels.ts'
import { reliabilityDiagram, wilsonInterval } from '../../../src/report/reliability-svg.ts'
import { isWellFormed, numbersOf } from './svg-text.ts'

const before = calibration([0.9, 0.9, 0.9, 0.1], [1, 0, 1, 0], { bins: 5 })
const after = calibration([0.7, 0.7, 0.7, 0.1], [1, 0, 1, 0], { bins: 5 })
const count = (svg: string, part: string): number => svg.split(part).length - 1

describe('reliabilityDiagram', () => {
  it('draws a dot for every bin with predictions, where it belongs', () => {
    const svg = reliabilityDiagram(before)
    expect(isWellFormed(svg)).toBe(true)
    // One circle is the legend's.
    expect(count(svg, '<circle')).toBe(3)
    const [left, top, side] = [60, 92, 384]
    expect(numbersOf(svg, 'circle', 'cx')).toContain(Math.round((left + side * 0.9) * 10) / 10)
    expect(numbersOf(svg, 'circle', 'cy')).toContain(Math.round((top + side * (1 - 2 / 3)) * 10) / 10)
  })

  it('draws before and after, and tells both errors', () => {
    const svg = reliabilityDiagram(before, { after, names: ['raw', 'isotonic'] })
    expect(count(svg, '<circle')).toBe(6)
    expect(svg).toContain(`raw: error ${before.expectedError.toFixed(3)}`)
    expect(svg).toContain(`isotonic: error ${after.expectedError.toFixed(3)}`)
  })

  it('has a title and a description that say what is to be seen', () => {
    const svg = reliabilityDiagram(before, { title: 'Cats & <dogs>' })
    expect(svg).toContain('<title>Cats &amp; &lt;dogs&gt;</title>')
    expect(svg).toMatch(
      /<desc>as it came: expected calibration error 0\.2.*2 of 2 bins with predictions are overconfident\.<\/desc>/,
    )
    expect(svg).toContain('role="img"')
  })

  it('refuses what it does not know', () => {
    expect(() => reliabilityDiagram(before, { after: 3 } as object)).toThrowError(/'after'/)
    expect(() => reliabilityDiagram(before, { names: ['one'] } as object)).toThrowError(/'names'/)
    expect(() => reliabilityDiagram(before, { caption: '' } as object)).toThrowError(/caption/)
  })
})

describe('wilsonInterval', () => {
  it.each([
    // statsmodels 0.14, proportion_confint(method='wilson'), at z = 1.96
    [0.5, 10, 0.2366, 0.7634],
    [0, 10, 0, 0.2775],
    [1, 10, 0.7225, 1],
  ])('of %d in %d is [%d, %d]', (share, n, low, high) => {
    const found = wilsonInterval(share, n)
    expect(found[0]).toBeCloseTo(low, 4)
    expect(found[1]).toBeCloseTo(high, 4)
  })
})
