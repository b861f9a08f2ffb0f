/**
 * A common entry to the methods that label nodes: the method is given, or chosen by the number of labels.
 *
 * On Cora, Poisson learning is better than label spreading from 1 to 20 labels per class, by a margin that shrinks with their number (see the bench's
 * suite semi, set planetoid). Decision 016 has the reasons for the threshold.
 */
import { labelPropagation } from './label-propagation.ts'
import { labelSpreading } from './label-spreading.ts'
import { labelFace, labellerOptions, type Labeller, type LabellerOptions } from './labeller.ts'
import { asLabelling, type Labelling } from './labelling.ts'
import { mboOptions, poissonLearning } from './poisson-learning.ts'
import { readSeeds } from './seed-rows.ts'
import { ReadSeeds } from './seeds.ts'
import type { Algorithm } from '../request/request.ts'
import { choice, number, type Given, type Resolved } from '../support/spec.ts'
import type { SeedColumns } from '../solve/system.ts'
import { defineMethod } from '../method/define-method.ts'
import type { NamedNetwork } from '../network/network.ts'

/** Methods that label nodes from labelled nodes. */
export type LabelMethod = 'label-propagation' | 'label-spreading' | 'poisson-learning'

const ownOptions = {
  /** Maximum error of a share (or of a potential, with Poisson learning); in (0, 1]. Default 1e-5. */
  tolerance: number(1e-5, 0, 1, '(]'),
  /** The method; 'auto' chooses by labels per class. Default 'auto'. */
  method: choice<LabelMethod | 'auto'>('auto', ['auto', 'label-propagation', 'label-spreading', 'poisson-learning']),
  /** Share of the neighbours, in (0, 1), if the method is label spreading. Default 0.9. */
  alpha: number(0.9, 0, 1, '()'),
  /** As of `poissonLearning`, where that is the method. Default 0. */
  mboSteps: mboOptions.mboSteps,
}

/** Options of `inferLabels`: those of every labeller, and the method. */
export const inferLabelsOptions = { ...labellerOptions, ...ownOptions }

export interface InferLabelsOptions extends Given<typeof ownOptions>, LabellerOptions {}

/** Labels, with the method that was used. */
export interface InferredLabelling extends Labelling {
  readonly method: LabelMethod
  /** The reason for this method, as text. */
  readonly reason: string
  /** Number of seeds over number of classes. */
  readonly labelsPerClass: number
}

/** Poisson learning is chosen up to this number of labels per class, label spreading above. */
export const MOST_LABELS_FOR_POISSON = 30

/**
 * Labels every node of a graph from the labelled ones by the method that suits the number of labels.
 *
 * @throws {RivuletError} as `labelSpreading`; INVALID_DATA for a weight below 0 if the given method takes none.
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
export const inferLabels: Labeller<InferLabelsOptions, InferredLabelling> = defineMethod({
  name: 'inferLabels',
  options: inferLabelsOptions,
  on: inferOn,
  face: labelFace,
})

function* inferOn(network: NamedNetwork, options: Resolved<typeof inferLabelsOptions>): Algorithm<InferredLabelling> {
  const { method: asked, alpha, mboSteps, ...labeller } = options
  const columns = yield* readSeeds('inferLabels', network, options)
  const labelsPerClass = countNodes(columns, network.nodes.size) / columns.classes.length
  const choice = asked === 'auto' ? chooseMethod(network, labelsPerClass) : { method: asked, reason: 'asked for' }
  const given = { ...labeller, seeds: new ReadSeeds(columns, network.nodes) }
  const labelling = yield* {
    'label-propagation': () => labelPropagation.on(network, given),
    'label-spreading': () => labelSpreading.on(network, { ...given, alpha }),
    'poisson-learning': () => poissonLearning.on(network, { ...given, mboSteps }),
  }[choice.method]()
  return asLabelling({ ...labelling, ...choice, labelsPerClass })
}

/** Number of nodes that are seeds; those with several labels count once. */
function countNodes({ nodes }: SeedColumns, nodeCount: number): number {
  const isSeed = new Uint8Array(nodeCount)
  let count = 0
  for (let entry = 0; entry < nodes.length; entry++) {
    if (isSeed[nodes[entry]] === 0) count++
    isSeed[nodes[entry]] = 1
  }
  return count
}

function chooseMethod(network: NamedNetwork, labelsPerClass: number): { method: LabelMethod; reason: string } {
  if (network.signed) {
    return { method: 'label-spreading', reason: 'weights below 0, which only label spreading takes' }
  }
  const shown = `${Number(labelsPerClass.toFixed(1))} labels per class`
  return labelsPerClass <= MOST_LABELS_FOR_POISSON
    ? { method: 'poisson-learning', reason: `${shown}: few` }
    : { method: 'label-spreading', reason: `${shown}: enough` }
}
