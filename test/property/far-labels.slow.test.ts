import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  fromColumns,
  labelPropagation,
  labelSpreading,
  personalizedPageRank,
  poissonLearning,
  type Labelling,
} from '../../src/index.ts'
import { graphOf, type NamedNetwork } from '../networks.ts'
import { adjacencyOf, harmonicByElimination, logarithmicShares } from '../oracle/labelling.ts'
import { barbell, caterpillar, chain, comb, connected, grid } from '../shapes.ts'

/** Nodes with their class, numbered from 0. */
type Seeds = ReadonlyMap<number, number>

const pairsOf = ({ nodes }: NamedNetwork, seeds: Seeds) => [...seeds].map(([node, own]) => [nodes[node], own] as const)

function expectShares(run: Labelling, expected: readonly (readonly number[])[], tolerance: number): void {
  expected.forEach((row, node) =>
    row.forEach((share, c) => expect(Math.abs(run.scores.get(node, c) - share)).toBeLessThan(tolerance)),
  )
}

const SHAPES: readonly (readonly [string, NamedNetwork, Seeds, steps: number])[] = [
  [
    'a chain of 101',
    chain(101),
    new Map([
      [0, 0],
      [100, 1],
    ]),
    700,
  ],
  [
    'a grid of 12 x 12',
    grid(12),
    new Map([
      [0, 0],
      [143, 1],
    ]),
    500,
  ],
  [
    'a caterpillar',
    caterpillar(25, 8),
    new Map([
      [0, 0],
      [24, 1],
    ]),
    500,
  ],
  [
    'a comb',
    comb(12, 12),
    new Map([
      [0, 0],
      [11, 1],
    ]),
    500,
  ],
  [
    'a barbell',
    barbell(6, 30),
    new Map([
      [2, 0],
      [40, 1],
    ]),
    600,
  ],
]

describe('labelSpreading at a distance', () => {
  it.each(SHAPES)(
    'has the shares of the exact solution on %s, whatever solves for them',
    (_, network, seeds, steps) => {
      const expected = logarithmicShares(network.nodes.length, network.edges, 0.9, seeds, steps)
      const graph = graphOf(network)
      const runs = (['auto', 'power', 'chebyshev'] as const).map((solver) => {
        const run = labelSpreading.detailed(graph, { seeds: pairsOf(network, seeds), solver })
        expect(run.converged).toBe(true)
        expect(run.residual).toBeLessThanOrEqual(1e-6)
        expect(run.reached.every((reached) => reached === 1)).toBe(true)
        expectShares(run, expected, 3e-6)
        return run
      })
      for (const run of runs) expect(run.labels).toEqual(runs[0].labels)
    },
  )

  it('has them for any weights, alpha and solver', () => {
    fc.assert(
      fc.property(
        ...[fc.integer({ min: 3, max: 40 }), fc.nat(12), fc.constantFrom(0, 1, 3), fc.nat()],
        ...[fc.constantFrom(0.05, 0.5, 0.9, 0.97), fc.constantFrom('auto', 'power', 'chebyshev')],
        (nodeCount, extra, spread, seed, alpha, solver) => {
          const network = connected(nodeCount, extra, spread, seed)
          const seeds = new Map(
            [
              [0, 0],
              [nodeCount - 1, 1],
              [Math.floor(nodeCount / 3), 2],
            ].slice(0, nodeCount - 1) as [number, number][],
          )
          const steps = Math.ceil(nodeCount + Math.log(1e-8) / Math.log(alpha)) * 2
          const expected = logarithmicShares(nodeCount, network.edges, alpha, seeds, steps)
          const run = labelSpreading.detailed(graphOf(network), { seeds: pairsOf(network, seeds), alpha, solver })
          expect(run.converged).toBe(true)
          expectShares(run, expected, 1e-5)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('has them where small rows are rounding until sweeps have been there', () => {
    const network = connected(292, 483, 2, 2)
    const seeds = new Map([
      [241, 0],
      [125, 1],
      [267, 2],
      [196, 3],
      [214, 3],
    ])
    const expected = logarithmicShares(292, network.edges, 0.05, seeds, 620)
    for (const tolerance of [1e-3, 1e-6]) {
      const run = labelSpreading.detailed(graphOf(network), { seeds: pairsOf(network, seeds), alpha: 0.05, tolerance })
      expect(run.converged).toBe(true)
      expectShares(run, expected, tolerance)
    }
  })

  it('does not depend on the unit that seeds weigh in, nor does its bound', () => {
    const network = connected(200, 300, 1, 5)
    const runOf = (weight: number) =>
      labelSpreading.detailed(graphOf(network), {
        seeds: [
          ['n0', 'a', weight],
          ['n50', 'b', weight],
          ['n99', 'c', weight / 2],
        ],
      })
    const expected = runOf(1)
    expect(expected.converged).toBe(true)
    for (const exponent of [-10, -60, -110, -120]) {
      const run = runOf(2 ** exponent)
      expect(run.residual).toBe(expected.residual)
      expect(run.scores.data).toEqual(expected.scores.data)
    }
  })

  it('goes as far as there are nodes', () => {
    for (const [length, alpha] of [
      [10_000, 0.9],
      [3_000, 0.2],
      [3_000, 0.999],
    ] as const) {
      const run = labelSpreading.detailed(graphOf(chain(length)), {
        seeds: [
          ['n0', 'L'],
          [`n${length - 1}`, 'R'],
        ],
        alpha,
      })
      expect(run.converged).toBe(true)
      expect(run.reached.every((reached) => reached === 1)).toBe(true)
      expect(run.labels.every((label, node) => label === (node < length / 2 ? 'L' : 'R'))).toBe(true)
      expect(run.scores.data.every(Number.isFinite)).toBe(true)
    }
  })

  it('reaches a part of the graph whose only seed weighs next to nothing beside the others', () => {
    const near = chain(5)
    const nodes = [...near.nodes, 'far0', 'far1', 'far2', 'alone']
    const edges = [...near.edges, { from: 5, to: 6, weight: 1 }, { from: 6, to: 7, weight: 1 }]
    for (const weight of [1e-4, 1e-9, 1e-30]) {
      const run = labelSpreading.detailed(graphOf({ ...near, nodes, edges }), {
        seeds: [
          ['n0', 'a', 1],
          ['far0', 'b', weight],
        ],
      })
      expect(run.converged).toBe(true)
      expect([...run.reached]).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 0])
      expect(run.labels.slice(0, 8)).toEqual([...'aaaaabbb'])
      expect([5, 6, 7].every((node) => run.confidence[node] === 1)).toBe(true)
    }
  })

  it('reaches all of a bipartite graph that there is a path to, and no more', () => {
    const users = Array.from({ length: 120 }, (_, at) => `u${at % 60}`)
    const items = Array.from({ length: 120 }, (_, at) => `i${at < 60 ? at : at - 59}`)
    const table = fromColumns({ user: [...users, 'v'], item: [...items, 'j'] })
    for (const seeds of [[['u0', 'a']], [['i60', 'a']]] as const) {
      const { nodes, reached, converged } = labelSpreading.detailed(table, { seeds })
      expect(converged).toBe(true)
      for (const [node, key] of [...nodes.keys()].entries()) expect(reached[node]).toBe(/^[ui]/.test(key) ? 1 : 0)
    }
  })

  it('leaves a tie to the earlier class, whatever solves for it', () => {
    const network = grid(30)
    for (const solver of ['auto', 'power', 'chebyshev'] as const) {
      const { labels } = labelSpreading.detailed(graphOf(network), {
        seeds: [
          ['n0', 'a'],
          ['n899', 'b'],
        ],
        solver,
      })
      labels.forEach((label, node) => expect(label).toBe(Math.floor(node / 30) + (node % 30) <= 29 ? 'a' : 'b'))
    }
  })

  it('is not stopped by an edge without a weight, nor does it pass one', () => {
    const network = {
      ...chain(4),
      edges: [...chain(4).edges].map((edge, at) => (at === 1 ? { ...edge, weight: 0 } : edge)),
    }
    for (const label of [labelSpreading, labelPropagation, poissonLearning]) {
      expect([...label.detailed(graphOf(network), { seeds: [['n0', 'a']] }).reached]).toEqual([1, 1, 0, 0])
    }
  })

  it('says so when its sweeps do not suffice', () => {
    const seeds = [
      ['n0', 'L'],
      ['n899', 'R'],
    ] as const
    for (const maxIterations of [1, 4, 12]) {
      for (const label of [labelSpreading, labelPropagation, poissonLearning]) {
        const run = label.detailed(graphOf(grid(30)), { seeds, maxIterations })
        expect(run.converged).toBe(false)
        expect(run.residual).toBeGreaterThan(1e-5)
        expect(run.iterations).toBeLessThanOrEqual(maxIterations)
        expect(run.reached.every((reached) => reached === 1)).toBe(true)
        expect(run.scores.data.every(Number.isFinite)).toBe(true)
      }
    }
  })
})

describe('labelPropagation where a small residual says little', () => {
  it('falls in equal steps along a chain of any length', () => {
    for (const length of [60, 10_000]) {
      const run = labelPropagation.detailed(graphOf(chain(length)), {
        seeds: [
          ['n0', 'L'],
          [`n${length - 1}`, 'R'],
        ],
      })
      expect(run.converged).toBe(true)
      for (let node = 0; node < length; node++) {
        expect(Math.abs(run.scores.get(node, 0) - (1 - node / (length - 1)))).toBeLessThan(1e-6)
      }
    }
  })

  it('has the shares of the harmonic function for weights of any size, or says that it has not', () => {
    fc.assert(
      fc.property(
        ...[fc.integer({ min: 3, max: 16 }), fc.nat(8), fc.constantFrom(0, 2, 4, 7), fc.nat(), fc.boolean()],
        (nodeCount, extra, spread, seed, plain) => {
          const network = connected(nodeCount, extra, spread, seed)
          const a = adjacencyOf(nodeCount, network.edges)
          const run = labelPropagation.detailed(graphOf(network), {
            ...{
              seeds: [
                ['n0', 0],
                [`n${nodeCount - 1}`, 1],
              ],
              solver: plain ? 'power' : 'auto',
            },
          })
          const share = harmonicByElimination(
            a,
            new Map([
              [0, 1],
              [nodeCount - 1, 0],
            ]),
          )
          if (spread <= 2) expect(run.converged).toBe(true)
          if (run.converged)
            expectShares(
              run,
              share.map((value) => [value, 1 - value]),
              3e-6,
            )
        },
      ),
      { numRuns: 80 },
    )
  })

  it.each([
    [1, 1e-7],
    [1e7, 1],
    [1, 1e-12],
  ])('hears of weak ties: %f beside %f', (strong, weak) => {
    const network = {
      ...chain(4),
      edges: [
        { from: 0, to: 1, weight: weak },
        { from: 1, to: 2, weight: strong },
        { from: 2, to: 3, weight: 3 * weak },
      ],
    }
    const run = labelPropagation.detailed(graphOf(network), {
      seeds: [
        ['n0', 'x'],
        ['n3', 'y'],
      ],
    })
    expect(run.labels).toEqual(['x', 'y', 'y', 'y'])
    expect(run.scores.get(1, 1)).toBeCloseTo(0.75, 6)
    expect([...run.reached]).toEqual([1, 1, 1, 1])
  })
})

describe('poissonLearning where a small residual says little', () => {
  it('is linear between source and sink on a chain of any length', () => {
    for (const length of [61, 10_001]) {
      const run = poissonLearning.detailed(graphOf(chain(length)), {
        seeds: [
          ['n0', 'L'],
          [`n${length - 1}`, 'R'],
        ],
      })
      expect(run.converged).toBe(true)
      const middle = (length - 1) / 2
      // Potentials fall from middle / 2 to -middle / 2; their mean size is about half of that.
      const size = Array.from({ length }, (_, node) => Math.abs(node - middle)).reduce((a, b) => a + b, 0) / length
      for (let node = 0; node < length; node++) {
        expect(Math.abs(run.scores.get(node, 0) - 1 / (1 + Math.exp((2 * (node - middle)) / size)))).toBeLessThan(1e-5)
      }
    }
  })
})

describe('personalizedPageRank far from its seeds', () => {
  it('reaches what a path leads to, along arrows, however small the score', () => {
    const network = { ...chain(2000), directed: true }
    const run = personalizedPageRank.detailed(graphOf(network), { seeds: ['n1000'], alpha: 0.1 })
    expect(run.reached.every((reached, node) => reached === Number(node >= 1000))).toBe(true)
    const both = personalizedPageRank.detailed(graphOf(chain(2000)), { seeds: ['n1000'] })
    expect(both.reached.every((reached) => reached === 1)).toBe(true)
  })
})
