/**
 * Self-training: rounds of predict, select, spread again, with the sure predictions as further seeds; and back to none of it where it does not help.
 *
 *   w_i = lambda q_i (sum of the weights of the labels) / (sum of q over what was taken), at most 1
 *
 * q calibrated confidence of the prediction for node i, w its weight as a seed beside labels, which weigh 1. Every round selects anew among all
 * unlabelled nodes, so that a mistake is not kept for having been made; more are taken from round to round.
 * Scudder 1965 (10.1109/TIT.1965.1053799); Yarowsky 1995 (10.3115/981658.981684); soft weights as in Mukherjee & Awadallah 2020 (arXiv:2006.15315).
 * Cost: one spread a round, and one more where the validation labels were held out of the seeds, which come back for the answer.
 */
import { pairedBootstrap, type PairedBootstrap } from '../evaluate/significance.ts'
import { DECISION_DEFAULTS, readPriors, type ClassShares } from '../propagate/decide.ts'
import { faceOf, type Labeller, type Resolved } from '../propagate/labeller.ts'
import type { Network } from '../propagate/network.ts'
import { readSeeds } from '../propagate/seeds.ts'
import type { Algorithm } from '../run/drive.ts'
import { fitCalibrator, type Calibrator } from './calibration.ts'
import { givenValidation, holdOutSeeds, type HeldOutLabels } from './hold-out-labels.ts'
import { inferLabels, type InferLabelsOptions, type InferredLabelling } from './infer-labels.ts'
import { choosePseudoLabels, withPseudoLabels, type Pool, type PseudoLabel } from './pseudo-labels.ts'
import { resolveSelfTraining, type SelfTrainingOptions } from './self-training-options.ts'

/** How a round went. */
export interface SelfTrainingRound {
  /** 0 is without pseudo-labels. */
  readonly round: number
  /** Share of the validation labels that it gets right, in [0, 1]; null where there are none. */
  readonly accuracy: number | null
  /** Pseudo-labels that it spread, and how many of them are new, or have another label, since the round before. */
  readonly pseudoLabels: number
  readonly added: number
  /** How confidence was calibrated to choose them; null in round 0 and without validation labels. */
  readonly calibrator: Calibrator | null
  readonly iterations: number
}

/** Labels, and what self-training did for them. */
export interface SelfTraining extends InferredLabelling {
  /** 'supervised': the labels are those without any pseudo-label. */
  readonly decision: 'supervised' | 'semi-supervised'
  /** Why, in words. */
  readonly decisionReason: string
  /** The round whose pseudo-labels stand behind the labels; 0 is none. */
  readonly round: number
  /** Accuracy of the best round less that of round 0, paired on the validation nodes, with its interval; null where nothing was judged or no round was better. */
  readonly gain: PairedBootstrap | null
  /** Round 0 first. */
  readonly rounds: readonly SelfTrainingRound[]
  /** Those behind the labels. */
  readonly pseudoLabels: readonly PseudoLabel[]
  /** Every addition of every round, in order; what a later round dropped or relabelled too. */
  readonly record: readonly PseudoLabel[]
  /** Number of labels that rounds were judged by. */
  readonly validationCount: number
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
export const selfTraining: Labeller<SelfTrainingOptions, SelfTraining> = faceOf(
  'selfTraining',
  resolveSelfTraining,
  trainOn,
)

const WHO = 'selfTraining'

interface Round {
  readonly labelling: InferredLabelling
  /** 1 where a validation label was found, shape (validation nodes). */
  readonly correct: Float64Array
  readonly pseudoLabels: readonly PseudoLabel[]
  readonly report: SelfTrainingRound
}

function* trainOn(network: Network, options: Resolved<SelfTrainingOptions>): Algorithm<SelfTraining> {
  const held = readHeldOut(network, options)
  const labels = readLabels(network, held, options)
  const labeller = labellerOptions(options, labels.prior)
  const first = yield* inferLabels.on(network, { ...labeller, seeds: held.seeds })
  // What pseudo-labels do to the number of labels per class must not change the method.
  const fixed = { ...labeller, method: first.method }
  const rounds = [judge(0, first, held, { pseudoLabels: [], added: [], calibrator: null })]
  const record: PseudoLabel[] = []
  while (rounds.length <= options.rounds) {
    const chosen = nextPseudoLabels(rounds[rounds.length - 1], held, labels.pool, options)
    record.push(...chosen.added)
    const seeds = withPseudoLabels(held.seeds, chosen.pseudoLabels)
    const labelling = yield* inferLabels.on(network, { ...fixed, seeds })
    rounds.push(judge(rounds.length, labelling, held, chosen))
  }
  const choice = chooseRound(rounds, options)
  const { labelling, pseudoLabels } = rounds[choice.round]
  const seeds = withPseudoLabels(held.all, pseudoLabels)
  const answer = held.areSeeds ? yield* inferLabels.on(network, { ...fixed, seeds }) : labelling
  const { method, reason, labelsPerClass } = first
  return {
    ...{ ...answer, method, reason, labelsPerClass, ...choice, pseudoLabels, record },
    rounds: rounds.map(({ report }) => report),
    validationCount: held.nodes.length,
  }
}

function readHeldOut(network: Network, { validation, seeds, seed }: Resolved<SelfTrainingOptions>): HeldOutLabels {
  return typeof validation === 'number'
    ? holdOutSeeds(WHO, network, seeds, validation, seed)
    : givenValidation(WHO, network, seeds, validation)
}

/** What the labels alone say. */
interface Labels {
  readonly prior: ClassShares
  readonly pool: Pool
}

function readLabels(network: Network, held: HeldOutLabels, { classPrior }: Resolved<SelfTrainingOptions>): Labels {
  const seeds = readSeeds(WHO, network, held.seeds)
  const { classShares } = readPriors(WHO, seeds, { ...DECISION_DEFAULTS, classPrior })
  const taken = new Set<number>([...seeds.nodes, ...held.nodes])
  return {
    prior: Object.fromEntries(seeds.classes.map((label, c) => [label, classShares[c]])),
    pool: {
      free: Int32Array.from({ length: network.nodes.size }, (_, node) => node).filter((node) => !taken.has(node)),
      shares: classShares,
      labelMass: seeds.weights.reduce((sum, weight) => sum + weight, 0),
    },
  }
}

/** Options of the labeller, with priors that pseudo-labels do not move. */
function labellerOptions(options: Resolved<SelfTrainingOptions>, prior: ClassShares): InferLabelsOptions {
  const names = Object.keys(inferLabels.defaults) as (keyof InferLabelsOptions)[]
  const own = Object.fromEntries(names.map((name) => [name, options[name]])) as Resolved<InferLabelsOptions>
  return {
    ...own,
    classPrior: own.classPrior === 'none' ? 'none' : prior,
    unreachedPrior: own.unreachedPrior === 'same' ? prior : own.unreachedPrior,
  }
}

interface Chosen {
  readonly pseudoLabels: readonly PseudoLabel[]
  /** Those that are new, or have another label, since the round before. */
  readonly added: readonly PseudoLabel[]
  readonly calibrator: Calibrator | null
}

function nextPseudoLabels(
  { labelling, correct, pseudoLabels: before, report }: Round,
  held: HeldOutLabels,
  pool: Pool,
  options: Resolved<SelfTrainingOptions>,
): Chosen {
  const round = report.round + 1
  const confidence = Float64Array.from(held.nodes, (node) => labelling.confidence[node])
  const calibrator =
    held.nodes.length === 0
      ? null
      : fitCalibrator(confidence, correct, { method: options.calibration, seed: options.seed })
  const proposed = choosePseudoLabels(labelling, calibrator, pool, options, round)
  const pseudoLabels = options.review?.(proposed, round) ?? proposed
  const known = new Map(before.map(({ node, label }) => [node, label]))
  return { pseudoLabels, added: pseudoLabels.filter(({ node, label }) => known.get(node) !== label), calibrator }
}

function judge(
  round: number,
  labelling: InferredLabelling,
  { nodes, labels }: HeldOutLabels,
  { pseudoLabels, added, calibrator }: Chosen,
): Round {
  const correct = Float64Array.from(nodes, (node, at) => (labelling.labels[node] === labels[at] ? 1 : 0))
  const accuracy = nodes.length === 0 ? null : correct.reduce((sum, one) => sum + one, 0) / nodes.length
  const { iterations } = labelling
  return {
    ...{ labelling, correct, pseudoLabels },
    report: { round, accuracy, pseudoLabels: pseudoLabels.length, added: added.length, calibrator, iterations },
  }
}

type Choice = Pick<SelfTraining, 'decision' | 'decisionReason' | 'round' | 'gain'>

function chooseRound(rounds: readonly Round[], { level, seed }: Resolved<SelfTrainingOptions>): Choice {
  const accuracyOf = ({ report }: Round): number => report.accuracy ?? 0
  const [first] = rounds
  if (first.report.accuracy === null) {
    return {
      decision: 'semi-supervised',
      decisionReason: 'nothing to judge by: the last round',
      round: rounds.length - 1,
      gain: null,
    }
  }
  const best = rounds.reduce((a, b) => (accuracyOf(b) > accuracyOf(a) ? b : a))
  if (best === first) {
    return { decision: 'supervised', decisionReason: 'no round was better than none', round: 0, gain: null }
  }
  const gain = pairedBootstrap(best.correct, first.correct, { level, seed })
  const shown = `round ${best.report.round} gains ${points(gain.difference)} points (${points(gain.low)} to ${points(gain.high)})`
  return gain.low > 0
    ? { decision: 'semi-supervised', decisionReason: shown, round: best.report.round, gain }
    : { decision: 'supervised', decisionReason: `${shown}, which may be chance`, round: 0, gain }
}

const points = (share: number): string => (100 * share).toFixed(1)
