import { describe, expect, it } from 'vitest'
import { findBalance } from '../../../src/learn/balance.ts'
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

  it('draws the little there is where there was too little to judge by', () => {
    for (const count of [0, 5]) {
      const svg = balanceDiagram(findBalance(() => new Float64Array(count)))
      expect(isWellFormed(svg)).toBe(true)
      expect(svg).toContain(`supervised: ${count} validation examples are fewer than 20`)
    }
  })

  it('refuses what it does not know', () => {
    expect(() => balanceDiagram(findBalance(losses), { name: '' } as object)).toThrowError(/name/)
  })
})
