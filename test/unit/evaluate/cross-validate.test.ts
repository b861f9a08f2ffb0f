import { describe, expect, it } from 'vitest'
import { evaluate, fromRows, recommend } from '../../../src/browser.ts'
import { foldByFold } from '../../../src/data/folds.ts'
import { crossValidate, splitFolds } from '../../../src/browser-advanced.ts'

const rows = Array.from({ length: 12 }, (_, user) =>
  Array.from({ length: user === 0 ? 1 : 2 + (user % 5) }, (__, at) => ({
    user: `u${user}`,
    item: `i${(user * 3 + at * 2) % 11}`,
  })),
).flat()
const table = fromRows([...rows, rows[3]], { user: 'user', item: 'item' })
const pairsOf = ({ user, item, length }: typeof table): string[] =>
  Array.from({ length }, (_, row) => `${user[row]}-${item[row]}`)

describe('splitFolds', () => {
  it.each([2, 3, 5])('tests every pair once, that has another of its user: %i', (folds) => {
    const splits = splitFolds(table, { folds, seed: 3 })
    expect(splits).toHaveLength(folds)
    const tested = splits.flatMap(({ test }) => [...new Set(pairsOf(test))])
    const only = pairsOf(table).filter((pair) => pair.startsWith('0-'))
    expect(tested.sort()).toEqual([...new Set(pairsOf(table).filter((pair) => !only.includes(pair)))].sort())
    for (const { train, test } of splits) {
      expect(train.length + test.length).toBe(table.length)
      expect(pairsOf(test).filter((pair) => pairsOf(train).includes(pair))).toEqual([])
      expect(new Set(train.user).size).toBe(table.users.size)
    }
    const sizes = splits.map(({ test }) => test.length)
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(4)
    expect(splitFolds(table, { folds, seed: 3 }).map(({ test }) => pairsOf(test))).toEqual(
      splits.map(({ test }) => pairsOf(test)),
    )
  })

  it('refuses too many folds, and fewer than two', () => {
    expect(() => splitFolds(table, { folds: 1 })).toThrow('an integer >= 2')
    expect(() => splitFolds(table, { folds: 1000 })).toThrow('at least one test row')
  })
})

describe('crossValidate', () => {
  it('holds one fold at a time', () => {
    const folds = foldByFold('crossValidate', table, { folds: 3, seed: 3 })
    const [first] = folds
    expect([first]).toEqual(splitFolds(table, { folds: 3, seed: 3 }).slice(0, 1))
    expect(Array.isArray(folds)).toBe(false)
  })

  it('pools what evaluate says of each fold', async () => {
    const seen: number[] = []
    const trained = (train: typeof table, fold: number) => {
      seen.push(fold)
      return recommend(train, { k: 3, method: 'popularity' })
    }
    const { metrics, folds, splits } = await crossValidate(trained, table, { folds: 3, k: 3 })
    expect(seen).toEqual([0, 1, 2])
    expect([folds.length, splits.length]).toEqual([3, 3])
    const users = folds.reduce((sum, { perUser }) => sum + perUser.users.length, 0)
    const sum = folds.reduce((all, one) => all + one.metrics['recall@3'] * one.perUser.users.length, 0)
    expect(metrics['recall@3']).toBeCloseTo(sum / users, 10)
    await expect(crossValidate(3 as never, table)).rejects.toThrow('a function')
    await expect(crossValidate(trained, table, { folds: 1000 })).rejects.toThrow('crossValidate: expected at least one')
    expect(seen).toHaveLength(3)
  })
})

describe('a model of one’s own', () => {
  it('is asked by its method, at once or later, with itself as this', async () => {
    const { train, test } = splitFolds(table, { folds: 3 })[0]
    const lists = recommend(train, { k: 3, method: 'popularity' })
    class Own {
      readonly asked: number[] = []
      recommend(users: string[], k: number) {
        this.asked.push(k)
        return users.map((user) => ({ user, items: lists.get(user) ?? [] }))
      }
    }
    const own = new Own()
    const wanted = await evaluate(lists, test, { train, k: 3 })
    expect(await evaluate(own, test, { train, k: 3 })).toEqual(wanted)
    expect(own.asked).toEqual([3])
    const later = { recommend: (users: string[], k: number) => Promise.resolve(own.recommend(users, k)) }
    expect(await evaluate(later, test, { train, k: 3, batchSize: 2 })).toEqual(wanted)
    await expect(evaluate({ recommend: 3 } as never, test, { train })).rejects.toThrow('expected')
  })
})
