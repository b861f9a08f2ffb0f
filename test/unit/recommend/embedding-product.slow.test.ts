import ndarray from 'ndarray'
import { describe, expect, it } from 'vitest'
import { spectralEmbedding } from '../../../src/embed/spectral-embedding.ts'
import type { StoredEmbedding } from '../../../src/embed/data-facts.ts'
import { Engine } from '../../../src/engine.ts'
import { compile } from '../../../src/recommend/compile.ts'
import { embeddingProduct, lowPass, resolvent, walk } from '../../../src/recommend/methods/operators.ts'
import { DEFAULT_RECIPE, mix, type Recipe } from '../../../src/recommend/methods/recipe.ts'
import { explain } from '../../../src/recommend/explain.ts'
import { recommend, recommendFor, type RecommendOptions } from '../../../src/recommend/recommend.ts'
import type { Recommendation } from '../../../src/recommend/rankings.ts'
import { GrowingKeyIndex } from '../../../src/support/key-index.ts'
import { randomNetwork, tableOfNetwork } from '../../networks.ts'
import { coded } from '../../refusals.ts'

const network = randomNetwork({ users: 50, others: 45, edges: 320, weighted: true, seed: 8 })
const table = tableOfNetwork(network)
const embedding = spectralEmbedding.detailed(table, { dimensions: 6, weighted: true })
const vectorOf = (item: string): number[] => {
  const row = embedding.items.rowOf(item)
  return Array.from({ length: 6 }, (_, k) => embedding.itemVectors.get(row, k))
}
const product = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, x, k) => sum + x * b[k], 0)
const profileOf = (user: string): { item: string; value: number }[] =>
  network.edges
    .filter(({ from }) => network.nodes[from] === user)
    .map(({ to, weight }) => ({ item: network.nodes[to], value: weight }))
const productOf = (user: string, item: string): number =>
  profileOf(user).reduce((sum, { item: own, value }) => sum + value * product(vectorOf(own), vectorOf(item)), 0)
const users = network.nodes.slice(0, 50)
const items = network.nodes.slice(50)
const active = users.filter((user) => profileOf(user).length > 0)
const reached = (list: readonly Recommendation[] = []): Recommendation[] => list.filter(({ prior }) => !prior)
const alone = mix([embeddingProduct()])
const spreading = [resolvent({ lambda: 1 }), lowPass({ weight: 0.5 })]
const mixed = (weight: number): Recipe => mix([...spreading, embeddingProduct({ weight })])
type Asked = Extract<RecommendOptions, { readonly method?: 'graph-filter' | undefined }>
const ask = (recipe: Recipe, options: Asked = {}): Map<string, Recommendation[]> =>
  recommend(table, { recipe, embedding, weighted: true, k: 45, ...options })

describe('an embedding alone', () => {
  it('scores an item by its vector and the sum of those of the profile, with weights', () => {
    for (const [user, list] of ask(alone, { exclude: 'none' })) {
      const expected = items.map((item) => ({ item, score: productOf(user, item) })).filter(({ score }) => score > 1e-4)
      expected.sort((a, b) => b.score - a.score)
      const got = reached(list).filter(({ score }) => score > 1e-4)
      expect(got.map(({ item }) => item)).toEqual(expected.map(({ item }) => item))
      got.forEach(({ score }, rank) => expect(score / expected[rank].score).toBeCloseTo(1, 4))
    }
  })

  it('ranks the same whatever its weight, and beside operators of weight 0', () => {
    const lists = ask(alone)
    const double = ask(mix([lowPass({ weight: 0 }), embeddingProduct({ weight: 2 })]))
    for (const user of users) {
      expect(double.get(user)!.map(({ item }) => item)).toEqual(lists.get(user)!.map(({ item }) => item))
      const heads = [double, lists].map((all) => reached(all.get(user))[0]?.score ?? 0)
      expect(heads[0]).toBe(2 * heads[1])
    }
  })
})

describe('an embedding beside spreading', () => {
  /** As the documentation says it: everybody has a say, because there are fewer than 64. */
  const scale = (() => {
    const heads = (recipe: Recipe, options: Asked): number[] => {
      const lists = ask(recipe, { k: 20, ...options })
      return active.map((user) => reached(lists.get(user)).reduce((sum, { score }) => sum + score, 0))
    }
    const spread = heads(mix(spreading, { shortProfiles: 0 }), { embedding: undefined })
    const ratios = heads(alone, {}).map((sum, at) => spread[at] / sum)
    return ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length
  })()

  it.each([0.5, 1, 3])('adds its scores on the scale of spreading, times %d', (weight) => {
    const lists = ask(mixed(weight), { exclude: 'none' })
    const spread = ask(mix(spreading), { exclude: 'none', embedding: undefined })
    let compared = 0
    for (const user of active) {
      const by = new Map(reached(spread.get(user)).map(({ item, score }) => [item, score]))
      for (const { item, score } of reached(lists.get(user))) {
        const expected = (by.get(item) ?? 0) + weight * scale * productOf(user, item)
        // An item that spreading pushes below 0 is in none of its lists.
        if (!by.has(item)) continue
        expect(Math.abs(score - expected)).toBeLessThan(1e-5 * Math.max(1, Math.abs(score)))
        compared++
      }
    }
    expect(compared).toBeGreaterThan(500)
  })

  it('changes lists, and with weight 0 not a bit of them', () => {
    const without = ask(mix(spreading), { embedding: undefined })
    expect(ask(mixed(0))).toEqual(without)
    expect(ask(mixed(1))).not.toEqual(without)
  })

  it('may count against an item', () => {
    const lists = [0, -0.5].map((weight) => ask(mixed(weight), { exclude: 'none' }))
    const [user, item] = [active[0], profileOf(active[0])[0].item]
    const [zero, negative] = lists.map((all) => all.get(user)!.find((entry) => entry.item === item)!.score)
    expect(negative).toBeLessThan(zero)
  })

  it.each([1, 2, 3])('has the same bits on %i thread(s) of an engine', async (threads) => {
    await using engine = await Engine.create(table, { threads, weighted: true })
    const options = { recipe: mixed(0.7), embedding, k: 45 }
    expect(await engine.recommend(options)).toEqual(ask(mixed(0.7)))
    expect(await engine.recommend({ ...options, recipe: alone })).toEqual(ask(alone))
    expect((await engine.similarItems(items[0], { ...options, k: 3 })).length).toBe(3)
  })

  it('answers somebody new as it answers the user with the same items', () => {
    for (const recipe of [alone, mixed(1)]) {
      const options = { recipe, embedding, weighted: true, k: 30 }
      const expected = ask(recipe, { k: 30 })
      for (const user of active.slice(0, 8)) {
        expect(recommendFor(table, profileOf(user), options)).toEqual(expected.get(user))
      }
    }
  })

  it('keeps to what is allowed', () => {
    const allow = items.slice(3, 20)
    const deny = items.slice(10, 15)
    const lists = ask(mixed(2), { allow, deny })
    for (const user of users) {
      const seen = profileOf(user).map(({ item }) => item)
      const open = allow.filter((item) => !deny.includes(item) && !seen.includes(item))
      expect(
        lists
          .get(user)!
          .map(({ item }) => item)
          .sort(),
      ).toEqual(open.sort())
    }
  })

  it('is explained exactly', () => {
    for (const recipe of [alone, mixed(1.5)]) {
      const lists = ask(recipe)
      for (const user of active.slice(0, 10)) {
        const [{ item, score }] = lists.get(user)!
        const explanation = explain(table, user, item, { recipe, embedding, weighted: true })
        expect(explanation.score / score).toBeCloseTo(1, 4)
        expect(explanation.contributions.map((part) => part.item).sort()).toEqual(
          profileOf(user)
            .map((entry) => entry.item)
            .sort(),
        )
      }
    }
    const own = profileOf(active[0])[0]
    const { contributions } = explain(table, active[0], items[1], { recipe: alone, embedding, weighted: true })
    const part = contributions.find(({ item }) => item === own.item)!
    expect(part.score).toBeCloseTo(own.value * product(vectorOf(own.item), vectorOf(items[1])), 6)
  })

  it('is compiled like any other recipe: rows are the lists of single items', () => {
    const compiled = compile(table, { recipe: mixed(1), embedding, weighted: true })
    const recipe = mix(mixed(1).operators, { shortProfiles: 0 })
    const list = reached(recommendFor(table, [items[2]], { recipe, embedding, weighted: true, k: 45 }))
    const served = reached(compiled.recommendFor([items[2]], { k: 45 }))
    expect(served.map(({ item }) => item)).toEqual(list.map(({ item }) => item))
    served.forEach(({ score }, rank) => expect(Math.abs(score - list[rank].score)).toBeLessThan(1e-5 * list[0].score))
  })

  it('finds the vectors by the names of the items', () => {
    const keys = [...embedding.items.keys()].reverse()
    const turned = GrowingKeyIndex.from(keys)
    const vectors = ndarray(Float32Array.from(keys.flatMap(vectorOf)), [keys.length, 6])
    const other: StoredEmbedding = { ...embedding, items: turned, itemVectors: vectors }
    expect(ask(mixed(1), { embedding: other })).toEqual(ask(mixed(1)))
  })
})

describe('an embedding is refused', () => {
  const reversed = { ...network, edges: network.edges.slice(1) }
  const ofOthers = spectralEmbedding.detailed(tableOfNetwork(reversed), { dimensions: 6 })

  it.each<[string, RecommendOptions, string, RegExp]>([
    ['by other data', { recipe: alone, embedding: ofOthers }, 'INVALID_DATA', /199 pairs.*got 200 pairs/],
    ['when missing', { recipe: alone }, 'INVALID_OPTION', /option 'embedding'.*got none/],
    ['when missing, at weight 0 too', { recipe: mixed(0) }, 'INVALID_OPTION', /option 'embedding'.*got none/],
    ['by the default recipe', { embedding }, 'INVALID_OPTION', /operators low-pass.*embeddingProduct/],
    ['by a recipe without the operator', { recipe: mix([walk()]), embedding }, 'INVALID_OPTION', /operators walk/],
    ['by another method', { method: 'ease', embedding } as never, 'UNKNOWN_OPTION', /an option of graph-filter/],
    ['as a map', { recipe: alone, embedding: new Map() as never }, 'INVALID_OPTION', /readEmbedding/],
    ['as null', { recipe: alone, embedding: null as never }, 'INVALID_OPTION', /readEmbedding/],
  ])('%s', (_, options, code, message) => {
    const refused = () => recommend(table, { weighted: true, ...options })
    expect(refused).toThrow(coded(code))
    expect(refused).toThrow(message)
  })

  it('with a weight that is no number, and with settings of other operators', () => {
    expect(() => embeddingProduct({ weight: NaN })).toThrow(coded('INVALID_OPTION'))
    expect(() => embeddingProduct({ lambda: 1 } as never)).toThrow(coded('UNKNOWN_OPTION'))
  })

  it('not at all after another one: what was asked last counts', async () => {
    await using engine = await Engine.create(table, { threads: 1, weighted: true })
    const recipe = mix([...DEFAULT_RECIPE.operators, embeddingProduct()])
    const flat = spectralEmbedding.detailed(table, { dimensions: 2 })
    const options = { recipe, k: 45 }
    const lists = [embedding, flat, embedding].map(async (one) =>
      engine.recommend({ users: ['u1'], ...options, embedding: one }),
    )
    const [first, second, third] = await Promise.all(lists)
    expect(second).not.toEqual(first)
    expect(third).toEqual(first)
  })
})
