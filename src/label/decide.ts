import { show } from '../support/errors.ts'
import { either, oneOf, refusedOption, type Check } from '../support/options.ts'
import { choice, option, type Resolved } from '../support/spec.ts'
import { PAUSE, ranges, type Sliced } from '../support/pause.ts'
import { volumeFactors } from './class-volumes.ts'
import { scaleToOne, type Label } from './seeds.ts'
import type { Spread } from './spread-labels.ts'
import type { SeedColumns } from '../solve/system.ts'

/** Shares > 0 by class, for exactly the classes of the seeds; they are scaled to sum to 1. */
export type ClassShares = Readonly<Record<string, number>>

/**
 * Assumed class sizes: 'none' for no assumption, 'seeds' for the shares of the seeds (by weight), or given shares. `decisionRule` says how
 * they are used; with 'none', a node that no seed reaches gets the shares of the seeds.
 */
export type ClassPrior = 'none' | 'seeds' | ClassShares

/**
 * How a class is chosen from scores.
 *
 * - `largest`: the class with the largest score.
 * - `mass`: the same after scaling each class to its share of all scores (class mass normalisation, Zhu, Ghahramani & Lafferty 2003).
 * - `volume`: the same after scaling each class so that as many of the reached nodes are decided for it as its share says (Calder et al. 2020).
 * - `auto`: 'largest' with `classPrior` 'none', otherwise 'mass'.
 */
export type DecisionRule = 'auto' | 'largest' | 'mass' | 'volume'

const isRecord: Check = (value) => (value !== null && typeof value === 'object' ? null : 'shares per class')

/** Options of choosing classes from scores. */
export const decisionOptions = {
  /** Assumed class sizes: 'none', those of the 'seeds', or shares > 0 for exactly the classes of the seeds. Default 'none'. */
  classPrior: option<ClassPrior>('none', either(oneOf('none', 'seeds'), isRecord)),
  /** How scores become a class: the 'largest', after scaling by 'mass' or by 'volume'. Default 'auto': 'mass' with a classPrior. */
  decisionRule: choice<DecisionRule>('auto', ['auto', 'largest', 'mass', 'volume']),
  /** Shares > 0 of exactly the classes of the seeds, for nodes that no seed reaches. Default 'same': those of `classPrior`. */
  unreachedPrior: option<'same' | ClassShares>('same', either(oneOf('same'), isRecord)),
}

export type DecisionOptions = Resolved<typeof decisionOptions>

/** The class of every node, with its confidence. */
export interface Decision {
  /** Class column of every node, shape (nodes). */
  readonly column: Int32Array
  /** Shares of the classes at every node, each row sums to 1; shape (nodes x classes), row-major. */
  readonly shares: Float32Array
  /** The largest share of every node, in [1 / classes, 1]; shape (nodes). */
  readonly confidence: Float32Array
}

/** The scores to choose classes from: see `Spread`. */
export type Evidence = Pick<Spread, 'scores' | 'masses'>

/** Shares that differ by no more than this are a tie, because their order depends on rounding errors. */
const TIE = 1e-6

/**
 * Turns scores (nodes x classes) into labels. A node that no seed reaches gets the prior; ties go to the earlier class.
 *
 * @throws {RivuletError} INVALID_OPTION for a class without a share, a share for a class that no seed has, or a rule that needs shares if none are given.
 */
export function* decide(
  who: string,
  evidence: Evidence,
  seeds: SeedColumns,
  options: DecisionOptions,
): Sliced<Decision> {
  const { scores } = evidence
  const width = seeds.classes.length
  const count = scores.length / width
  const { classShares, unreachedShares } = readPriors(who, seeds, options)
  const factors = yield* decisionFactors(evidence, classShares, options)
  const column = new Int32Array(count)
  const shares = new Float32Array(scores.length)
  const confidence = new Float32Array(count)
  for (const [from, to] of ranges(0, count, 8 * width)) {
    decideRows(from, to, { scores, factors, unreachedShares, column, shares, confidence })
    yield PAUSE
  }
  return { column, shares, confidence }
}

interface Deciding extends Decision {
  readonly scores: Float32Array
  readonly factors: Float64Array
  readonly unreachedShares: Float64Array
}

function decideRows(start: number, end: number, deciding: Deciding): void {
  const { scores, factors, unreachedShares, column, shares, confidence } = deciding
  const width = factors.length
  const row = new Float64Array(width)
  for (let node = start; node < end; node++) {
    let total = 0
    let largest = 0
    // Rounding can leave a score slightly below zero.
    for (let c = 0; c < width; c++) total += row[c] = Math.max(0, scores[node * width + c]) * factors[c]
    for (let c = 0; c < width; c++) {
      row[c] = total > 0 ? row[c] / total : unreachedShares[c]
      shares[node * width + c] = row[c]
      largest = Math.max(largest, row[c])
    }
    let first = 0
    while (row[first] < largest - TIE) first++
    column[node] = first
    confidence[node] = largest
  }
}

/**
 * Makes scores of a signed graph, where a score below 0 is evidence against its class, >= 0: subtracts the node's lowest score if that is below 0.
 * The order of the classes does not change.
 */
export function aboveLowest(scores: Float32Array, width: number): Float32Array {
  const evidence = new Float32Array(scores.length)
  for (let at = 0; at < scores.length; at += width) {
    const row = scores.subarray(at, at + width)
    const lowest = row.reduce((least, score) => Math.min(least, score), 0)
    for (let c = 0; c < width; c++) evidence[at + c] = row[c] - lowest
  }
  return evidence
}

/** Checks both priors and returns them as shares in the order of the classes. */
export function readPriors(
  who: string,
  seeds: SeedColumns,
  { classPrior, decisionRule, unreachedPrior }: DecisionOptions,
): { classShares: Float64Array; unreachedShares: Float64Array } {
  if (classPrior === 'none' && (decisionRule === 'mass' || decisionRule === 'volume')) {
    throw refusedOption(who, 'decisionRule', {
      expected: `a classPrior beside ${show(decisionRule)}`,
      got: "classPrior 'none'",
      todo: "Give classPrior 'seeds' or shares per class, or decisionRule 'largest'.",
    })
  }
  const { classes, indptr, weights } = seeds
  const classShares = scaleToOne(
    typeof classPrior === 'object'
      ? givenShares(who, 'classPrior', classPrior, classes)
      : Float64Array.from(classes, (_, c) => weights.subarray(indptr[c], indptr[c + 1]).reduce((a, b) => a + b, 0)),
  )
  if (unreachedPrior === 'same') return { classShares, unreachedShares: classShares }
  return { classShares, unreachedShares: scaleToOne(givenShares(who, 'unreachedPrior', unreachedPrior, classes)) }
}

function givenShares(who: string, option: string, prior: ClassShares, classes: readonly Label[]): Float64Array {
  const known = new Set(classes.map(String))
  const unknown = Object.keys(prior).find((name) => !known.has(name))
  if (unknown !== undefined) {
    throw refusedOption(who, option, {
      expected: `classes of the seeds (${classes.length} classes)`,
      got: show(unknown),
      todo: 'Leave it out, or add a seed of that class.',
      details: { value: unknown },
    })
  }
  return Float64Array.from(classes, (label) => givenShare(who, option, prior, label))
}

function givenShare(who: string, option: string, prior: ClassShares, label: Label): number {
  const share = Object.hasOwn(prior, label) ? prior[label] : undefined
  if (share !== undefined && Number.isFinite(share) && share > 0) return share
  throw refusedOption(who, option, {
    expected: `a share > 0 for class ${show(label)}`,
    got: show(share),
    todo: `Give every class a share, or leave '${option}' out.`,
  })
}

function* decisionFactors(
  { scores, masses }: Evidence,
  shares: Float64Array,
  { classPrior, decisionRule }: DecisionOptions,
): Sliced<Float64Array> {
  const rule = decisionRule === 'auto' ? (classPrior === 'none' ? 'largest' : 'mass') : decisionRule
  if (rule === 'largest') return new Float64Array(shares.length).fill(1)
  if (rule === 'volume') return yield* volumeFactors(scores, shares)
  return shares.map((share, c) => (masses[c] > 0 ? share / masses[c] : 0))
}
