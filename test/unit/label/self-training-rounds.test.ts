import { UndirectedGraph } from 'graphology'
import { describe, expect, it } from 'vitest'
import type { PseudoLabel } from '../../../src/label/pseudo-labels.ts'
import type { SelfTrainingOptions } from '../../../src/label/self-training-options.ts'
import { selfTraining, type SelfTraining } from '../../../src/label/self-training.ts'
import { seededRandom } from '../../../src/support/random.ts'

const NODES = 45
/** Three groups that are joined here and there. @param inside share of the edges that stay in a group, about */
function drawGraph(seed: number, inside: number): UndirectedGraph {
  const random = seededRandom(seed)
  const graph = new UndirectedGraph()
  for (let node = 0; node < NODES; node++) graph.addNode(String(node))
  for (let draw = 0; draw < 3 * NODES; draw++) {
    const a = random.below(NODES)
    const b = random.next() < inside ? 3 * random.below(NODES / 3) + (a % 3) : random.below(NODES)
    if (a !== b) graph.mergeEdge(String(a), String(b))
  }
  return graph
}
const graph = drawGraph(4, 0.75)
const seedsOf = (count: number) => Array.from({ length: count }, (_, node) => [String(node), node % 3] as const)
const seeds = seedsOf(12)
const train = (options: Partial<SelfTrainingOptions>): SelfTraining =>
  selfTraining.detailed(graph, { seeds, rounds: 40, ...options })

describe('rounds that change nothing', () => {
  it.each([
    { select: 'threshold', threshold: 0.5 },
    { select: 'threshold', threshold: [0.5, 0.5] },
    { select: 'margin', threshold: 0.3, validation: 0 },
    { select: 'entropy', threshold: 0.2, lambda: 0.5 },
    { select: 'k-best', share: 0.5 },
    { select: 'k-best', share: 1, balanced: false, validation: 0 },
    { select: 'threshold', threshold: 1, validation: 0 },
    { select: 'k-best', share: 0.5, method: 'label-spreading' },
  ] as const)('are not done, and end the rounds: %j', (options) => {
    const run = train(options)
    const done = run.rounds.length - 1
    expect(done).toBeLessThan(25)
    expect(run.record.length).toBe(run.rounds.reduce((sum, { added }) => sum + added, 0))
    expect(run.endedBy).toBe('fixed-point')
  })

  it('are done where a ramp goes on', () => {
    const options = { rounds: 6, select: 'threshold', validation: 0 } as const
    const run = train({ ...options, threshold: [1, 0.99] })
    expect([run.rounds.length, run.endedBy]).toEqual([7, 'rounds'])
    expect(train({ ...options, threshold: 1, lambda: [0.5, 1] }).rounds).toHaveLength(7)
    // Only the ramp that selects matters.
    expect(train({ ...options, threshold: 1, share: [0.1, 1] }).rounds).toHaveLength(1)
  })

  it('ask no reviewer again', () => {
    let asked = 0
    const review: SelfTrainingOptions['review'] = (pseudoLabels) => {
      asked++
      return pseudoLabels.slice(0, 3).map((one) => ({ ...one, weight: 0.5 }))
    }
    const run = train({ select: 'k-best', share: 1, validation: 0, method: 'label-propagation', review })
    expect(run.rounds.length).toBeLessThan(10)
    expect(asked).toBe(run.rounds.length)
    expect(run.pseudoLabels).toHaveLength(3)
  })
})

describe('rounds that go in a circle', () => {
  it.each([
    [81, 'threshold', 0.6],
    [88, 'margin', 0.4],
    [250, 'entropy', 0.3],
  ] as const)('end once they come around: graph %i, %s', (drawn, select, threshold) => {
    const options = { seeds: seedsOf(9), select, threshold, validation: 0, rounds: 60 } as const
    const run = selfTraining.detailed(drawGraph(drawn, 0.55), options)
    expect(run.endedBy).toBe('cycle')
    expect(run.rounds.length).toBeLessThan(20)
    // The two sets that lead to each other: the last one stands, and one round more would give the other.
    const [before, last] = run.rounds.slice(-2)
    expect(before.pseudoLabels).not.toBe(last.pseudoLabels)
    const shorter = selfTraining.detailed(drawGraph(drawn, 0.55), { ...options, rounds: run.rounds.length - 3 })
    expect(shorter.endedBy).toBe('rounds')
    expect(shorter.pseudoLabels.map(({ node }) => node)).toEqual(run.pseudoLabels.map(({ node }) => node))
  })

  it.each([
    [2, 'cycle', 3],
    [3, 'cycle', 4],
    [7, 'cycle', 8],
    [8, 'cycle', 9],
    [9, 'rounds', 31],
  ] as const)('of %i rounds: ended by %s', (period, endedBy, rounds) => {
    let first: readonly PseudoLabel[] = []
    // Each round in turn leaves out another one of the first proposals.
    const review: SelfTrainingOptions['review'] = (proposed, round) => {
      if (round === 1) first = proposed.map((one) => ({ ...one, weight: 0.5 }))
      return first.filter((_, at) => at !== round % period)
    }
    const options = {
      select: 'k-best',
      share: 1,
      validation: 0,
      method: 'label-propagation',
      rounds: 30,
      review,
    } as const
    const run = train(options)
    expect([run.endedBy, run.rounds.length]).toEqual([endedBy, rounds])
  })
})
