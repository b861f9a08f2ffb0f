import { UndirectedGraph } from 'graphology'
import { describe, expect, it } from 'vitest'
import type { SelfTrainingOptions } from '../../../src/learn/self-training-options.ts'
import { selfTraining, type SelfTraining } from '../../../src/learn/self-training.ts'
import { seededRandom } from '../../../src/support/random.ts'

const NODES = 45
const random = seededRandom(4)
const graph = new UndirectedGraph()
for (let node = 0; node < NODES; node++) graph.addNode(String(node))
for (let draw = 0; draw < 3 * NODES; draw++) {
  const a = random.below(NODES)
  const b = random.next() < 0.75 ? 3 * random.below(NODES / 3) + (a % 3) : random.below(NODES)
  if (a !== b) graph.mergeEdge(String(a), String(b))
}
const seeds = Array.from({ length: 12 }, (_, node) => [String(node), node % 3] as const)
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
  })

  it('are done where a ramp goes on', () => {
    const options = { rounds: 6, select: 'threshold', validation: 0 } as const
    expect(train({ ...options, threshold: [1, 0.99] }).rounds).toHaveLength(7)
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
