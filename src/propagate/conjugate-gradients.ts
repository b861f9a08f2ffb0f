import { PAUSE, ranges, type Sliced } from '../support/pause.ts'
import type { GroundedSystem } from './grounded-system.ts'

/** When a solve is good enough. */
export interface SolveUntil {
  /**
   * A bound on the error of x by its residual r = b - A x, in the unit of `target`; Infinity while nothing is known.
   * Both of shape (m x width).
   */
  bound(x: Float64Array, r: Float64Array): number
  readonly target: number
  /** Most steps; integer >= 0. */
  readonly maxIterations: number
  /** Plain steps x += M^-1 r as long as half of the steps; conjugate gradients otherwise. */
  readonly plain?: boolean
}

export interface Solved {
  /** Shape (m x width), row-major. */
  readonly x: Float64Array
  readonly iterations: number
  /** By the residual that x really has. */
  readonly bound: number
}

/** A residual that is recomputed may be worse than the one that was carried along; as often as it still falls by this much it is worth going on from it. */
const WORTHWHILE = 0.5

/** Solves A x = b for all columns at once, until the bound on the error is met, the steps are used up, or double precision gives no more. */
export function* conjugateGradients(
  system: GroundedSystem,
  width: number,
  b: Float64Array,
  until: SolveUntil,
): Sliced<Solved> {
  const steps = new Steps(system, width, b)
  let iterations = 0
  let bound = until.bound(steps.x, steps.r)
  let best = Infinity
  while (bound > until.target && iterations < until.maxIterations) {
    do {
      yield* steps.next(until.plain === true && iterations < until.maxIterations / 2)
      iterations++
    } while (until.bound(steps.x, steps.r) > until.target && iterations < until.maxIterations && !steps.isExhausted)
    yield* steps.restart()
    bound = until.bound(steps.x, steps.r)
    if (!(bound < best * WORTHWHILE) && best < Infinity) break
    best = bound
  }
  return { x: steps.x, iterations, bound }
}

/** Conjugate gradients of several columns, each with scalars of its own. */
class Steps {
  readonly x: Float64Array
  readonly r: Float64Array
  readonly #system: GroundedSystem
  readonly #width: number
  readonly #b: Float64Array
  readonly #z: Float64Array
  readonly #p: Float64Array
  readonly #q: Float64Array
  /** r'z of the step before, a column; 0 starts over. */
  readonly #square: Float64Array

  constructor(system: GroundedSystem, width: number, b: Float64Array) {
    this.#system = system
    this.#width = width
    this.#b = b
    this.x = new Float64Array(b.length)
    this.r = b.slice()
    this.#z = new Float64Array(b.length)
    this.#p = new Float64Array(b.length)
    this.#q = new Float64Array(b.length)
    this.#square = new Float64Array(width)
  }

  /** Whether no column has anything left to take off. */
  get isExhausted(): boolean {
    return this.#square.every((square) => square === 0)
  }

  *next(plain: boolean): Sliced<void> {
    const width = this.#width
    const [x, r, z, p, q] = [this.x, this.r, this.#z, this.#p, this.#q]
    yield* this.#system.precondition(width, r, z)
    const square = yield* columnProducts(width, r, z)
    const turn = square.map((value, c) => (!plain && this.#square[c] > 0 ? value / this.#square[c] : 0))
    for (const [from, to] of ranges(0, this.#system.size, 2 * width)) {
      for (let row = from, at = from * width; row < to; row++) {
        for (let c = 0; c < width; c++, at++) p[at] = z[at] + turn[c] * p[at]
      }
      yield PAUSE
    }
    const energy = yield* this.#system.multiply(width, p, q)
    const length = square.map((value, c) => (energy[c] > 0 ? (plain ? 1 : value / energy[c]) : 0))
    for (const [from, to] of ranges(0, this.#system.size, 4 * width)) {
      for (let row = from, at = from * width; row < to; row++) {
        for (let c = 0; c < width; c++, at++) {
          x[at] += length[c] * p[at]
          r[at] -= length[c] * q[at]
        }
      }
      yield PAUSE
    }
    this.#square.set(square.map((value, c) => (length[c] > 0 ? value : 0)))
  }

  /** The residual of x itself, and conjugate gradients from the beginning. */
  *restart(): Sliced<void> {
    yield* this.#system.multiply(this.#width, this.x, this.#q)
    for (const [from, to] of ranges(0, this.r.length)) {
      for (let at = from; at < to; at++) this.r[at] = this.#b[at] - this.#q[at]
      yield PAUSE
    }
    this.#square.fill(0)
  }
}

function* columnProducts(width: number, a: Float64Array, b: Float64Array): Sliced<Float64Array> {
  const sums = new Float64Array(width)
  for (const [from, to] of ranges(0, a.length / width, width)) {
    for (let row = from, at = from * width; row < to; row++) {
      for (let c = 0; c < width; c++, at++) sums[c] += a[at] * b[at]
    }
    yield PAUSE
  }
  return sums
}
