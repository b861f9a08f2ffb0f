import type { NdArray } from 'ndarray'
import { describe, expectTypeOf, it } from 'vitest'
import type { Interactions } from '../../src/data/interactions.ts'
import type { toGraph } from '../../src/graph/to-graph.ts'
import { inferLabels, type LabelMethod } from '../../src/label/infer-labels.ts'
import type { PseudoLabel } from '../../src/label/pseudo-labels.ts'
import { selfTraining } from '../../src/label/self-training.ts'
import { labelPropagation } from '../../src/label/label-propagation.ts'
import { labelSpreading } from '../../src/label/label-spreading.ts'
import { poissonLearning } from '../../src/label/poisson-learning.ts'

type Graph = ReturnType<typeof toGraph>
declare const graph: Graph
declare const table: Interactions

describe('labelSpreading', () => {
  it('takes a graph or a table and answers by node', () => {
    expectTypeOf(labelSpreading(graph, { seeds: 'genre' })).toEqualTypeOf<Map<string, string | number>>()
    expectTypeOf(labelSpreading(table, { seeds: [['ann', 'red']] }).get('ann')).toEqualTypeOf<
      string | number | undefined
    >()
    expectTypeOf(labelSpreading).parameter(0).not.toExtend<string>()
  })

  it('writes on a graph only', () => {
    expectTypeOf(labelSpreading.assign).parameter(0).toExtend<Graph>()
    // @ts-expect-error a table has no nodes to write on
    labelSpreading.assign(table, { seeds: 'genre' })
  })

  it('tells in detail, with dense scores as ndarray', () => {
    expectTypeOf(labelSpreading.detailed(graph, { seeds: 'genre' }).scores).toEqualTypeOf<NdArray<Float32Array>>()
    expectTypeOf(labelSpreading.detailed(graph, { seeds: 'genre' }).converged).toEqualTypeOf<boolean>()
  })

  it('has every default but seeds, and may be given undefined for any other option', () => {
    expectTypeOf(labelSpreading.defaults.alpha).toEqualTypeOf<number>()
    expectTypeOf(labelSpreading.defaults).not.toHaveProperty('seeds')
    labelSpreading(graph, { seeds: 'genre', alpha: undefined, unlabelled: undefined })
  })

  it('needs seeds', () => {
    // @ts-expect-error seeds have no default
    labelSpreading(graph)
    // @ts-expect-error seeds have no default
    labelSpreading.assign(graph, { nodeLabelAttribute: 'guess' })
    // @ts-expect-error seeds have no default
    labelSpreading.detailed(graph, { seeds: undefined })
  })

  it('takes values that are no label', () => {
    labelSpreading(graph, { seeds: [['ann', null] as const, ['bob', 'red'] as const], unlabelled: [-1, '', null] })
    // @ts-expect-error a list, not one value
    labelSpreading(graph, { seeds: 'genre', unlabelled: -1 })
  })

  it('refuses options it does not know', () => {
    // @ts-expect-error alpha is misspelt
    labelSpreading(graph, { seeds: 'genre', aplha: 0.5 })
    // @ts-expect-error clamped seeds have no alpha
    labelPropagation(graph, { seeds: 'genre', alpha: 0.5 })
  })
})

describe('inferLabels and selfTraining', () => {
  it('take seeds as a Map, as pairs, and with weights', () => {
    inferLabels(graph, { seeds: new Map([['ann', 'red']]) })
    inferLabels(graph, { seeds: [['ann', 'red', 0.5] as const, ['bob', { red: 1, blue: 2 }] as const] })
    // @ts-expect-error a weight is a number
    inferLabels(graph, { seeds: [['ann', 'red', 'much']] })
  })

  it('tell which method, what was decided and what was learnt', () => {
    expectTypeOf(inferLabels.detailed(graph, { seeds: 'genre' }).method).toEqualTypeOf<LabelMethod>()
    const run = selfTraining.detailed(table, { seeds: [['ann', 1]] })
    expectTypeOf(run.decision).toEqualTypeOf<'supervised' | 'semi-supervised'>()
    expectTypeOf(run.record).toEqualTypeOf<readonly PseudoLabel[]>()
    expectTypeOf(run.scores).toEqualTypeOf<NdArray<Float32Array>>()
  })

  it('take ramps and a review', () => {
    selfTraining(graph, {
      seeds: 'genre',
      lambda: [0.1, 1],
      share: 0.5,
      review: (pseudoLabels) => pseudoLabels.slice(1),
    })
    // @ts-expect-error a ramp has two ends
    selfTraining(graph, { seeds: 'genre', lambda: [0.1, 0.5, 1] })
    // @ts-expect-error Poisson learning divides by degrees in one way
    poissonLearning(graph, { seeds: 'genre', normalization: 'row' })
  })
})
