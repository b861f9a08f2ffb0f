import { UndirectedGraph } from 'graphology'
import { describe, expect, it } from 'vitest'
import { givenValidation, holdOutSeeds } from '../../../src/label/hold-out-labels.ts'
import { openNetwork } from '../../../src/network/open.ts'
import { readSeedRows } from '../../../src/label/seed-rows.ts'
import type { SeedSource } from '../../../src/label/seeds.ts'
import { atOnce } from '../../../src/support/drive.ts'

const graph = new UndirectedGraph()
for (let node = 0; node < 20; node++) graph.addNode(String(node), node < 12 ? { truth: node % 3 } : {})
for (let node = 0; node < 20; node++) graph.addEdge(String(node), String((node + 1) % 20))
const network = openNetwork('test', graph, { weighted: false, direction: 'both', memoryLimitBytes: 1e9 })

/** Ten of a, five of b, one of c, one shared. */
const seeds = [
  ...Array.from({ length: 10 }, (_, node) => [String(node), 'a'] as const),
  ...Array.from({ length: 5 }, (_, node) => [String(10 + node), 'b'] as const),
  ['15', 'c'] as const,
  ['16', { a: 1, b: 1 }] as const,
]

const holdOut = (source: SeedSource, share: number, seed: number) =>
  holdOutSeeds('test', atOnce(readSeedRows('test', network, { seeds: source, unlabelled: ['?'] })), source, share, seed)

describe('holdOutSeeds', () => {
  it('holds out a share of every class, never its last label, never a shared or weighted one', () => {
    const held = holdOut([...seeds, ['17', 'b', 0.5]], 0.4, 1)
    const of = (label: string): number => held.labels.filter((value) => value === label).length
    expect([of('a'), of('b'), of('c')]).toEqual([4, 2, 0])
    const seeded = new Set(held.seeds.nodes)
    expect(seeded.size + held.nodes.length).toBe(18)
    expect(seeded.has(16) && seeded.has(17)).toBe(true)
    expect([...held.nodes].some((node) => seeded.has(node))).toBe(false)
    expect(new Set(held.all.nodes).size).toBe(18)
  })

  it('draws the same with the same seed, and otherwise another lot', () => {
    const nodes = (seed: number): number[] => [...holdOut(seeds, 0.4, seed).nodes]
    expect(nodes(1)).toEqual(nodes(1))
    expect([2, 3, 4, 5].some((seed) => String(nodes(seed)) !== String(nodes(1)))).toBe(true)
  })

  it('leaves a label of each class however much is asked for, and takes one however little', () => {
    expect(holdOut(seeds, 0.99, 1).seeds.classes).toEqual(['a', 'b', 'c'])
    expect(holdOut(seeds, 0.01, 1).nodes.length).toBe(2)
    const none = holdOut(seeds, 0, 1)
    expect([none.seeds === none.all, none.labels]).toEqual([true, []])
  })

  it('takes a seed that is there twice as one, and no node without a label', () => {
    const twice = [...seeds, ...seeds, ['18', '?'] as const, ['19', null] as const]
    expect(holdOut(twice, 0.4, 1)).toEqual(holdOut(seeds, 0.4, 1))
  })

  it('reads seeds from a node attribute', () => {
    expect(holdOut('truth', 0.5, 1).labels.length).toBe(6)
  })

  it('refuses where every class has one label, and where there is none', () => {
    expect(() =>
      holdOut(
        [
          ['0', 'a'],
          ['1', 'b'],
        ],
        0.5,
        1,
      ),
    ).toThrow('a class with at least two seeds')
    for (const share of [0, 0.5]) expect(() => holdOut([['0', '?']], share, 1)).toThrow('at least one labelled node')
  })
})

describe('givenValidation', () => {
  const given = (validation: SeedSource) =>
    atOnce(givenValidation('test', network, { seeds, unlabelled: ['?'] }, validation))

  it('takes labels of other nodes', () => {
    const held = given([
      ['18', 'a'],
      ['17', 'b'],
      ['0', '?'],
    ])
    expect([[...held.nodes], held.labels, held.seeds === held.all]).toEqual([[18, 17], ['a', 'b'], true])
    expect(new Set(held.seeds.nodes).size).toBe(17)
  })

  it.each([
    [[], 'at least one labelled node'],
    [[['18', '?']], 'at least one labelled node'],
    [[['0', 'a']], 'a node that is not a seed, got a seed'],
    [[['18', 'd']], "a label of a seed, got 'd'"],
    [[['18', ['a', 'b']]], 'one label, got 2 labels'],
    [
      [
        ['18', 'a'],
        ['18', 'b'],
      ],
      'one label, got 2 labels',
    ],
    [[['18', 'a', 0.5]], 'got weight 0.5'],
    [[['nobody', 'a']], "option 'validation': expected a node known"],
    [['18'], "option 'validation': expected pairs"],
  ] as const)('refuses %j', (validation, message) => {
    expect(() => given(validation as never)).toThrow(message)
  })
})
