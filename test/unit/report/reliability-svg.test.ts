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

  it('draws areas that grow with the predictions, and intervals around the shares', () => {
    const svg = reliabilityDiagram(before)
    const dots = [...svg.matchAll(/<circle cx="([^"]*)" cy="([^"]*)" r="([^"]*)"/g)].map(([, ...at]) => at.map(Number))
    // The legend; 1 of 4 predictions; 3 of 4.
    expect(dots).toEqual([
      [30, 71, 5],
      [98.4, 476, 8.5],
      [405.6, 220, 12.5],
    ])
    const lines = [...svg.matchAll(/<path d="M([\d.]+) ([\d.]+)V([\d.]+)" stroke="#0f766e"/g)]
    const ends = [wilsonInterval(0, 1), wilsonInterval(2 / 3, 3)].map((shares) =>
      shares.map((share) => Math.round((92 + 384 * (1 - share)) * 10) / 10),
    )
    expect(lines.map(([, ...at]) => at.map(Number))).toEqual([
      [98.4, ...ends[0]],
      [405.6, ...ends[1]],
    ])
  })

  it('draws a grid from 0 to 1, and where confidence is the share', () => {
    const svg = reliabilityDiagram(before)
    expect(svg).toContain('<path d="M60 476L444 92"')
    const texts = [...svg.matchAll(/<text x="([^"]*)" y="([^"]*)"[^>]*>([^<]*)</g)].map(([, ...said]) => said.join(' '))
    expect(texts).toEqual([
      '24 30 Reliability',
      '24 51 4 predictions in 5 bins',
      ...['52 480 0', '60 496 0', '52 384 0.25', '156 496 0.25', '52 288 0.5', '252 496 0.5'],
      ...['52 192 0.75', '348 496 0.75', '52 96 1', '444 496 1'],
      '252 520 mean confidence',
      '18 284 share of right predictions',
      '24 546 Dashed: confidence = share. Lines: 95 % intervals.',
      `41 75.5 as it came: error ${before.expectedError.toFixed(3)}`,
    ])
    const grid = [...svg.matchAll(/<path d="(M60 [\d.]+H444M[\d.]+ 92V476)"/g)].map(([, d]) => d)
    expect(grid).toEqual([476, 380, 284, 188, 92].map((y, at) => `M60 ${y}H444M${60 + 96 * at} 92V476`))
  })

  it('has a colour of its own for what came after, and the same names in its description', () => {
    const colours = (svg: string): string[] =>
      [...svg.matchAll(/cy="71" r="5" fill="([^"]*)"/g)].map(([, fill]) => fill)
    expect(colours(reliabilityDiagram(before))).toEqual(['#0f766e'])
    expect(colours(reliabilityDiagram(before, { after }))).toEqual(['#d97706', '#0f766e'])
    expect(reliabilityDiagram(before, { after })).toMatch(/cx="248" cy="71"/)
    expect(reliabilityDiagram(before, { after })).toMatch(/<desc>as it came: .* calibrated: .*overconfident\.<\/desc>/)
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
