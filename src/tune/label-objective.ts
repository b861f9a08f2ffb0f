import { on, type Detached } from '../request/request.ts'
import { holdOutSeeds, type HeldOutLabels } from '../label/hold-out-labels.ts'
import { inferLabels, type InferLabelsOptions } from '../label/infer-labels.ts'
import { selfTraining } from '../label/self-training.ts'
import type { SelfTrainingOptions } from '../label/self-training-options.ts'
import { labelPropagation, type LabelPropagationOptions } from '../label/label-propagation.ts'
import { labelSpreading, type LabelSpreadingOptions } from '../label/label-spreading.ts'
import { labellerOptions, type Labeller, type LabellerOptions } from '../label/labeller.ts'
import { requireGiven } from '../support/spec.ts'
import { openInSlices, type Source } from '../network/open.ts'
import { poissonLearning, type PoissonLearningOptions } from '../label/poisson-learning.ts'
import { readSeedRows } from '../label/seed-rows.ts'
import { ReadSeeds } from '../label/seeds.ts'
import { hashInSlices } from '../support/content-hash.ts'
import { PAUSE, type Sliced } from '../support/pause.ts'
import type { Objective, Validation } from './objective.ts'
import { meanMetric } from './search.ts'
import type { Point, SearchSpace } from './search-space.ts'
import type { SearchFacts } from './trial-log.ts'
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

/** With classes taken to be as large as among the seeds, all three rules have a meaning. */
const DECISION: SearchSpace = { decisionRule: ['largest', 'mass', 'volume'], classPrior: ['seeds'] }
const ALPHA: SearchSpace = { alpha: { uniform: [0.2, 0.995] } }
const NORMALIZATION: SearchSpace = { normalization: ['symmetric', 'row'] }

/** The methods, with what is searched of each when nothing else is asked for. */
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

/** Draws of a share of the seeds; each is spread without them, and scored on them. */
const DRAWS = 5

/** What the objective of a labeller is made of. */
export interface LabelObjectiveOptions<Name extends LabellerName = LabellerName> {
  readonly method: Name
  /** Options that are not searched, the seeds among them. */
  readonly fixed: LabellerOptionsByName[Name]
  readonly heldOutShare: number
  readonly seed: number
  readonly memoryLimitBytes: number
}

/**
 * How methods that label nodes label seeds that they are not shown. Examples are draws of such seeds; a seed may be drawn more than once, so the
 * interval of a gain is a little narrow.
 */
export class LabelObjective implements Objective {
  readonly metric = meanMetric('accuracy')
  readonly examples = DRAWS
  readonly leastExamples = 1
  readonly validation: Validation
  readonly space: SearchSpace
  readonly defaults: Point
  readonly facts: SearchFacts
  readonly #labeller: Labeller<LabellerOptions>
  readonly #fixed: LabellerOptions
  readonly #network: NamedNetwork
  readonly #draws: readonly HeldOutLabels[]

  private constructor(options: LabelObjectiveOptions, { network, draws, data }: OpenedLabels) {
    const { method, fixed } = options
    const { labeller, space } = LABELLERS[method]
    this.#labeller = labeller
    this.#fixed = fixed
    this.#network = network
    this.#draws = draws
    const heldOut = draws.reduce((sum, { nodes }) => sum + nodes.length, 0)
    this.validation = { by: 'random', examples: DRAWS, heldOut, seenPairs: 0 }
    this.space = space
    const {
      seeds: _seeds,
      unlabelled: _none,
      weighted: _weighted,
      signals: _signals,
      ...defaults
    } = {
      ...{ ...labeller.defaults, ...fixed },
    }
    this.defaults = defaults
    const { seeds: _, ...stated } = fixed
    this.facts = { options: stated, data }
  }

  /** @throws {RivuletError} INVALID_DATA where no class has two seeds, and what the source is refused for. */
  static *open(who: string, source: Source, options: LabelObjectiveOptions): Sliced<LabelObjective> {
    const { method, fixed, heldOutShare, seed, memoryLimitBytes } = options
    const { labeller } = LABELLERS[method]
    const { seeds, unlabelled = [], weighted = 'auto', signals } = { ...labeller.defaults, ...fixed }
    const network = yield* openInSlices(who, source, { weighted, signals, direction: 'both', memoryLimitBytes })
    requireGiven(who, 'options.seeds', labellerOptions.seeds, seeds)
    const rows = yield* readSeedRows(who, network, { seeds, unlabelled })
    const draws: HeldOutLabels[] = []
    for (let draw = 0; draw < DRAWS; draw++) {
      draws.push(holdOutSeeds(who, rows, seeds, heldOutShare, seed + draw))
      yield PAUSE
    }
    return new LabelObjective(options, { network, draws, data: yield* fingerprintOf(network, draws[0]) })
  }

  optionsAt(point: Point): LabellerOptions {
    const options = { ...this.#fixed, ...point }
    // Checks them; nothing runs before it is driven.
    this.#labeller.on(this.#network, options)
    return options
  }

  *scores(point: Point, examples: number): Detached<number[]> {
    const right: number[] = []
    for (const { seeds, nodes, labels } of this.#draws.slice(0, examples)) {
      const read = new ReadSeeds(seeds, this.#network.nodes)
      const algorithm = this.#labeller.on(this.#network, { ...this.optionsAt(point), seeds: read })
      const found = yield* on(this.#network, algorithm)
      nodes.forEach((node, at) => right.push(found.labels[node] === labels[at] ? 1 : 0))
    }
    return right
  }
}

interface OpenedLabels {
  readonly network: NamedNetwork
  readonly draws: readonly HeldOutLabels[]
  /** What tells these data from others. */
  readonly data: object
}

function* fingerprintOf({ nodes, rows }: NamedNetwork, { all }: HeldOutLabels): Sliced<object> {
  const { indices, data, nnz } = yield* rows.whole()
  const hashes: (string | null)[] = []
  for (const part of [indices, data, JSON.stringify(all.classes), all.indptr, all.nodes, all.weights])
    hashes.push(yield* hashInSlices(part))
  return { nodes: nodes.size, edges: nnz, seeds: new Set(all.nodes).size, hash: hashes.join(' ') }
}
