import { on, type Detached } from '../request/request.ts'
import { holdOutSeeds, type HeldOutLabels } from '../label/hold-out-labels.ts'
import { inferLabels, type InferLabelsOptions } from '../label/infer-labels.ts'
import { selfTraining } from '../label/self-training.ts'
import type { SelfTrainingOptions } from '../label/self-training-options.ts'
import { labelPropagation, type LabelPropagationOptions } from '../label/label-propagation.ts'
import { labelSpreading, type LabelSpreadingOptions } from '../label/label-spreading.ts'
import { labellerOptions, type Labeller, type LabellerOptions } from '../label/labeller.ts'
import { requireGiven } from '../support/spec.ts'
import { openInSlices, readAs, type Source } from '../network/open.ts'
import { poissonLearning, type PoissonLearningOptions } from '../label/poisson-learning.ts'
import { readSeedRows } from '../label/seed-rows.ts'
import { ReadSeeds } from '../label/seeds.ts'
import { hashesInSlices } from '../support/content-hash.ts'
import { PAUSE, type Sliced } from '../support/pause.ts'
import { meanMetric, type Objective, type ObjectiveOptions } from './search.ts'
import type { Point, SearchSpace } from './search-space.ts'
import type { NamedNetwork } from '../network/network.ts'

/** Options of the methods that label nodes, by the name of the function. */
export interface LabellerOptionsByName {
  readonly labelSpreading: LabelSpreadingOptions
  readonly labelPropagation: LabelPropagationOptions
  readonly poissonLearning: PoissonLearningOptions
  readonly inferLabels: InferLabelsOptions
  readonly selfTraining: SelfTrainingOptions
}

export type LabellerName = keyof LabellerOptionsByName

/** All three rules are meaningful if the class sizes are taken from the seeds. */
const DECISION: SearchSpace = { decisionRule: ['largest', 'mass', 'volume'], classPrior: ['seeds'] }
const ALPHA: SearchSpace = { alpha: { uniform: [0.2, 0.995] } }
const NORMALIZATION: SearchSpace = { normalization: ['symmetric', 'row'] }

/** The methods that label nodes, each with its default search space. */
export const LABELLERS: {
  readonly [Name in LabellerName]: {
    readonly labeller: Labeller<LabellerOptionsByName[Name]>
    readonly space: SearchSpace
  }
} = {
  labelSpreading: { labeller: labelSpreading, space: { ...ALPHA, ...NORMALIZATION, ...DECISION } },
  labelPropagation: { labeller: labelPropagation, space: { ...NORMALIZATION, ...DECISION } },
  poissonLearning: { labeller: poissonLearning, space: DECISION },
  inferLabels: {
    labeller: inferLabels,
    space: { method: ['label-spreading', 'poisson-learning'], ...ALPHA, ...DECISION },
  },
  selfTraining: {
    labeller: selfTraining,
    space: {
      ...{ method: ['label-spreading', 'poisson-learning'], ...ALPHA, ...DECISION },
      ...{ lambda: { logUniform: [0.1, 4] }, select: ['k-best', 'margin', 'entropy'] },
    },
  },
}

/** Draws of held-out seeds: each labels the graph without its draw and is scored on it. */
const DRAWS = 5

/**
 * Scores methods that label nodes on held-out seeds. Examples are draws of such seeds; a seed may be drawn more than once, so the interval of a
 * gain is slightly too narrow.
 *
 * @throws {RivuletError} INVALID_DATA where no class has two seeds, and what the source is refused for.
 */
export function* openLabels(who: string, source: Source, options: ObjectiveOptions): Sliced<Objective> {
  const { heldOutShare, seed, memoryLimitBytes } = options
  const { labeller: named, space } = LABELLERS[options.method as LabellerName]
  const labeller = named as Labeller<LabellerOptions>
  const fixed = options.fixed as LabellerOptions
  const all = { ...labeller.defaults, ...fixed }
  const { seeds, unlabelled = [], weighted: given = 'auto', graph, getEdgeWeight, signals, ...defaults } = all
  const { source: read, weighted } = readAs(who, source, { graph, getEdgeWeight, weighted: given })
  const network = yield* openInSlices(who, read, { weighted, signals, direction: 'both', memoryLimitBytes })
  requireGiven(who, 'options.seeds', labellerOptions.seeds, seeds)
  const rows = yield* readSeedRows(who, network, { seeds, unlabelled })
  const draws: HeldOutLabels[] = []
  for (let draw = 0; draw < DRAWS; draw++) {
    draws.push(holdOutSeeds(who, rows, seeds, heldOutShare, seed + draw))
    yield PAUSE
  }
  const heldOut = draws.reduce((sum, { nodes }) => sum + nodes.length, 0)
  const { seeds: _, ...stated } = fixed
  const optionsAt = (point: Point): LabellerOptions => {
    const asked = { ...fixed, ...point }
    // Called for its checks: the generator runs only when it is driven.
    labeller.on(network, asked)
    return asked
  }
  return {
    metric: meanMetric('accuracy'),
    examples: DRAWS,
    leastExamples: 1,
    validation: { by: 'random', examples: DRAWS, heldOut, seenPairs: 0 },
    space,
    defaults,
    facts: { options: stated, data: yield* fingerprintOf(network, draws[0]) },
    optionsAt,
    *scores(point, examples): Detached<number[]> {
      const right: number[] = []
      for (const { seeds: shown, nodes, labels } of draws.slice(0, examples)) {
        const read = new ReadSeeds(shown, network.nodes)
        const found = yield* on(network, labeller.on(network, { ...optionsAt(point), seeds: read }))
        nodes.forEach((node, at) => right.push(found.labels[node] === labels[at] ? 1 : 0))
      }
      return right
    },
  }
}

/** Identifies these data in the log. */
function* fingerprintOf({ nodes, rows }: NamedNetwork, { all }: HeldOutLabels): Sliced<object> {
  const { indices, data, nnz } = yield* rows.whole()
  const parts = [indices, data, JSON.stringify(all.classes), all.indptr, all.nodes, all.weights]
  const hash = (yield* hashesInSlices(parts)).join(' ')
  return { nodes: nodes.size, edges: nnz, seeds: new Set(all.nodes).size, hash }
}
