/**
 * The inverse of a dense symmetric positive definite matrix, in place, by block Gauss-Jordan elimination on one triangle.
 *
 *   for each block K of pivots, D = A_KK^-1:   A_ij <- A_ij - A_iK D A_Kj,   A_iK <- A_iK D,   A_KK <- -D;   A is then -A^-1
 *
 * A (size x size, row-major), i and j outside K. The symmetric sweep (Beaton 1964; Goodnight 1979, 10.1080/00031305.1979.10482685), a block of
 * pivots at a time so that both factors of the update lie in cache. Positive definite matrices need no exchange of pivots. A blocked Cholesky factor, its
 * inverse and their product take as many multiplications, in three passes.
 * Cost: size^3 / 2 multiplications in float64, and two panels of memory. Each number is the same sum for any number of threads.
 */
import type { Kernel } from '../kernel/kernel.ts'
import type { Arena } from '../memory/arena.ts'
import { PIVOTS } from '../plan/inverse-plan.ts'
import { Control, type Member } from './control.ts'
import type { InverseJob } from './inverse-job.ts'
import { pace, Stopped, untilStopped } from './pace.ts'
import { pacedKernel } from './paced-kernel.ts'
import { Team } from './team.ts'

/** Rows that a member takes at a time, of the matrix and of a panel. */
const ROWS = 32
const PANEL_ROWS = 256

/** Works on an inverse until it is done or stopped: one of a team that takes every step together. */
export function invertOn(job: InverseJob, arena: Arena, kernel: Kernel, member: Member): void {
  const control = new Control(arena.int32(job.head.control), arena.int32(job.head.blockState))
  untilStopped(() => {
    const inverter = new Inverter(job, arena, pacedKernel(kernel, control, arena.memory), new Team(control, member))
    inverter.fillGram()
    for (let block = 0; block < job.head.blocks; block++) inverter.eliminate(block)
    inverter.mirrorNegative()
  })
}

class Inverter {
  readonly #job: InverseJob
  readonly #kernel: Kernel
  readonly #team: Team
  readonly #buffer: ArrayBufferLike
  readonly #size: number
  readonly #stride: number
  /** Lower triangle. */
  readonly #dense: Float64Array
  /** A_iK D, a row each i. */
  readonly #left: Float64Array
  /** A_iK, a column each i. */
  readonly #right: Float64Array
  /** -D. */
  readonly #pivots: Float64Array

  constructor(job: InverseJob, arena: Arena, kernel: Kernel, team: Team) {
    const { dense, left, right, pivots } = job.plan.layout.sections
    this.#job = job
    this.#kernel = kernel
    this.#team = team
    this.#buffer = arena.memory.buffer
    this.#size = job.plan.size
    this.#stride = job.plan.stride
    this.#dense = arena.float64(dense)
    this.#left = arena.float64(left)
    this.#right = arena.float64(right)
    const own = PIVOTS * PIVOTS
    this.#pivots = arena.float64(pivots).subarray(team.member.index * own, (team.member.index + 1) * own)
  }

  /** A <- V'V + ridge I, row by row as rows of a sparse product. */
  fillGram(): void {
    const { from, to, windows, ridge } = this.#job
    const size = this.#size
    const [words, floats] = [new Uint32Array(this.#buffer), new Float32Array(this.#buffer)]
    const weightAt = ({ data }: typeof from, edge: number): number => (data === 0 ? 1 : floats[data / 4 + edge])
    this.#share(size, ROWS, (start, end) => {
      for (let row = start; row < end; row++) {
        const sums = this.#dense.subarray(row * size, row * size + row + 1).fill(0)
        sums[row] = ridge
        windows.forEach(({ rowStart }, window) => {
          const pointer = from.indptr / 4 + window * (size + 1) + row
          for (let edge = words[pointer]; edge < words[pointer + 1]; edge++) {
            const share = weightAt(from, edge)
            const other = to.indptr / 4 + rowStart + words[from.indices / 4 + edge]
            for (let own = words[other]; own < words[other + 1]; own++) {
              const column = words[to.indices / 4 + own]
              if (column > row) break
              sums[column] += share * weightAt(to, own)
            }
          }
        })
        pace(this.#team.control)
      }
    })
  }

  eliminate(block: number): void {
    const start = block * PIVOTS
    const width = Math.min(PIVOTS, this.#size - start)
    this.#share(this.#size, PANEL_ROWS, (from, to) => this.#readPanel(start, width, from, to))
    this.#invertPivots(start, width)
    const [left, right, pivots] = [this.#left, this.#right, this.#pivots].map(({ byteOffset }) => byteOffset)
    const [size, stride] = [this.#size, this.#stride]
    const toLeft = { columns: width, inner: width, a: right, aRow: 1, aStep: stride, b: pivots, bRow: width }
    this.#share(size, PANEL_ROWS, (from, to) => {
      this.#left.fill(0, from * width, to * width)
      this.#kernel.subtractDense(from, to, { ...toLeft, out: left, outRow: width })
    })
    const update = { inner: width, a: left, aRow: width, aStep: 1, b: right, bRow: stride, outRow: size }
    this.#share(size, ROWS, (from, to) => {
      // Rows of a chunk share its width, so a few entries above the diagonal are written and never read.
      this.#kernel.subtractDense(from, to, { ...update, columns: to, out: this.#dense.byteOffset })
    })
    this.#share(size, PANEL_ROWS, (from, to) => this.#writePanel(start, width, from, to))
    if (this.#team.member.index === 0) this.#team.control.markDone(block)
  }

  /** Rows of columns K of the symmetric matrix. */
  #readPanel(start: number, width: number, from: number, to: number): void {
    const [dense, right, size, stride] = [this.#dense, this.#right, this.#size, this.#stride]
    for (let k = 0; k < width; k++) {
      const column = start + k
      for (let row = from; row < to; row++) {
        right[k * stride + row] = dense[row >= column ? row * size + column : column * size + row]
      }
    }
  }

  /** -D of the diagonal block, pivot by pivot; computed by every member. */
  #invertPivots(start: number, width: number): void {
    const block = this.#pivots.subarray(0, width * width)
    for (let row = 0; row < width; row++) {
      for (let k = 0; k < width; k++) block[row * width + k] = this.#right[k * this.#stride + start + row]
    }
    for (let pivot = 0; pivot < width; pivot++) {
      const reciprocal = 1 / block[pivot * width + pivot]
      block[pivot * width + pivot] = 1
      for (let k = 0; k < width; k++) block[pivot * width + k] *= reciprocal
      for (let row = 0; row < width; row++) {
        if (row === pivot) continue
        const factor = block[row * width + pivot]
        block[row * width + pivot] = 0
        for (let k = 0; k < width; k++) block[row * width + k] -= factor * block[pivot * width + k]
      }
    }
    for (let at = 0; at < block.length; at++) block[at] = -block[at]
  }

  #writePanel(start: number, width: number, from: number, to: number): void {
    const [dense, size] = [this.#dense, this.#size]
    for (let row = from; row < to; row++) {
      const isPivot = row >= start && row < start + width
      for (let k = 0; k < width; k++) {
        const column = start + k
        const value = isPivot ? this.#pivots[(row - start) * width + k] : this.#left[row * width + k]
        dense[row >= column ? row * size + column : column * size + row] = value
      }
    }
  }

  /** -A in both triangles. */
  mirrorNegative(): void {
    const [dense, size] = [this.#dense, this.#size]
    this.#share(size, ROWS, (from, to) => {
      for (let column = 0; column < to; column++) {
        for (let row = Math.max(column, from); row < to; row++) {
          dense[column * size + row] = dense[row * size + column] = -dense[row * size + column]
        }
      }
      pace(this.#team.control)
    })
  }

  /** @throws Stopped when the job was stopped */
  #share(count: number, chunk: number, work: (start: number, end: number) => void): void {
    if (!this.#team.share(count, chunk, work)) throw new Stopped()
  }
}
