import type { InferredLabelling } from './infer-labels.ts'
import type { Label, SeedEntry } from '../propagate/seeds.ts'
import type { Calibrator } from './calibration.ts'
import { rampAt, type Ramp } from './ramp.ts'
import { selectCandidates, surenessOf, type SelectionRule } from './select-pseudo-labels.ts'

/** A prediction that is learnt from. */
export interface PseudoLabel {
  /** Round that took it up, counted from 1. */
  readonly round: number
  readonly node: string
  readonly label: Label
  /** Calibrated confidence of the prediction, in [0, 1]. */
  readonly confidence: number
  /** What it counts beside a label, which counts 1; in (0, 1]. */
  readonly weight: number
  /** Why it was taken, in words. */
  readonly reason: string
}

/** What pseudo-labels are drawn from. */
export interface Pool {
  /** Nodes by row that are neither seeds nor validation nodes. */
  readonly free: Int32Array
  /** Shares of the classes, sum 1, in the order of `classes`. */
  readonly shares: Float64Array
  /** Weight of all labels. */
  readonly labelMass: number
}

/** How pseudo-labels are chosen and weighed. */
export interface PseudoLabelOptions {
  readonly rounds: number
  readonly select: SelectionRule
  readonly share: Ramp
  readonly threshold: Ramp
  readonly balanced: boolean
  readonly lambda: Ramp
}

/**
 * The predictions of a labelling that the next round learns from.
 *
 * @param calibrator `null`: confidence as it is
 * @param round the next one, in [1, rounds]
 */
export function choosePseudoLabels(
  { nodes, labels, classes, confidence, scores, reached }: InferredLabelling,
  calibrator: Calibrator | null,
  { free, shares, labelMass }: Pool,
  { rounds, select, share, threshold, balanced, lambda }: PseudoLabelOptions,
  round: number,
): PseudoLabel[] {
  const width = classes.length
  const columnOf = new Map(classes.map((label, column) => [label, column]))
  const trust = new Float64Array(nodes.size)
  for (const node of free) {
    if (reached[node] === 1) trust[node] = calibrator?.calibrate(confidence[node]) ?? confidence[node]
  }
  // Confidence 0 would be a seed without weight.
  const rows = free.filter((node) => trust[node] > 0)
  const candidates = {
    group: Int32Array.from(rows, (node) => columnOf.get(labels[node]) ?? 0),
    sureness: Float64Array.from(rows, (node) =>
      surenessOf(select, scores.data.subarray(node * width, (node + 1) * width), trust[node]),
    ),
  }
  const amount = rampAt(select === 'k-best' ? share : threshold, round, rounds)
  const groupShares = balanced ? shares : null
  const taken = Array.from(selectCandidates(candidates, width, { rule: select, amount, groupShares }), (at) => rows[at])
  const mass = taken.reduce((sum, node) => sum + trust[node], 0)
  const largest = taken.reduce((most, node) => Math.max(most, trust[node]), 0)
  const factor = Math.min((rampAt(lambda, round, rounds) * labelMass) / mass, 1 / largest)
  const reason = reasonOf(select, amount, balanced)
  return taken.map((node) => ({
    round,
    node: nodes.keyOf(node),
    label: labels[node],
    confidence: trust[node],
    weight: factor * trust[node],
    reason,
  }))
}

/** Seeds and pseudo-labels together, as what spreads. */
export function withPseudoLabels(seeds: readonly SeedEntry[], pseudoLabels: readonly PseudoLabel[]): SeedEntry[] {
  return [...seeds, ...pseudoLabels.map(({ node, label, weight }) => [node, label, weight] as const)]
}

function reasonOf(rule: SelectionRule, amount: number, balanced: boolean): string {
  const shown = Number(amount.toPrecision(3))
  const within = balanced ? ', classes by their shares' : ''
  if (rule === 'k-best') return `among the surest ${Number((100 * amount).toPrecision(3))} %${within}`
  return `${{ threshold: 'confidence', margin: 'margin', entropy: 'information' }[rule]} at least ${shown}${within}`
}
