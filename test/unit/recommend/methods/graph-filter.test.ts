import { describe, expect, it } from 'vitest'
import { embeddingProduct, lowPass } from '../../../../src/recommend/methods/operators.ts'
import { mix } from '../../../../src/recommend/methods/recipe.ts'
import { spectralEmbedding } from '../../../../src/index.ts'
import { explain } from '../../../../src/recommend/explain.ts'
import { recommend, recommendFor, similarItems } from '../../../../src/recommend/recommend.ts'
import { fromRows } from '../../../../src/data/from-rows.ts'
import { seededRandom } from '../../../../src/support/random.ts'
import { symmetricEigenvalues } from '../../../oracle/linear-algebra.ts'
import { coded } from '../../../refusals.ts'

/** One component: everybody takes some of the first items. */
const random = seededRandom(4)
const rows = Array.from({ length: 60 }, (_, user) => {
  const items = random.shuffle(Int32Array.from({ length: 40 }, (_, item) => item)).subarray(0, 1 + (user % 10))
  return Array.from(new Set([...items, user % 5]), (item) => ({ user: `u${user}`, item: `i${item}` }))
}).flat()
const table = fromRows(rows, { user: 'user', item: 'item' })
const degree = (of: string): number => rows.filter(({ user }) => user === of).length
const cut = 0.2
const shortProfiles = 1.5
const recipe = mix([lowPass({ cut })], { shortProfiles })
const widened = (n: number) =>
  mix([lowPass({ cut: n < 8 ? cut * (1 + shortProfiles / n) : cut })], { shortProfiles: 0 })

/** m of all items' degrees and P's eigenvalues, in float64. */
const { itemDegrees, pseudoItems } = (() => {
  const pairs = Array.from(table.user, (user, at) => [user, table.item[at]] as const)
  const [users, items] = [new Map<number, number>(), new Map<number, number>()]
  for (const [user, item] of pairs) {
    users.set(user, (users.get(user) ?? 0) + 1)
    items.set(item, (items.get(item) ?? 0) + 1)
  }
  const size = table.items.size
  const p = Array.from({ length: size }, () => new Array<number>(size).fill(0))
  for (const [user, i] of pairs) {
    for (const [other, j] of pairs) {
      if (user === other) p[i][j] += users.get(user)! ** -0.6 * (items.get(i)! * items.get(j)!) ** -0.35
    }
  }
  const [first, second] = symmetricEigenvalues(p).sort((a, b) => b - a)
  return { itemDegrees: items, pseudoItems: 0.35 * shortProfiles * (first / second - 1) }
})()

describe('a graph filter with shortProfiles', () => {
  const lists = recommend(table, { recipe, k: 10 })

  it('spreads a profile of n < 8 items with a cut that is 1 + shortProfiles / n times as high, and m items of the average user', () => {
    const lengths = new Set<number>()
    for (const [user, list] of lists) {
      const n = degree(user)
      if (n === 0) continue
      lengths.add(n)
      const own = Array.from(table.item).filter((_, at) => table.users.keyOf(table.user[at]) === user)
      const completed = Array.from(itemDegrees, ([item, count]) => ({
        item: table.items.keyOf(item),
        value: (n < 8 ? (pseudoItems * count) / table.length : 0) + (own.includes(item) ? 1 : 0),
      })).filter(({ value }) => value > 0)
      const deny = own.map((item) => table.items.keyOf(item))
      const alone = recommendFor(table, completed, { recipe: widened(n), k: 10, exclude: 'none', deny })
      expect(alone.map(({ item }) => item)).toEqual(list.map(({ item }) => item))
      alone.forEach(({ score }, rank) => expect(score / list[rank].score).toBeCloseTo(1, 3))
    }
    expect([...lengths].filter((n) => n < 8).length).toBeGreaterThan(3)
    expect(Math.max(...lengths)).toBeGreaterThan(7)
    expect(pseudoItems).toBeGreaterThan(0.1)
  })

  it('counts the items of somebody new, and explains by the same rule', () => {
    const [item] = [...lists.get('u1')!].map((entry) => entry.item)
    const { score, contributions } = explain(table, 'u1', item, { recipe })
    expect(score / lists.get('u1')![0].score).toBeCloseTo(1, 4)
    const profile = contributions.map((part) => part.item)
    expect(recommendFor(table, profile, { recipe, k: 10 })).toEqual(lists.get('u1'))
  })

  it('completes profiles of every length by averageShare items of her for each of their own', () => {
    const alone = { shortProfiles: 0, averageShare: 0 }
    const completing = mix([lowPass({ cut })], { ...alone, averageShare: 3 })
    const users = ['u0', 'u3', 'u6', 'u9', 'u19']
    const completed = recommend(table, { recipe: completing, users, k: 10 })
    const lengths = new Set<number>()
    for (const [user, list] of completed) {
      const n = degree(user)
      const own = Array.from(table.item).filter((_, at) => table.users.keyOf(table.user[at]) === user)
      lengths.add(n)
      const whole = Array.from(itemDegrees, ([item, count]) => ({
        item: table.items.keyOf(item),
        value: (3 * n * count) / table.length + (own.includes(item) ? 1 : 0),
      }))
      const asked = { recipe: mix([lowPass({ cut })], alone), k: 10, deny: own.map((item) => table.items.keyOf(item)) }
      const expected = recommendFor(table, whole, { ...asked, exclude: 'none' })
      expect(list.map(({ item }) => item)).toEqual(expected.map(({ item }) => item))
      list.forEach(({ score }, rank) => expect(score / expected[rank].score).toBeCloseTo(1, 3))
    }
    expect(Math.min(...lengths)).toBeLessThan(3)
    expect(Math.max(...lengths)).toBeGreaterThan(8)
    const [[user, [{ item, score }]]] = completed
    expect(explain(table, user, item, { recipe: completing }).score / score).toBeCloseTo(1, 4)
  })

  it('is completed by all that others take, whoever asks, where that share is large', () => {
    const [a, b] = ['u9', 'u29'].map((user) => {
      const list = recommend(table, {
        recipe: mix([lowPass()], { averageShare: 1000 }),
        users: [user],
        exclude: 'none',
        k: 10,
      })
      return list.get(user)!.map(({ item }) => item)
    })
    expect(a).toEqual(b)
  })

  it('refuses such a share beside weights below 0, and where nothing is spread', () => {
    const recipe = mix([lowPass()], { averageShare: 1 })
    const told = coded('INVALID_OPTION', 'averageShare 0 or null')
    const liked = rows.map((row, at) => ({ ...row, signal: at % 3 === 0 ? 'dislike' : 'like' }))
    const signed = fromRows(liked, { user: 'user', item: 'item', signal: 'signal' })
    expect(() => recommend(signed, { recipe, signals: { like: 1, dislike: -1 } })).toThrow(told)
    const embedding = spectralEmbedding.detailed(table, { dimensions: 4 })
    const products = { ...recipe, operators: [embeddingProduct()] }
    expect(() => recommend(table, { recipe: products, embedding })).toThrow(told)
  })

  it('asks of items what is similar to them, and of no average user', () => {
    const [[item, list]] = similarItems(table, ['i1'], { recipe, k: 10 })
    const without = similarItems(table, 'i1', { recipe: widened(1), k: 10 })
    expect(item).toBe('i1')
    expect(list.map((entry) => entry.item)).toEqual(without.map((entry) => entry.item))
    list.forEach(({ score }, rank) => expect(score / without[rank].score).toBeCloseTo(1, 4))
  })

  it('lends nothing beyond the largest component, nor to who is beyond it', () => {
    const apart = [
      ['x', 'far'],
      ['x', 'away'],
      ['y', 'far'],
    ].map(([user, item]) => ({ user, item }))
    const both = fromRows([...rows, ...apart], { user: 'user', item: 'item' })
    const list = recommend(both, { users: ['y'], k: 5, recipe }).get('y')!
    expect(list[0]).toMatchObject({ item: 'away' })
    expect(list[0].prior).not.toBe(true)
    expect(list.slice(1).every(({ prior }) => prior === true)).toBe(true)
    const short = [...lists.keys()].find((user) => degree(user) < 3)!
    for (const { item, prior } of recommend(both, { users: [short], k: 42, recipe }).get(short)!) {
      if (item === 'far' || item === 'away') expect(prior).toBe(true)
    }
  })
})
