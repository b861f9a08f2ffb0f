import { UndirectedGraph } from 'graphology'
import { describe, expect, it } from 'vitest'
import { selfTraining } from '../../../src/label/self-training.ts'
import { seededRandom } from '../../../src/support/random.ts'

const NODES = 200
const labelOf = (node: number): string => `group ${node % 4}`

/** Four groups whose ties hardly tell them apart. */
function noisyGroups(seed: number): UndirectedGraph {
  const random = seededRandom(seed)
  const graph = new UndirectedGraph()
  for (let node = 0; node < NODES; node++) graph.addNode(String(node))
  for (let tie = 0; tie < NODES * 3; tie++) {
    const [from, drawn] = [random.below(NODES), random.below(NODES)]
    const to = random.next() < 0.4 ? drawn - (drawn % 4) + (from % 4) : drawn
    if (from !== to) graph.mergeEdge(String(from), String(to))
  }
  return graph
}

describe('the guard of self-training', () => {
  it('is not taken in by the luckiest of eight rounds', () => {
    const seeds = Array.from({ length: 100 }, (_, node) => [String(node), labelOf(node)] as const)
    let takenIn = 0
    for (let study = 1; study <= 24; study++) {
      const random = seededRandom(study)
      const { decision } = selfTraining.detailed(noisyGroups(study), {
        seeds,
        // Three in ten pseudo-labels are any label: no round is better than none in truth.
        review: (pseudoLabels) =>
          pseudoLabels.map((one) => (random.next() < 0.3 ? { ...one, label: labelOf(random.below(4)) } : one)),
      })
      if (decision === 'semi-supervised') takenIn++
    }
    // One interval of ten may miss, on either side; by each round's own interval, one study in five was taken in.
    expect(takenIn).toBeLessThanOrEqual(2)
  })
})

describe('labels held out of the seeds', () => {
  it('are never seeds at the same time, though a node is named twice', () => {
    const graph = noisyGroups(1)
    const once = Array.from({ length: 40 }, (_, node) => [String(node), labelOf(node)] as const)
    const run = selfTraining.detailed(graph, { seeds: once, rounds: 1 })
    const twice = selfTraining.detailed(graph, { seeds: [...once, ...once], rounds: 1 })
    expect(run.validationCount).toBe(8)
    expect([twice.validationCount, twice.rounds, twice.labels]).toEqual([8, run.rounds, run.labels])
  })

  it('are not written over', () => {
    const graph = noisyGroups(1)
    for (let node = 0; node < 40; node++)
      graph.setNodeAttribute(String(node), node < 20 ? 'known' : 'held', labelOf(node))
    const options = { seeds: 'known', validation: 'held', rounds: 1 } as const
    expect(() => selfTraining.assign(graph, { ...options, nodeLabelAttribute: 'held' })).toThrow(
      "'nodeLabelAttribute': expected an attribute other than that of 'validation'",
    )
    selfTraining.assign(graph, options)
    expect(graph.filterNodes((_, attributes) => 'held' in attributes)).toHaveLength(20)
  })
})

describe('a review', () => {
  it.each([undefined, null, 3, 'all'])('that gives back %s is named', (answer) => {
    const seeds = Array.from({ length: 40 }, (_, node) => [String(node), labelOf(node)] as const)
    const review = (): never => answer as never
    expect(() => selfTraining(noisyGroups(1), { seeds, rounds: 1, review })).toThrowError(/option 'review': expected/)
  })
})
