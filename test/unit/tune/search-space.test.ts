import { describe, expect, it } from 'vitest'
import { drawPoints, requireSpace, valueAt } from '../../../src/tune/search-space.ts'
import type { SearchRange } from '../../../src/support/spec.ts'

const shares = Array.from({ length: 1000 }, (_, at) => at / 1000)

describe('valueAt', () => {
  it.each<[string, SearchRange, unknown, unknown]>([
    ['a list', ['a', null, 3], 'a', 3],
    ['uniform', { uniform: [-1, 0.5] }, -1, 0.498],
    ['uniform with more digits than are kept', { uniform: [0.12345, 0.12346] }, 0.12345, 0.12345],
    ['log-uniform', { logUniform: [0.01, 100] }, 0.01, 99.1],
    ['integer', { integer: [3, 5] }, 3, 5],
    ['log-integer', { logInteger: [1, 1000] }, 1, 994],
  ])('of %s goes from end to end', (_, range, first, last) => {
    const values = shares.map((share) => valueAt(range, share))
    expect([values[0], values.at(-1)]).toEqual([first, last])
    if (Array.isArray(range)) return
    const [low, high] = Object.values(range)[0] as [number, number]
    const numbers = values as number[]
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b))
    numbers.forEach((value) => expect([value >= low, value <= high]).toEqual([true, true]))
  })

  it('gives every value of a list and every integer its share, and halves a logarithmic range at the geometric mean', () => {
    const counts = (range: SearchRange): number[] => {
      const tally = new Map<unknown, number>()
      for (const share of shares) tally.set(valueAt(range, share), (tally.get(valueAt(range, share)) ?? 0) + 1)
      return [...tally.values()]
    }
    expect(counts(['a', 'b', null, 'd'])).toEqual([250, 250, 250, 250])
    expect(counts({ integer: [-2, 2] })).toEqual([200, 200, 200, 200, 200])
    expect(valueAt({ logUniform: [1, 10_000] }, 0.5)).toBe(100)
  })
})

describe('drawPoints', () => {
  const space = { a: { uniform: [0, 1] }, b: { uniform: [0, 1] }, c: ['x', 'y'] } as const

  it('is a matter of the seed, not of the order of the options nor of how many are wanted', () => {
    const points = drawPoints(space, 1, 20)
    expect(points).toHaveLength(20)
    expect(drawPoints({ c: space.c, b: space.b, a: space.a }, 1, 20)).toEqual(points)
    expect(drawPoints(space, 1, 50).slice(0, 20)).toEqual(points)
    expect(drawPoints(space, 2, 20)).not.toEqual(points)
  })

  it('fills a space more evenly than chance', () => {
    const points = drawPoints({ a: space.a }, 3, 10).map(({ a }) => a as number)
    const gaps = [...points].sort((a, b) => a - b)
    gaps.slice(1).forEach((point, at) => expect(point - gaps[at]).toBeLessThan(0.2))
    const cells = new Set(
      drawPoints(space, 3, 50).map(({ a, b }) => `${Math.floor(4 * Number(a))} ${Math.floor(4 * Number(b))}`),
    )
    expect(cells.size).toBe(16)
  })

  it('draws no point twice, nor one that is not wanted, and ends when there are no more', () => {
    const few = { c: ['x', 'y', 'z'], d: [1, 2] }
    const points = drawPoints(few, 1, 100, [{ c: 'y', d: 2 }])
    expect(points).toHaveLength(5)
    expect(new Set(points.map((point) => JSON.stringify(point))).size).toBe(5)
    expect(points).not.toContainEqual({ c: 'y', d: 2 })
    expect(drawPoints({}, 1, 5, [{}])).toEqual([])
  })
})

describe('requireSpace', () => {
  it('refuses values nested so deep that they could not be written down', () => {
    const deep = JSON.parse(`${'['.repeat(1e5)}${']'.repeat(1e5)}`) as unknown
    expect(() => requireSpace('test', { x: [deep] })).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }))
    expect(() => requireSpace('test', { x: { uniform: deep } })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    )
  })

  it.each<[unknown, string]>([
    [null, "option 'space'"],
    [[1, 2], "option 'space'"],
    [{ a: [] }, "'a': expected a list of at least one value"],
    [{ a: 3 }, 'a list of values, or one of uniform'],
    [{ a: null }, 'a list of values, or one of uniform'],
    [{ a: { normal: [0, 1] } }, 'a list of values, or one of uniform'],
    [{ a: { uniform: [0, 1], integer: [0, 1] } }, 'a list of values, or one of uniform'],
    [{ a: { uniform: [1, 0] } }, 'uniform: [low, high]'],
    [{ a: { uniform: [0] } }, 'uniform: [low, high]'],
    [{ a: { uniform: [0, Infinity] } }, 'uniform: [low, high]'],
    [{ a: { logUniform: [0, 1] } }, 'low above 0'],
    [{ a: { integer: [0, 1.5] } }, 'both integers'],
    [{ a: { logInteger: [0, 10] } }, 'low at least 1'],
  ])('refuses %j', (space, told) => {
    expect(() => requireSpace('test', space)).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION', message: expect.stringContaining(told) as string }),
    )
  })

  it('says what it got, also where that is no JSON', () => {
    const messageOf = (range: unknown): string => {
      try {
        requireSpace('test', { a: range })
      } catch (error) {
        return (error as Error).message
      }
      return 'accepted'
    }
    expect(messageOf({ uniform: [0] })).toContain('got {"uniform":[0]}')
    expect(messageOf('all')).toContain("got 'all'")
    expect(messageOf(null)).toContain('got null')
    expect(messageOf({ uniform: [0n, 1n] })).toContain('got an object (uniform)')
    expect(messageOf([1n])).toContain('all of them JSON, got an array of 1')
  })

  it('takes all kinds', () => {
    const space = {
      a: [1, null],
      b: { uniform: [0, 0] },
      c: { logUniform: [1, 2] },
      d: { integer: [-1, 1] },
      e: { logInteger: [1, 2] },
    }
    expect(requireSpace('test', space)).toBe(space)
  })
})
