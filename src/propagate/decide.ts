import { RivuletError, show } from '../support/errors.ts'
import type { Label, SeedColumns } from './seeds.ts'

/**
 * How class sizes enter the decision.
 *
 * - `none`: the class with the largest score.
 * - `seeds`: scores are scaled so that class masses stand in the proportion of the seeds (class mass normalisation, Zhu, Ghahramani & Lafferty 2003).
 * - a record: the same with the given share of every class.
 */
export type ClassPrior = 'none' | 'seeds' | Readonly<Record<string, number>>

/** The label of every node, and how sure it is. */
export interface Decision {
  /** Class column of every node, shape (nodes). */
  readonly column: Int32Array
  /** Shares of the classes at every node, each row sums to 1; shape (nodes x classes), row-major. */
  readonly shares: Float32Array
  /** The largest share of every node, in [1 / classes, 1]; shape (nodes). */
  readonly confidence: Float32Array
  /** 1 where any seed's label arrived within the sweeps, 0 where only the prior speaks; shape (nodes). */
  readonly reached: Uint8Array
}

/** Turns scores (nodes x classes) into labels. A node that nothing reached gets the prior; ties go to the earlier class. */
export function decide(who: string, scores: Float32Array, seeds: SeedColumns, prior: ClassPrior): Decision {
  const width = seeds.classes.length
  const count = scores.length / width
  const priorShares = classShares(who, seeds, prior)
  const factors = prior === 'none' ? new Float64Array(width).fill(1) : massFactors(scores, width, priorShares)
  const column = new Int32Array(count)
  const shares = new Float32Array(scores.length)
  const confidence = new Float32Array(count)
  const reached = new Uint8Array(count)
  for (let node = 0; node < count; node++) {
    const at = node * width
    let total = 0
    // Rounding can leave a score a hair below zero.
    for (let c = 0; c < width; c++) total += Math.max(0, scores[at + c]) * factors[c]
    reached[node] = total > 0 ? 1 : 0
    for (let c = 0; c < width; c++) {
      shares[at + c] = total > 0 ? (Math.max(0, scores[at + c]) * factors[c]) / total : priorShares[c]
      if (shares[at + c] > shares[at + column[node]]) column[node] = c
    }
    confidence[node] = shares[at + column[node]]
  }
  return { column, shares, confidence, reached }
}

/**
 * Scores of a signed graph, where a score below 0 speaks against its class, as evidence >= 0: less the node's lowest score, if that is below 0.
 * The order of the classes stays.
 */
export function aboveLowest(scores: Float32Array, width: number): Float32Array {
  const evidence = new Float32Array(scores.length)
  for (let at = 0; at < scores.length; at += width) {
    const row = scores.subarray(at, at + width)
    const lowest = Math.min(0, ...row)
    for (let c = 0; c < width; c++) evidence[at + c] = row[c] - lowest
  }
  return evidence
}

/** Shares of the classes among the seeds, or the given ones scaled to sum to 1. */
function classShares(who: string, { classes, indptr, weights }: SeedColumns, prior: ClassPrior): Float64Array {
  const shares =
    typeof prior === 'object'
      ? Float64Array.from(classes, (label) => givenShare(who, prior, label))
      : Float64Array.from(classes, (_, c) => weights.subarray(indptr[c], indptr[c + 1]).reduce((a, b) => a + b, 0))
  const total = shares.reduce((a, b) => a + b, 0)
  return shares.map((share) => share / total)
}

function givenShare(who: string, prior: Readonly<Record<string, number>>, label: Label): number {
  const share = Object.hasOwn(prior, label) ? prior[label] : undefined
  if (share !== undefined && Number.isFinite(share) && share > 0) return share
  throw new RivuletError('INVALID_OPTION', {
    who: `${who}, option 'classPrior'`,
    expected: `a share > 0 for class ${show(label)}`,
    got: show(share),
    todo: "Give every class a share, or use 'seeds'.",
  })
}

function massFactors(scores: Float32Array, width: number, priorShares: Float64Array): Float64Array {
  const mass = new Float64Array(width)
  for (let at = 0; at < scores.length; at++) mass[at % width] += Math.max(0, scores[at])
  return mass.map((sum, c) => (sum > 0 ? priorShares[c] / sum : 0))
}
