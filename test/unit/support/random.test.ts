import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/support/random.ts'

describe('seededRandom', () => {
  it('gives the same numbers for the same seed, for ever', () => {
    const { next } = seededRandom(1)
    expect([next(), next(), next()]).toEqual([0.6270739405881613, 0.002735721180215478, 0.5274470399599522])
  })

  it('gives others for another seed', () => {
    expect(seededRandom(1).next()).not.toBe(seededRandom(2).next())
  })

  it('is uniform in [0, 1): the mean and every tenth are where they should be', () => {
    const { next } = seededRandom(3)
    const values = Array.from({ length: 20_000 }, next)
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true)
    const tenths = Array.from(
      { length: 10 },
      (_, tenth) => values.filter((value) => Math.floor(value * 10) === tenth).length,
    )
    for (const count of tenths) expect(Math.abs(count - 2000)).toBeLessThan(200)
  })

  it('below(n) gives every integer in [0, n)', () => {
    const { below } = seededRandom(4)
    expect(new Set(Array.from({ length: 200 }, () => below(5)))).toEqual(new Set([0, 1, 2, 3, 4]))
  })

  it('shuffles in place and keeps every element', () => {
    const array = Int32Array.from({ length: 50 }, (_, i) => i)
    const shuffled = seededRandom(5).shuffle(array)
    expect(shuffled).toBe(array)
    expect([...shuffled]).not.toEqual([...shuffled].sort((x, y) => x - y))
    expect(new Set(shuffled).size).toBe(50)
  })
})
