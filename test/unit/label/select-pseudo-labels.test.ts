import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { selectCandidates, surenessOf } from '../../../src/label/select-pseudo-labels.ts'
import { atOnce } from '../../../src/support/drive.ts'

const candidates = {
  group: Int32Array.of(0, 0, 0, 0, 1, 1, 0, 1),
  sureness: Float64Array.of(0.9, 0.8, 0.9, 0.5, 0.6, 0.7, 0.4, 0.6),
}

describe('selectCandidates', () => {
  it('takes the surest of each group, those equally sure in order', () => {
    const half = { rule: 'k-best', amount: 0.5 } as const
    // 5 and 3 candidates: half of each, rounded.
    expect([...atOnce(selectCandidates(candidates, 2, { ...half, groupShares: null }))]).toEqual([0, 1, 2, 4, 5])
    // 8 / 2 = 4, of which a quarter to group 0: one of the two that lead it.
    expect([...atOnce(selectCandidates(candidates, 2, { ...half, groupShares: [0.25, 0.75] }))]).toEqual([0, 4, 5, 7])
  })

  it('takes what is sure enough, and then no more of a group than its share', () => {
    const rule = { rule: 'threshold', amount: 0.6 } as const
    expect([...atOnce(selectCandidates(candidates, 2, { ...rule, groupShares: null }))]).toEqual([0, 1, 2, 4, 5, 7])
    expect([...atOnce(selectCandidates(candidates, 2, { ...rule, groupShares: [1 / 6, 5 / 6] }))]).toEqual([0, 4, 5, 7])
    expect([
      ...atOnce(selectCandidates(candidates, 2, { rule: 'threshold', amount: 0.95, groupShares: [0.5, 0.5] })),
    ]).toEqual([])
  })

  it('keeps within the quota of every group, and leaves nobody out who is surer than one it takes', () => {
    const many = fc.array(fc.record({ group: fc.nat(2), sureness: fc.integer({ min: 0, max: 9 }) }), { maxLength: 60 })
    fc.assert(
      fc.property(many, fc.double({ min: 0.05, max: 1, noNaN: true }), (rows, amount) => {
        const given = {
          group: Int32Array.from(rows, ({ group }) => group),
          sureness: Float64Array.from(rows, ({ sureness }) => sureness / 10),
        }
        const groupShares = [0.5, 0.3, 0.2]
        const taken = [...atOnce(selectCandidates(given, 3, { rule: 'k-best', amount, groupShares }))]
        for (let group = 0; group < 3; group++) {
          const members = rows.flatMap((row, place) => (row.group === group ? [place] : []))
          const own = taken.filter((place) => rows[place].group === group)
          expect(own.length).toBe(Math.min(members.length, Math.round(groupShares[group] * amount * rows.length)))
          const left = members.filter((place) => !own.includes(place))
          const least = Math.min(...own.map((place) => rows[place].sureness))
          expect(left.every((place) => rows[place].sureness <= least)).toBe(true)
        }
      }),
    )
  })
})

describe('surenessOf', () => {
  it('is the lead of the largest share, or the information in all', () => {
    expect(surenessOf('margin', [0.2, 0.7, 0.1])).toBeCloseTo(0.5, 12)
    expect(surenessOf('entropy', [0.5, 0.5])).toBeCloseTo(0, 12)
    expect(surenessOf('entropy', [0, 1, 0])).toBe(1)
    expect(surenessOf('entropy', [0.9, 0.1])).toBeCloseTo(
      1 + (0.9 * Math.log(0.9) + 0.1 * Math.log(0.1)) / Math.log(2),
      12,
    )
    expect([surenessOf('margin', [1]), surenessOf('entropy', [1])]).toEqual([1, 1])
  })
})
