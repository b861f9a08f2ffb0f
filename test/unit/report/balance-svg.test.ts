import { describe, expect, it } from 'vitest'
import { findBalance } from '../../../src/calibrate/balance.ts'
import { balanceDiagram } from '../../../src/report/balance-svg.ts'
import { isWellFormed, numbersOf } from './svg-text.ts'

const losses = (lambda: number): number[] => Array.from({ length: 40 }, (_, v) => (1 - lambda) ** 2 + (v % 3) / 10)

describe('balanceDiagram', () => {
  it('draws every weight, the better the higher, and rings the one taken', () => {
    const balance = findBalance(losses, { lambdas: [0, 0.5, 1, 3] })
    const svg = balanceDiagram(balance, { title: 'Views & buys' })
    expect(isWellFormed(svg)).toBe(true)
    const radii = numbersOf(svg, 'circle', 'r')
    const heights = numbersOf(svg, 'circle', 'cy').filter((_, at) => radii[at] === 5)
    const ring = numbersOf(svg, 'circle', 'cy')[radii.indexOf(10)]
    expect(heights).toHaveLength(4)
    expect(heights[1]).toBeLessThan(heights[0])
    expect(heights[2]).toBeLessThan(heights[1])
    expect(heights[3]).toBeGreaterThan(heights[0])
    expect(ring).toBe(heights[2])
    expect(svg).toContain('<title>Views &amp; buys</title>')
    expect(svg).toMatch(/<desc>semi-supervised, weight 1: weight 1 lowers the mean loss/)
  })

  it('rings 0 where the decision is supervised', () => {
    const svg = balanceDiagram(findBalance((lambda) => losses(1 - lambda)))
    const radii = numbersOf(svg, 'circle', 'r')
    const widths = numbersOf(svg, 'circle', 'cx')
    expect(widths[radii.indexOf(10)]).toBe(Math.min(...widths))
  })

  it('draws the little there is where there was too little to decide by', () => {
    for (const count of [0, 5]) {
      const svg = balanceDiagram(findBalance(() => new Float64Array(count)))
      expect(isWellFormed(svg)).toBe(true)
      expect(svg).toContain('<path d="M84 179H610"')
      expect(svg).toContain(`supervised: ${count} validation examples are fewer than 20`)
    }
  })

  it('has places, ends and colours that say what was gained', () => {
    const gain = (difference: number, low: number, high: number) => {
      return { difference, low, high, level: 0.95, p: 1, resamples: 100, users: 40 }
    }
    const decided = {
      decision: 'semi-supervised' as const,
      lambda: 1,
      reason: 'so it is',
      curve: [
        { lambda: 0, loss: 1, gain: null },
        { lambda: 1, loss: 0.75, gain: gain(0.25, 0.125, 0.5) },
        { lambda: 2, loss: 1.25, gain: gain(-0.25, -0.5, -0.125) },
        { lambda: 3, loss: 1, gain: gain(0, -0.25, 0) },
        { lambda: 4, loss: 1, gain: gain(0.125, 0, 0.25) },
      ],
      gain: gain(0.25, 0.125, 0.5),
      examples: 40,
    }
    const svg = balanceDiagram(decided)
    const dots = [...svg.matchAll(/<circle cx="([^"]*)" cy="([^"]*)" r="5" fill="([^"]*)"/g)]
    // The plot is 526 wide and 190 high, its corner at (84, 84).
    const across = [0.5, 1.5, 2.5, 3.5, 4.5].map((step) => Math.round((84 + (526 / 5) * step) * 10) / 10)
    expect(dots.map(([, x]) => Number(x))).toEqual(across)
    expect(dots.map(([, , y]) => Number(y))).toEqual([179, 131.5, 226.5, 179, 155.3])
    const [plain, better, unsure, worse] = ['#9aa5b1', '#0f766e', '#d97706', '#be123c']
    expect(dots.map(([, , , colour]) => colour)).toEqual([plain, better, worse, unsure, unsure])
    const intervals = [...svg.matchAll(/<path d="M[\d.]+ ([\d.]+)V([\d.]+)"/g)].map(([, low, high]) => [low, high])
    expect(intervals.map((ends) => ends.map(Number))).toEqual([
      [179, 179],
      [155.3, 84],
      [274, 202.8],
      [226.5, 179],
      [179, 131.5],
    ])
    const texts = [...svg.matchAll(/<text x="([^"]*)" y="([^"]*)"[^>]*>([^<]*)</g)].map(([, ...said]) => said.join(' '))
    expect(texts).toEqual([
      '24 30 Balance',
      '24 51 semi-supervised: gain +0.25 [+0.13, +0.50] at 95.0 %',
      '76 183 0',
      '76 278 \u22120.50',
      '76 88 +0.50',
      ...across.map((x, lambda) => `${x} 300 ${lambda}`),
      '347 326 weight of the unlabelled part (ring: taken)',
      '18 179 gain',
    ])
    expect(svg).toContain('<path d="M84 179H610"')
  })

  it('writes no end over the 0 beside it', () => {
    const gain = { difference: 1, low: 0.5, high: 2, level: 0.95, p: 0.01, resamples: 100, users: 40 }
    const curve = [{ lambda: 1, loss: 0, gain }]
    const decided = { decision: 'semi-supervised' as const, lambda: 1, reason: '', curve, gain, examples: 40 }
    const ends = [...balanceDiagram(decided).matchAll(/text-anchor="end"[^>]*>([^<]*)</g)].map(([, text]) => text)
    expect(ends).toEqual(['0', '+2.0'])
  })

  it('refuses what it does not know', () => {
    expect(() => balanceDiagram(findBalance(losses), { name: '' } as object)).toThrowError(/name/)
  })
})
