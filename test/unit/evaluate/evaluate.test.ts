import { describe, expect, it } from 'vitest'
import { evaluate, evaluateRankings } from '../../../src/evaluate/evaluate.ts'
import { tableOf } from '../../oracle/tables.ts'

const train = tableOf(['u0 a', 'u0 b', 'u1 a', 'u2 c', 'u2 d'])
const test = tableOf(['u1 b', 'u0 d', 'u0 c'])
const answers: Readonly<Record<string, readonly string[]>> = { u0: ['c', 'd'], u1: ['d', 'b'], u2: ['a', 'b'] }
const listOf = (user: string) => answers[user].map((item, rank) => ({ item, score: 1 / (rank + 1) }))

const byRows = evaluateRankings({ users: Int32Array.of(0, 1), k: 2, items: Int32Array.of(2, 3, 3, 1) }, train, test, {
  by: 'activity',
})

describe('evaluate', () => {
  it.each([
    ['a function that returns a Map', (users: string[]) => new Map(users.map((user) => [user, listOf(user)]))],
    ['a function that promises a Map', async (users: string[]) => new Map(users.map((user) => [user, listOf(user)]))],
    [
      'a function that returns an array',
      (users: readonly string[]) => users.map((user) => ({ user, items: listOf(user) })),
    ],
    ['a finished Map', new Map(['u2', 'u1', 'u0'].map((user) => [user, listOf(user)]))],
    ['an async iterable', allLists()],
    [
      'a function that returns an async iterable',
      async function* (users: Iterable<string>) {
        for (const user of users) yield { user, items: listOf(user) }
      },
    ],
  ])('takes %s and equals the row-number path', async (_, recommender) => {
    expect(await evaluate(recommender, test, { train, k: 2, by: 'activity' })).toEqual(byRows)
  })

  it('takes lists of plain ids, numbers too', async () => {
    const lists = new Map([...'012'].map((user) => [`u${user}`, answers[`u${user}`]] as const))
    expect(await evaluate(lists, test, { train, k: 2, by: 'activity' })).toEqual(byRows)
    const numbered = tableOf(['1 10', '1 20'])
    expect((await evaluate([{ user: 1, items: [10, 30] }], numbered, { k: 2 })).metrics['recall@2']).toBe(0.5)
  })

  it('asks for the users of the test that training knows, once each, in batches', async () => {
    const asked: string[][] = []
    const larger = tableOf(['u2 a', 'u0 d', 'u0 c', 'stranger a', 'u1 b'])
    const { audit } = await evaluate(
      (users) => {
        asked.push(users)
        return users.map((user) => ({ user, items: listOf(user) }))
      },
      larger,
      { train, k: 2, batchSize: 2 },
    )
    expect(asked).toEqual([['u0', 'u1'], ['u2']])
    expect(audit.unknownUsers).toBe(1)
  })

  it('counts a user without an answer as missed and ignores lists of others', async () => {
    const lists = new Map([
      ['u0', listOf('u0')],
      ['somebody', listOf('u0')],
    ])
    const { metrics, audit } = await evaluate(lists, test, { train, k: 2 })
    expect(metrics['recall@2']).toBe(0.5)
    expect(audit.evaluatedUsers).toBe(2)
  })

  it('lets an item that nobody knows take its rank', async () => {
    const lists = new Map([['u1', [{ item: 'never seen' }, { item: 'b' }]]])
    const { metrics, perUser } = await evaluate(lists, test, { train, k: 2 })
    expect([...perUser.metrics['mrr@2']]).toEqual([0, 0.5])
    expect(metrics['coverage@2']).toBe(0.25)
  })

  it('lets an item that only the test knows be hit', async () => {
    const { metrics } = await evaluate([['u0', [{ item: 'new' }]]], tableOf(['u0 new']), { train, k: 1 })
    expect(metrics['recall@1']).toBe(1)
  })

  it('cuts longer lists at k', async () => {
    const { metrics } = await evaluate(new Map([['u1', listOf('u1')]]), test, { train, k: 1 })
    expect(metrics['recall@1']).toBe(0)
  })

  it('works without training data, but for novelty and activity', async () => {
    const recommender = (users: string[]) => users.map((user) => ({ user, items: listOf(user) }))
    const { metrics, split } = await evaluate(recommender, test)
    expect(metrics['recall@20']).toBe(1)
    expect(metrics).not.toHaveProperty('novelty@20')
    expect(split).toMatchObject({ users: 2, train: 0, test: 3 })
    await expect(evaluate(recommender, test, { by: 'activity' })).rejects.toThrowError(/'train'/)
  })

  it.each([
    ['no lists', () => 7, /a Map of user to items/],
    ['null', () => null, /a Map of user to items/],
    ['a string', () => 'u0', /a Map of user to items/],
    ['entries without items', () => [{ user: 'u0' }], /\{ user, items \}/],
    ['null entries', () => [null], /\{ user, items \}/],
    ['a NaN score', () => [{ user: 'u0', items: [{ item: 'a', score: NaN }] }], /NaN/],
    ['an item that is no id', () => [{ user: 'u0', items: [{ item: NaN }] }], /an item's id, or \{ item \}/],
    ['no item', () => [{ user: 'u0', items: [null] }], /an item's id, or \{ item \}, got null/],
    ['an entry without its item', () => [{ user: 'u0', items: [{ id: 'a' }] }], /an item's id.*an object \(id\)/],
    [
      'a user twice',
      () => [
        ['u0', []],
        ['u0', []],
      ],
      /a second one/,
    ],
  ])('refuses a recommender that answers %s', async (_, recommender, message) => {
    await expect(evaluate(recommender as never, test, { train })).rejects.toThrowError(message)
    await expect(evaluate(recommender as never, test, { train })).rejects.toMatchObject({ code: 'INVALID_DATA' })
  })

  it("passes the recommender's own error on", async () => {
    const failing = () => Promise.reject(new Error('out of order'))
    await expect(evaluate(failing, test, { train })).rejects.toThrowError('out of order')
  })

  it('rejects bad options before it asks anything', async () => {
    const never = () => {
      throw new Error('was asked')
    }
    await expect(evaluate(never, test, { train, k: 0 })).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    await expect(evaluate(never, test, { train, batchSize: 0 })).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    await expect(evaluate(never, tableOf([]), { train })).rejects.toMatchObject({ code: 'EMPTY_DATA' })
    await expect(evaluate(never, test, { trian: train } as object)).rejects.toThrowError(/'train'/)
  })
})

async function* allLists() {
  for (const user of Object.keys(answers)) yield { user, items: listOf(user) }
}
