import ndarray from 'ndarray'
import { describe, expect, it } from 'vitest'
import { clusterDiagram } from '../../../src/report/cluster-svg.ts'
import { isWellFormed } from './svg-text.ts'

const feature = (key: string) => ({ key, count: 2, logOdds: 1, z: 2 })
const given = {
  clusters: Int32Array.of(0, 0, 1, -1, 0, 1),
  sizes: Int32Array.of(3, 2),
  distinctive: [[feature('tea & jam'), feature('bun'), feature('nut')], []],
}
const points = ndarray(Float32Array.of(0, 0, 1, 1, 0.5, 0, 9, 9, 0, 1, 1, 0), [6, 2])
const dotsOf = (svg: string): number[] =>
  [...svg.matchAll(/<path d="([^"]*)" stroke="#[^>]*round/g)].map(([, d]) => d.split('M').length - 1)

describe('clusterDiagram', () => {
  it('draws every member of a cluster, and nobody else, with what is distinctive', () => {
    const svg = clusterDiagram(given, points)
    expect(isWellFormed(svg)).toBe(true)
    expect(dotsOf(svg)).toEqual([3, 2])
    expect(svg).toContain('5 members, 2 clusters')
    expect(svg).toContain('>tea &amp; jam, bun</text>')
    expect(svg).toContain('<desc>2 clusters of 5. tea &amp; jam, bun: 3; : 2.</desc>')
  })

  it('spreads the members over the plot and lists the clusters beside it', () => {
    const svg = clusterDiagram(given, points)
    // The plot is 460 wide and high, its corner at (24, 72); the member in no cluster is the farthest.
    const places = [...svg.matchAll(/<path d="([^"]*)" stroke="([^"]*)"/g)].map(([, d, colour]) => [d, colour])
    expect(places).toEqual([
      ['M24 532h0M75.1 480.9h0M24 480.9h0', '#0f766e'],
      ['M49.6 532h0M75.1 532h0', '#d97706'],
    ])
    const signs = [...svg.matchAll(/<circle cx="524" cy="([^"]*)" r="6" fill="([^"]*)"/g)].map(([, ...sign]) => sign)
    expect(signs).toEqual([
      ['88', '#0f766e'],
      ['126', '#d97706'],
    ])
    const shifted = ndarray(
      points.data.map((at) => at + 1),
      [6, 2],
    )
    expect(clusterDiagram(given, shifted)).toBe(svg)
    const texts = [...svg.matchAll(/<text x="([^"]*)" y="([^"]*)"[^>]*>([^<]*)</g)].map(([, ...said]) => said.join(' '))
    expect(texts).toEqual([
      '24 30 Clusters',
      '24 51 5 members, 2 clusters',
      '540 92 tea &amp; jam, bun',
      '540 107 3',
      '540 130 ',
      '540 145 2',
    ])
  })

  it('takes names and a title', () => {
    const svg = clusterDiagram(given, points, { title: 'Tastes', names: ['sweet', 'x'.repeat(60)] })
    expect(svg).toContain('<title>Tastes</title>')
    expect(svg).toContain('>sweet</text>')
    expect(svg).toContain(`>${'x'.repeat(47)}\u2026</text>`)
  })

  it('draws what is after the tenth cluster together, and members that are all in one place', () => {
    const many = {
      clusters: Int32Array.from({ length: 13 }, (_, row) => row),
      sizes: new Int32Array(13).fill(1),
      distinctive: Array.from({ length: 13 }, () => []),
    }
    const svg = clusterDiagram(many, ndarray(new Float32Array(26), [13, 2]))
    expect(isWellFormed(svg)).toBe(true)
    expect(dotsOf(svg)).toEqual([...Array<number>(10).fill(1), 3])
    expect(svg).toMatch(/>3 smaller clusters<\/text>\n<text [^>]*>3<\/text>/)
  })

  it('refuses what it does not know', () => {
    expect(() => clusterDiagram(given, points, { name: '' } as object)).toThrow(/name/)
    expect(() => clusterDiagram(given, points, { names: 'sweet' } as object)).toThrow(/names/)
  })
})
