import { describe, expect, it } from 'vitest'
import { splitRolling, tuneModel } from '../../../src/advanced.ts'
import { evaluate, fromRows, recommend, splitLeaveLastOut, type Interactions } from '../../../src/index.ts'
import { memory } from '../../logs.ts'

/** Users take items in turn, so that what they took last is not what most took. */
const rows = Array.from({ length: 400 }, (_, n) => ({
  user: `u${n % 40}`,
  item: `i${(n * 7 + (n % 40)) % 31}`,
  time: n,
}))
const table = fromRows(rows, { user: 'user', item: 'item', time: 'time' })

interface Own {
  readonly beta?: number
}

/** A model of one's own that is one of ours, so that somebody else knows what it scores. */
const mine = (train: Interactions, { beta = 0 }: Own) => ({
  recommend: (users: string[], k: number) => recommend(train, { users, k, beta, method: 'rp3beta', recency: null }),
})

describe('tuneModel, of a model of one’s own', () => {
  it('scores each candidate as evaluate does, the defaults first', async () => {
    const options = { space: { beta: [0.3, 0.9] }, validation: 'leave-last-out', k: 5, metric: 'recall' } as const
    const { best, trials, metric, validation, score } = await tuneModel(mine, table, options)
    const { train, test } = splitLeaveLastOut(table)
    expect([metric, validation]).toEqual([
      'recall@5',
      { by: 'leave-last-out', examples: 40, heldOut: 40, seenPairs: 0 },
    ])
    expect(trials.map(({ options }) => options.beta).sort()).toEqual([0.3, 0.9, undefined])
    for (const trial of trials) {
      const { metrics } = await evaluate(mine(train, trial.options), test, { train, k: 5 })
      expect(trial.score).toBeCloseTo(metrics['recall@5'], 12)
    }
    expect(score).toBe(Math.max(...trials.map(({ score }) => score ?? 0)))
    expect(trials[0].options).toEqual(best)
  })

  it('trains on each window of time, and asks whom training knows', async () => {
    const many = fromRows(
      Array.from({ length: 6000 }, (_, n) => ({ user: `u${(n * n) % 601}`, item: `i${(n * 11) % 53}`, time: n })),
      { user: 'user', item: 'item', time: 'time' },
    )
    const trained: Interactions[] = []
    const asked = new Set<string>()
    const { validation } = await tuneModel(
      (train, options: Own) => {
        trained.push(train)
        return (users: string[]) => {
          for (const user of users) asked.add(user)
          return mine(train, options).recommend(users, 20)
        }
      },
      many,
      { space: { beta: [0.5] }, trials: 1, heldOutShare: 0.3, validationUsers: 50 },
    )
    const windows = splitRolling(many, { folds: 3, testFraction: 0.3 })
    expect(trained.map(({ length }) => length)).toEqual([...windows, ...windows].map(({ train }) => train.length))
    expect(validation).toMatchObject({ by: 'time', examples: 50 })
    expect(validation.windows?.map(({ from }) => from)).toEqual(
      windows.map(({ test }) => Math.min(...(test.time ?? []))),
    )
    expect(asked.size).toBeLessThanOrEqual(50)
  })

  it('goes on from a log, and refuses that of other data', async () => {
    const log = memory()
    let trainings = 0
    const counted = (train: Interactions, options: Own) => {
      trainings++
      return mine(train, options)
    }
    const options = { space: { beta: [0.3, 0.9] }, validation: 'leave-last-out', log } as const
    const first = await tuneModel(counted, table, options)
    const second = await tuneModel(counted, table, options)
    expect([second.best, second.score]).toEqual([first.best, first.score])
    // The defaults and the best are asked once more, for the gain.
    expect(trainings).toBeLessThanOrEqual(5)
    const other = splitLeaveLastOut(table).train
    await expect(tuneModel(counted, other, options)).rejects.toMatchObject({ code: 'INVALID_DATA' })
  })

  it('passes over candidates that fail, and says when all do, or when nothing can be held out', async () => {
    const picky = (train: Interactions, options: Own) => {
      if (options.beta === 0.9) throw new Error('too much')
      return mine(train, options)
    }
    const { trials } = await tuneModel(picky, table, { space: { beta: [0.3, 0.9] } })
    expect(trials.map(({ error }) => error).filter((error) => error !== null)).toEqual([
      expect.stringContaining('too much'),
    ])
    const noLists = () => 7 as never
    await expect(tuneModel(noLists, table, { space: { beta: [1] } })).rejects.toMatchObject({
      code: 'TRIALS_FAILED',
      message: expect.stringContaining('an iterable of { user, items }') as string,
    })
    const single = fromRows([{ user: 'ann', item: 'tea' }], { user: 'user', item: 'item' })
    await expect(tuneModel(mine, single, { space: { beta: [1] } })).rejects.toMatchObject({ code: 'EMPTY_DATA' })
    await expect(tuneModel(mine, table, { spaces: {} } as never)).rejects.toMatchObject({ code: 'UNKNOWN_OPTION' })
    await expect(tuneModel(mine, table, undefined as never)).rejects.toMatchObject({ code: 'INVALID_OPTION' })
  })
})
