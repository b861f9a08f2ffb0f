import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { labelPropagation } from '../../src/label/label-propagation.ts'
import { labelSpreading } from '../../src/label/label-spreading.ts'
import type { Labelling } from '../../src/label/labelling.ts'
import { personalizedPageRank } from '../../src/label/personalized-pagerank.ts'
import { graphOf, tableOfNetwork, type NamedNetwork } from '../networks.ts'
import { adjacencyOf, harmonic, joined, normalized, restartWalk, spreadingFixedPoint } from '../oracle/labelling.ts'
import { seededRandom } from '../../src/support/random.ts'
import { bipartite, directed, square } from './small-networks.ts'

const networks = fc.oneof(bipartite(), square)

const CLASSES = ['a', 'b', 'c']

/** Hard, shared and soft seeds on a few nodes; shares[class][node]. */
function seedsOn({ nodes }: NamedNetwork, seed: number) {
  const random = seededRandom(seed)
  const places = [...random.shuffle(Int32Array.from(nodes, (_, node) => node))].slice(0, Math.min(4, nodes.length - 1))
  const shares = CLASSES.map(() => nodes.map(() => 0))
  const pairs = places.map((node, at) => {
    const weights = at < 2 ? CLASSES.map((_, c) => (c === at ? 1 : 0)) : CLASSES.map(() => random.next() + 0.01)
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    weights.forEach((weight, c) => (shares[c][node] = weight / total))
    const value = at < 2 ? CLASSES[at] : Object.fromEntries(weights.map((weight, c) => [CLASSES[c], weight]))
    return [nodes[node], value] as const
  })
  return { places, shares: shares.filter((column) => column.some((value) => value > 0)), pairs }
}

/** Shares as the labellers report them: rows sum to 1 where anything came. */
function expectShares(run: Labelling, network: NamedNetwork, columns: readonly number[][], tolerance: number): void {
  network.nodes.forEach((key, node) => {
    const row = run.nodes.rowOf(key)
    const total = columns.reduce((sum, column) => sum + column[node], 0)
    // Scores near the tolerance say nothing reliable about shares.
    if (total < 1e-2) return
    columns.forEach((column, c) => {
      expect(Math.abs(run.scores.get(row, c) - column[node] / total)).toBeLessThan(tolerance)
    })
  })
}

function expectHonest(run: Labelling): void {
  const width = run.classes.length
  run.confidence.forEach((value, node) => {
    expect(value).toBeGreaterThanOrEqual(Math.fround(1 / width) - 1e-7)
    expect(value).toBeLessThanOrEqual(1)
    let total = 0
    for (let c = 0; c < width; c++) total += run.scores.get(node, c)
    expect(total).toBeCloseTo(1, 5)
  })
}

describe('labelSpreading', () => {
  it.each(['power', 'chebyshev'] as const)(
    'by %s is (1 - alpha) (I - alpha S)^-1 Y under every normalisation',
    (solver) => {
      fc.assert(
        fc.property(
          networks,
          fc.constantFrom('symmetric', 'row', 'column'),
          fc.constantFrom(0.3, 0.8),
          fc.nat(),
          (network, normalization, alpha, seed) => {
            const { pairs, shares } = seedsOn(network, seed)
            const run = labelSpreading.detailed(graphOf(network), {
              ...{ seeds: pairs, weighted: true, alpha, normalization, solver },
            })
            const s = normalized(adjacencyOf(network.nodes.length, network.edges), normalization)
            const columns = shares.map((y) => spreadingFixedPoint(s, alpha, y))
            expect(run.converged).toBe(true)
            expectShares(run, network, columns, 2e-3)
            expectHonest(run)
          },
        ),
        { numRuns: 60 },
      )
    },
  )

  it('reaches exactly the components that hold a seed', () => {
    fc.assert(
      fc.property(networks, fc.nat(), (network, seed) => {
        const { pairs, places } = seedsOn(network, seed)
        const run = labelSpreading.detailed(graphOf(network), { seeds: pairs, solver: 'power' })
        const reached = joined(adjacencyOf(network.nodes.length, network.edges), places)
        network.nodes.forEach((key, node) => expect(run.reached[run.nodes.rowOf(key)]).toBe(Number(reached.has(node))))
      }),
      { numRuns: 60 },
    )
  })

  it('says the same of a table and of its graph, weights and bits included', () => {
    fc.assert(
      fc.property(bipartite(), fc.boolean(), fc.nat(), (network, weighted, seed) => {
        const { pairs } = seedsOn(network, seed)
        const fromTable = labelSpreading.detailed(tableOfNetwork(network), { seeds: pairs, weighted })
        const fromGraph = labelSpreading.detailed(graphOf(network), { seeds: pairs, weighted })
        expect(fromGraph.scores.data).toEqual(fromTable.scores.data)
        expect([...fromGraph.nodes.keys()]).toEqual([...fromTable.nodes.keys()])
      }),
      { numRuns: 30 },
    )
  })

  it('does not depend on the order of nodes and edges', () => {
    fc.assert(
      fc.property(networks, fc.nat(), (network, seed) => {
        const random = seededRandom(seed)
        const { nodes, edges, users } = network
        const order = random.shuffle(Int32Array.from(nodes, (_, node) => node))
        // Users stay before items, so that the kinds stay right.
        const sorted = [...order].sort((x, y) => Number(x >= users) - Number(y >= users))
        const place = sorted.map((_, node) => sorted.indexOf(node))
        const moved = {
          ...network,
          nodes: sorted.map((node) => nodes[node]),
          edges: [...edges].reverse().map((edge) => ({ ...edge, from: place[edge.from], to: place[edge.to] })),
        }
        const { pairs } = seedsOn(network, seed)
        const here = labelSpreading.detailed(graphOf(network), { seeds: pairs, solver: 'power' })
        const there = labelSpreading.detailed(graphOf(moved), { seeds: [...pairs].reverse(), solver: 'power' })
        for (const key of nodes) {
          const [row, movedRow] = [here.nodes.rowOf(key), there.nodes.rowOf(key)]
          expect(there.reached[movedRow]).toBe(here.reached[row])
          here.classes.forEach((_, c) => expect(there.scores.get(movedRow, c)).toBeCloseTo(here.scores.get(row, c), 3))
        }
      }),
      { numRuns: 40 },
    )
  })
})

describe('labelPropagation', () => {
  it.each(['auto', 'power'] as const)('by %s is the harmonic solution and keeps every seed', (solver) => {
    fc.assert(
      fc.property(networks, fc.nat(), (network, seed) => {
        const { pairs, places, shares } = seedsOn(network, seed)
        const options = { seeds: pairs, weighted: true, solver, tolerance: 1e-7, maxIterations: 4000 }
        const run = labelPropagation.detailed(graphOf(network), options)
        const a = adjacencyOf(network.nodes.length, network.edges)
        const columns = shares.map((y) => harmonic(a, places, y))
        expectShares(run, network, columns, 4e-3)
        expectHonest(run)
        for (const node of places) {
          shares.forEach((column, c) =>
            expect(run.scores.get(run.nodes.rowOf(network.nodes[node]), c)).toBeCloseTo(column[node], 6),
          )
        }
      }),
      { numRuns: 60 },
    )
  })
})

describe('personalizedPageRank', () => {
  it.each([
    ['undirected', networks],
    ['along arrows, with nodes that lead nowhere', directed],
  ] as const)('is the stationary walk: %s', (_, graphs) => {
    fc.assert(
      fc.property(graphs, fc.nat(), fc.constantFrom(0.5, 0.85), (network, seed, alpha) => {
        const random = seededRandom(seed)
        const places = [random.below(network.nodes.length), random.below(network.nodes.length)]
        const seeds = places.map((node, at) => [network.nodes[node], at + 1] as const)
        const restart = network.nodes.map((_, node) =>
          places.reduce((sum, place, at) => sum + (place === node ? (at + 1) / 3 : 0), 0),
        )
        const ranks = personalizedPageRank(graphOf(network), { seeds, weighted: true, alpha, tolerance: 1e-7 })
        const walk = restartWalk(
          adjacencyOf(network.nodes.length, network.edges, network.directed),
          alpha,
          restart,
          200,
        )
        network.nodes.forEach((key, node) => expect(Math.abs(ranks.get(key)! - walk[node])).toBeLessThan(1e-5))
        expect([...ranks.values()].reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5)
      }),
      { numRuns: 50 },
    )
  })

  it.each([
    ['undirected', networks],
    ['along arrows, with nodes that lead nowhere', directed],
  ] as const)('without seeds starts at all nodes alike: %s', (_, graphs) => {
    fc.assert(
      fc.property(graphs, fc.constantFrom(0.5, 0.85), (network, alpha) => {
        const { length } = network.nodes
        const walk = restartWalk(
          adjacencyOf(length, network.edges, network.directed),
          alpha,
          network.nodes.map(() => 1 / length),
          200,
        )
        const { nodes, scores, reached } = personalizedPageRank.detailed(graphOf(network), {
          ...{ weighted: true, alpha, tolerance: 1e-7 },
        })
        network.nodes.forEach((key, node) => {
          expect(Math.abs(scores[nodes.rowOf(key)] - walk[node])).toBeLessThan(1e-5)
        })
        expect(reached.every((one) => one === 1)).toBe(true)
      }),
      { numRuns: 50 },
    )
  })
})
