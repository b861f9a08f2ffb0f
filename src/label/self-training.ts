/**
 * Self-training: rounds that predict, select confident predictions, and spread again with these as additional seeds; the result is discarded if it does not help.
 *
 *   w_i = lambda q_i (sum of the weights of the labels) / (sum of q over the selected nodes), at most 1
 *
 * q calibrated confidence of the prediction for node i, w its weight as a seed, where labels weigh 1. Every round selects again among all
 * unlabelled nodes, so that mistakes can be corrected, and selects more than the one before.
 * Scudder 1965 (10.1109/TIT.1965.1053799); Yarowsky 1995 (10.3115/981658.981684); soft weights as in Mukherjee & Awadallah 2020 (arXiv:2006.15315).
 * Rounds end if the next one would spread the pseudo-labels of one of the last 8 with the same weights, within the tolerance, because they would repeat.
 * Cost: one spread per round, and one more for the result if validation labels were held out of the seeds.
 */
import type { Calibrator } from '../calibrate/calibration.ts'
import { defineMethod } from '../method/define-method.ts'
import type { NamedNetwork } from '../network/network.ts'
import type { Algorithm } from '../request/request.ts'
import type { SeedColumns } from '../solve/system.ts'
import { PAUSE, type Sliced } from '../support/pause.ts'
import { defaultsOf, type Resolved } from '../support/spec.ts'
import { decisionOptions, readPriors, type ClassShares } from './decide.ts'
import { givenValidation, holdOutSeeds, type HeldOutLabels } from './hold-out-labels.ts'
import { inferLabels, type InferLabelsOptions, type InferredLabelling } from './infer-labels.ts'
import { labelFace, type Labeller } from './labeller.ts'
import { asLabelling } from './labelling.ts'
import {
  addPseudoLabels,
  choosePseudoLabels,
  listPseudoLabels,
  readReviewed,
  type Pool,
  type PseudoLabel,
  type PseudoLabels,
  isConstant,
} from './pseudo-labels.ts'
import { readSeedRows } from './seed-rows.ts'
import { ReadSeeds } from './seeds.ts'
import { selfTrainingOptions, type SelfTrainingOptions } from './self-training-options.ts'
import {
  betterRound,
  calibrateAgain,
  calibrateFirst,
  decideBetween,
  validateRound,
  type Round,
  type RoundChoice,
  type RoundsEnd,
  type SelfTrainingRound,
} from './self-training-rounds.ts'

/** Labels, with details of self-training. */
export interface SelfTraining extends InferredLabelling, RoundChoice {
  /** The round whose pseudo-labels were used for the labels; 0 for none. */
  readonly round: number
  /** Round 0 first. */
  readonly rounds: readonly SelfTrainingRound[]
  /** What ended the rounds. */
  readonly endedBy: RoundsEnd
  /** The pseudo-labels used for the labels. */
  readonly pseudoLabels: readonly PseudoLabel[]
  /** All additions of all rounds, in order, including those that a later round dropped or changed. */
  readonly record: readonly PseudoLabel[]
  /** Number of validation labels. */
  readonly validationCount: number
  /** Calibration of the confidence of round 0; later rounds fit the same method again. Null without validation labels. */
  readonly calibrator: Calibrator | null
}

/**
 * Labels every node of a graph from the labelled ones and from earlier predictions, if these help on validation labels.
 *
 * @throws {RivuletError} as `inferLabels`; INVALID_DATA if nothing can be held out, or for a validation node that is a seed or has a label that no seed has.
 * @example
 * ```ts
 * import { UndirectedGraph } from 'graphology'
 * import { selfTraining } from 'rivulet'
 *
 * const ring = new UndirectedGraph()
 * for (let node = 0; node < 12; node++) ring.addNode(node)
 * for (let node = 0; node < 12; node++) ring.addEdge(node, (node + 1) % 12)
 * const seeds = [['0', 'a'], ['1', 'a'], ['6', 'b'], ['7', 'b']] as const
 * const { decision, decisionReason } = selfTraining.detailed(ring, { seeds })
 * console.log(decision) // supervised
 * ```
 */
export const selfTraining: Labeller<SelfTrainingOptions, SelfTraining> = defineMethod({
  name: 'selfTraining',
  options: selfTrainingOptions,
  on: trainOn,
  face: labelFace,
})

const WHO = 'selfTraining'

function* trainOn(network: NamedNetwork, options: Resolved<typeof selfTrainingOptions>): Algorithm<SelfTraining> {
  const held = yield* readHeldOut(network, options)
  const { seeds } = held
  yield PAUSE
  const { pool, prior } = readLabels(network, held, options)
  const labeller = labellerOptions(options, prior)
  const spread = (method: InferLabelsOptions['method'], columns: SeedColumns): Algorithm<InferredLabelling> =>
    inferLabels.on(network, { ...labeller, method, seeds: new ReadSeeds(columns, network.nodes) })
  const first = validateRound(yield* spread(options.method, seeds), held, null, 0)
  // The method is fixed, because pseudo-labels change the number of labels per class.
  const { method, reason, labelsPerClass } = first.labelling
  const calibrator = calibrateFirst(first, held, options.calibration, options.seed)
  const [rounds, record]: [SelfTrainingRound[], PseudoLabel[]] = [[first.report], []]
  let [last, best, endedBy]: [Round, Round, RoundsEnd] = [first, first, 'rounds']
  const seen = new SeenChoices(options.tolerance)
  const stays =
    isConstant(options.lambda) && isConstant(options.select === 'k-best' ? options.share : options.threshold)
  while (rounds.length <= options.rounds) {
    const calibrate = calibrateAgain(calibrator, last, held)
    yield PAUSE
    const proposed = yield* choosePseudoLabels(last.labelling, calibrate, pool, options, rounds.length)
    const chosen = yield* review(network, last, pool, proposed, options)
    const period = stays ? seen.roundsSince(chosen) : null
    if (period !== null) {
      endedBy = period === 1 ? 'fixed-point' : 'cycle'
      break
    }
    seen.add(chosen)
    const added = yield* listAdded(last, chosen)
    for (const one of added) record.push(one)
    yield PAUSE
    last = validateRound(yield* spread(method, addPseudoLabels(seeds, chosen)), held, chosen, added.length)
    rounds.push(last.report)
    best = betterRound(best, last)
  }
  const choice = yield* decideBetween(first, best, options.rounds, options.level, options.seed)
  const taken = choice.decision === 'supervised' ? first : best
  const answer = held.all === held.seeds ? taken.labelling : yield* spread(method, withPseudoLabels(held.all, taken))
  return asLabelling({
    ...{
      ...answer,
      method,
      reason,
      labelsPerClass,
      ...choice,
      round: taken.report.round,
      rounds,
      endedBy,
      record,
      calibrator,
    },
    pseudoLabels: taken.pseudoLabels === null ? [] : yield* listPseudoLabels(taken.labelling, taken.pseudoLabels),
    validationCount: held.nodes.length,
  })
}

function* readHeldOut(network: NamedNetwork, options: Resolved<typeof selfTrainingOptions>): Sliced<HeldOutLabels> {
  const { validation, seeds, seed } = options
  return typeof validation === 'number'
    ? holdOutSeeds(WHO, yield* readSeedRows(WHO, network, options), seeds, validation, seed)
    : yield* givenValidation(WHO, network, options, validation)
}

/** The prior and the pool of pseudo-labels, which depend on the given labels only. */
interface Labels {
  readonly prior: ClassShares
  readonly pool: Pool
}

function readLabels(
  network: NamedNetwork,
  { seeds, nodes: heldOut }: HeldOutLabels,
  { classPrior }: Resolved<typeof selfTrainingOptions>,
): Labels {
  const { classShares } = readPriors(WHO, seeds, { ...defaultsOf(decisionOptions), classPrior })
  const isTaken = new Uint8Array(network.nodes.size)
  for (const nodes of [seeds.nodes, heldOut]) for (const node of nodes) isTaken[node] = 1
  const free = new Int32Array(isTaken.length)
  let count = 0
  for (let node = 0; node < isTaken.length; node++) if (isTaken[node] === 0) free[count++] = node
  return {
    prior: Object.fromEntries(seeds.classes.map((label, c) => [label, classShares[c]])),
    pool: {
      free: free.slice(0, count),
      shares: classShares,
      labelMass: seeds.weights.reduce((sum, weight) => sum + weight, 0),
    },
  }
}

/** Options of the labeller, with priors that do not depend on pseudo-labels. */
function labellerOptions(
  options: Resolved<typeof selfTrainingOptions>,
  prior: ClassShares,
): Omit<InferLabelsOptions, 'seeds'> {
  const names = Object.keys(inferLabels.defaults) as (keyof typeof inferLabels.defaults)[]
  const own = Object.fromEntries(names.map((name) => [name, options[name]])) as typeof inferLabels.defaults
  return {
    ...own,
    classPrior: own.classPrior === 'none' ? 'none' : prior,
    unreachedPrior: own.unreachedPrior === 'same' ? prior : own.unreachedPrior,
  }
}

function* review(
  network: NamedNetwork,
  { labelling }: Round,
  { free }: Pool,
  proposed: PseudoLabels,
  { review: reviewer }: Resolved<typeof selfTrainingOptions>,
): Sliced<PseudoLabels> {
  if (reviewer === null) return proposed
  const reviewed = reviewer(yield* listPseudoLabels(labelling, proposed), proposed.round)
  return readReviewed(network, labelling.classes, free, proposed, reviewed)
}

/** Pseudo-labels that are new or have another label than in the round before. */
function* listAdded({ labelling, pseudoLabels: before }: Round, chosen: PseudoLabels): Sliced<PseudoLabel[]> {
  const known = new Int32Array(labelling.nodes.size).fill(-1)
  before?.nodes.forEach((node, place) => (known[node] = before.columns[place]))
  return yield* listPseudoLabels(labelling, chosen, (place) => known[chosen.nodes[place]] !== chosen.columns[place])
}

const withPseudoLabels = (seeds: SeedColumns, { pseudoLabels }: Round): SeedColumns =>
  pseudoLabels === null ? seeds : addPseudoLabels(seeds, pseudoLabels)

/** Number of rounds that are remembered. */
const MEMORY = 8

/** Relative precision of weights, which are stored in single precision. */
const LEAST_DIFFERENCE = 1e-6

/** The choices of earlier rounds: a round depends only on its choice, so a repeated choice repeats all later rounds. */
export class SeenChoices {
  readonly #tolerance: number
  /** Latest last; round 0 chose nothing. */
  #choices: (PseudoLabels | null)[] = [null]

  /** @param tolerance of the weights, relative: that of the spread which determined them */
  constructor(tolerance: number) {
    this.#tolerance = Math.max(tolerance, LEAST_DIFFERENCE)
  }

  /** How many rounds ago the same choice was made, 1 for the round before; null if it was not made in the last 8 rounds. */
  roundsSince(chosen: PseudoLabels): number | null {
    const at = this.#choices.findLastIndex((seen) => isSameChoice(seen, chosen, this.#tolerance))
    return at < 0 ? null : this.#choices.length - at
  }

  add(chosen: PseudoLabels): void {
    this.#choices = [...this.#choices.slice(1 - MEMORY), chosen]
  }
}

function isSameChoice(
  before: PseudoLabels | null,
  { nodes, columns, weights }: PseudoLabels,
  tolerance: number,
): boolean {
  if (nodes.length !== (before?.nodes.length ?? 0)) return false
  if (before === null) return true
  return nodes.every(
    (node, place) =>
      node === before.nodes[place] &&
      columns[place] === before.columns[place] &&
      Math.abs(weights[place] - before.weights[place]) <= tolerance * before.weights[place],
  )
}
