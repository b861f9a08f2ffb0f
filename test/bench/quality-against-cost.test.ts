import { describe, expect, it } from 'vitest'
import { placeLabels, qualityAgainstCost } from '../../native-free-bench/report/quality-against-cost.ts'
import type { QualityPoint } from '../../native-free-bench/report/quality-against-cost.ts'

const points: readonly QualityPoint[] = [
  { label: 'popularity', chosen: 'default', baseline: false, seconds: 0.3, ndcg20: 0.0317 },
  { label: 'item-knn', chosen: 'validation', baseline: false, seconds: 9, ndcg20: 0.0817 },
  { label: 'a <recipe> & more', chosen: 'seen on the test', baseline: false, seconds: 42, ndcg20: 0.164 },
]
const panel = { title: 'Gowalla', points }

/** Cells of every circle below the legend: x, y, colour. */
const circles = (svg: string): [number, number, string][] =>
  [...svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)" r="5" fill="(#\w+)"/g)]
    .map(([, x, y, colour]): [number, number, string] => [Number(x), Number(y), colour])
    .slice(3)

describe('qualityAgainstCost', () => {
  it('places better methods higher and dearer ones to the right, a decade as wide as any other', () => {
    const decades = [0.1, 1, 10].map((seconds, at) => ({
      ...points[0],
      label: `m${at}`,
      seconds,
      ndcg20: 0.1 + at / 100,
    }))
    const [a, b, c] = circles(qualityAgainstCost([{ title: 'x', points: decades }]))
    expect(b[0] - a[0]).toBeGreaterThan(50)
    expect(c[0] - b[0]).toBeCloseTo(b[0] - a[0], 0)
    expect(a[1]).toBeGreaterThan(b[1])
    expect(b[1] - c[1]).toBeCloseTo(a[1] - b[1], 0)
  })

  it('names every method once, escaped, and colours it by how it was chosen', () => {
    const svg = qualityAgainstCost([panel])
    expect(svg.match(/>item-knn</g)).toHaveLength(1)
    expect(svg).toContain('>a &lt;recipe&gt; &amp; more<')
    expect(new Set(circles(svg).map(([, , colour]) => colour)).size).toBe(3)
  })

  it('draws baselines hollow', () => {
    const hollow = (svg: string): number => svg.match(/r="4" fill="#ffffff" stroke="#/g)?.length ?? 0
    const rivals = points.map((point, at) => ({ ...point, baseline: at < 2 }))
    // One of them is in the legend.
    expect(hollow(qualityAgainstCost([panel]))).toBe(1)
    expect(hollow(qualityAgainstCost([{ ...panel, points: rivals }]))).toBe(3)
  })

  it('holds a panel a split, two in a row, every point inside', () => {
    const svg = qualityAgainstCost([panel, { ...panel, title: 'Yelp2018' }, { ...panel, title: 'Last.fm' }])
    expect(svg.match(/translate\(\d+ \d+\)/g)).toEqual(['translate(0 64)', 'translate(620 64)', 'translate(0 524)'])
    expect(svg).toContain('viewBox="0 0 1240 984"')
    for (const [x, y] of circles(svg)) {
      expect(x > 58 && x < 598).toBe(true)
      expect(y >= 40 && y <= 410).toBe(true)
    }
  })

  it('draws a single method, and equal ones', () => {
    for (const some of [points.slice(0, 1), [points[0], { ...points[0], label: 'twin' }]]) {
      expect(qualityAgainstCost([{ title: 'x', points: some }])).not.toMatch(/NaN|Infinity/)
    }
  })
})

describe('placeLabels', () => {
  it('lets no text cover another text or a point, as crowded as it is', () => {
    const crowd = Array.from({ length: 9 }, (_, at) => ({ x: 300 + 3 * at, y: 180 + 2 * at, text: `method ${at}` }))
    const boxes = placeLabels(crowd)
    boxes.forEach((box, at) => {
      for (const other of boxes.slice(at + 1)) {
        const apart =
          box.right <= other.left || other.right <= box.left || box.bottom <= other.top || other.bottom <= box.top
        expect(apart).toBe(true)
      }
      for (const { x, y } of crowd) {
        expect(x > box.left && x < box.right && y > box.top && y < box.bottom).toBe(false)
      }
    })
    expect(boxes[0].shifted).toBe(false)
  })
})
