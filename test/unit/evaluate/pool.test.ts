import { describe, expect, it } from 'vitest'
import { splitRolling } from '../../../src/data/rolling.ts'
import { evaluateRankings } from '../../../src/evaluate/evaluate.ts'
import { poolEvaluations } from '../../../src/evaluate/pool.ts'
import { tableOf } from '../../oracle/tables.ts'

const rows = Array.from({ length: 60 }, (_, row) => `u${(row * 7) % 11} i${(row * row) % 13} ${row}`)
const windows = splitRolling(tableOf(rows), { folds: 2, testFraction: 0.5 })
const evaluations = windows.map(({ train, test }, fold) => {
  const users = Int32Array.from({ length: train.users.size }, (_, user) => user)
  const items = Int32Array.from({ length: users.length * 3 }, (_, at) => (at * (fold + 1)) % train.items.size)
  return evaluateRankings({ users, k: 3, items }, train, test, { by: 'activity', buckets: [0, 3] })
})
const pooled = poolEvaluations(evaluations)

describe('poolEvaluations', () => {
  it('counts every user of every window once', () => {
    const recalls = evaluations.flatMap(({ perUser }) => Array.from(perUser.metrics['recall@3']))
    expect(Array.from(pooled.perUser.metrics['recall@3'])).toEqual(recalls)
    expect(pooled.perUser.users.length).toBe(recalls.length)
    expect(pooled.metrics['recall@3']).toBeCloseTo(recalls.reduce((sum, one) => sum + one, 0) / recalls.length, 12)
    expect(pooled.audit.evaluatedUsers).toBe(recalls.length)
    expect(pooled.splits.map(({ hash }) => hash)).toEqual(evaluations.map(({ split }) => split.hash))
    expect(new Set(pooled.splits.map(({ hash }) => hash)).size).toBe(2)
  })

  it('takes the means of groups over their users or pairs, and of the catalogue over windows', () => {
    const buckets = evaluations.flatMap(({ byActivity }) => byActivity)
    expect(pooled.byActivity.reduce((sum, { users }) => sum + users, 0)).toBe(pooled.audit.evaluatedUsers)
    for (const { from, users, metrics } of pooled.byActivity) {
      const own = buckets.filter((bucket) => bucket.from === from)
      const sum = own.reduce((all, one) => all + one.users * one.metrics['ndcg@3'], 0)
      expect(metrics['ndcg@3']).toBeCloseTo(sum / users, 12)
    }
    const pairs = pooled.byItemAge.reduce((sum, group) => sum + group.pairs, 0)
    expect(pairs).toBe(evaluations.flatMap(({ byItemAge }) => byItemAge).reduce((sum, group) => sum + group.pairs, 0))
    const coverage = evaluations.map(({ metrics }) => metrics['coverage@3'])
    expect(pooled.metrics['coverage@3']).toBeCloseTo((coverage[0] + coverage[1]) / 2, 12)
  })

  it('is the evaluation itself where there is one', () => {
    const { split, ...rest } = evaluations[0]
    const { splits, ...alone } = poolEvaluations([evaluations[0]])
    expect(splits).toEqual([split])
    expect(alone.audit).toEqual(rest.audit)
    for (const [name, value] of Object.entries(rest.metrics)) expect(alone.metrics[name]).toBeCloseTo(value, 12)
    expect(alone.byItemAge.map(({ pairs }) => pairs)).toEqual(rest.byItemAge.map(({ pairs }) => pairs))
  })

  it('refuses nothing, other cut-offs, and what are no evaluations', () => {
    expect(() => poolEvaluations([])).toThrowError(expect.objectContaining({ code: 'EMPTY_DATA' }))
    const other = { ...evaluations[1], perUser: { ...evaluations[1].perUser, metrics: {} } }
    expect(() => poolEvaluations([evaluations[0], other])).toThrowError(
      expect.objectContaining({ code: 'INVALID_DATA' }),
    )
    expect(() => poolEvaluations(7 as never)).toThrowError(expect.objectContaining({ name: 'RivuletError' }))
  })
})
