/**
 * Steps of PoissonMBO after Poisson learning: decide under class volumes, let the decisions diffuse, decide again.
 *
 *   U <- one-hot(decide(U));   repeated:  U <- U + h D^-1 (W U - D U + s (Y - ybar))
 *
 * U shares (n x c), Y - ybar the centred seeds as sources, s their strength, h = 1/2. Calder, Cook, Thorpe & Slepcev: Poisson Learning, ICML 2020
 * (arXiv:2006.11184), algorithm 2. Differs from the paper: steps are of the random walk, so that one size suits hubs and leaves.
 */
import { drive } from '../../src/advanced.ts'
import { volumeFactors } from '../../src/label/class-volumes.ts'
import type { LabelledGraph } from './labelled-graphs.ts'

export interface MboOptions {
  /** How often is decided again. */
  readonly rounds: number
  /** Steps of diffusion before each decision. */
  readonly steps: number
  /** Of the seeds' sources. */
  readonly strength: number
}

const STEP = 0.5

/** The adjacency of a graph, every edge once in each direction. */
interface Neighbours {
  readonly pointers: Int32Array
  readonly of: Int32Array
}

export function neighboursOf({ nodeCount, source, target }: LabelledGraph): Neighbours {
  const pointers = new Int32Array(nodeCount + 1)
  for (const side of [source, target]) for (const node of side) pointers[node + 1]++
  for (let node = 0; node < nodeCount; node++) pointers[node + 1] += pointers[node]
  const next = pointers.slice()
  const of = new Int32Array(pointers[nodeCount])
  source.forEach((node, edge) => {
    of[next[node]++] = target[edge]
    of[next[target[edge]]++] = node
  })
  return { pointers, of }
}

/**
 * Classes after some rounds.
 *
 * @param scores shape (nodes x classes), row-major
 * @param seeds node and class column
 * @param shares of the classes, sum 1
 * @returns the class column of every node; as soon as a round changes nothing, that is it
 */
export function mboClasses(
  neighbours: Neighbours,
  scores: Float32Array,
  seeds: readonly (readonly [node: number, column: number])[],
  shares: Float64Array,
  { rounds, steps, strength }: MboOptions,
): Int32Array {
  const width = shares.length
  const sources = sourcesOf(seeds, width, strength)
  let u = Float32Array.from(scores)
  let classes = decideByVolume(u, shares)
  for (let round = 0; round < rounds; round++) {
    u.fill(0)
    classes.forEach((column, node) => (u[node * width + column] = 1))
    for (let step = 0; step < steps; step++) u = diffused(neighbours, u, width, sources)
    const next = decideByVolume(u, shares)
    if (next.every((column, node) => column === classes[node])) return next
    classes = next
  }
  return classes
}

function sourcesOf(
  seeds: readonly (readonly [number, number])[],
  width: number,
  strength: number,
): ReadonlyMap<number, Float64Array> {
  const mean = new Float64Array(width)
  for (const [, column] of seeds) mean[column] += 1 / seeds.length
  return new Map(
    seeds.map(([node, column]) => [node, mean.map((share, c) => strength * (Number(c === column) - share))]),
  )
}

function diffused(
  { pointers, of }: Neighbours,
  u: Float32Array,
  width: number,
  sources: ReadonlyMap<number, Float64Array>,
): Float32Array<ArrayBuffer> {
  const next = new Float32Array(u.length)
  for (let node = 0; node + 1 < pointers.length; node++) {
    const [from, to] = [pointers[node], pointers[node + 1]]
    const source = sources.get(node)
    for (let c = 0; c < width; c++) {
      let sum = source?.[c] ?? 0
      for (let edge = from; edge < to; edge++) sum += u[of[edge] * width + c]
      const own = u[node * width + c]
      next[node * width + c] = to > from ? own + STEP * (sum / (to - from) - own) : own
    }
  }
  return next
}

/** The largest score under factors that give each class its share of the nodes. */
function decideByVolume(scores: Float32Array, shares: Float64Array): Int32Array {
  const width = shares.length
  const factors = drive<never, Float64Array>(volumeFactors(scores, shares), (asked) => asked)
  return Int32Array.from({ length: scores.length / width }, (_, node) => {
    let best = 0
    for (let c = 1; c < width; c++) {
      const [value, known] = [c, best].map((column) => Math.max(0, scores[node * width + column]) * factors[column])
      if (value > known) best = c
    }
    return best
  })
}
