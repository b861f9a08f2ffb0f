import { describe, expect, it } from 'vitest'
import {
  countTransitions,
  sequencesOf,
  shuffledSequences,
  transitionScores,
} from '../../native-free-bench/data/transitions.ts'
import { seededRandom } from '../../src/advanced.ts'
import { fromRows } from '../../src/index.ts'

/** ann: tea, milk, jam in order of time, tea again later; bob: jam alone. */
const table = fromRows(
  [
    { user: 'ann', item: 'jam', time: 3 },
    { user: 'ann', item: 'tea', time: 1 },
    { user: 'ann', item: 'milk', time: 2 },
    { user: 'ann', item: 'tea', time: 9 },
    { user: 'bob', item: 'jam', time: 1 },
  ],
  { user: 'user', item: 'item', time: 'time' },
)
const [jam, tea, milk] = ['jam', 'tea', 'milk'].map((key) => table.items.rowOf(key))
const sequences = sequencesOf(table)

describe('transitions', () => {
  it('orders the items of every user by when she first took them', () => {
    expect([...sequences.starts]).toEqual([0, 3, 4])
    expect([...sequences.items]).toEqual([tea, milk, jam, jam])
  })

  it('counts what came later, by half for every tau places in between', () => {
    const { rows, out } = countTransitions(sequences, 3, 1, 'next')
    expect([...rows[tea].to]).toEqual([milk, jam])
    expect([...rows[tea].weights]).toEqual([1, 0.5])
    expect([...rows[jam].to]).toEqual([])
    expect(out[tea]).toBe(1.5)
    expect([...countTransitions(sequences, 3, 1, 'both').rows[jam].to].sort()).toEqual([tea, milk].sort())
  })

  it('scores by the last items of a profile most, in rows of length 1', () => {
    const counts = countTransitions(sequences, 3, 1, 'next')
    const scores = transitionScores(counts, sequences, { tau: 1, profileTau: 1, outExponent: 0, inExponent: 0 })
    // tea is two places from the end: a quarter of (milk 1, jam 1/2); milk one: half of (jam 1).
    expect(scores[jam] / scores[milk]).toBeCloseTo((0.25 * 0.5 + 0.5) / 0.25)
    expect(Math.hypot(...scores.subarray(0, 3))).toBeCloseTo(1)
    expect([...scores.subarray(3)]).toEqual([0, 0, 0])
  })

  it('shuffles within users', () => {
    const { starts, items } = shuffledSequences(sequences, seededRandom(1))
    expect([...starts]).toEqual([...sequences.starts])
    expect([...items.subarray(0, 3)].sort()).toEqual([tea, milk, jam].sort())
    expect(items[3]).toBe(jam)
  })
})
