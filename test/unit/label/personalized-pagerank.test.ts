import { DirectedGraph, MultiDirectedGraph, UndirectedGraph } from 'graphology'
import commonJsPageRank from 'graphology-metrics/centrality/pagerank.js'
import { describe, expect, it } from 'vitest'
import { fromColumns } from '../../../src/data/from-columns.ts'
import { personalizedPageRank } from '../../../src/label/personalized-pagerank.ts'
import { seededRandom } from '../../../src/support/random.ts'

// CommonJS: its types name a default export that Node does not see.
const pagerank = commonJsPageRank as unknown as (typeof commonJsPageRank)['default']

const refused = (code: string) => expect.objectContaining({ name: 'RivuletError', code }) as Error

describe('personalizedPageRank', () => {
  it('without seeds is the PageRank of graphology-metrics', () => {
    const random = seededRandom(4)
    const graph = new DirectedGraph()
    for (let node = 0; node < 60; node++) graph.addNode(`n${node}`)
    // The last ten lead nowhere.
    for (let edge = 0; edge < 240; edge++) {
      graph.mergeEdge(`n${random.below(50)}`, `n${random.below(60)}`, { weight: 0.5 + random.next() })
    }
    const theirs = pagerank(graph, { alpha: 0.85, tolerance: 1e-10, getEdgeWeight: 'weight' })
    const ours = personalizedPageRank(graph, { tolerance: 1e-7 })
    for (const node of graph.nodes()) expect(ours.get(node)).toBeCloseTo(theirs[node], 5)
    expect(personalizedPageRank(graph, { seeds: graph.nodes(), tolerance: 1e-7 })).toEqual(ours)
    expect(personalizedPageRank(graph, { seeds: null, tolerance: 1e-7 })).toEqual(ours)
    personalizedPageRank.assign(graph, { tolerance: 1e-7 })
    expect(graph.getNodeAttribute('n7', 'pagerank')).toBe(ours.get('n7'))
    expect(personalizedPageRank.defaults.seeds).toBe(null)
  })

  const random = seededRandom(9)
  const end = (): number => Math.floor(600 * random.next() ** 4)
  const graph = new UndirectedGraph()
  for (let node = 0; node < 900; node++) graph.addNode(`${node}`)
  for (let edge = 0; edge < 3000; edge++) graph.mergeEdge(`${end()}`, `${random.below(900)}`)
  const table = fromColumns({
    user: Int32Array.from({ length: 3000 }, () => random.below(300)),
    item: Int32Array.from({ length: 3000 }, end),
  })

  it.each([
    ['a graph with hubs', graph],
    ['users and items', table],
  ])('everywhere on %s takes less than half of the sweeps, to the same scores', (_, source) => {
    for (const tolerance of [1, 0.1, 1e-3, 1e-6]) {
      const ours = personalizedPageRank.detailed(source, { tolerance })
      const plain = personalizedPageRank.detailed(source, { tolerance: 1e-6, solver: 'power' })
      expect(ours.converged).toBe(true)
      expect(ours.residual).toBeLessThanOrEqual(tolerance)
      expect(2 * ours.iterations).toBeLessThan(plain.iterations)
      const worst = ours.scores.reduce((most, score, node) => Math.max(most, Math.abs(score - plain.scores[node])), 0)
      expect(worst * ours.scores.length).toBeLessThan(7 * tolerance + 5e-5)
    }
  })

  it('everywhere says how far it came in as many sweeps as it may take', () => {
    const { converged, iterations, residual } = personalizedPageRank.detailed(graph, { maxIterations: 7 })
    expect([converged, iterations]).toEqual([false, 7])
    expect(residual).toBeGreaterThan(1e-6)
  })

  it('on two nodes is 1 / (1 + alpha) and alpha / (1 + alpha)', () => {
    const pair = new UndirectedGraph()
    pair.addNode('a')
    pair.addNode('b')
    pair.addEdge('a', 'b')
    const ranks = personalizedPageRank(pair, { seeds: ['a'], alpha: 0.5 })
    expect(ranks.get('a')).toBeCloseTo(2 / 3, 5)
    expect(ranks.get('b')).toBeCloseTo(1 / 3, 5)
  })

  it('stays at a seed that leads nowhere, and does not come where no arrow leads', () => {
    const graph = new DirectedGraph()
    for (const node of ['a', 'b', 'c']) graph.addNode(node)
    graph.addEdge('a', 'b')
    graph.addEdge('c', 'a')
    expect([...personalizedPageRank(graph, { seeds: ['b'] })]).toEqual([
      ['a', 0],
      ['b', 1],
      ['c', 0],
    ])
    const { reached } = personalizedPageRank.detailed(graph, { seeds: ['a'] })
    expect([...reached]).toEqual([1, 1, 0])
  })

  it('counts parallel arrows as often as they are', () => {
    const graph = new MultiDirectedGraph()
    for (const node of ['a', 'b', 'c']) graph.addNode(node)
    for (const to of ['b', 'b', 'c']) graph.addEdge('a', to, { weight: 1 })
    const ranks = personalizedPageRank(graph, { seeds: ['a'] })
    expect(ranks.get('b')! / ranks.get('c')!).toBeCloseTo(2, 4)
  })

  it('sums repeated and weighted seeds', () => {
    const pair = new UndirectedGraph()
    for (const node of ['a', 'b']) pair.addNode(node)
    const seeds = ['a', ['b', 2], ['b', 1]] as const
    const ranks = personalizedPageRank(pair, { seeds })
    expect(ranks.get('a')).toBeCloseTo(1 / 4, 6)
    expect(ranks.get('b')).toBeCloseTo(3 / 4, 6)
  })

  it('takes weights of any size', () => {
    const pair = new UndirectedGraph()
    for (const node of ['a', 'b']) pair.addNode(node)
    for (const size of [1.7e308, 1e-300]) {
      const ranks = personalizedPageRank(pair, {
        seeds: [['a', size / 2] as const, ['b', size] as const, ['a', size / 2] as const],
      })
      expect(ranks.get('a')).toBeCloseTo(1 / 2, 6)
    }
  })

  it('writes on the nodes, has frozen defaults, reports honestly', () => {
    const path = new UndirectedGraph()
    for (let node = 0; node < 9; node++) path.addNode(`${node}`)
    for (let node = 1; node < 9; node++) path.addEdge(`${node - 1}`, `${node}`)
    personalizedPageRank.assign(path, { seeds: ['0'], nodePagerankAttribute: 'visits' })
    expect(path.mapNodes((_, { visits }) => visits as number)).toEqual([
      ...personalizedPageRank(path, { seeds: ['0'] }).values(),
    ])
    expect(Object.isFrozen(personalizedPageRank.defaults)).toBe(true)
    const short = personalizedPageRank.detailed(path, { seeds: ['0'], maxIterations: 1 })
    expect([short.converged, short.iterations]).toEqual([false, 1])
    expect(short.scores.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 6)
  })

  it.each([
    [{ seeds: [] }, 'EMPTY_DATA'],
    [{ seeds: [['a', 0]] }, 'EMPTY_DATA'],
    [{ seeds: [['a', -1]] }, 'INVALID_DATA'],
    [{ seeds: [['a', NaN]] }, 'INVALID_DATA'],
    [{ seeds: ['z'] }, 'UNKNOWN_KEY'],
    [{ seeds: 7 }, 'INVALID_OPTION'],
    [{ seeds: 'a' }, 'INVALID_OPTION'],
    [{ seeds: ['a'], alpha: 1 }, 'INVALID_OPTION'],
    [{ seed: 'a' }, 'UNKNOWN_OPTION'],
  ])('refuses %o: %s', (options, code) => {
    const graph = new UndirectedGraph()
    graph.addNode('a')
    expect(() => personalizedPageRank(graph, options as never)).toThrow(refused(code))
  })
})
