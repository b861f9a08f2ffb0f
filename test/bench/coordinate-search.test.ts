import { describe, expect, it } from 'vitest'
import { coordinateSearch } from '../../native-free-bench/timing/coordinate-search.ts'

interface Options {
  readonly method: string
  readonly a?: number
  readonly b?: number
}

describe('coordinateSearch', () => {
  const values = { a: [0, 1, 2, 3], b: [0, 1, 2, 3] }

  it('goes round until nothing gets better, and scores no point twice', async () => {
    const scored: string[] = []
    const scores: Record<string, number> = { '0 0': 1, '0 2': 2, '3 2': 3, '3 1': 4 }
    const trials = await coordinateSearch<Options>({ method: 'x' }, values, (options) => {
      scored.push(JSON.stringify(options))
      return Promise.resolve(scores[`${options.a ?? 0} ${options.b ?? 0}`] ?? 0)
    })
    expect(trials[0]).toEqual({ options: { method: 'x', a: 3, b: 1 }, score: 4 })
    expect(trials.slice(0, 3).map(({ score }) => score)).toEqual([4, 3, 2])
    expect(trials).toHaveLength(scored.length)
    expect(new Set(scored).size).toBe(scored.length)
  })

  it('keeps the start where nothing beats it', async () => {
    const [best] = await coordinateSearch<Options>({ method: 'x' }, values, ({ a, b }) =>
      Promise.resolve(a === undefined && b === undefined ? 1 : 0),
    )
    expect(best.options).toEqual({ method: 'x' })
  })
})
