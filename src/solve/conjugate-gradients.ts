import { PAUSE, ranges, type Sliced } from '../support/pause.ts'
import type { GroundedSystem } from './grounded-system.ts'

/** The stopping criterion of a solve. */
export interface SolveUntil {
  /** A bound on the error of the solution so far, in the unit of `target`; Infinity if unknown. */
  bound(now: Estimate): Sliced<number>
  readonly target: number
  /** Most steps; integer >= 0. */
  readonly maxIterations: number
}

/** State of a solve. */
export interface Estimate {
  /** Shape (m x width), row-major, as is r. */
  readonly x: Float64Array
  /** b - A x. */
  readonly r: Float64Array
  /** r'M^-1 r of each column; shape (width). */
  readonly squares: Float64Array
}

export interface Solved {
  /** Shape (m x width), row-major. */
  readonly x: Float64Array
  readonly iterations: number
  /** Bound on the error, by the recomputed residual. */
  readonly bound: number
}

/** The recomputed residual may be larger than the one of the recurrence. A restart pays as long as the bound falls by this factor. */
const WORTHWHILE = 0.5

/** Solves A x = b for all columns at once, until the bound on the error is met, the steps are used up, or double precision gives no more. */
export function* conjugateGradients(
  system: GroundedSystem,
  width: number,
  b: Float64Array,
  until: SolveUntil,
): Sliced<Solved> {
  const steps = new Steps(system, width, b)
  yield* steps.precondition()
  let iterations = 0
  let bound = yield* until.bound(steps)
  let best = Infinity
  while (bound > until.target && iterations < until.maxIterations) {
    do {
      yield* steps.next()
      yield* steps.precondition()
      iterations++
    } while (iterations < until.maxIterations && steps.goesOn && (yield* until.bound(steps)) > until.target)
    yield* steps.restart()
    yield* steps.precondition()
    bound = yield* until.bound(steps)
    if (!(bound < best * WORTHWHILE) && best < Infinity) break
    best = bound
  }
  return { x: steps.x, iterations, bound }
}

/** Conjugate gradients of several columns, each with separate scalars. */
class Steps implements Estimate {
  readonly x: Float64Array
  readonly r: Float64Array
  readonly squares: Float64Array
  readonly #system: GroundedSystem
  readonly #width: number
  readonly #b: Float64Array
  readonly #z: Float64Array
  readonly #p: Float64Array
  readonly #q: Float64Array
  /** `squares` of the step before; 0 restarts a column. */
  readonly #before: Float64Array

  constructor(system: GroundedSystem, width: number, b: Float64Array) {
    this.#system = system
    this.#width = width
    this.#b = b
    this.x = new Float64Array(b.length)
    this.r = b.slice()
    this.squares = new Float64Array(width)
    this.#z = new Float64Array(b.length)
    this.#p = new Float64Array(b.length)
    this.#q = new Float64Array(b.length)
    this.#before = new Float64Array(width)
  }

  /** Whether a column still has a direction to continue in. */
  get goesOn(): boolean {
    return this.#before.some((square) => square > 0)
  }

  /** z = M^-1 r, and the squares r'z. */
  *precondition(): Sliced<void> {
    yield* this.#system.precondition(this.#width, this.r, this.#z)
    this.squares.fill(0)
    for (const [from, to] of this.#parts()) {
      addProducts(from, to, this.#width, this.r, this.#z, this.squares)
      yield PAUSE
    }
  }

  *next(): Sliced<void> {
    const width = this.#width
    const [x, r, z, p, q] = [this.x, this.r, this.#z, this.#p, this.#q]
    const turn = this.squares.map((square, c) => (this.#before[c] > 0 ? square / this.#before[c] : 0))
    for (const [from, to] of this.#parts()) {
      turnRows(from, to, width, z, turn, p)
      yield PAUSE
    }
    const energy = yield* this.#system.multiply(width, p, q)
    const length = this.squares.map((square, c) => (energy[c] > 0 ? square / energy[c] : 0))
    for (const [from, to] of this.#parts()) {
      stepRows(from, to, width, length, p, x, q, r)
      yield PAUSE
    }
    this.#before.set(this.squares.map((square, c) => (length[c] > 0 ? square : 0)))
  }

  #parts(): Iterable<readonly [from: number, to: number]> {
    return ranges(0, this.#system.size, 4 * this.#width)
  }

  /** Recomputes the residual from x and restarts. */
  *restart(): Sliced<void> {
    yield* this.#system.multiply(this.#width, this.x, this.#q)
    for (const [from, to] of ranges(0, this.r.length)) {
      subtract(from, to, this.#b, this.#q, this.r)
      yield PAUSE
    }
    this.#before.fill(0)
  }
}

/** sums += a'b by columns, over some rows. */
function addProducts(
  start: number,
  end: number,
  width: number,
  a: Float64Array,
  b: Float64Array,
  sums: Float64Array,
): void {
  for (let row = start, at = start * width; row < end; row++) {
    for (let c = 0; c < width; c++, at++) sums[c] += a[at] * b[at]
  }
}

/** p = z + turn p, a factor a column. */
function turnRows(
  start: number,
  end: number,
  width: number,
  z: Float64Array,
  turn: Float64Array,
  p: Float64Array,
): void {
  for (let row = start, at = start * width; row < end; row++) {
    for (let c = 0; c < width; c++, at++) p[at] = z[at] + turn[c] * p[at]
  }
}

/** x += length p and r -= length q, a factor a column. */
function stepRows(
  start: number,
  end: number,
  width: number,
  length: Float64Array,
  p: Float64Array,
  x: Float64Array,
  q: Float64Array,
  r: Float64Array,
): void {
  for (let row = start, at = start * width; row < end; row++) {
    for (let c = 0; c < width; c++, at++) {
      x[at] += length[c] * p[at]
      r[at] -= length[c] * q[at]
    }
  }
}

/** out = a - b, some entries. */
function subtract(start: number, end: number, a: Float64Array, b: Float64Array, out: Float64Array): void {
  for (let at = start; at < end; at++) out[at] = a[at] - b[at]
}
