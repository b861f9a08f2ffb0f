/**
 * MBO steps after Poisson learning: choose classes, diffuse the choice, and choose classes again.
 *
 *   U <- one-hot(decided classes);   20 times:  U <- max(0, U + h (D^-1 W U - U + s)),   h = 1/2
 *
 * U scores (n x c), W adjacency (n x n), D degrees, s = Y - ybar at the seeds and 0 elsewhere (n x c). Thresholds between diffusions shorten the borders
 * between classes (Merriman, Bence & Osher 1992), and under `decisionRule: 'volume'` classes keep their sizes.
 * Calder, Cook, Thorpe & Slepcev: Poisson Learning: Graph Based Semi-Supervised Learning at Very Low Label Rates, ICML 2020 (arXiv:2006.11184), algorithm 2.
 * Differs from the paper: diffusion is a walk, not a flow, so that one step size suits hubs, leaves and weights of any scale, and sources have the unit of U;
 * half as many diffusions per step, because more did not help in validation; classes are chosen by `decisionRule`; scores stay >= 0.
 * Cost: 20 passes over the edges per step, n c numbers each, on the calling thread; two copies of U in single precision.
 */
import type { Adjacency } from '../network/adjacency.ts'
import { PAUSE, ranges, rowRanges, type Sliced } from '../support/pause.ts'
import type { SeedColumns } from '../solve/system.ts'
import { decide, type DecisionOptions } from './decide.ts'
import type { Spread } from './spread-labels.ts'

const DIFFUSIONS = 20
const STEP = 0.5

/** The graph and the sources of the diffusion. */
export interface MboProblem {
  readonly adjacency: Adjacency
  readonly seeds: SeedColumns
  /** Y - ybar of the seeds, by node. */
  readonly sources: ReadonlyMap<number, Float64Array>
  /** How classes are chosen from scores. */
  readonly decision: DecisionOptions
}

/**
 * Scores after `steps` steps, or fewer if a step chooses the same classes as the one before. Nodes that are not reached stay so, and a node without neighbours
 * keeps its scores.
 *
 * @param before the scores of Poisson learning
 */
export function* mboSpread(who: string, problem: MboProblem, before: Spread, steps: number): Sliced<Spread> {
  const { seeds, decision } = problem
  let spread = before
  let known: Int32Array | null = null
  for (let step = 0; step < steps; step++) {
    const { column } = yield* decide(who, spread, seeds, decision)
    if (known?.every((decided, node) => decided === column[node])) break
    known = column
    const scores = yield* diffuse(problem, yield* oneHot(problem, spread, column))
    const masses = yield* sumColumns(scores, seeds.classes.length)
    spread = { ...spread, scores, masses, iterations: spread.iterations + DIFFUSIONS }
  }
  return spread
}

/** 1 for the chosen class of every reached node with neighbours. */
function* oneHot(
  { adjacency: { degrees }, seeds: { classes } }: MboProblem,
  { scores, reached }: Spread,
  column: Int32Array,
): Sliced<Float32Array> {
  const width = classes.length
  const u = scores.slice()
  for (const [from, to] of ranges(0, column.length, width)) {
    for (let node = from; node < to; node++) {
      if (reached[node] === 0 || degrees[node] === 0) continue
      u.fill(0, node * width, (node + 1) * width)
      u[node * width + column[node]] = 1
    }
    yield PAUSE
  }
  return u
}

/** @param u is overwritten */
function* diffuse(problem: MboProblem, u: Float32Array): Sliced<Float32Array> {
  const width = problem.seeds.classes.length
  const parts = rowRanges(problem.adjacency.pointers, 2 * width)
  let [current, next]: Float32Array[] = [u, u.slice()]
  for (let done = 0; done < DIFFUSIONS; done++) {
    for (const [from, to] of parts) {
      diffuseRows(from, to, problem, current, next)
      yield PAUSE
    }
    ;[current, next] = [next, current]
  }
  return current
}

function diffuseRows(
  start: number,
  end: number,
  { adjacency: { pointers, neighbours, weights, degrees }, seeds: { classes }, sources }: MboProblem,
  u: Float32Array,
  next: Float32Array,
): void {
  const width = classes.length
  const sums = new Float64Array(width)
  for (let node = start; node < end; node++) {
    const [own, degree] = [node * width, degrees[node]]
    if (degree === 0) continue
    sums.fill(0)
    for (let edge = pointers[node]; edge < pointers[node + 1]; edge++) {
      const [other, weight] = [neighbours[edge] * width, weights === null ? 1 : weights[edge]]
      for (let c = 0; c < width; c++) sums[c] += weight * u[other + c]
    }
    const source = sources.get(node)
    for (let c = 0; c < width; c++) {
      const change = sums[c] / degree - u[own + c] + (source === undefined ? 0 : source[c])
      next[own + c] = Math.max(0, u[own + c] + STEP * change)
    }
  }
}

function* sumColumns(scores: Float32Array, width: number): Sliced<Float64Array> {
  const sums = new Float64Array(width)
  for (const [from, to] of ranges(0, scores.length / width, width)) {
    for (let at = from * width; at < to * width; at++) sums[at % width] += scores[at]
    yield PAUSE
  }
  return sums
}
