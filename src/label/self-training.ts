/**
 * Self-training: rounds of predict, select, spread again, with the sure predictions as further seeds; and back to none of it where it does not help.
 *
 *   w_i = lambda q_i (sum of the weights of the labels) / (sum of q over what was taken), at most 1
 *
 * q calibrated confidence of the prediction for node i, w its weight as a seed beside labels, which weigh 1. Every round selects again among all
 * unlabelled nodes, so that a mistake is not kept for having been made; more are taken from round to round.
 * Scudder 1965 (10.1109/TIT.1965.1053799); Yarowsky 1995 (10.3115/981658.981684); soft weights as in Mukherjee & Awadallah 2020 (arXiv:2006.15315).
 * Rounds end where the next one would spread the pseudo-labels of one of the last 8 with the same weights, to the tolerance: from there on they repeat.
 * Cost: one spread a round, and one more where the validation labels were held out of the seeds, which come back for the answer.
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

/** Labels, and what self-training did for them. */
export interface SelfTraining extends InferredLabelling, RoundChoice {
  /** The round whose pseudo-labels stand behind the labels; 0 is none. */
  readonly round: number
  /** Round 0 first. */
  readonly rounds: readonly SelfTrainingRound[]
  /** Why there was no further round. */
  readonly endedBy: RoundsEnd
  /** Those behind the labels. */
  readonly pseudoLabels: readonly PseudoLabel[]
  /** Every addition of every round, in order: also what a later round dropped or gave another label. */
  readonly record: readonly PseudoLabel[]
  /** Number of labels that rounds were validated by. */
  readonly validationCount: number
  /** What the confidence of round 0 is worth; later rounds fit the same method again. Null without validation labels. */
  readonly calibrator: Calibrator | null
}

/**
 * Labels every node of a graph from the labelled ones and from what was predicted before, where validation labels say that this helps.
 *
 * @throws {RivuletError} as `inferLabels`; INVALID_DATA where nothing can be held out, or a validation label is a seed's or no seed's label.
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
  // What pseudo-labels do to the number of labels per class must not change the method.
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

/** What the labels alone say. */
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

/** Options of the labeller, with priors that pseudo-labels do not move. */
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

/** What is new, or has another label, since the round before. */
function* listAdded({ labelling, pseudoLabels: before }: Round, chosen: PseudoLabels): Sliced<PseudoLabel[]> {
  const known = new Int32Array(labelling.nodes.size).fill(-1)
  before?.nodes.forEach((node, place) => (known[node] = before.columns[place]))
  return yield* listPseudoLabels(labelling, chosen, (place) => known[chosen.nodes[place]] !== chosen.columns[place])
}

const withPseudoLabels = (seeds: SeedColumns, { pseudoLabels }: Round): SeedColumns =>
  pseudoLabels === null ? seeds : addPseudoLabels(seeds, pseudoLabels)

/** How many rounds back a choice is remembered. */
const MEMORY = 8

/** Single precision tells weights apart no better. */
const LEAST_DIFFERENCE = 1e-6

/** The choices of the rounds before: a round is decided by its choice alone, so one that comes again brings back all that followed it. */
export class SeenChoices {
  readonly #tolerance: number
  /** Latest last; round 0 chose nothing. */
  #choices: (PseudoLabels | null)[] = [null]

  /** @param tolerance of the weights, relative; labels are known no better than the spread that found them */
  constructor(tolerance: number) {
    this.#tolerance = Math.max(tolerance, LEAST_DIFFERENCE)
  }

  /** How many rounds ago the same was chosen, 1 for the round before; null where it was not, or longer ago than 8 rounds. */
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
