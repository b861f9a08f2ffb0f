import type { Kernel } from '../kernel/kernel.ts'
import type { Arena } from '../memory/arena.ts'
import type { Section } from '../memory/layout.ts'
import type { Control, Member } from './control.ts'
import type { SweepJob } from './sweep-job.ts'
import { inSlices, rowsOf } from './pace.ts'

/** Columns of the matrix that a member works on; half-open. */
export interface Share {
  readonly start: number
  readonly end: number
}

/** Dense right-hand sides of a sweep: writes them, computes products with them, and keeps panels for the next problem. */
export class DenseBlocks {
  readonly #job: SweepJob
  readonly #arena: Arena
  readonly #kernel: Kernel
  readonly #control: Control
  readonly #member: Member
  readonly #share: Share
  /** Byte offset of Y, whose rows are `#stride` elements apart. */
  readonly #source: number
  readonly #stride: number

  constructor(job: SweepJob, arena: Arena, kernel: Kernel, control: Control, member: Member, share: Share) {
    this.#job = job
    this.#arena = arena
    this.#kernel = kernel
    this.#control = control
    this.#member = member
    this.#share = share
    const { dense, columns } = job.plan.problem
    this.#stride = dense?.sources ?? columns
    this.#source = job.kept === null ? job.plan.layout.sections.seedData.offset : this.#panel(job.kept.from)
  }

  /** rhs <- scale o (Y or Y C), after the cross products of the unscaled ones. @returns false when the job was stopped */
  writeSeeds(block: number, rhs: number): boolean {
    const { plan } = this.#job
    const { seedProducts, seedScale } = plan.layout.sections
    this.#writeUnscaled(block, rhs)
    if (!this.#control.barrier(this.#member.count)) return false
    const { crossProducts = null } = plan.problem
    if (crossProducts === 'seeds' || crossProducts === 'both') {
      this.multiplySeeds(block, rhs, seedProducts)
      if (!this.#control.barrier(this.#member.count)) return false
    }
    this.scaleRows(rhs, rhs, seedScale)
    return this.#control.barrier(this.#member.count)
  }

  #writeUnscaled(block: number, rhs: number): void {
    const { blockWidth, layout, problem } = this.#job.plan
    const { start, end } = this.#share
    const first = block * blockWidth
    const random = this.#job.kept?.random ?? null
    if (problem.dense?.combined) {
      const own = layout.sections.coefficients.offset + block * this.#stride * blockWidth * 4
      const reach = this.#arena.int32(layout.sections.reach)[block]
      this.#kernel.multiplyDense(start, end, {
        columns: blockWidth,
        inner: reach,
        a: this.#source,
        aRow: this.#stride,
        aStep: 1,
        b: own,
        bRow: blockWidth,
        out: rhs,
        outRow: blockWidth,
      })
    } else if (random !== null && random.from <= first) {
      // The block is all random; the panel of Y may not be written yet.
    } else if (first + blockWidth <= this.#stride) {
      const { ones } = layout.sections
      const panel = { from: this.#source + first * 4, fromRow: this.#stride }
      const rows = { width: blockWidth, scale: ones.offset, ...panel, to: rhs, toRow: blockWidth }
      this.#kernel.scaleRows(start, end, rows)
    } else {
      this.#copyLast(first, rhs)
    }
    if (random !== null) this.#writeRandom(first, rhs, random.from, random.seed)
  }

  /** Copies a block that reaches beyond the columns of Y; these become 0. */
  #copyLast(first: number, rhs: number): void {
    const { blockWidth } = this.#job.plan
    const { start, end } = this.#share
    const data = new Float32Array(this.#arena.memory.buffer, this.#source)
    const target = new Float32Array(this.#arena.memory.buffer, rhs)
    inSlices(this.#control, start, end, rowsOf(blockWidth), (from, to) => {
      for (let row = from; row < to; row++) {
        for (let c = 0; c < blockWidth; c++) {
          target[row * blockWidth + c] = first + c < this.#stride ? data[row * this.#stride + first + c] : 0
        }
      }
    })
  }

  /** Columns from `firstRandom` on become random numbers of size 1 / sqrt(rows). */
  #writeRandom(first: number, rhs: number, firstRandom: number, seed: number): void {
    const { blockWidth, matrix, problem } = this.#job.plan
    const { start, end } = this.#share
    const target = new Float32Array(this.#arena.memory.buffer, rhs)
    const spread = 1 / Math.sqrt(matrix.columnCount)
    const last = Math.min(blockWidth, problem.columns - first)
    inSlices(this.#control, start, end, rowsOf(blockWidth), (from, to) => {
      for (let row = from; row < to; row++) {
        for (let c = Math.max(0, firstRandom - first); c < last; c++) {
          target[row * blockWidth + c] = (hashedUniform(seed, row, first + c) - 0.5) * spread
        }
        for (let c = last; c < blockWidth; c++) target[row * blockWidth + c] = 0
      }
    })
  }

  /** to <- scale o from, this member's rows of a block. */
  scaleRows(from: number, to: number, scale: Section): void {
    const { blockWidth } = this.#job.plan
    const { start, end } = this.#share
    const rows = { width: blockWidth, scale: scale.offset, from, fromRow: blockWidth, to, toRow: blockWidth }
    this.#kernel.scaleRows(start, end, rows)
  }

  /** Y' times a block, for this member's columns of Y from the block on: the result is symmetric. */
  multiplySeeds(block: number, vectors: number, products: Section): void {
    const { blockWidth, matrix, problem } = this.#job.plan
    const first = block * blockWidth
    const share = (problem.columns - first) / this.#member.count
    const [from, to] = [0, 1].map((next) => first + Math.floor(share * (this.#member.index + next)))
    const length = problem.columns * blockWidth
    const own = { ...products, offset: products.offset + block * length * 8, length }
    const sums = this.#arena.float64(own)
    inSlices(this.#control, from, to, rowsOf(blockWidth), (start, end) =>
      sums.fill(0, start * blockWidth, end * blockWidth),
    )
    this.#kernel.crossProducts(0, matrix.columnCount, {
      width: blockWidth,
      columnStart: from,
      columnEnd: to,
      a: this.#source,
      aRow: this.#stride,
      z: vectors,
      out: own.offset,
    })
  }

  /** Writes z o finish to the panel of the output, this member's rows. */
  keep(block: number, z: number, panel: number): void {
    const { blockWidth, layout } = this.#job.plan
    const { start, end } = this.#share
    const to = this.#panel(panel) + block * blockWidth * 4
    const scale = layout.sections.finish.offset
    const rows = { width: blockWidth, scale, from: z, fromRow: blockWidth, to, toRow: this.#stride }
    this.#kernel.scaleRows(start, end, rows)
  }

  /**
   * After the first step z = a T y + b y: sums of (T y - value y)^2 o finish^2, one per column.
   *
   * Called by one member for all rows, so that the order of summation does not depend on the number of members.
   */
  measure(block: number, z: number, rhs: number): void {
    const { steps, plan } = this.#job
    const { blockWidth, layout, matrix } = plan
    const { finish, measured, squares } = layout.sections
    const { a, b } = steps[0]
    const [stepA, stepB] = [Math.fround(a), Math.fround(b)]
    const { buffer } = this.#arena.memory
    const length = matrix.columnCount * blockWidth
    const [image, vectors] = [new Float32Array(buffer, z, length), new Float32Array(buffer, rhs, length)]
    const factors = this.#arena.float32(finish)
    const values = this.#arena.float64(measured).subarray(block * blockWidth)
    const sums = new Float64Array(blockWidth)
    inSlices(this.#control, 0, matrix.columnCount, rowsOf(blockWidth), (from, to) => {
      for (let row = from, at = from * blockWidth; row < to; row++) {
        for (let c = 0; c < blockWidth; c++, at++) {
          const miss = ((image[at] - stepB * vectors[at]) / stepA - values[c] * vectors[at]) * factors[row]
          sums[c] += miss * miss
        }
      }
    })
    this.#arena.float64(squares).set(sums, block * blockWidth)
  }

  #panel(panel: number): number {
    const { layout, matrix } = this.#job.plan
    return layout.sections.panels.offset + panel * matrix.columnCount * this.#stride * 4
  }
}

/**
 * A uniform number in [0, 1) as a function of its place, so that threads can draw in any order.
 *
 * The finaliser of MurmurHash3 (Austin Appleby, public domain), twice.
 */
export function hashedUniform(seed: number, row: number, column: number): number {
  return mix(mix(Math.imul(seed, 0x9e3779b1) ^ row) ^ Math.imul(column + 1, 0x85ebca77)) / 4294967296
}

function mix(bits: number): number {
  let mixed = bits
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
