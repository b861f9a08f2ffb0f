import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evaluate, evaluateRankings } from '../../src/evaluate/evaluate.ts'
import { splitFingerprint } from '../../src/evaluate/fingerprint.ts'
import { evaluateBySets, type KeyPair } from '../oracle/metrics.ts'
import { tableOf } from '../oracle/tables.ts'

const pair = fc.tuple(fc.nat(5), fc.nat(7)).map(([user, item]): KeyPair => [`u${user}`, `i${item}`])
const pairs = fc.array(pair, { minLength: 1, maxLength: 30 })
const list = fc.uniqueArray(fc.nat(7), { maxLength: 5 }).map((items) => items.map((item) => `i${item}`))
const lists = fc
  .array(list, { minLength: 6, maxLength: 6 })
  .map((all) => new Map(all.map((items, user) => [`u${user}`, items])))
const cutoff = fc.integer({ min: 1, max: 6 })

/** Keys that look like numbers, like object internals, or like nothing at all. */
const oddNames: Readonly<Record<string, string>> = {
  u0: '__proto__',
  u1: '',
  u2: '2',
  u3: 'constructor',
  i0: '-1',
  i1: 'toString',
}
const odd = (key: string) => oddNames[key] ?? `${key}\u{1f600}`

const table = (rows: readonly KeyPair[]) => tableOf(rows.map(([user, item]) => `${user} ${item}`))
const answer = (some: ReadonlyMap<string, readonly string[]>) =>
  [...some].map(([user, items]) => ({ user, items: items.map((item) => ({ item })) }))

describe('evaluate', () => {
  it('agrees with the set-based oracle', async () => {
    await fc.assert(
      fc.asyncProperty(pairs, pairs, lists, cutoff, async (trainRows, testRows, given, k) => {
        const trained = new Set(trainRows.map(([user]) => user))
        const tested = new Set(testRows.map(([user]) => user).filter((user) => trained.has(user)))
        fc.pre(tested.size > 0)
        const { metrics, audit } = await evaluate(answer(given), table(testRows), { train: table(trainRows), k })
        const asked = new Map([...given].filter(([user]) => tested.has(user)))
        const catalogue = [...new Set(trainRows.map(([, item]) => item))]
        const expected = evaluateBySets(asked, trainRows, testRows, catalogue, k)
        expect(Object.keys(metrics).sort()).toEqual(Object.keys(expected).sort())
        for (const [name, value] of Object.entries(metrics)) expect(value).toBeCloseTo(expected[name], 12)
        expect(audit.evaluatedUsers).toBe(tested.size)
      }),
    )
  })

  it('does not depend on the order of rows and lists or on the numbering of keys', async () => {
    await fc.assert(
      fc.asyncProperty(pairs, lists, cutoff, async (rows, given, k) => {
        const options = { train: table(rows), k, by: 'activity-deciles' } as const
        const here = await evaluate(answer(given), table([...rows, ['u0', 'i7']]), {
          ...options,
          train: table([...rows, ['u0', 'i0']]),
        })
        const backwards = [...rows].reverse()
        const there = await evaluate(answer(new Map([...given].reverse())), table([['u0', 'i7'], ...backwards]), {
          ...options,
          train: table([['u0', 'i0'], ...backwards]),
        })
        expect(there.split).toEqual(here.split)
        expect(there.audit).toEqual(here.audit)
        for (const [name, value] of Object.entries(here.metrics)) expect(there.metrics[name]).toBeCloseTo(value, 12)
        expect(there.byActivity.map(({ from, to, users }) => [from, to, users])).toEqual(
          here.byActivity.map(({ from, to, users }) => [from, to, users]),
        )
      }),
    )
  })

  it('does not depend on the names', async () => {
    await fc.assert(
      fc.asyncProperty(pairs, lists, cutoff, async (rows, given, k) => {
        const rename = (some: readonly KeyPair[]) => some.map(([user, item]): KeyPair => [odd(user), odd(item)])
        const renamed = new Map([...given].map(([user, items]) => [odd(user), items.map(odd)]))
        const here = await evaluate(answer(given), table(rows), { train: table(rows), k })
        const there = await evaluate(answer(renamed), table(rename(rows)), { train: table(rename(rows)), k })
        expect(there.metrics).toEqual(here.metrics)
        expect(there.split.hash).not.toBe(here.split.hash)
      }),
    )
  })

  it('means by activity, weighted by users, are the means over all', () => {
    fc.assert(
      fc.property(pairs, fc.constantFrom('activity' as const, 'activity-deciles' as const), (rows, by) => {
        const data = table(rows)
        const users = Int32Array.from({ length: data.users.size }, (_, user) => user)
        const items = users.map((user) => user % data.items.size)
        const { metrics, byActivity } = evaluateRankings({ users, k: 1, items }, data, data, { by })
        const weighted = byActivity.reduce((sum, bucket) => sum + bucket.users * bucket.metrics['recall@1'], 0)
        expect(weighted / users.length).toBeCloseTo(metrics['recall@1'], 12)
        expect(byActivity.reduce((sum, bucket) => sum + bucket.users, 0)).toBe(users.length)
      }),
    )
  })
})

describe('splitFingerprint', () => {
  it('is equal for equal sets of pairs and differs when one pair is added', () => {
    fc.assert(
      fc.property(pairs, pairs, (train, test) => {
        const { hash } = splitFingerprint(table(train), table(test))
        expect(splitFingerprint(table([...train].reverse()), table([...test, ...test])).hash).toBe(hash)
        expect(splitFingerprint(table([...train, ['u9', 'i9']]), table(test)).hash).not.toBe(hash)
      }),
    )
  })
})
