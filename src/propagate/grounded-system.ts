/**
 * A system (D - alpha W) x = b on a part of a network, everything outside it being ground, by preconditioned conjugate gradients in double precision.
 *
 *   M = (P + L) P^-1 (P + L'),   p_i = k_i + sum of alpha w_ij over inner neighbours j,   k_i = excess_i + sum of alpha w_ij k_j / p_j over outer ones
 *
 * W weights between the nodes of the part (m x m), D degrees, L the strict triangle of -alpha W towards the outside, P pivots (m), x and b (m x c). Every node's excess, what
 * its diagonal has over its row, is >= 0, so pivots are sums of numbers >= 0 and lose no digits, however unlike the weights are. M is
 * exact where no node further out joins two of its inner neighbours: on trees, chains and combs one step is the answer. Elsewhere M has the row sums of
 * D - alpha W (modified), or its diagonal: then k_i has all of p_j but alpha w_ij in the place of k_j.
 * Hestenes & Stiefel 1952, 10.6028/jres.049.044; Meijerink & van der Vorst 1977, 10.1090/S0025-5718-1977-0438681-4; Gustafsson 1978, 10.1007/BF01931691.
 * Cost: two passes over the edges of the part a step and column; 40 bytes a node and column, 12 bytes an edge and direction.
 */
import { PAUSE, Slices, type Sliced } from '../support/pause.ts'
import type { Adjacency } from './adjacency.ts'

/** Where a system lives and what its diagonal is. */
export interface Ground {
  /** Nodes of the part, inner ones first; shape (m). */
  readonly nodes: Int32Array
  /** Place in `nodes` of each node of the network, -1 outside; shape (network nodes). */
  readonly placeOf: Int32Array
  /** Share of a node's weights that couples it to its neighbours, in (0, 1]. */
  readonly alpha: number
}

/** The matrix D - alpha W of a part, factorised. */
export class GroundedSystem {
  readonly size: number
  /** What the diagonal has over the sum of the row, >= 0; shape (m). */
  readonly excess: Float64Array
  /** Degrees of the nodes; shape (m). */
  readonly degrees: Float64Array
  readonly #pivots: Float64Array
  /** Inner neighbours of place i from pointers[i] to middles[i], outer ones from there to pointers[i + 1]. */
  readonly #pointers: Int32Array
  readonly #middles: Int32Array
  readonly #places: Int32Array
  readonly #weights: Float64Array

  private constructor(size: number, ends: number) {
    this.size = size
    this.excess = new Float64Array(size)
    this.degrees = new Float64Array(size)
    this.#pivots = new Float64Array(size)
    this.#pointers = new Int32Array(size + 1)
    this.#middles = new Int32Array(size)
    this.#places = new Int32Array(ends)
    this.#weights = new Float64Array(ends)
  }

  /** @param modified see the header; plain steps are sure to converge only without it */
  static *of(adjacency: Adjacency, ground: Ground, modified = true): Sliced<GroundedSystem> {
    const { pointers } = adjacency
    const { nodes } = ground
    let ends = 0
    for (const node of nodes) ends += pointers[node + 1] - pointers[node]
    const system = new GroundedSystem(nodes.length, ends)
    const slices = new Slices()
    for (let at = 0, to = 0; at < nodes.length; at++) {
      to = system.#read(at, to, adjacency, ground)
      if (slices.full(2 * (pointers[nodes[at] + 1] - pointers[nodes[at]]))) yield PAUSE
    }
    yield* system.#factorise(modified)
    return system
  }

  /** Copies the couplings of one node, inner ones first. @returns the place after the last */
  #read(at: number, start: number, adjacency: Adjacency, { nodes, placeOf, alpha }: Ground): number {
    const { pointers, neighbours, weights, degrees } = adjacency
    const node = nodes[at]
    let [to, loop, outside] = [start, 0, 0]
    for (const inner of [true, false]) {
      for (let edge = pointers[node]; edge < pointers[node + 1]; edge++) {
        const place = placeOf[neighbours[edge]]
        const weight = alpha * (weights === null ? 1 : weights[edge])
        if (weight === 0) continue
        if (place < 0) outside += inner ? Math.abs(weight) : 0
        else if (place === at) loop = weight
        else if (place < at === inner) {
          this.#places[to] = place
          this.#weights[to++] = weight
        }
      }
      if (inner) this.#middles[at] = to
    }
    this.#pointers[at + 1] = to
    this.degrees[at] = degrees[node]
    // A loop with a weight below 0 pushes away from 0 instead of holding on: twice its size is excess.
    this.excess[at] = (1 - alpha) * degrees[node] + outside + (loop < 0 ? -2 * loop : 0)
    return to
  }

  /** From the outside in: a node passes inwards what reaches it from further out, but for what its own excess and theirs take away. */
  *#factorise(modified: boolean): Sliced<void> {
    const [pointers, middles, places, weights, pivots] = this.#arrays()
    const kept = new Float64Array(this.size)
    const inward = new Float64Array(this.size)
    const slices = new Slices()
    for (let at = this.size - 1; at >= 0; at--) {
      kept[at] = this.excess[at]
      for (let edge = middles[at]; edge < pointers[at + 1]; edge++) {
        const outer = places[edge]
        const weight = Math.abs(weights[edge])
        const elsewhere = modified ? 0 : Math.max(0, inward[outer] - weight)
        if (pivots[outer] > 0) kept[at] += (weight * (kept[outer] + elsewhere)) / pivots[outer]
      }
      for (let edge = pointers[at]; edge < middles[at]; edge++) inward[at] += Math.abs(weights[edge])
      pivots[at] = kept[at] + inward[at]
      if (slices.full(1 + pointers[at + 1] - pointers[at])) yield PAUSE
    }
  }

  #arrays(): [Int32Array, Int32Array, Int32Array, Float64Array, Float64Array] {
    return [this.#pointers, this.#middles, this.#places, this.#weights, this.#pivots]
  }

  /**
   * out = (D - alpha W) x, shape (m x width), by differences along edges: nearly equal neighbours with a strong tie lose no digits of what else
   * there is.
   *
   * @returns x'(D - alpha W) x of each column, a sum of squares
   */
  *multiply(width: number, x: Float64Array, out: Float64Array): Sliced<Float64Array> {
    const [pointers, middles, places, weights] = this.#arrays()
    const energy = new Float64Array(width)
    const slices = new Slices()
    for (let at = 0; at < this.size; at++) {
      const [own, excess, middle] = [at * width, this.excess[at], middles[at]]
      for (let c = 0; c < width; c++) {
        out[own + c] = excess * x[own + c]
        energy[c] += out[own + c] * x[own + c]
      }
      for (let edge = pointers[at]; edge < pointers[at + 1]; edge++) {
        const from = places[edge] * width
        const weight = weights[edge]
        for (let c = 0; c < width; c++) {
          const difference = weight > 0 ? x[own + c] - x[from + c] : -(x[own + c] + x[from + c])
          out[own + c] += weight * difference
          if (edge < middle) energy[c] += Math.abs(weight) * difference * difference
        }
      }
      if (slices.full((1 + pointers[at + 1] - pointers[at]) * width)) yield PAUSE
    }
    return energy
  }

  /** out = M^-1 r, shape (m x width): once from the outside in and once back. */
  *precondition(width: number, r: Float64Array, out: Float64Array): Sliced<void> {
    const [pointers, middles, places, weights, pivots] = this.#arrays()
    const slices = new Slices()
    for (let at = this.size - 1; at >= 0; at--) {
      const own = at * width
      for (let c = 0; c < width; c++) out[own + c] = r[own + c]
      for (let edge = middles[at]; edge < pointers[at + 1]; edge++) {
        const [from, weight] = [places[edge] * width, weights[edge]]
        for (let c = 0; c < width; c++) out[own + c] += weight * out[from + c]
      }
      const pivot = pivots[at]
      for (let c = 0; c < width; c++) out[own + c] = pivot > 0 ? out[own + c] / pivot : 0
      if (slices.full((1 + pointers[at + 1] - middles[at]) * width)) yield PAUSE
    }
    for (let at = 0; at < this.size; at++) {
      const [own, pivot] = [at * width, pivots[at]]
      if (!(pivot > 0)) continue
      for (let edge = pointers[at]; edge < middles[at]; edge++) {
        const [from, weight] = [places[edge] * width, weights[edge] / pivot]
        for (let c = 0; c < width; c++) out[own + c] += weight * out[from + c]
      }
      if (slices.full((1 + middles[at] - pointers[at]) * width)) yield PAUSE
    }
  }
}
