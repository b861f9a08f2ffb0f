/**
 * Scores far from every seed, which are too small to share a floating-point range with near ones: solved from the settled nodes outwards, band by band.
 *
 *   (D - alpha W) z = b;   given z on the settled nodes, z on the rest solves the same system with what they send as its right-hand side
 *
 * W weights (n x n), D degrees, z scores by node (n x c), b seeds times degrees. Each band is scaled by its own power of two, so that scores may become arbitrarily small and
 * keep their precision. A round solves a window around the strongest inflow and settles the nodes that are large compared with the error bound,
 * |z - z*| <= max_j |r_j| / excess_j. Nodes more than H hops away are negligible: entries of the inverse decrease at least
 * by (1 - sqrt(1 - alpha^2)) / alpha per hop (Demko, Moss & Smith 1984, 10.1090/S0025-5718-1984-0758197-9).
 * Cost: a few dozen passes over the edges of the solved part, for any distance; 8 bytes per node and class.
 */
import { inSlices, PAUSE, SCATTERED, Slices, type Sliced } from '../support/pause.ts'
import { endsOf, type Adjacency } from '../network/adjacency.ts'
import type { TakeSystem } from './on-adjacency.ts'
import { conjugateGradients, type Estimate } from './conjugate-gradients.ts'
import { GroundedSystem } from './grounded-system.ts'

/** Scores that are settled near the seeds, from which to continue. */
export interface NearField {
  readonly alpha: number
  readonly width: number
  /** z, shape (nodes x width), row-major; rows that are not settled are overwritten. */
  readonly rows: Float64Array
  /** 1 where `rows` is settled, shape (nodes); becomes 1 where this settles it. */
  readonly settled: Uint8Array
  /** Nodes that have scores at all, those nearest to a seed first. */
  readonly reached: Int32Array
  /** b of the seeds. */
  readonly sources: ReadonlyMap<number, Float64Array>
  /** Wanted relative error. */
  readonly tolerance: number
  /** Most steps, each counted as the part of all edges that it passes over. */
  readonly maxIterations: number
}

export interface FarField {
  /** z is `rows` times two to the power of these; shape (nodes). */
  readonly exponents: Int32Array
  readonly iterations: number
  /** Sum of the relative errors of consecutive bands. */
  readonly error: number
  /** Whether nothing is left to settle. */
  readonly complete: boolean
}

/** Share of the tolerance that a band may add to the relative error: errors of consecutive bands add up. */
const SHARE_OF_A_BAND = 1e-3
/** Double precision gives no smaller relative error together with a band of some width. */
const SMALLEST_ERROR = 1e-11
/** Scores of one band differ by up to this factor. */
const BAND = 2 ** 16
/** Nodes whose inflow is weaker than the strongest by this factor, in powers of two, wait. */
const WAITING = 60
/** Bound on the change within a window from the nodes it leaves out. */
const NEGLIGIBLE = 1e-16

/** @throws {RivuletError} MEMORY_LIMIT of `take`, before a window is solved */
export function* spreadOutwards(adjacency: Adjacency, near: NearField, take: TakeSystem): Sliced<FarField> {
  const field = new Outwards(adjacency, near, take)
  try {
    return yield* spreadFrom(field, near, adjacency.neighbours.length)
  } finally {
    field.release()
  }
}

function* spreadFrom(field: Outwards, near: NearField, allEnds: number): Sliced<FarField> {
  yield* field.start()
  const error = Math.max(SMALLEST_ERROR, near.tolerance * SHARE_OF_A_BAND)
  let [iterations, total] = [0, 0]
  let window = yield* field.nextWindow()
  while (window !== null) {
    const { system, rhs } = window
    const most = Math.floor(((near.maxIterations - iterations) * allEnds) / Math.max(1, window.ends))
    if (most < 1) break
    const { width } = near
    const bound = ({ r }: Estimate): Sliced<number> => largestByExcess(r, system, width)
    const solved = yield* conjugateGradients(system, width, rhs, { bound, target: error / BAND, maxIterations: most })
    iterations += (solved.iterations * window.ends) / allEnds
    total += error
    if ((yield* field.settle(window, solved.x, solved.bound / error)) === 0) break
    window = yield* field.nextWindow()
  }
  const complete = window === null
  return { exponents: field.exponents, iterations: Math.ceil(iterations), error: complete ? total : Infinity, complete }
}

/** max_j |r_j| / excess_j. */
function* largestByExcess(r: Float64Array, { excess }: GroundedSystem, width: number): Sliced<number> {
  let largest = 0
  const compareRows = (start: number, end: number): void => {
    let most = largest
    for (let row = start, at = start * width; row < end; row++) {
      for (let c = 0; c < width; c++) most = Math.max(most, Math.abs(r[at++]) / excess[row])
    }
    largest = most
  }
  yield* inSlices(excess.length, compareRows, width)
  return largest
}

/** Nodes that are solved together. */
interface Window {
  readonly nodes: Int32Array
  readonly system: GroundedSystem
  /** Shape (nodes x width), in the unit of the window. */
  readonly rhs: Float64Array
  /** Power of two that is this window's unit. */
  readonly exponent: number
  /** Edge ends of its nodes. */
  readonly ends: number
}

class Outwards {
  readonly exponents: Int32Array
  readonly #adjacency: Adjacency
  readonly #near: NearField
  /** log2 of the strongest inflow from a settled neighbour or a seed, over the node's degree; shape (nodes). */
  readonly #inflow: Float64Array
  /** Nodes with inflow; settled ones are removed by `nextWindow`. */
  #frontier: number[] = []
  readonly #placeOf: Int32Array
  readonly #hops: number

  readonly #take: TakeSystem
  #release: () => void = () => undefined

  constructor(adjacency: Adjacency, near: NearField, take: TakeSystem) {
    this.#adjacency = adjacency
    this.#take = take
    this.#near = near
    this.exponents = new Int32Array(adjacency.nodeCount)
    this.#inflow = new Float64Array(adjacency.nodeCount).fill(-Infinity)
    this.#placeOf = new Int32Array(adjacency.nodeCount).fill(-1)
    const { alpha } = near
    this.#hops = Math.ceil(Math.log(NEGLIGIBLE) / Math.log((1 - Math.sqrt(1 - alpha * alpha)) / alpha))
  }

  /** Sends from settled nodes and from seeds. */
  *start(): Sliced<void> {
    const { reached, sources, width } = this.#near
    yield* this.#sendFrom(reached)
    for (const [node, row] of sources) this.#receive(node, Math.log2(sizeOf(row, 0, width)))
  }

  /** Releases the memory of the last window. */
  release(): void {
    this.#release()
  }

  /** The unsettled nodes around the strongest inflow, with their inflow; `null` if none is left. */
  *nextWindow(): Sliced<Window | null> {
    this.#frontier = this.#frontier.filter((node) => this.#near.settled[node] === 0)
    const strongest = this.#frontier.reduce((most, node) => Math.max(most, this.#inflow[node]), -Infinity)
    if (strongest === -Infinity) return null
    const nodes = yield* this.#around(this.#frontier.filter((node) => this.#inflow[node] > strongest - WAITING))
    this.#release()
    this.#release = this.#take(nodes)
    const exponent = Math.floor(strongest)
    const { alpha } = this.#near
    const system = yield* GroundedSystem.of(this.#adjacency, { nodes, placeOf: this.#placeOf, alpha })
    const ends = endsOf(this.#adjacency, nodes)
    const window = { nodes, system, rhs: yield* this.#inflowOf(nodes, exponent), exponent, ends }
    for (const node of nodes) this.#placeOf[node] = -1
    return window
  }

  /** Settles the nodes whose relative error is small enough. @param smallest smallest size of such a row @returns the number of settled nodes */
  *settle({ nodes, exponent }: Window, x: Float64Array, smallest: number): Sliced<number> {
    const { width, rows, settled } = this.#near
    let count = 0
    const settleNode = (node: number, at: number): void => {
      // A row that cancels out counts as large as its inflow.
      const size = Math.max(sizeOf(x, at, width), 2 ** (this.#inflow[node] - exponent))
      if (!(size >= smallest)) return
      for (let c = 0; c < width; c++) rows[node * width + c] = x[at * width + c]
      this.exponents[node] = exponent
      settled[node] = 1
      count++
    }
    const settleSome = (start: number, end: number): void => {
      for (let at = start; at < end; at++) settleNode(nodes[at], at)
    }
    yield* inSlices(nodes.length, settleSome, SCATTERED * width)
    yield* this.#sendFrom(nodes)
    return count
  }

  /** Sends from the settled ones of some nodes to their neighbours. */
  *#sendFrom(nodes: Int32Array): Sliced<void> {
    const { pointers } = this.#adjacency
    const slices = new Slices()
    for (const node of nodes) {
      if (this.#near.settled[node] === 1) this.#send(node)
      if (slices.full(8 * (1 + pointers[node + 1] - pointers[node]))) yield PAUSE
    }
  }

  #send(node: number): void {
    const { pointers, neighbours, weights } = this.#adjacency
    const { alpha, rows, width, settled } = this.#near
    const size = Math.log2(alpha * sizeOf(rows, node, width)) + this.exponents[node]
    // Rows of a signed network can cancel out to nothing.
    if (size === -Infinity) return
    for (let edge = pointers[node]; edge < pointers[node + 1]; edge++) {
      const weight = weights === null ? 1 : Math.abs(weights[edge])
      if (weight > 0 && settled[neighbours[edge]] === 0) this.#receive(neighbours[edge], size + Math.log2(weight))
    }
  }

  #receive(node: number, size: number): void {
    if (this.#near.settled[node] === 1) return
    if (this.#inflow[node] === -Infinity) this.#frontier.push(node)
    this.#inflow[node] = Math.max(this.#inflow[node], size - Math.log2(this.#adjacency.degrees[node]))
  }

  /** Unsettled nodes within some hops of the given ones, nearest first, and their places. */
  *#around(start: readonly number[]): Sliced<Int32Array> {
    const { pointers, neighbours, weights } = this.#adjacency
    const { settled } = this.#near
    const nodes = start.slice()
    const slices = new Slices()
    nodes.forEach((node, place) => (this.#placeOf[node] = place))
    for (let hop = 0, from = 0; hop < this.#hops && from < nodes.length; hop++) {
      const end = nodes.length
      for (; from < end; from++) {
        for (let edge = pointers[nodes[from]]; edge < pointers[nodes[from] + 1]; edge++) {
          const next = neighbours[edge]
          if (settled[next] === 1 || this.#placeOf[next] >= 0 || weights?.[edge] === 0) continue
          this.#placeOf[next] = nodes.length
          nodes.push(next)
        }
        if (slices.full(4 * (1 + pointers[nodes[from] + 1] - pointers[nodes[from]]))) yield PAUSE
      }
    }
    return Int32Array.from(nodes)
  }

  *#inflowOf(nodes: Int32Array, exponent: number): Sliced<Float64Array> {
    const { pointers, neighbours, weights } = this.#adjacency
    const { alpha, rows, width, settled, sources } = this.#near
    const rhs = new Float64Array(nodes.length * width)
    const slices = new Slices()
    for (let at = 0; at < nodes.length; at++) {
      const node = nodes[at]
      for (let edge = pointers[node]; edge < pointers[node + 1]; edge++) {
        const from = neighbours[edge]
        if (settled[from] === 0) continue
        const unit = 2 ** Math.min(1000, this.exponents[from] - exponent)
        const weight = alpha * (weights === null ? 1 : weights[edge]) * unit
        for (let c = 0; c < width; c++) rhs[at * width + c] += weight * rows[from * width + c]
      }
      sources.get(node)?.forEach((value, c) => (rhs[at * width + c] += value * 2 ** -exponent))
      if (slices.full((1 + pointers[node + 1] - pointers[node]) * width)) yield PAUSE
    }
    return rhs
  }
}

/** Sum of the sizes of a row. */
function sizeOf(rows: Float64Array, row: number, width: number): number {
  let sum = 0
  for (let c = 0; c < width; c++) sum += Math.abs(rows[row * width + c])
  return sum
}
