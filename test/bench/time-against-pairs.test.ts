import { describe, expect, it } from 'vitest'
import { slopeOf, timeAgainstPairs } from '../../native-free-bench/report/time-against-pairs.ts'

const lines = [1e5, 1e6, 1e7].map((pairs) => ({
  ...{ pairs, users: pairs / 25, cpuSeconds: 1e-5 * pairs, threads: 2 },
  forecast: { method: 'graph-filter', way: 'head and walk', seconds: 4e-6 * pairs } as const,
}))

describe('time against pairs', () => {
  it('is the exponent of a power law', () => {
    expect(slopeOf([1, 10, 100], [3, 300, 30_000])).toBeCloseTo(2, 12)
  })

  it('draws what was measured and what was expected, and states the slope', () => {
    const svg = timeAgainstPairs(lines)
    expect(svg.match(/<circle/g)).toHaveLength(2 * 6 + 2)
    expect(svg).toContain('against pairs: slope 1.00, of the last two 1.00')
    expect(svg).toContain('>10 M<')
    expect(svg).not.toContain('NaN')
    const unknown = timeAgainstPairs(lines.map((line) => ({ ...line, forecast: null })))
    expect(unknown.match(/<circle/g)).toHaveLength(6 + 2)
  })
})
