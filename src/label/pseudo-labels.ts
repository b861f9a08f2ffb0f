import type { Labelling } from './labelling.ts'
import type { Label } from './seeds.ts'
import { RivuletError, show } from '../support/errors.ts'
import { requireRow } from '../support/key-index.ts'
import { checkOption, isIterable, type Check } from '../support/options.ts'
import { inSlices, PAUSE, type Sliced } from '../support/pause.ts'
import { selectCandidates, surenessOf, type SelectionRule } from './select-pseudo-labels.ts'
import type { SeedColumns } from '../solve/system.ts'
import type { NamedNetwork } from '../network/network.ts'

/** A prediction that is used as a label. */
export interface PseudoLabel {
  /** The round that added it, from 1. */
  readonly round: number
  readonly node: string
  readonly label: Label
  /** Calibrated confidence of the prediction, in [0, 1]. */
  readonly confidence: number
  /** Its weight relative to a label, which has weight 1; in (0, 1]. */
  readonly weight: number
  /** The reason for selecting it, as text. */
  readonly reason: string
}

/** Pseudo-labels of a round as columns, nodes ascending. */
export interface PseudoLabels {
  readonly round: number
  readonly reason: string
  readonly nodes: Int32Array
  /** Columns of their classes. */
  readonly columns: Int32Array
  readonly confidence: Float64Array
  readonly weights: Float64Array
}

/** The nodes that pseudo-labels are selected from. */
export interface Pool {
  /** Rows of nodes that are neither seeds nor validation nodes, ascending. */
  readonly free: Int32Array
  /** Shares of the classes, sum 1. */
  readonly shares: Float64Array
  /** Weight of all labels. */
  readonly labelMass: number
}

/** How pseudo-labels are selected and weighted. */
export interface PseudoLabelOptions {
  readonly rounds: number
  readonly select: SelectionRule
  readonly share: Ramp
  readonly threshold: Ramp
  readonly balanced: boolean
  readonly lambda: Ramp
}

/**
 * Selects the predictions of a labelling that the next round learns from.
 *
 * @param calibrate from confidence to the probability of being right
 * @param round the next one, in [1, rounds]
 */
export function* choosePseudoLabels(
  labelling: Labelling,
  calibrate: (confidence: number) => number,
  { free, shares, labelMass }: Pool,
  { rounds, select, share, threshold, balanced, lambda }: PseudoLabelOptions,
  round: number,
): Sliced<PseudoLabels> {
  const { rows, trust, group } = yield* readCandidates(labelling, calibrate, free)
  const { classes } = labelling
  const sureness = select === 'margin' || select === 'entropy' ? yield* surenessAt(labelling, rows, select) : trust
  const amount = rampAt(select === 'k-best' ? share : threshold, round, rounds)
  const groupShares = balanced ? shares : null
  const taken = yield* selectCandidates({ group, sureness }, classes.length, { rule: select, amount, groupShares })
  const [confidence, weights] = [new Float64Array(taken.length), new Float64Array(taken.length)]
  taken.forEach((place, at) => (confidence[at] = trust[place]))
  yield PAUSE
  const mass = confidence.reduce((sum, value) => sum + value, 0)
  const largest = confidence.reduce((most, value) => Math.max(most, value), 0)
  const factor = Math.min((rampAt(lambda, round, rounds) * labelMass) / mass, 1 / largest)
  confidence.forEach((value, at) => (weights[at] = Math.min(1, factor * value)))
  yield PAUSE
  return {
    ...{ round, reason: reasonOf(select, amount, balanced), confidence, weights },
    nodes: taken.map((place) => rows[place]),
    columns: taken.map((place) => group[place]),
  }
}

/** Candidates with a confidence above 0: node, calibrated confidence, class column. */
interface Readable {
  readonly rows: Int32Array
  readonly trust: Float64Array
  readonly group: Int32Array
}

/** Operations per calibrated confidence or list entry. */
const CANDIDATE_COST = 64

function* readCandidates(
  { labels, classes, confidence, reached }: Labelling,
  calibrate: (confidence: number) => number,
  free: Int32Array,
): Sliced<Readable> {
  const columnOf = new Map(classes.map((label, column) => [label, column]))
  const [rows, trust, group] = [new Int32Array(free.length), new Float64Array(free.length), new Int32Array(free.length)]
  let count = 0
  const readSome = (from: number, to: number): void => {
    for (let at = from; at < to; at++) {
      const node = free[at]
      const value = reached[node] === 1 ? calibrate(confidence[node]) : 0
      // A confidence of 0 would give a seed without weight.
      if (!(value > 0)) continue
      rows[count] = node
      trust[count] = value
      group[count++] = columnOf.get(labels[node]) ?? 0
    }
  }
  yield* inSlices(free.length, readSome, CANDIDATE_COST)
  return { rows: rows.subarray(0, count), trust: trust.subarray(0, count), group: group.subarray(0, count) }
}

function* surenessAt(
  { scores, classes }: Labelling,
  rows: Int32Array,
  rule: 'margin' | 'entropy',
): Sliced<Float64Array> {
  const sureness = new Float64Array(rows.length)
  const measureSome = (from: number, to: number): void => {
    for (let at = from; at < to; at++) {
      const first = rows[at] * classes.length
      sureness[at] = surenessOf(rule, scores.data.subarray(first, first + classes.length))
    }
  }
  yield* inSlices(rows.length, measureSome, CANDIDATE_COST * classes.length)
  return sureness
}

/** Pseudo-labels as objects, those for which `wanted` holds by place. */
export function* listPseudoLabels(
  { nodes: keys, classes }: Pick<Labelling, 'nodes' | 'classes'>,
  { round, reason, nodes, columns, confidence, weights }: PseudoLabels,
  wanted: (place: number) => boolean = () => true,
): Sliced<PseudoLabel[]> {
  const list: PseudoLabel[] = []
  const labelAt = (place: number): PseudoLabel => ({
    round,
    node: keys.keyOf(nodes[place]),
    label: classes[columns[place]],
    confidence: confidence[place],
    weight: weights[place],
    reason,
  })
  const listSome = (from: number, to: number): void => {
    for (let place = from; place < to; place++) if (wanted(place)) list.push(labelAt(place))
  }
  yield* inSlices(nodes.length, listSome, CANDIDATE_COST)
  return list
}

/**
 * The answer of a reviewer as columns.
 *
 * @throws {RivuletError} INVALID_OPTION if it is no list, UNKNOWN_KEY for a node, INVALID_DATA for a seed, a held-out node, a label that no seed has or a weight outside (0, 1].
 */
export function readReviewed(
  network: NamedNetwork,
  classes: readonly Label[],
  free: Int32Array,
  { round, reason }: PseudoLabels,
  reviewed: readonly PseudoLabel[],
): PseudoLabels {
  const who = "selfTraining, option 'review'"
  checkOption('selfTraining', 'review', reviewed, isIterable)
  const isFree = new Uint8Array(network.nodes.size)
  for (const node of free) isFree[node] = 1
  const byNode = new Map<number, PseudoLabel>()
  for (const one of reviewed) {
    if (!classes.includes(one.label)) throw badReview(one, 'a label of a seed', one.label)
    if (!(one.weight > 0 && one.weight <= 1)) throw badReview(one, 'a weight in (0, 1]', one.weight)
    const node = requireRow(who, 'a node', network.nodes, one.node)
    if (isFree[node] === 0) throw badReview(one, 'a node that is neither a seed nor held out for validation', one.node)
    byNode.set(node, one)
  }
  const nodes = Int32Array.from(byNode.keys()).sort()
  const at = (node: number): PseudoLabel => byNode.get(node) as PseudoLabel
  return {
    ...{ round, reason, nodes },
    columns: nodes.map((node) => classes.indexOf(at(node).label)),
    confidence: Float64Array.from(nodes, (node) => at(node).confidence),
    weights: Float64Array.from(nodes, (node) => at(node).weight),
  }
}

/** Seeds together with pseudo-labels. */
export function addPseudoLabels(seeds: SeedColumns, { nodes, columns, weights }: PseudoLabels): SeedColumns {
  const { classes } = seeds
  const indptr = new Int32Array(classes.length + 1)
  for (const column of columns) indptr[column + 1]++
  for (let c = 0; c < classes.length; c++) indptr[c + 1] += indptr[c] + seeds.indptr[c + 1] - seeds.indptr[c]
  const all = { nodes: new Int32Array(indptr[classes.length]), weights: new Float32Array(indptr[classes.length]) }
  const next = indptr.slice()
  for (let c = 0; c < classes.length; c++) {
    const [start, end] = [seeds.indptr[c], seeds.indptr[c + 1]]
    all.nodes.set(seeds.nodes.subarray(start, end), next[c])
    all.weights.set(seeds.weights.subarray(start, end), next[c])
    next[c] += end - start
  }
  for (let place = 0; place < nodes.length; place++) {
    all.nodes[next[columns[place]]] = nodes[place]
    all.weights[next[columns[place]]++] = weights[place]
  }
  // A pseudo-label never counts more than a label.
  return { classes, indptr, ...all, largest: weights.reduce((most, weight) => Math.max(most, weight), seeds.largest) }
}

function reasonOf(rule: SelectionRule, amount: number, balanced: boolean): string {
  const within = balanced ? ', classes by their shares' : ''
  if (rule === 'k-best') return `among the surest ${Number((100 * amount).toPrecision(3))} %${within}`
  const what = { threshold: 'confidence', margin: 'margin', entropy: 'information' }[rule]
  return `${what} at least ${Number(amount.toPrecision(3))}${within}`
}

function badReview({ node }: PseudoLabel, expected: string, got: unknown): RivuletError {
  return new RivuletError('INVALID_DATA', {
    who: `selfTraining, reviewed pseudo-label of ${show(node)}`,
    expected,
    got: show(got),
    todo: 'Correct or drop it.',
    details: { node },
  })
}

/** A number per round: constant, or from the first to the last round in equal steps. */
export type Ramp = number | readonly [first: number, last: number]

/** A ramp whose numbers all pass a check. */
export const isRamp =
  (check: Check): Check =>
  (value) => {
    if (!Array.isArray(value)) return check(value)
    const expected =
      value.length === 2 ? value.map((end) => check(end)).find((expected) => expected !== null) : 'a number'
    return expected === undefined ? null : `[first, last], each ${expected}`
  }

/** Whether every round has the same number. */
export const isConstant = (ramp: Ramp): boolean => typeof ramp === 'number' || ramp[0] === ramp[1]

/** The number of a round. @param round in [1, rounds] */
export function rampAt(ramp: Ramp, round: number, rounds: number): number {
  if (typeof ramp === 'number') return ramp
  const [first, last] = ramp
  return rounds === 1 ? last : first + ((last - first) * (round - 1)) / (rounds - 1)
}
