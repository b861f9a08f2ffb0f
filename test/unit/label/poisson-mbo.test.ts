import fc from 'fast-check'
import { UndirectedGraph } from 'graphology'
import { describe, expect, it } from 'vitest'
import { plantedPartition } from '../../../native-free-bench/data/labelled-graphs.ts'
import { inferLabels } from '../../../src/label/infer-labels.ts'
import { poissonLearning } from '../../../src/label/poisson-learning.ts'
import { selfTraining } from '../../../src/label/self-training.ts'
import { openNetwork } from '../../../src/network/open.ts'
import { solveInThread } from '../../../src/run/in-thread.ts'
import { drive } from '../../../src/support/drive.ts'
import { PAUSE } from '../../../src/support/pause.ts'
import { seededRandom } from '../../../src/support/random.ts'
import { graphOf, type NamedNetwork } from '../../networks.ts'
import { adjacencyOf, joined, mboDiffusion } from '../../oracle/labelling.ts'
import type { Dense } from '../../oracle/linear-algebra.ts'
import { bipartite, square } from '../../property/small-networks.ts'

const CLASSES = ['a', 'b', 'c']

function seedsOn({ nodes }: NamedNetwork, seed: number) {
  const random = seededRandom(seed)
  const places = random.shuffle(Int32Array.from(nodes, (_, node) => node)).slice(0, 5)
  return Array.from(places, (node) => ({ node, label: random.below(3), weight: random.below(2) === 0 ? 1 : 0.25 }))
}

/** Y - ybar on the component of each seed. */
function sourcesOf(a: Dense, seeds: ReturnType<typeof seedsOn>): Dense {
  const sources = a.map(() => CLASSES.map(() => 0))
  for (const { node, label, weight } of seeds) {
    const near = joined(a, [node])
    const own = seeds.filter((other) => near.has(other.node))
    const total = own.reduce((sum, other) => sum + other.weight, 0)
    CLASSES.forEach((_, c) => {
      const mean = own.reduce((sum, other) => sum + (other.label === c ? other.weight : 0), 0) / total
      sources[node][c] += weight * (Number(label === c) - mean)
    })
  }
  return sources
}

describe('steps of MBO', () => {
  it('are 20 diffusions of the classes that were decided, against a dense float64 walk', () => {
    fc.assert(
      fc.property(fc.oneof(bipartite(), square), fc.nat(), fc.constantFrom(1, 3), (network, seed, steps) => {
        const seeds = seedsOn(network, seed)
        const [graph, a] = [graphOf(network), adjacencyOf(network.nodes.length, network.edges)]
        const options = {
          ...{ weighted: true, maxIterations: 4000 },
          seeds: seeds.map(({ node, label, weight }) => [network.nodes[node], CLASSES[label], weight] as const),
        }
        const before = poissonLearning.detailed(graph, { ...options, mboSteps: steps - 1 })
        const run = poissonLearning.detailed(graph, { ...options, mboSteps: steps })
        const rows = network.nodes.map((key) => before.nodes.rowOf(key))
        const decided = rows.map((row) =>
          CLASSES.map((name) => Number(before.reached[row] === 1 && before.labels[row] === name)),
        )
        const expected = mboDiffusion(a, decided, sourcesOf(a, seeds), 20)
        rows.forEach((row, node) => {
          const total = expected[node].reduce((sum, value) => sum + value, 0)
          if (before.reached[row] === 0 || a[node].every((weight) => weight === 0)) return
          run.classes.forEach((name, c) => {
            const share = expected[node][CLASSES.indexOf(name as string)] / total
            expect(Math.abs(run.scores.get(row, c) - share)).toBeLessThan(1e-4)
          })
        })
        expect(run.reached).toEqual(before.reached)
      }),
      { numRuns: 40 },
    )
  })

  it('put right what disagrees with its neighbours, and keep the volumes', () => {
    const given = plantedPartition(300)
    const seeds = given.train.slice(0, 6).map((node) => [String(node), given.labels[node]] as const)
    const options = { seeds, classPrior: { 0: 1, 1: 1, 2: 1 }, decisionRule: 'volume' } as const
    const wrong = (mboSteps: number): number => {
      const labels = poissonLearning(given.graph, { ...options, mboSteps })
      const sizes = [0, 1, 2].map((label) => [...labels.values()].filter((own) => own === label).length)
      for (const size of sizes) expect(Math.abs(size - 100)).toBeLessThanOrEqual(2)
      return [...labels].filter(([node, label]) => label !== given.labels[Number(node)]).length
    }
    expect(wrong(0)).toBeGreaterThan(0)
    expect(wrong(5)).toBeLessThan(wrong(0))
  })

  it('end where a step changes nothing, and count their diffusions', () => {
    const given = plantedPartition(300)
    const seeds = given.train.map((node) => [String(node), given.labels[node]] as const)
    const [none, some, many] = [0, 20, 1000].map((mboSteps) =>
      poissonLearning.detailed(given.graph, { seeds, mboSteps }),
    )
    expect(many.scores.data).toEqual(some.scores.data)
    expect(many.iterations).toBe(some.iterations)
    expect((some.iterations - none.iterations) % 20).toBe(0)
    expect(some.iterations).toBeGreaterThan(none.iterations)
  })

  it('leave a lonely seed, and what no seed reaches, as they are', () => {
    const graph = new UndirectedGraph()
    for (const node of ['a', 'b', 'c', 'alone', 'x', 'y']) graph.addNode(node)
    for (const [from, to] of ['ab', 'bc', 'xy']) graph.addEdge(from, to)
    const seeds = [
      ['a', 'red'],
      ['c', 'blue'],
      ['alone', { red: 1, blue: 3 }],
    ] as const
    const [before, after] = [0, 3].map((mboSteps) => poissonLearning.detailed(graph, { seeds, mboSteps }))
    const row = ({ scores }: typeof before, node: number) => [scores.get(node, 0), scores.get(node, 1)]
    for (const node of [3, 4, 5]) expect(row(after, node)).toEqual(row(before, node))
    expect([...after.reached]).toEqual([1, 1, 1, 1, 0, 0])
    expect(after.labels[0]).toBe('red')
    expect(after.labels[2]).toBe('blue')
  })

  it('do not depend on the unit of the weights', () => {
    const runs = [1, 1000].map((unit) => {
      const graph = new UndirectedGraph()
      for (let node = 0; node < 12; node++) graph.mergeEdge(node, (node + 1) % 12, { weight: unit * (1 + (node % 3)) })
      const seeds = [
        ['0', 'a'],
        ['5', 'b'],
      ] as const
      return poissonLearning.detailed(graph, { seeds, mboSteps: 2 })
    })
    for (let at = 0; at < 24; at++) expect(runs[1].scores.data[at]).toBeCloseTo(runs[0].scores.data[at], 5)
  })

  it('pause at least once a pass', () => {
    const { graph, train, labels } = plantedPartition(300)
    const seeds = train.map((node) => [String(node), labels[node]] as const)
    const network = openNetwork('test', graph, { weighted: 'auto', direction: 'both', memoryLimitBytes: 1e9 })
    const pauses = (mboSteps: number): number => {
      let count = 0
      const counting = function* () {
        const asking = poissonLearning.on(network, { seeds, mboSteps })
        let answer: unknown
        for (let step = asking.next(); step.done !== true; step = asking.next(answer)) {
          if (step.value === PAUSE) count++
          answer = yield step.value
        }
      }
      drive(counting(), solveInThread(network))
      return count
    }
    expect(pauses(1) - pauses(0)).toBeGreaterThanOrEqual(20)
  })

  it('are those of inferLabels and selfTraining where the method is Poisson learning, and take their memory from the budget', () => {
    const { graph, train, labels } = plantedPartition(300)
    const seeds = train.map((node) => [String(node), labels[node]] as const)
    const mine = poissonLearning.detailed(graph, { seeds, mboSteps: 2 })
    const options = { seeds, mboSteps: 2, method: 'poisson-learning' } as const
    expect(inferLabels.detailed(graph, options).scores.data).toEqual(mine.scores.data)
    const trained = (mboSteps: number) => selfTraining.detailed(graph, { ...options, mboSteps, rounds: 1 }).scores.data
    expect(trained(2)).not.toEqual(trained(0))
    let enough = 1e5
    const fits = (mboSteps: number): boolean => {
      try {
        return poissonLearning(graph, { seeds, mboSteps, memoryLimitBytes: Math.round(enough) }).size > 0
      } catch (error) {
        expect(error).toMatchObject({ code: 'MEMORY_LIMIT' })
        return false
      }
    }
    while (!fits(0)) enough *= 1.02
    expect(fits(1)).toBe(false)
  })
})
