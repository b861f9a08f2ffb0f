import { describe, expect, it } from 'vitest'
import { fromColumns } from '../../../src/data/from-columns.ts'
import { describeSignals, inferSignals, resolveSignals } from '../../../src/data/infer-signals.ts'
import type { SignalDescription } from '../../../src/data/infer-signals.ts'
import { weighRows } from '../../../src/data/signal-weights.ts'

function guess(name: string, value: readonly number[]): SignalDescription {
  const table = fromColumns({
    user: value.map((_, row) => `u${row % 5}`),
    item: value.map((_, row) => `i${row}`),
    value,
    signals: [name],
  })
  return describeSignals(table)[0]
}

const STARS = [5, 4, 3, 4, 5, 2, 1, 4, 4, 3]
const COUNTS = [1, 1, 2, 1, 40, 3, 1, 1, 900, 2]

describe('describeSignals', () => {
  it.each([
    ['steps in the upper half are stars', 'rating', STARS, 'label', 'raw'],
    ['whatever they are called', 'interaction', STARS, 'label', 'raw'],
    ['half stars', 'x', STARS.map((stars) => stars - 0.5), 'label', 'raw'],
    ['stars up to ten', 'x', STARS.map((stars) => 2 * stars), 'label', 'raw'],
    ['but not what is evidence by its name', 'plays', STARS, 'evidence', 'log1p'],
    ['a long tail is plays', 'interaction', COUNTS, 'evidence', 'log1p'],
    ['small counts that mostly are 1 are no stars', 'x', [1, 1, 1, 2, 1, 5, 1, 1, 2, 3], 'evidence', 'log1p'],
    ['quantities bought', 'purchase', COUNTS, 'label', 'log1p'],
    ['seconds', 'dwell_seconds', COUNTS, 'evidence', 'dwell'],
    ['for and against', 'vote', [1, -1, 1, 1], 'label', 'raw'],
    ['one value says nothing', 'view', [5, 5, 5], 'evidence', 'binary'],
    ['nor does it for a label', 'purchase', [1, 1], 'label', 'binary'],
  ] as const)('%s', (_, name, value, role, transform) => {
    expect(guess(name, value)).toMatchObject({ name, rows: value.length, role, transform, halfLife: null })
  })

  it.each([
    ['view', 'evidence', 1],
    ['add to cart', 'evidence', 1],
    ['click', 'evidence', 1],
    ['read', 'evidence', 1],
    ['buy', 'label', 1],
    ['purchase', 'label', 1],
    ['like', 'label', 1],
    ['dislike', 'label', -1],
    ['interaction', 'evidence', 1],
  ] as const)('goes by the name of %s without values', (name, role, weight) => {
    const table = fromColumns({ user: ['ann', 'bob'], item: ['tea', 'tea'], signals: [name] })
    expect(describeSignals(table)).toMatchObject([{ role, weight, transform: 'binary' }])
  })

  it('makes the mean edge of every signal weigh 1', () => {
    const table = fromColumns({
      user: STARS.map((_, row) => `u${row % 5}`),
      item: STARS.map((_, row) => `i${row % 3}`),
      value: STARS,
      signal: STARS.map((_, row) => (row % 2 ? 'rating' : 'plays')),
    })
    for (const [signal, rule] of Object.entries(inferSignals(table))) {
      const { data } = weighRows('test', table, { weighted: false, signals: { [signal]: rule } })
      const mean = (data as Float32Array).reduce((sum, weight) => sum + weight, 0) / (data as Float32Array).length
      expect(Math.abs(mean - 1)).toBeLessThan(0.005)
    }
  })

  it('leaves out signals without rows, and tells why of the others', () => {
    const table = { ...fromColumns({ user: ['ann'], item: ['tea'], signals: ['view', 'buy'], signal: ['view'] }) }
    expect(describeSignals(table).map(({ name, why }) => [name, why])).toEqual([
      ['view', "no values; evidence by its name ('view')"],
    ])
  })
})

describe('resolveSignals', () => {
  it("looks only where it is asked to: 'auto' is what the data says", () => {
    const table = fromColumns({ user: ['ann', 'bob'], item: ['tea', 'tea'], signal: ['view', 'buy'] })
    expect(resolveSignals('test', table, 'auto')).toEqual(inferSignals(table))
    expect(resolveSignals('test', table, { buy: 2 })).toEqual({ buy: 2 })
    expect(resolveSignals('test', table, null)).toBe(null)
  })
})
