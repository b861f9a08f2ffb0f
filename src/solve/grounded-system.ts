/**
 * A system (D - alpha W) x = b on a part of a network, grounded outside, by preconditioned conjugate gradients in double precision.
 *
 *   M = (P + L) P^-1 (P + L'),   p_i = k_i + sum of alpha w_ij over inner neighbours j,   k_i = excess_i + sum of alpha w_ij k_j / p_j over outer ones
 *
 * W weights between the nodes of the part (m x m), D degrees, L the strict triangle of -alpha W towards the outside, P pivots (m), x and b (m x c). Every node's excess, its
 * diagonal minus the sum of its row, is >= 0, so pivots are sums of numbers >= 0 and lose no precision, however different the weights are. M is
 * exact where no node further out joins two of its inner neighbours: on trees, chains and combs one step is exact. Elsewhere M omits the
 * Laplacian of the edges that elimination would add, so M <= D - alpha W, and r'M^-1 r bounds the error of x in the energy norm.
 * Hestenes & Stiefel 1952, 10.6028/jres.049.044; Meijerink & van der Vorst 1977, 10.1090/S0025-5718-1977-0438681-4; Gustafsson 1978, 10.1007/BF01931691.
 * Cost: two passes over the edges of the part per step and column; 40 bytes per node and column, 12 bytes per edge and direction.
 */
import { inSlices, PAUSE, rowRanges, SCATTERED, type Sliced } from '../support/pause.ts'
import type { Adjacency } from '../network/adjacency.ts'

/** The part of a network on which a system is defined, and its coupling. */
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
  /** The diagonal minus the sum of the row's other sizes, >= 0; shape (m). */
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

  static *of(adjacency: Adjacency, ground: Ground): Sliced<GroundedSystem> {
    const { pointers } = adjacency
    const { nodes } = ground
    const starts = new Uint32Array(nodes.length + 1)
    const countEnds = (from: number, to: number): void => {
      for (let at = from; at < to; at++) starts[at + 1] = starts[at] + pointers[nodes[at] + 1] - pointers[nodes[at]]
    }
    yield* inSlices(nodes.length, countEnds, SCATTERED)
    const system = new GroundedSystem(nodes.length, starts[nodes.length])
    for (const [from, to] of rowRanges(starts, SCATTERED)) {
      system.#read(from, to, adjacency, ground)
      yield PAUSE
    }
    const kept = new Float64Array(nodes.length)
    for (const [from, to] of rowRanges(system.#pointers, SCATTERED).reverse()) {
      system.#factorise(from, to, kept)
      yield PAUSE
    }
    return system
  }

  /** Copies the couplings of nodes, inner ones first. */
  #read(from: number, end: number, { pointers, neighbours, weights, degrees }: Adjacency, ground: Ground): void {
    const { nodes, placeOf, alpha } = ground
    let to = this.#pointers[from]
    for (let at = from; at < end; at++) {
      const node = nodes[at]
      let [loop, outside] = [0, 0]
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
      // The row sum of |weight| counts a loop once, the diagonal D - alpha W adds its size if it is negative: twice its size is excess.
      this.excess[at] = (1 - alpha) * degrees[node] + outside + (loop < 0 ? -2 * loop : 0)
    }
  }

  /** Computes p and k from the outer nodes inwards. */
  #factorise(start: number, end: number, kept: Float64Array): void {
    const [pointers, middles, places, weights, pivots] = this.#arrays()
    for (let at = end - 1; at >= start; at--) {
      kept[at] = this.excess[at]
      for (let edge = middles[at]; edge < pointers[at + 1]; edge++) {
        const outer = places[edge]
        if (pivots[outer] > 0) kept[at] += (Math.abs(weights[edge]) * kept[outer]) / pivots[outer]
      }
      pivots[at] = kept[at]
      for (let edge = pointers[at]; edge < middles[at]; edge++) pivots[at] += Math.abs(weights[edge])
    }
  }

  /**
   * Resistances of a path from each node to ground, by inner neighbours: bounds on the diagonal of the inverse. Shape (m).
   * By Thomson's principle any path will do: the current of a unit source would only choose better ones.
   */
  *resistances(): Sliced<Float64Array> {
    const resistances = new Float64Array(this.size)
    for (const [from, to] of rowRanges(this.#pointers, SCATTERED)) {
      this.#resist(from, to, resistances)
      yield PAUSE
    }
    return resistances
  }

  #resist(start: number, end: number, resistances: Float64Array): void {
    const [pointers, middles, places, weights] = this.#arrays()
    for (let at = start; at < end; at++) {
      let least = 1 / this.excess[at]
      for (let edge = pointers[at]; edge < middles[at]; edge++) {
        least = Math.min(least, resistances[places[edge]] + 1 / Math.abs(weights[edge]))
      }
      resistances[at] = least
    }
  }

  #arrays(): [Int32Array, Int32Array, Int32Array, Float64Array, Float64Array] {
    return [this.#pointers, this.#middles, this.#places, this.#weights, this.#pivots]
  }

  /**
   * out = (D - alpha W) x, shape (m x width), by differences along edges, so that nearly equal neighbours with a strong tie do not cancel the digits of
   * other terms.
   *
   * @returns x'(D - alpha W) x of each column, a sum of squares
   */
  *multiply(width: number, x: Float64Array, out: Float64Array): Sliced<Float64Array> {
    const energy = new Float64Array(width)
    for (const [from, to] of rowRanges(this.#pointers, width)) {
      this.#multiplyRows(from, to, width, x, out, energy)
      yield PAUSE
    }
    return energy
  }

  #multiplyRows(
    start: number,
    end: number,
    width: number,
    x: Float64Array,
    out: Float64Array,
    energy: Float64Array,
  ): void {
    const [pointers, middles, places, weights] = this.#arrays()
    const { excess } = this
    for (let at = start; at < end; at++) {
      const own = at * width
      const middle = middles[at]
      const above = excess[at]
      for (let c = 0; c < width; c++) {
        const value = x[own + c]
        out[own + c] = above * value
        energy[c] += above * value * value
      }
      for (let edge = pointers[at]; edge < pointers[at + 1]; edge++) {
        const from = places[edge] * width
        const weight = weights[edge]
        // A neighbour with a weight below 0 pulls towards minus its own value.
        const size = Math.abs(weight)
        const sign = weight < 0 ? -1 : 1
        // Each edge counts once, from its outer end.
        const counted = edge < middle ? size : 0
        for (let c = 0; c < width; c++) {
          const difference = x[own + c] - sign * x[from + c]
          out[own + c] += size * difference
          energy[c] += counted * difference * difference
        }
      }
    }
  }

  /** out = M^-1 r, shape (m x width): once from the outside in and once back. */
  *precondition(width: number, r: Float64Array, out: Float64Array): Sliced<void> {
    const parts = rowRanges(this.#pointers, width)
    for (const [from, to] of [...parts].reverse()) {
      this.#inwards(from, to, width, r, out)
      yield PAUSE
    }
    for (const [from, to] of parts) {
      this.#outwards(from, to, width, out)
      yield PAUSE
    }
  }

  #inwards(start: number, end: number, width: number, r: Float64Array, out: Float64Array): void {
    const [pointers, middles, places, weights, pivots] = this.#arrays()
    for (let at = end - 1; at >= start; at--) {
      const own = at * width
      for (let c = 0; c < width; c++) out[own + c] = r[own + c]
      for (let edge = middles[at]; edge < pointers[at + 1]; edge++) {
        const from = places[edge] * width
        const weight = weights[edge]
        for (let c = 0; c < width; c++) out[own + c] += weight * out[from + c]
      }
      const factor = pivots[at] > 0 ? 1 / pivots[at] : 0
      for (let c = 0; c < width; c++) out[own + c] *= factor
    }
  }

  #outwards(start: number, end: number, width: number, out: Float64Array): void {
    const [pointers, middles, places, weights, pivots] = this.#arrays()
    for (let at = start; at < end; at++) {
      if (!(pivots[at] > 0)) continue
      const own = at * width
      const factor = 1 / pivots[at]
      for (let edge = pointers[at]; edge < middles[at]; edge++) {
        const from = places[edge] * width
        const weight = weights[edge] * factor
        for (let c = 0; c < width; c++) out[own + c] += weight * out[from + c]
      }
    }
  }
}
