import { UndirectedGraph } from 'graphology'
import { describe, expect, it } from 'vitest'
import { flipLabels, type Flip } from '../../flip-labels.ts'
import { labelSpreading } from '../../../src/index.ts'
import { findBalance } from '../../../src/advanced.ts'
import { seededRandom } from '../../../src/support/random.ts'

const labels = Array.from({ length: 200 }, (_, at) => 'abcd'[at % 4])

describe('flipLabels', () => {
  it.each([0, 0.1, 0.25, 0.4, 1])('makes exactly a share of %d wrong', (share) => {
    const flipped = flipLabels(labels, ['a', 'b', 'c', 'd'], share, 1)
    expect(flipped.filter((label, at) => label !== labels[at])).toHaveLength(200 * share)
    expect(flipped.every((label) => 'abcd'.includes(label))).toBe(true)
  })

  it('draws all other classes, or one', () => {
    expect(new Set(flipLabels(labels, ['a', 'b', 'c', 'd'], 1, 1))).toEqual(new Set('abcd'))
    const one = flipLabels(labels, ['a', 'b', 'c', 'd'], 1, 1, 'one')
    expect(one.every((label, at) => label === (labels[at] === 'a' ? 'b' : 'a'))).toBe(true)
  })

  it('is the same for the same seed, and leaves its argument alone', () => {
    const before = [...labels]
    expect(flipLabels(labels, ['a', 'b'], 0.3, 7)).toEqual(flipLabels(labels, ['a', 'b'], 0.3, 7))
    expect(flipLabels(labels, ['a', 'b'], 0.3, 7)).not.toEqual(flipLabels(labels, ['a', 'b'], 0.3, 8))
    expect(labels).toEqual(before)
  })
})

const GROUPS = 4
const NODES = 400
const truth = Array.from({ length: NODES }, (_, node) => `group ${node % GROUPS}`)

/** Four groups whose nodes have about as many ties outside as inside: labels reach far, and not always rightly. */
function plantedGroups(seed: number): UndirectedGraph {
  const random = seededRandom(seed)
  const graph = new UndirectedGraph()
  for (let node = 0; node < NODES; node++) graph.addNode(String(node))
  for (let tie = 0; tie < NODES * 4; tie++) {
    const [from, drawn] = [random.below(NODES), random.below(NODES)]
    const to = random.next() < 0.45 ? drawn - (drawn % GROUPS) + (from % GROUPS) : drawn
    if (from !== to) graph.mergeEdge(String(from), String(to))
  }
  return graph
}

interface Accuracies {
  readonly supervised: number
  readonly unguarded: number
  readonly guarded: number
}

/** Pseudo-labels from spreading 40 labels, or from somebody who knows, some flipped; spread at full weight, and at the weight that 160 validation labels allow. */
function study(share: number, flip: Flip, seed: number, from: 'spreading' | 'knowledge' = 'spreading'): Accuracies {
  const graph = plantedGroups(seed)
  const nodes = Array.from({ length: NODES }, (_, node) => String(node))
  const [seeds, validation, test] = [nodes.slice(0, 40), nodes.slice(40, 200), nodes.slice(200)]
  const given = seeds.map((node) => [node, truth[Number(node)]] as const)
  const first = labelSpreading(graph, { seeds: given })
  const pseudo = flipLabels(
    test.map((node) => (from === 'spreading' ? String(first.get(node)) : truth[Number(node)])),
    [...new Set(truth)],
    share,
    seed,
    flip,
  )
  const spread = (lambda: number) =>
    lambda === 0
      ? first
      : labelSpreading(graph, { seeds: [...given, ...test.map((node, at) => [node, pseudo[at], lambda] as const)] })
  const lossesOn = (asked: readonly string[], lambda: number): number[] => {
    const found = spread(lambda)
    return asked.map((node) => (found.get(node) === truth[Number(node)] ? 0 : 1))
  }
  const { lambda } = findBalance((weight) => lossesOn(validation, weight), { lambdas: [0.1, 0.3, 1], resamples: 500 })
  const accuracy = (weight: number): number => 1 - lossesOn(test, weight).reduce((a, b) => a + b, 0) / test.length
  return { supervised: accuracy(0), unguarded: accuracy(1), guarded: accuracy(lambda) }
}

describe('the balance as a guard', () => {
  it.each(['any', 'one'] as const)(
    'loses at most a third of what pseudo-labels take of which three in ten are flipped: to %s',
    (flip) => {
      const studies = Array.from({ length: 8 }, (_, at) => study(0.3, flip, at + 1))
      const total = (of: (one: Accuracies) => number): number => studies.reduce((sum, one) => sum + of(one), 0)
      const unguarded = total(({ supervised, unguarded }) => supervised - unguarded) / studies.length
      const guarded = total(({ supervised, guarded }) => supervised - guarded) / studies.length
      // Flips that take nothing would prove nothing.
      expect(unguarded).toBeGreaterThan(0.02)
      expect(guarded).toBeLessThanOrEqual(unguarded / 3)
    },
  )

  it('lets most through of what labels from somebody who knows give, wrong ones among them', () => {
    const studies = Array.from({ length: 8 }, (_, at) => study(0.3, 'any', at + 1, 'knowledge'))
    const mean = (of: (one: Accuracies) => number): number => studies.reduce((sum, one) => sum + of(one), 0) / 8
    const gain = mean(({ unguarded, supervised }) => unguarded - supervised)
    expect(gain).toBeGreaterThan(0.05)
    expect(mean(({ guarded, supervised }) => guarded - supervised)).toBeGreaterThan(gain / 2)
  })
})
