import { UndirectedGraph } from 'graphology'
import { describe, expect, it } from 'vitest'
import { inferLabels } from '../../../src/label/infer-labels.ts'
import type { PseudoLabel } from '../../../src/label/pseudo-labels.ts'
import { selfTraining } from '../../../src/label/self-training.ts'
import { seededRandom } from '../../../src/support/random.ts'

/** Three groups, most edges inside, as many nodes again that hang on each group by one edge. */
function planted(seed: number): { graph: UndirectedGraph; truth: (node: string) => number } {
  const random = seededRandom(seed)
  const graph = new UndirectedGraph()
  const nodes = 240
  for (let node = 0; node < nodes; node++) graph.addNode(String(node))
  for (let draw = 0; draw < 700; draw++) {
    const a = random.below(nodes)
    const b = random.next() < 0.75 ? 3 * random.below(nodes / 3) + (a % 3) : random.below(nodes)
    if (a !== b) graph.mergeEdge(String(a), String(b))
  }
  return { graph, truth: (node) => Number(node) % 3 }
}

const { graph, truth } = planted(4)
const pairs = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => [String(from + at), truth(String(from + at))] as const)
const seeds = pairs(0, 9)
const validation = pairs(9, 99)
const accuracy = (labels: readonly unknown[]): number =>
  labels.slice(99).filter((label, at) => label === truth(String(99 + at))).length / 141

/** Always another class than the one that was predicted. */
const spoil = (pseudoLabels: readonly PseudoLabel[]): PseudoLabel[] =>
  pseudoLabels.map((one) => ({ ...one, label: (Number(one.label) + 1) % 3 }))

describe('selfTraining', () => {
  it('reports every round, and is the supervised answer where it decides for that', () => {
    const run = selfTraining.detailed(graph, { seeds, validation, rounds: 5 })
    expect(run.rounds.map(({ round }) => round)).toEqual([0, 1, 2, 3, 4, 5])
    expect(run.rounds[0]).toMatchObject({ pseudoLabels: 0, added: 0 })
    expect(run.validationCount).toBe(90)
    const alone = inferLabels.detailed(graph, { seeds })
    const right = validation.filter(([node, label]) => alone.labels[Number(node)] === label).length
    expect(run.rounds[0].accuracy).toBe(right / 90)
    const supervised = selfTraining.detailed(graph, { seeds, validation, review: spoil })
    expect([supervised.decision, supervised.round, supervised.pseudoLabels]).toEqual(['supervised', 0, []])
    expect(supervised.labels).toEqual(alone.labels)
    expect(supervised.scores.data).toEqual(alone.scores.data)
  })

  it('keeps its guard where pseudo-labels are spoilt: no loss, where unguarded there is one', () => {
    const labeller = { method: 'poisson-learning', seeds } as const
    const options = { ...labeller, lambda: Infinity }
    const alone = accuracy(inferLabels.detailed(graph, labeller).labels)
    const guarded = accuracy(selfTraining.detailed(graph, { ...options, validation, review: spoil }).labels)
    const unguarded = selfTraining.detailed(graph, { ...options, validation: 0, review: spoil })
    expect(guarded).toBe(alone)
    expect(accuracy(unguarded.labels)).toBeLessThan(alone - 0.2)
    expect(unguarded).toMatchObject({
      decision: 'semi-supervised',
      gain: null,
      validationCount: 0,
      calibrator: null,
      round: 8,
    })
  })

  it('takes the best round where the gain is sure, with its paired interval', () => {
    const truthTeller = (pseudoLabels: readonly PseudoLabel[]): PseudoLabel[] =>
      pseudoLabels.map((one) => ({ ...one, label: truth(one.node) }))
    const run = selfTraining.detailed(graph, { seeds: pairs(0, 3), validation, review: truthTeller })
    expect(run.decision).toBe('semi-supervised')
    expect(run.gain?.low).toBeGreaterThan(0)
    expect(run.gain?.difference).toBeCloseTo((run.rounds[run.round].accuracy ?? 0) - (run.rounds[0].accuracy ?? 0), 12)
    expect(run.decisionReason).toMatch(/^round \d gains \d+\.\d points/)
    expect(run.pseudoLabels.length).toBe(run.rounds[run.round].pseudoLabels)
    expect(accuracy(run.labels)).toBeGreaterThan(accuracy(inferLabels.detailed(graph, { seeds: pairs(0, 3) }).labels))
  })

  it('records every addition with round, confidence, weight and reason; seeds and validation nodes are never among them', () => {
    const { record, rounds, pseudoLabels } = selfTraining.detailed(graph, { seeds, validation, level: 0.01 })
    expect(record.length).toBe(rounds.reduce((sum, { added }) => sum + added, 0))
    expect(record.map(({ round }) => round)).toEqual(record.map(({ round }) => round).sort())
    for (const { node, label, confidence, weight, reason } of [...record, ...pseudoLabels]) {
      expect(Number(node)).toBeGreaterThanOrEqual(99)
      expect([0, 1, 2]).toContain(label)
      expect(confidence > 0 && confidence <= 1 && weight > 0 && weight <= 1).toBe(true)
      expect(reason).toMatch(/^among the surest \d/)
    }
  })

  it('holds validation labels out of the seeds and gives them back for the answer', () => {
    const many = pairs(0, 90)
    const run = selfTraining.detailed(graph, { seeds: many, validation: 0.3, method: 'label-propagation' })
    expect(run.validationCount).toBe(27)
    // Clamped: a label that was only held out would be a prediction, and sometimes wrong.
    expect(many.every(([node, label]) => run.labels[Number(node)] === label)).toBe(true)
    expect(run.record.every(({ node }) => Number(node) >= 90)).toBe(true)
  })

  it('gives the same bits again, and other draws with another seed', () => {
    const bits = (seed: number) => selfTraining.detailed(graph, { seeds: pairs(0, 60), seed }).scores.data
    expect(bits(1)).toEqual(bits(1))
  })

  it.each(['k-best', 'threshold', 'margin', 'entropy'] as const)('selects by %s', (select) => {
    const run = selfTraining.detailed(graph, { seeds, validation, select, threshold: [0.5, 0.2], level: 0.01 })
    expect(run.rounds[8].pseudoLabels).toBeGreaterThan(run.rounds[1].pseudoLabels / 2)
    const [first] = run.record
    expect(first.reason).toMatch(
      { 'k-best': /surest/, threshold: /^confidence/, margin: /^margin/, entropy: /^information/ }[select],
    )
  })

  it('gives the classes their shares of what it takes', () => {
    const classPrior = { 0: 0.6, 1: 0.3, 2: 0.1 }
    const run = selfTraining.detailed(graph, { seeds, validation: 0, classPrior, rounds: 1, share: 0.2 })
    const taken = [0, 1, 2].map((label) => run.record.filter((one) => one.label === label).length)
    const total = 0.2 * 231
    expect(taken).toEqual([Math.round(0.6 * total), Math.round(0.3 * total), Math.round(0.1 * total)])
  })

  it('works with one class, where there is nothing to decide', () => {
    const run = selfTraining.detailed(graph, {
      seeds: [
        ['0', 'only'],
        ['1', 'only'],
      ],
    })
    expect(run.decision).toBe('supervised')
    expect(new Set(run.labels)).toEqual(new Set(['only']))
  })

  it('works where a component has no seed, and takes nothing there', () => {
    const islands = new UndirectedGraph()
    for (let node = 0; node < 12; node++) islands.addNode(String(node))
    for (let node = 0; node < 12; node += 6) {
      for (let at = 0; at < 6; at++) islands.addEdge(String(node + at), String(node + ((at + 1) % 6)))
    }
    const run = selfTraining.detailed(islands, {
      seeds: [
        ['0', 'a'],
        ['1', 'a'],
        ['3', 'b'],
        ['4', 'b'],
      ],
      validation: 0,
    })
    expect([...run.reached]).toEqual([1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0])
    expect(run.record.every(({ node }) => Number(node) < 6)).toBe(true)
  })

  it.each([
    [{ seeds: [] }, 'EMPTY_DATA'],
    [{ lambda: 0 }, 'INVALID_OPTION'],
    [{ lambda: [1, -1] }, 'INVALID_OPTION'],
    [{ threshold: 1.5 }, 'INVALID_OPTION'],
    [{ share: 0 }, 'INVALID_OPTION'],
    [{ rounds: 0 }, 'INVALID_OPTION'],
    [{ select: 'best' }, 'INVALID_OPTION'],
    [{ validation: 1 }, 'INVALID_OPTION'],
    [{ validation: [] }, 'EMPTY_DATA'],
    [{ validation: [['0', 0]] }, 'INVALID_DATA'],
    [{ validation: [['200', 'new']] }, 'INVALID_DATA'],
    [{ seeds: pairs(0, 3) }, 'INVALID_DATA'],
    [{ level: 1 }, 'INVALID_OPTION'],
    [{ calibration: 'platt' }, 'INVALID_OPTION'],
    [{ review: () => [{ node: '200', label: 'new', weight: 1 }] }, 'INVALID_DATA'],
    [{ review: () => [{ node: '200', label: 1, weight: 2 }] }, 'INVALID_DATA'],
    [{ review: () => [{ node: 'nobody', label: 1, weight: 1 }] }, 'UNKNOWN_KEY'],
    [{ review: () => [{ node: '0', label: 1, weight: 1 }] }, 'INVALID_DATA'],
    [{ lamda: 1 }, 'UNKNOWN_OPTION'],
  ])('refuses %o: %s', (options, code) => {
    expect(() => selfTraining(graph, { seeds, ...options } as never)).toThrow(
      expect.objectContaining({ name: 'RivuletError', code }) as Error,
    )
  })
})
