import { describe, expect, it } from 'vitest'
import { inferLabels, MOST_LABELS_FOR_POISSON } from '../../../src/label/infer-labels.ts'
import { labelPropagation } from '../../../src/label/label-propagation.ts'
import { labelSpreading } from '../../../src/label/label-spreading.ts'
import { poissonLearning } from '../../../src/label/poisson-learning.ts'
import { graphOf, randomNetwork } from '../../networks.ts'

const network = randomNetwork({ users: 60, others: 60, edges: 400, weighted: true, seed: 9 })
const graph = graphOf(network)
const seedsOf = (count: number) => network.nodes.slice(0, count).map((key, at) => [key, at % 2] as const)

describe('inferLabels', () => {
  it('takes Poisson learning for few labels a class, label spreading for many, and says why', () => {
    const few = inferLabels.detailed(graph, { seeds: seedsOf(2) })
    expect([few.method, few.labelsPerClass, few.reason]).toEqual(['poisson-learning', 1, '1 labels per class: few'])
    const most = inferLabels.detailed(graph, { seeds: seedsOf(2 * MOST_LABELS_FOR_POISSON) })
    expect(most.method).toBe('poisson-learning')
    const more = inferLabels.detailed(graph, { seeds: seedsOf(2 * MOST_LABELS_FOR_POISSON + 2) })
    expect([more.method, more.reason]).toEqual(['label-spreading', '31 labels per class: enough'])
  })

  it('counts a node with several labels once', () => {
    const seeds = [['u0', ['a', 'b']] as const, ['u1', 'a'] as const]
    expect(inferLabels.detailed(graph, { seeds }).labelsPerClass).toBe(1)
  })

  it('takes label spreading where weights are below 0, and refuses a named method that cannot', () => {
    const signed = graph.copy()
    signed.setEdgeAttribute(signed.edges()[0], 'value', -1)
    const options = { seeds: seedsOf(4), weighted: true }
    expect(inferLabels.detailed(signed, options).reason).toContain('below 0')
    expect(() => inferLabels(signed, { ...options, method: 'poisson-learning' })).toThrow(
      'poissonLearning: expected weights >= 0',
    )
  })

  it('gives the bits of the named method, seeds being any iterable', () => {
    const seeds = seedsOf(10)
    const tolerance = 1e-6
    for (const [method, run] of [
      ['label-propagation', labelPropagation.detailed(graph, { seeds, tolerance })],
      ['label-spreading', labelSpreading.detailed(graph, { seeds, tolerance, alpha: 0.7 })],
      ['poisson-learning', poissonLearning.detailed(graph, { seeds, tolerance })],
    ] as const) {
      const asked = inferLabels.detailed(graph, { method, seeds: seeds.values(), tolerance, alpha: 0.7 })
      expect(asked).toMatchObject({ method, reason: 'asked for', labels: run.labels, iterations: run.iterations })
      expect(asked.scores.data).toEqual(run.scores.data)
    }
  })

  it('refuses what it does not know', () => {
    expect(() => inferLabels(graph, { seeds: seedsOf(2), method: 'magic' as never })).toThrow("option 'method'")
    expect(() => inferLabels(graph, { seeds: [] })).toThrow('inferLabels, option')
  })
})
