import ndarray from 'ndarray'
import { describe, expect, it } from 'vitest'
import { addPseudoLabels, choosePseudoLabels, listPseudoLabels } from '../../../src/label/pseudo-labels.ts'
import type { Labelling } from '../../../src/label/labelling.ts'
import { DenseKeyIndex } from '../../../src/support/key-index.ts'
import { atOnce } from '../../../src/support/drive.ts'

/** Nodes 0 and 1 are seeds; 2 to 6 are predictions, of which nothing reached the last. */
const shares = [1, 0, 0, 1, 0.9, 0.1, 0.7, 0.3, 0.2, 0.8, 0.6, 0.4, 0.5, 0.5]
const labelling: Labelling = {
  nodes: new DenseKeyIndex(7),
  classes: ['a', 'b'],
  labels: ['a', 'b', 'a', 'a', 'b', 'a', 'a'],
  scores: ndarray(Float32Array.from(shares), [7, 2]),
  confidence: Float32Array.of(1, 1, 0.9, 0.7, 0.8, 0.6, 0.5),
  reached: Uint8Array.of(1, 1, 1, 1, 1, 1, 0),
  iterations: 1,
  residual: 0,
  converged: true,
  notes: [],
}
const pool = { free: Int32Array.of(2, 3, 4, 5, 6), shares: Float64Array.of(0.5, 0.5), labelMass: 2 }
const options = { rounds: 3, select: 'k-best', share: [0.5, 1], threshold: 0.65, balanced: true, lambda: 0.5 } as const

describe('choosePseudoLabels', () => {
  it('takes the surest of every class, weighed so that all together weigh lambda times the labels', () => {
    const first = atOnce(choosePseudoLabels(labelling, (value) => value, pool, options, 1))
    expect([[...first.nodes], [...first.columns], first.reason]).toEqual([
      [2, 4],
      [0, 1],
      'among the surest 50 %, classes by their shares',
    ])
    expect(first.weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12)
    expect(first.weights[0] / first.weights[1]).toBeCloseTo(0.9 / 0.8, 6)
    const last = atOnce(choosePseudoLabels(labelling, (value) => value, pool, { ...options, balanced: false }, 3))
    expect([...last.nodes]).toEqual([2, 3, 4, 5])
  })

  it('never lets one count more than a label', () => {
    const heavy = atOnce(choosePseudoLabels(labelling, (value) => value, pool, { ...options, lambda: Infinity }, 1))
    expect(heavy.weights[0]).toBeCloseTo(1, 12)
    expect(heavy.weights[1]).toBeCloseTo(0.8 / 0.9, 6)
  })

  it('goes by calibrated confidence, by margin, or by information', () => {
    const halved = atOnce(
      choosePseudoLabels(labelling, (value) => value / 2, pool, { ...options, select: 'threshold' }, 1),
    )
    expect(halved.nodes.length).toBe(0)
    const free = { ...options, balanced: false }
    const sure = atOnce(choosePseudoLabels(labelling, (value) => value, pool, { ...free, select: 'threshold' }, 1))
    expect([[...sure.nodes], sure.reason]).toEqual([[2, 3, 4], 'confidence at least 0.65'])
    const margin = atOnce(choosePseudoLabels(labelling, (value) => value, pool, { ...free, select: 'margin' }, 1))
    expect([...margin.nodes]).toEqual([2])
    const entropy = atOnce(
      choosePseudoLabels(labelling, (value) => value, pool, { ...free, select: 'entropy', threshold: 0.2 }, 1),
    )
    expect([...entropy.nodes]).toEqual([2, 4])
  })

  it('leaves out what is worth nothing once calibrated', () => {
    const none = atOnce(choosePseudoLabels(labelling, () => 0, pool, options, 1))
    expect([none.nodes.length, none.weights.length]).toEqual([0, 0])
  })

  it('lists what a reader wants', () => {
    const chosen = atOnce(choosePseudoLabels(labelling, (value) => value, pool, options, 1))
    expect(atOnce(listPseudoLabels(labelling, chosen, (place) => place === 1))).toEqual([
      {
        round: 1,
        node: '4',
        label: 'b',
        confidence: Math.fround(0.8),
        weight: chosen.weights[1],
        reason: chosen.reason,
      },
    ])
  })
})

describe('addPseudoLabels', () => {
  it('puts them into the columns of their classes', () => {
    const seeds = {
      classes: ['a', 'b'],
      indptr: Int32Array.of(0, 1, 2),
      nodes: Int32Array.of(0, 1),
      weights: Float32Array.of(1, 1),
      largest: 1,
    }
    const chosen = atOnce(choosePseudoLabels(labelling, (value) => value, pool, { ...options, balanced: false }, 3))
    const all = addPseudoLabels(seeds, chosen)
    expect([[...all.indptr], [...all.nodes], all.largest]).toEqual([[0, 4, 6], [0, 2, 3, 5, 1, 4], 1])
    expect(all.weights[1]).toBeCloseTo(chosen.weights[0], 6)
  })
})
