/**
 * One door to the methods that label nodes: the method is named, or chosen by how many labels there are.
 *
 * On Cora Poisson learning is ahead of label spreading from 1 to 20 labels a class, by less the more there are (the bench's suite semi, set
 * planetoid, shows by how much). Decision 016 says where the line was drawn.
 */
import { labelPropagation } from '../propagate/label-propagation.ts'
import { labelSpreading } from '../propagate/label-spreading.ts'
import {
  faceOf,
  LABELLER_CHECKS,
  LABELLER_DEFAULTS,
  labellerResolver,
  type Defaults,
  type Labeller,
  type LabellerOptions,
  type Resolved,
} from '../propagate/labeller.ts'
import type { Labelling } from '../propagate/labelling.ts'
import type { Network } from '../propagate/network.ts'
import { poissonLearning } from '../propagate/poisson-learning.ts'
import { readSeeds } from '../propagate/seed-rows.ts'
import { ReadSeeds, type SeedColumns } from '../propagate/seeds.ts'
import type { Algorithm } from '../run/drive.ts'
import { numberBetween, oneOf } from '../support/options.ts'

/** Methods that label nodes from labelled nodes. */
export type LabelMethod = 'label-propagation' | 'label-spreading' | 'poisson-learning'

/** Options of `inferLabels`: those of every labeller, and which one. `tolerance` is 1e-5 here. */
export interface InferLabelsOptions extends LabellerOptions {
  /** The method; 'auto' chooses by labels per class. Default 'auto'. */
  readonly method?: LabelMethod | 'auto' | undefined
  /** Share of the neighbours, in (0, 1), where the method is label spreading. Default 0.9. */
  readonly alpha?: number | undefined
}

/** Labels, and by which method. */
export interface InferredLabelling extends Labelling {
  readonly method: LabelMethod
  /** Why this method, in words. */
  readonly reason: string
  /** Number of seeds over number of classes. */
  readonly labelsPerClass: number
}

/** With more labels a class than this, label spreading; up to it, Poisson learning. */
export const MOST_LABELS_FOR_POISSON = 30

export const INFER_DEFAULTS: Defaults<InferLabelsOptions> = Object.freeze({
  ...LABELLER_DEFAULTS,
  tolerance: 1e-5,
  method: 'auto',
  alpha: 0.9,
})

export const INFER_CHECKS = Object.freeze({
  ...LABELLER_CHECKS,
  method: oneOf('auto', 'label-propagation', 'label-spreading', 'poisson-learning'),
  alpha: numberBetween(0, 1, '()'),
})

/**
 * Labels every node of a graph from the labelled ones by the method that suits the number of labels.
 *
 * @throws {RivuletError} as `labelSpreading`; INVALID_DATA for a weight below 0 with a named method that takes none.
 * @example
 * ```ts
 * import { UndirectedGraph } from 'graphology'
 * import { inferLabels } from 'rivulet'
 *
 * const graph = new UndirectedGraph()
 * for (const node of ['a', 'b', 'c', 'd']) graph.addNode(node)
 * for (const [from, to] of [['a', 'b'], ['b', 'c'], ['c', 'd']]) graph.addEdge(from, to)
 * const { method, reason } = inferLabels.detailed(graph, { seeds: [['a', 'left'], ['d', 'right']] })
 * console.log(method) // poisson-learning
 * console.log(reason) // 1 labels per class: few
 * ```
 */
export const inferLabels: Labeller<InferLabelsOptions, InferredLabelling> = faceOf(
  'inferLabels',
  labellerResolver<InferLabelsOptions>('inferLabels', INFER_DEFAULTS, INFER_CHECKS),
  inferOn,
)

function* inferOn(network: Network, options: Resolved<InferLabelsOptions>): Algorithm<InferredLabelling> {
  const { method: asked, alpha, ...labeller } = options
  const columns = yield* readSeeds('inferLabels', network, options)
  const labelsPerClass = countNodes(columns, network.nodes.size) / columns.classes.length
  const choice = asked === 'auto' ? chooseMethod(network, labelsPerClass) : { method: asked, reason: 'asked for' }
  const given = { ...labeller, seeds: new ReadSeeds(columns, network.nodes) }
  const labelling = yield* {
    'label-propagation': () => labelPropagation.on(network, given),
    'label-spreading': () => labelSpreading.on(network, { ...given, alpha }),
    'poisson-learning': () => poissonLearning.on(network, given),
  }[choice.method]()
  return { ...labelling, ...choice, labelsPerClass }
}

/** Nodes that are seeds, those with several labels counted once. */
function countNodes({ nodes }: SeedColumns, nodeCount: number): number {
  const isSeed = new Uint8Array(nodeCount)
  let count = 0
  for (let entry = 0; entry < nodes.length; entry++) {
    if (isSeed[nodes[entry]] === 0) count++
    isSeed[nodes[entry]] = 1
  }
  return count
}

function chooseMethod(network: Network, labelsPerClass: number): { method: LabelMethod; reason: string } {
  if (network.prepared.signed) {
    return { method: 'label-spreading', reason: 'weights below 0, which only label spreading takes' }
  }
  const shown = `${Number(labelsPerClass.toFixed(1))} labels per class`
  return labelsPerClass <= MOST_LABELS_FOR_POISSON
    ? { method: 'poisson-learning', reason: `${shown}: few` }
    : { method: 'label-spreading', reason: `${shown}: enough` }
}
