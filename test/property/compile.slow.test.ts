import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compile, type CompileOptions } from '../../src/recommend/compile.ts'
import { CompiledRecommender } from '../../src/recommend/compiled.ts'
import type { Recommendation } from '../../src/recommend/rankings.ts'
import { recommend } from '../../src/recommend/recommend.ts'
import { tableOfNetwork, type NamedNetwork } from '../networks.ts'
import { bipartite } from './small-networks.ts'

const networks = bipartite(10, 12)

const METHODS: readonly CompileOptions[] = [
  { method: 'label-spreading', alpha: 0.8, tolerance: 1e-7 },
  { method: 'rp3beta', alpha: 0.7, beta: 0.4 },
  { method: 'item-knn' },
]

/** Scores by item, without the prior. */
const scoresOf = (list: readonly Recommendation[]): Map<string, number> =>
  new Map(list.flatMap(({ item, score, prior }) => (prior ? [] : [[item, score]])))

/** Equal up to rounding: what is missing on one side is nothing on the other. */
function expectClose(a: Map<string, number>, b: Map<string, number>, tolerance: number): void {
  for (const item of new Set([...a.keys(), ...b.keys()])) {
    expect(Math.abs((a.get(item) ?? 0) - (b.get(item) ?? 0)), item).toBeLessThanOrEqual(tolerance)
  }
}

const largest = (...scores: readonly Map<string, number>[]): number =>
  Math.max(0, ...scores.flatMap((map) => [...map.values()]))

describe.each(METHODS)('compiled $method', (options) => {
  it('with as many neighbours as items, scores everybody as the method does', () => {
    fc.assert(
      fc.property(networks, fc.boolean(), (network, weighted) => {
        const table = tableOfNetwork(network)
        // Weights of a profile may differ by a factor of nine here, and levels are at least 1/65,535 of the largest score.
        const compiled = compile(table, { ...options, weighted, entriesPerItem: 1e6 })
        for (const { user, items } of compiled.recommendAll(table, { k: 100 })) {
          const full = recommend(table, { ...options, weighted, k: 100, users: [user] }).get(user)!
          const [ours, theirs] = [scoresOf(items), scoresOf(full)]
          expectClose(ours, theirs, 2e-4 * largest(ours, theirs) + 1e-7)
          expect(items.length).toBe(full.length)
          if (ours.size === theirs.size) expect(items.slice(ours.size)).toEqual(full.slice(ours.size))
        }
      }),
      { numRuns: 40 },
    )
  })

  it('is linear in the profile, and says what each item of it adds', () => {
    fc.assert(
      fc.property(networks, fc.integer({ min: 1, max: 15 }), fc.nat(), (network, entriesPerItem, pick) => {
        const compiled = compile(tableOfNetwork(network), { ...options, entriesPerItem })
        const items = network.nodes.slice(network.users)
        const [a, b] = [items[pick % items.length], items[(pick + 1) % items.length]]
        const all = { k: 100, exclude: 'none' } as const
        const [first, second, both] = [[{ item: a }], [{ item: b, value: 2.5 }], [{ item: a }, { item: b, value: 2.5 }]]
          .map((profile) => compiled.recommendFor(profile, all))
          .map(scoresOf)
        const sum = new Map(items.map((item) => [item, (first.get(item) ?? 0) + (second.get(item) ?? 0)]))
        expectClose(both, sum, 1e-6 * largest(sum))
        for (const [item, score] of both) {
          const { contributions, ...why } = compiled.explain([{ item: a }, { item: b, value: 2.5 }], item)
          expect(Math.abs(why.score - score)).toBeLessThanOrEqual(1e-6 * score)
          expect(contributions.find((part) => part.item === a)?.score).toBeCloseTo(first.get(item) ?? 0, 5)
        }
      }),
      { numRuns: 40 },
    )
  })

  it('does not depend on how users and items are numbered, nor its fingerprint on their order', () => {
    fc.assert(
      fc.property(networks, (network) => {
        const turned = backwards(network)
        const [ours, theirs] = [network, turned].map((some) =>
          compile(tableOfNetwork(some), { ...options, entriesPerItem: 50 }),
        )
        expect(theirs.fingerprint).toEqual(ours.fingerprint)
        for (const item of network.nodes.slice(network.users)) {
          const [a, b] = [ours, theirs].map((compiled) => scoresOf(compiled.recommendFor([item], { k: 100 })))
          expectClose(a, b, 2e-4 * largest(a, b))
        }
      }),
      { numRuns: 30 },
    )
  })

  it('survives being written down, bit for bit, with ids of any text', () => {
    const ids = fc.uniqueArray(fc.string({ unit: 'binary' }), { minLength: 12, maxLength: 12 })
    fc.assert(
      fc.property(networks, ids, fc.integer({ min: 1, max: 15 }), (network, texts, entriesPerItem) => {
        const { nodes, users } = network
        const named = { ...network, nodes: [...nodes.slice(0, users), ...texts.slice(0, nodes.length - users)] }
        const table = tableOfNetwork(named)
        const compiled = compile(table, { ...options, entriesPerItem })
        const bytes = compiled.encode()
        const again = CompiledRecommender.decode(bytes)
        expect(again.encode()).toEqual(bytes)
        expect(again).toEqual(compiled)
        expect([...again.items.keys()]).toEqual([...compiled.items.keys()])
        expect(again.rank(table, { k: 5 })).toEqual(compiled.rank(table, { k: 5 }))
        expect(compile(table, { ...options, entriesPerItem }).encode()).toEqual(bytes)
      }),
      { numRuns: 30 },
    )
  })
})

/** The same network, users and items numbered from the other end. */
function backwards({ nodes, users, edges, directed }: NamedNetwork): NamedNetwork {
  const turn = (node: number): number => (node < users ? users - 1 - node : nodes.length - 1 - (node - users))
  return {
    nodes: [...nodes.slice(0, users).reverse(), ...nodes.slice(users).reverse()],
    users,
    directed,
    edges: edges.map(({ from, to, weight }) => ({ from: turn(from), to: turn(to), weight })).reverse(),
  }
}
