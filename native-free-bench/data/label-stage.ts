import { drive, openNetwork, solveInThread } from '../../src/advanced.ts'
import {
  inferLabels,
  type InferLabelsOptions,
  type InferredLabelling,
  selfTraining,
  type SelfTraining,
  type SelfTrainingOptions,
} from '../../src/index.ts'
import { sharesAmong, type Shares } from './label-draws.ts'
import type { LabelledGraph } from './labelled-graphs.ts'

/** A graph that labels are inferred on, opened once. */
export interface LabelStage {
  readonly given: LabelledGraph
  /** Of the classes among the training and validation nodes of the public split. */
  readonly shares: Shares
  readonly infer: (options: InferLabelsOptions) => InferredLabelling
  readonly train: (options: SelfTrainingOptions) => SelfTraining
  /** Percent of some nodes whose label is right. */
  readonly accuracy: (labels: readonly unknown[], nodes: readonly number[]) => number
}

/** Finer than this changes no decision on these graphs, and takes up to three times as long. */
const TOLERANCE = 1e-4

export function openStage(given: LabelledGraph): LabelStage {
  const network = openNetwork('bench', given.graph, { weighted: 'auto', direction: 'both', memoryLimitBytes: Infinity })
  const solve = solveInThread(network, { memoryLimitBytes: Infinity, kernel: 'auto' })
  return {
    given,
    shares: sharesAmong(given, [...given.train, ...given.validation]),
    infer: (options) => drive(inferLabels.on(network, { tolerance: TOLERANCE, ...options }), solve),
    train: (options) => drive(selfTraining.on(network, { tolerance: TOLERANCE, ...options }), solve),
    accuracy: (labels, nodes) =>
      (100 * nodes.filter((node) => labels[node] === given.labels[node]).length) / nodes.length,
  }
}
