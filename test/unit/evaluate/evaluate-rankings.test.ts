import { splitByTime } from '../../../src/data/split.ts'
import { describe, expect, it } from 'vitest'
import { evaluateRankings } from '../../../src/evaluate/evaluate.ts'
import { tableOf } from '../../oracle/tables.ts'

// Users u0, u1, u2 and items a, b, c, d are rows 0, 1, 2 and 0, 1, 2, 3 of training.
const train = tableOf(['u0 a', 'u0 b', 'u1 a', 'u2 c', 'u2 d', 'u2 a', 'u2 a'])
const test = tableOf(['u1 b', 'u0 d', 'u0 c'])
const rankings = { users: Int32Array.of(0, 1), k: 2, items: Int32Array.of(2, 3, 3, 1) }

describe('evaluateRankings', () => {
  it('takes means over users, translating the rows of a separately numbered test', () => {
    const { metrics } = evaluateRankings(rankings, train, test)
    expect(metrics['recall@2']).toBe(1)
    expect(metrics['precision@2']).toBe(0.75)
    expect(metrics['mrr@2']).toBe(0.75)
    expect(metrics['map@2']).toBe(0.75)
    expect(metrics['hit-rate@2']).toBe(1)
    expect(metrics['ndcg@2']).toBeCloseTo((1 + 1 / Math.log2(3)) / 2, 12)
    expect(metrics['coverage@2']).toBe(0.75)
    expect(metrics['novelty@2']).toBeCloseTo(Math.log2(3), 12)
    expect(metrics['gini@2']).toBeCloseTo((-3 * 0 - 1 * 1 + 1 * 1 + 3 * 2) / (4 * 4), 12)
  })

  it('reports every cut-off under its own name, sorted and without repeats', () => {
    const { metrics } = evaluateRankings(rankings, train, test, { k: [2, 1, 2] })
    expect(metrics['recall@1']).toBe(0.25)
    expect(metrics['recall@2']).toBe(1)
    expect(metrics['coverage@1']).toBe(0.5)
    expect(Object.keys(metrics).filter((name) => name.startsWith('recall'))).toEqual(['recall@1', 'recall@2'])
  })

  it('gives the metrics of each user, in the order of the rankings', () => {
    const { perUser } = evaluateRankings(rankings, train, test, { k: 1 })
    expect([...perUser.users]).toEqual([0, 1])
    expect([...perUser.metrics['recall@1']]).toEqual([0.5, 0])
  })

  it('counts distinct training items as activity', () => {
    const { byActivity } = evaluateRankings(rankings, train, test, { by: 'activity', buckets: [1, 2] })
    expect(byActivity.map(({ from, to, users }) => [from, to, users])).toEqual([
      [1, 1, 1],
      [2, null, 1],
    ])
    expect(byActivity[0].metrics['mrr@2']).toBe(0.5)
    expect(byActivity[1].metrics['mrr@2']).toBe(1)
    expect(evaluateRankings(rankings, train, test).byActivity).toEqual([])
    expect(evaluateRankings(rankings, train, test, { by: 'activity-deciles' }).byActivity).toHaveLength(2)
  })

  it('reports the sparsest tenth of the users by itself', () => {
    const { sparsestTenth, perUser } = evaluateRankings(rankings, train, test, { k: 1 })
    expect(sparsestTenth).toMatchObject({ from: 1, to: 1, users: 1 })
    expect(sparsestTenth?.metrics['recall@1']).toBe(perUser.metrics['recall@1'][1])
  })

  it('audits users and items that only one side knows', () => {
    const odd = tableOf(['u0 c', 'u0 new', 'u1 a', 'stranger a', 'u2 b'])
    const { audit, metrics } = evaluateRankings(
      { users: Int32Array.of(0, 1), k: 1, items: Int32Array.of(2, 1) },
      train,
      odd,
    )
    expect(audit).toEqual({
      evaluatedUsers: 2,
      coldUsers: 0,
      unrankedUsers: 1,
      untestedUsers: 0,
      unknownUsers: 1,
      unknownItems: 1,
      unknownItemPairs: 1,
      seenPairs: 1,
    })
    expect(metrics['recall@1']).toBe(0.25)
  })

  it('keeps users without training apart from the means, and counts items that were not trained as unknown, whatever keys are shared', () => {
    const all = tableOf(['u a 1', 'u b 2', 'v b 3', 'v c 8', 'u c 8', 'w a 9', 'w d 9'])
    const { train, test } = splitByTime(all, { cutoff: 5 })
    const [u, v, w] = ['u', 'v', 'w'].map((id) => all.users.rowOf(id))
    const [a, , c] = ['a', 'b', 'c'].map((id) => all.items.rowOf(id))
    const lists = { users: Int32Array.of(w, u, v), k: 1, items: Int32Array.of(a, c, a) }
    const found = evaluateRankings(lists, train, test, { by: 'activity' })
    expect(found.audit).toMatchObject({ evaluatedUsers: 2, coldUsers: 1, unrankedUsers: 0, untestedUsers: 0 })
    expect(found.audit).toMatchObject({ unknownUsers: 0, unknownItems: 2, unknownItemPairs: 3 })
    expect(found.metrics['recall@1']).toBe(0.5)
    expect(found.coldUsers).toMatchObject({ users: 1, metrics: { 'recall@1': 0.5, 'hit-rate@1': 1 } })
    expect(found.perUser.users).toEqual(Int32Array.of(u, v))
    expect(found.byActivity.reduce((sum, { users }) => sum + users, 0)).toBe(2)
    expect(found.metrics['coverage@1']).toBe(0.5)
  })

  it('takes the means of those whom training does not know where it knows nobody else', () => {
    const all = tableOf(['u a 1', 'w a 9'])
    const { train, test } = splitByTime(all, { cutoff: 5 })
    const lists = { users: Int32Array.of(all.users.rowOf('w')), k: 1, items: Int32Array.of(0) }
    const { metrics, audit, coldUsers } = evaluateRankings(lists, train, test)
    expect([metrics['recall@1'], audit.evaluatedUsers, audit.coldUsers, coldUsers]).toEqual([1, 1, 0, null])
  })

  it('drops unknown items and seen pairs when asked', () => {
    const odd = tableOf(['u0 c', 'u0 new', 'u1 a'])
    const lists = { users: Int32Array.of(0, 1), k: 1, items: Int32Array.of(2, 1) }
    const { audit, metrics } = evaluateRankings(lists, train, odd, { unknownItems: 'drop', seenPairs: 'drop' })
    expect(metrics['recall@1']).toBe(1)
    expect(audit).toMatchObject({ evaluatedUsers: 1, untestedUsers: 1, unknownItemPairs: 1, seenPairs: 1 })
  })

  it('ends a list at -1 and counts a repeated item once', () => {
    const short = { users: Int32Array.of(0), k: 3, items: Int32Array.of(2, 2, -1) }
    const { metrics } = evaluateRankings(short, train, test)
    expect(metrics['recall@3']).toBe(0.5)
    expect(metrics['precision@3']).toBeCloseTo(1 / 3, 12)
    const gap = { users: Int32Array.of(0), k: 3, items: Int32Array.of(-1, 2, 3) }
    expect(evaluateRankings(gap, train, test).metrics).toMatchObject({ 'recall@3': 0, 'coverage@3': 0 })
  })

  it('does not let a hit of one user leak into the next', () => {
    const overlap = tableOf(['u0 c', 'u1 d'])
    const lists = { users: Int32Array.of(0, 1), k: 1, items: Int32Array.of(3, 2) }
    expect(evaluateRankings(lists, train, overlap).metrics['recall@1']).toBe(0)
  })

  it('is JSON but for the per-user columns', () => {
    const { perUser: _, ...rest } = evaluateRankings(rankings, train, test, { by: 'activity' })
    expect(JSON.parse(JSON.stringify(rest))).toEqual(rest)
  })

  it.each([0, 1.5, NaN, '20', [], [5, 0]])('refuses k = %j', (k) => {
    expect(() => evaluateRankings(rankings, train, test, { k: k as number })).toThrowError(
      expect.objectContaining({ code: 'INVALID_OPTION', details: expect.objectContaining({ option: 'k' }) }),
    )
  })

  it('refuses a cut-off behind the end of the lists', () => {
    expect(() => evaluateRankings(rankings, train, test, { k: 3 })).toThrowError(/at most 2, the length of the lists/)
  })

  it.each([
    ['too few items', { ...rankings, items: Int32Array.of(1) }, /2 lists of 2 items/],
    ['a list length that is none', { ...rankings, k: NaN }, /integer >= 1/],
    ['an unknown user row', { ...rankings, users: Int32Array.of(0, 9) }, /a row in \[0, 3\), got 9/],
    ['a user twice', { ...rankings, users: Int32Array.of(1, 1) }, /one list a user/],
    ['an unknown item row', { ...rankings, items: Int32Array.of(0, 1, 4, -1) }, /a row in \[0, 4\) or -1, got 4/],
    ['half an item', { ...rankings, items: [0, 0.5, 1, -1] as never }, /got 0.5/],
    ['a user row that is NaN', { ...rankings, users: [0, NaN] as never }, /got NaN/],
    ['columns that are none', { k: 2, users: null } as never, /rankings.users: expected an array of rows, got null/],
    ['nothing', null as never, /got undefined/],
    ['a negative item row', { ...rankings, items: Int32Array.of(0, 1, -2, -1) }, /got -2/],
  ])('refuses %s', (_, bad, message) => {
    expect(() => evaluateRankings(bad, train, test, { k: 1 })).toThrowError(message)
  })

  it('refuses empty tables, and lists of nobody in the test', () => {
    const empty = expect.objectContaining({ code: 'EMPTY_DATA' })
    expect(() => evaluateRankings(rankings, train, tableOf([]))).toThrowError(empty)
    expect(() => evaluateRankings(rankings, tableOf([]), test)).toThrowError(empty)
    expect(() => evaluateRankings(rankings, train, tableOf(['u2 b']))).toThrowError(empty)
    expect(() => evaluateRankings(rankings, train, tableOf(['x b']))).toThrowError(/the same user ids/)
  })

  it('refuses unknown and bad options by name', () => {
    expect(() => evaluateRankings(rankings, train, test, { bucket: [1] } as object)).toThrowError(/'buckets'/)
    expect(() => evaluateRankings(rankings, train, test, { buckets: [3, 1] })).toThrowError(/ascending/)
    expect(() => evaluateRankings(rankings, train, test, { by: 'age' as 'activity' })).toThrowError(/'activity'/)
  })
})
