import { UndirectedGraph } from 'graphology'
import { describe, expect, it } from 'vitest'
import { givenValidation, holdOutSeeds } from '../../../src/learn/hold-out-labels.ts'
import { openNetwork } from '../../../src/propagate/network.ts'

const graph = new UndirectedGraph()
for (let node = 0; node < 20; node++) graph.addNode(String(node), node < 12 ? { truth: node % 3 } : {})
for (let node = 0; node < 20; node++) graph.addEdge(String(node), String((node + 1) % 20))
const network = openNetwork('test', graph, { weighted: true, direction: 'both', memoryLimitBytes: 1e9 })

/** Ten of a, five of b, one of c, one shared. */
const seeds = [
  ...Array.from({ length: 10 }, (_, node) => [String(node), 'a'] as const),
  ...Array.from({ length: 5 }, (_, node) => [String(10 + node), 'b'] as const),
  ['15', 'c'] as const,
  ['16', { a: 1, b: 1 }] as const,
]

describe('holdOutSeeds', () => {
  it('holds out a share of every class, never its last label, never a shared one', () => {
    const held = holdOutSeeds('test', network, seeds, 0.4, 1)
    const of = (label: string): number => held.labels.filter((value) => value === label).length
    expect([of('a'), of('b'), of('c')]).toEqual([4, 2, 0])
    expect(held.seeds.length + held.nodes.length).toBe(seeds.length)
    expect(held.seeds.some(([node]) => node === '16')).toBe(true)
    const seeded = new Set(held.seeds.map(([node]) => Number(node)))
    expect([...held.nodes].some((node) => seeded.has(node))).toBe(false)
    expect(held.all).toEqual(seeds)
  })

  it('draws the same with the same seed, and otherwise another lot', () => {
    const nodes = (seed: number): number[] => [...holdOutSeeds('test', network, seeds, 0.4, seed).nodes]
    expect(nodes(1)).toEqual(nodes(1))
    expect([2, 3, 4, 5].some((seed) => String(nodes(seed)) !== String(nodes(1)))).toBe(true)
  })

  it('leaves a label of each class however much is asked for, and takes one however little', () => {
    const most = holdOutSeeds('test', network, seeds, 0.99, 1)
    expect(new Set(most.seeds.map(([, value]) => value)).size).toBe(4)
    expect(holdOutSeeds('test', network, seeds, 0.01, 1).nodes.length).toBe(2)
    expect(holdOutSeeds('test', network, seeds, 0, 1)).toMatchObject({ areSeeds: false, labels: [] })
  })

  it('reads seeds from a node attribute', () => {
    expect(holdOutSeeds('test', network, 'truth', 0.5, 1).labels.length).toBe(6)
  })

  it('refuses where every class has one label', () => {
    const few = [['0', 'a'] as const, ['1', 'b'] as const]
    expect(() => holdOutSeeds('test', network, few, 0.5, 1)).toThrow('a class with two seeds or more')
  })
})

describe('givenValidation', () => {
  it('takes labels of other nodes', () => {
    const held = givenValidation('test', network, seeds, [
      ['18', 'a'],
      ['17', 'b'],
    ])
    expect([[...held.nodes], held.labels, held.areSeeds]).toEqual([[18, 17], ['a', 'b'], false])
    expect(held.seeds).toEqual(seeds)
  })

  it.each([
    [[], 'at least one labelled node'],
    [[['0', 'a']], 'a node that is no seed, got a seed'],
    [[['18', 'd']], "a label that a seed has, got 'd'"],
    [[['18', ['a', 'b']]], 'one label, got an array'],
    [[['nobody', 'a']], 'a node known'],
  ] as const)('refuses %j', (validation, message) => {
    expect(() => givenValidation('test', network, seeds, validation)).toThrow(message)
  })
})
