import type { NdArray } from 'ndarray'
import { describe, expectTypeOf, it } from 'vitest'
import type { Interactions } from '../../src/data/interactions.ts'
import type { toGraph } from '../../src/graph/to-graph.ts'
import { labelPropagation } from '../../src/propagate/label-propagation.ts'
import { labelSpreading } from '../../src/propagate/label-spreading.ts'

type Graph = ReturnType<typeof toGraph>
declare const graph: Graph
declare const table: Interactions

describe('labelSpreading', () => {
  it('takes a graph or a table and answers by node', () => {
    expectTypeOf(labelSpreading(graph)).toEqualTypeOf<Map<string, string | number>>()
    expectTypeOf(labelSpreading(table, { seeds: [['ann', 'red']] }).get('ann')).toEqualTypeOf<
      string | number | undefined
    >()
    expectTypeOf(labelSpreading).parameter(0).not.toExtend<string>()
  })

  it('writes on a graph only', () => {
    expectTypeOf(labelSpreading.assign).parameter(0).toExtend<Graph>()
    // @ts-expect-error a table has no nodes to write on
    labelSpreading.assign(table)
  })

  it('tells in detail, with dense scores as ndarray', () => {
    expectTypeOf(labelSpreading.detailed(graph).scores).toEqualTypeOf<NdArray<Float32Array>>()
    expectTypeOf(labelSpreading.detailed(graph).converged).toEqualTypeOf<boolean>()
  })

  it('has every default, and may be given undefined for any option', () => {
    expectTypeOf(labelSpreading.defaults.alpha).toEqualTypeOf<number>()
    labelSpreading(graph, { alpha: undefined, seeds: undefined })
  })

  it('refuses options it does not know', () => {
    // @ts-expect-error alpha is misspelt
    labelSpreading(graph, { aplha: 0.5 })
    // @ts-expect-error clamped seeds have no alpha
    labelPropagation(graph, { alpha: 0.5 })
  })
})
