import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { poissonLearning } from '../../src/label/poisson-learning.ts'
import { seededRandom } from '../../src/support/random.ts'
import { graphOf, tableOfNetwork, type NamedNetwork } from '../networks.ts'
import { adjacencyOf, joined, poissonPotentials } from '../oracle/labelling.ts'
import type { Dense, Vector } from '../oracle/linear-algebra.ts'
import { bipartite, square } from './small-networks.ts'

const networks = fc.oneof(bipartite(), square)

const CLASSES = ['a', 'b', 'c']

/** Labels and weights on a few nodes. */
function seedsOn({ nodes }: NamedNetwork, seed: number) {
  const random = seededRandom(seed)
  const places = random.shuffle(Int32Array.from(nodes, (_, node) => node)).slice(0, 5)
  return Array.from(places, (node) => ({ node, label: random.below(3), weight: random.below(2) === 0 ? 1 : 0.25 }))
}

const pairsOf = ({ nodes }: NamedNetwork, seeds: ReturnType<typeof seedsOn>) =>
  seeds.map(({ node, label, weight }) => [nodes[node], CLASSES[label], weight] as const)

/** Shares by the definition: on each component its own problem, potentials over their mean size, exponentials as shares. */
function sharesByDefinition(a: Dense, seeds: ReturnType<typeof seedsOn>): Map<number, Vector> {
  const shares = new Map<number, Vector>()
  for (const { node: start } of seeds) {
    if (shares.has(start)) continue
    const members = [...joined(a, [start])]
    const own = seeds.filter(({ node }) => members.includes(node))
    const total = own.reduce((sum, { weight }) => sum + weight, 0)
    const mean = CLASSES.map(
      (_, c) => own.reduce((sum, { label, weight }) => sum + (label === c ? weight : 0), 0) / total,
    )
    const present = mean.filter((share) => share > 0).length
    const columns = mean.map((share, c) => {
      const source = members.map((member) =>
        own.reduce(
          (sum, { node, label, weight }) => (node === member ? sum + weight * (Number(label === c) - share) : sum),
          0,
        ),
      )
      return present === 1 ? members.map(() => 0) : poissonPotentials(a, members, source)
    })
    // Classes without a seed have potential 0 and count in the mean.
    const used = new Set(seeds.map(({ label }) => label)).size
    const size = columns.flat().reduce((sum, value) => sum + Math.abs(value), 0) / (used * members.length)
    members.forEach((member, at) => {
      const powers = mean.map((share, c) => (share > 0 ? (size > 0 ? Math.exp(columns[c][at] / size) : share) : 0))
      const sum = powers.reduce((x, y) => x + y, 0)
      shares.set(
        member,
        powers.map((power) => power / sum),
      )
    })
  }
  return shares
}

describe('poissonLearning', () => {
  it('solves L u = sum (y - ybar) delta on every component, against a dense float64 solve', () => {
    fc.assert(
      fc.property(networks, fc.nat(), (network, seed) => {
        const seeds = seedsOn(network, seed)
        const a = adjacencyOf(network.nodes.length, network.edges)
        const expected = sharesByDefinition(a, seeds)
        const run = poissonLearning.detailed(graphOf(network), {
          ...{ seeds: pairsOf(network, seeds), weighted: true, tolerance: 1e-7, maxIterations: 4000 },
        })
        const columnOf = CLASSES.map((label) => run.classes.indexOf(label))
        network.nodes.forEach((key, node) => {
          const row = run.nodes.rowOf(key)
          expect(run.reached[row]).toBe(Number(expected.has(node)))
          expected.get(node)?.forEach((share, c) => {
            if (columnOf[c] >= 0) expect(Math.abs(run.scores.get(row, columnOf[c]) - share)).toBeLessThan(5e-3)
          })
        })
      }),
      { numRuns: 80 },
    )
  })

  it('says the same of a table and of its graph, bits included', () => {
    fc.assert(
      fc.property(bipartite(), fc.boolean(), fc.nat(), (network, weighted, seed) => {
        const options = { seeds: pairsOf(network, seedsOn(network, seed)), weighted }
        const [fromTable, fromGraph] = [tableOfNetwork(network), graphOf(network)].map((source) =>
          poissonLearning.detailed(source, options),
        )
        expect(fromGraph.scores.data).toEqual(fromTable.scores.data)
      }),
      { numRuns: 25 },
    )
  })

  it('does not depend on the order of nodes and edges', () => {
    fc.assert(
      fc.property(square, fc.nat(), (network, seed) => {
        const order = seededRandom(seed).shuffle(Int32Array.from(network.nodes, (_, node) => node))
        const place = network.nodes.map((_, node) => order.indexOf(node))
        const moved = {
          ...network,
          nodes: Array.from(order, (node) => network.nodes[node]),
          edges: [...network.edges].reverse().map((edge) => ({ ...edge, from: place[edge.from], to: place[edge.to] })),
        }
        const seeds = pairsOf(network, seedsOn(network, seed))
        const options = { tolerance: 1e-7, maxIterations: 4000 }
        const here = poissonLearning.detailed(graphOf(network), { ...options, seeds })
        const there = poissonLearning.detailed(graphOf(moved), { ...options, seeds: [...seeds].reverse() })
        for (const key of network.nodes) {
          const [row, movedRow] = [here.nodes.rowOf(key), there.nodes.rowOf(key)]
          expect(there.reached[movedRow]).toBe(here.reached[row])
          here.classes.forEach((_, c) =>
            expect(Math.abs(there.scores.get(movedRow, c) - here.scores.get(row, c))).toBeLessThan(5e-3),
          )
        }
      }),
      { numRuns: 40 },
    )
  })
})
