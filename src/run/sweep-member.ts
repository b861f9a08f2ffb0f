import { INSERTED_MOST, type Kernel, type RecurrenceStep } from '../kernel/kernel.ts'
import type { Window } from '../matrix/windows.ts'
import type { Arena } from '../memory/arena.ts'
import { Control, type Member } from './control.ts'
import { DenseBlocks } from './dense-blocks.ts'
import { excludedFrom } from './exclusion.ts'
import type { SweepJob } from './sweep-job.ts'
import { inSlices, pace, SLICE, untilStopped } from './pace.ts'
import { pacedKernel } from './paced-kernel.ts'
import { sweepWindow, turnedWindow, type WindowSweep } from './sweep-window.ts'

/** Elements of a cache line, the distance between residuals of threads. */
const CACHE_LINE = 16

/** Works on a job until it is done or stopped: on whole blocks if partitioned by columns, on a share of each block if by rows. */
export function workOn(job: SweepJob, arena: Arena, kernel: Kernel, member: Member): void {
  const { sections } = job.plan.layout
  const control = new Control(arena.int32(sections.control), arena.int32(sections.blockState))
  untilStopped(() => workOnBlocks(job, arena, pacedKernel(kernel, control, arena.memory), control, member))
}

function workOnBlocks(job: SweepJob, arena: Arena, kernel: Kernel, control: Control, member: Member): void {
  const { plan } = job
  const alone = plan.partition !== 'rows'
  const team = alone ? { index: 0, count: 1 } : member
  const worker = new BlockWorker(job, arena, kernel, control, team, alone ? member.index : 0)
  if (alone) {
    for (let block = control.claimBlock(plan.blocks); block >= 0; block = control.claimBlock(plan.blocks)) {
      if (!worker.solve(block)) return
      control.markDone(block)
    }
    return
  }
  for (let block = 0; block < plan.blocks; block++) {
    if (control.isDone(block)) continue
    if (!worker.solve(block)) return
    if (team.index === 0) control.markDone(block)
    if (!control.barrier(team.count)) return
  }
}

/** Solves blocks of label columns in one workspace, alone or as one of a team. */
class BlockWorker {
  readonly #job: SweepJob
  readonly #arena: Arena
  readonly #kernel: Kernel
  readonly #control: Control
  readonly #member: Member
  readonly #residuals: Float32Array
  /** Elements of one vector block. */
  readonly #blockLength: number
  readonly #accumulators: number
  /** Matrix columns this member combines. */
  readonly #start: number
  readonly #end: number
  readonly #rhs: number
  /** Room for the rows of one window. */
  readonly #rows: number
  readonly #dense: DenseBlocks
  #z: number
  #previous: number
  #turn = 0

  constructor(job: SweepJob, arena: Arena, kernel: Kernel, control: Control, member: Member, team: number) {
    const { layout, blockWidth, matrix, accumulators } = job.plan
    const { sections } = layout
    this.#job = job
    this.#arena = arena
    this.#kernel = kernel
    this.#control = control
    this.#member = member
    this.#residuals = arena.float32(sections.memberResiduals).subarray(team * CACHE_LINE)
    this.#blockLength = matrix.columnCount * blockWidth
    const workspace = team * this.#blockLength * 4
    this.#z = sections.z.offset + workspace
    this.#previous = sections.previous.offset + workspace
    this.#rhs = sections.rhs.offset + workspace
    this.#accumulators = sections.accumulators.offset + workspace * accumulators
    const longest = matrix.longestWindow * blockWidth * 4
    this.#rows = sections.rows.offset + (team + member.index) * longest
    this.#start = Math.floor((matrix.columnCount * member.index) / member.count)
    this.#end = Math.floor((matrix.columnCount * (member.index + 1)) / member.count)
    const share = { start: this.#start, end: this.#end }
    this.#dense = new DenseBlocks(job, arena, kernel, control, member, share)
  }

  /** @returns false when the job was stopped. */
  solve(block: number): boolean {
    const { steps, stopBelow, plan } = this.#job
    if (!this.#begin(block)) return false
    let residual = Infinity
    let iterations = 0
    this.#probe(block, 0)
    for (const step of steps) {
      if (!this.#multiply()) return false
      this.#residuals[this.#member.index * CACHE_LINE] = this.#combine(step)
      if (!this.#control.barrier(this.#member.count)) return false
      residual = this.#teamResidual()
      if (residual < stopBelow) break
      const swap = this.#z
      this.#z = this.#previous
      this.#previous = swap
      iterations++
      this.#probe(block, iterations)
      if (iterations === 1 && this.#job.kept?.measures === true && this.#member.index === 0) {
        this.#dense.measure(block, this.#z, this.#rhs)
      }
    }
    if (this.#member.index === 0) {
      this.#arena.int32(plan.layout.sections.blockIterations)[block] = iterations
      this.#arena.float32(plan.layout.sections.blockResiduals)[block] = residual
    }
    return this.#addProducts(block) && this.#finish(block)
  }

  /** z <- z + A C, this member's rows. `previous` is used as a buffer. */
  #addProducts(block: number): boolean {
    const { blockWidth, layout, problem } = this.#job.plan
    const { addendSources = 0 } = problem
    if (addendSources === 0) return true
    const { addend, addendCoefficients } = layout.sections
    const own = addendCoefficients.offset + block * addendSources * blockWidth * 4
    const [start, end] = [this.#start, this.#end]
    this.#kernel.multiplyDense(start, end, {
      columns: blockWidth,
      inner: addendSources,
      a: addend.offset,
      aRow: addendSources,
      aStep: 1,
      b: own,
      bRow: blockWidth,
      out: this.#previous,
      outRow: blockWidth,
    })
    this.#kernel.add(start * blockWidth, end * blockWidth, { total: this.#z, part: this.#previous })
    return this.#control.barrier(this.#member.count)
  }

  /** Copies z at the probed rows. */
  #probe(block: number, step: number): void {
    const { plan } = this.#job
    const { probes: count, columns } = plan.problem
    if (count === 0 || this.#member.index > 0) return
    const { probeRows, probes } = plan.layout.sections
    const [rows, values] = [this.#arena.int32(probeRows), this.#arena.float32(probes)]
    const z = this.#block(this.#z)
    const first = block * plan.blockWidth
    const last = Math.min(first + plan.blockWidth, columns)
    for (let column = first; column < last; column++) {
      for (let at = column * count; at < (column + 1) * count; at++) {
        values[step * columns * count + at] = z[rows[at] * plan.blockWidth + (column - first)]
      }
      pace(this.#control)
    }
  }

  /** previous <- the next z, this member's rows. @returns the residual of z */
  #combine(step: RecurrenceStep): number {
    const { blockWidth: width, layout } = this.#job.plan
    const { scale, weight } = layout.sections
    return this.#kernel.combine(this.#start, this.#end, {
      width,
      scale: scale.offset,
      weight: weight.offset,
      step,
      acc: this.#accumulators,
      z: this.#z,
      previous: this.#previous,
      rhs: this.#rhs,
    })
  }

  /** Clears the workspace and writes the right-hand sides: z = rhs. */
  #begin(block: number): boolean {
    const { blockWidth, accumulators } = this.#job.plan
    const from = this.#start * blockWidth
    const to = this.#end * blockWidth
    if (!this.#job.plan.problem.dense) this.#clear(this.#rhs, from, to)
    this.#clear(this.#previous, from, to)
    for (let part = 0; part < accumulators; part++) {
      this.#clear(this.#accumulators + part * this.#blockLength * 4, from, to)
    }
    if (!this.#control.barrier(this.#member.count)) return false
    if (this.#job.plan.problem.dense) {
      if (!this.#dense.writeSeeds(block, this.#rhs)) return false
    } else {
      if (this.#member.index === 0) this.#forEachSeed(block, (at, value, rhs) => (rhs[at] += value))
      if (!this.#control.barrier(this.#member.count)) return false
    }
    const [z, rhs] = [this.#block(this.#z), this.#block(this.#rhs)]
    inSlices(this.#control, from, to, SLICE, (first, last) => z.set(rhs.subarray(first, last), first))
    return this.#control.barrier(this.#member.count)
  }

  #clear(offset: number, from: number, to: number): void {
    const block = this.#block(offset)
    inSlices(this.#control, from, to, SLICE, (first, last) => block.fill(0, first, last))
  }

  #block(offset: number): Float32Array {
    return new Float32Array(this.#arena.memory.buffer, offset, this.#blockLength)
  }

  #forEachSeed(block: number, visit: (at: number, value: number, rhs: Float32Array) => void): void {
    const { plan, seeds, matrix } = this.#job
    const seedsFromRows = seeds !== 'sparse'
    const { sections } = plan.layout
    const { buffer } = this.#arena.memory
    const rhs = this.#block(this.#rhs)
    const pointers = this.#arena.int32(sections.seedPointers)
    const data = this.#arena.float32(sections.seedData)
    const first = block * plan.blockWidth
    const last = Math.min(first + plan.blockWidth, plan.problem.columns)
    const indptr = new Uint32Array(buffer, matrix.indptr, plan.matrix.rowCount + 1)
    const indices = seedsFromRows
      ? new Uint32Array(buffer, matrix.indices, plan.matrix.nnz)
      : this.#arena.int32(sections.seedIndices)
    const weights = matrix.data === 0 ? null : new Float32Array(buffer, matrix.data, plan.matrix.nnz)
    for (let column = first; column < last; column++) {
      const row = pointers[column]
      // For dense seeds these are the rows to exclude, -1 for none.
      if (row < 0) continue
      const from = seedsFromRows ? indptr[row] : row
      const to = seedsFromRows ? indptr[row + 1] : pointers[column + 1]
      inSlices(this.#control, from, to, SLICE, (start, end) => {
        for (let edge = start; edge < end; edge++) {
          const index = indices[edge]
          const value = seedsFromRows ? data[index] * (weights?.[edge] ?? 1) : data[edge]
          visit(index * plan.blockWidth + (column - first), value, rhs)
        }
      })
    }
  }

  /** acc <- W' (middle o (W z)), or W z on a square matrix; parts are added in window order. */
  #multiply(): boolean {
    const { plan, windows, matrix } = this.#job
    const { sections } = plan.layout
    const { square } = plan.matrix
    const shared = plan.partition === 'rows'
    const partBytes = this.#blockLength * 4
    const turn = this.#turn++
    if (this.#member.index === 0) this.#control.resetWindows(turn + 1)
    let window = shared ? this.#control.claimWindow(turn) : 0
    while (window < windows.length) {
      const { rowStart, rowEnd } = windows[window]
      if (square) {
        const finish = sections.rowScale.offset
        const product = { width: plan.blockWidth, matrix, finish, z: this.#z, out: this.#accumulators }
        this.#kernel.multiplySparse(rowStart, rowEnd, product)
      } else {
        const part = this.#accumulators + (shared ? window : Math.min(window, 1)) * partBytes
        sweepWindow(this.#kernel, plan.blockWidth, windows[window], this.#sweepOf(window, part))
        if (!shared && window > 0) this.#kernel.add(0, this.#blockLength, { total: this.#accumulators, part })
      }
      window = shared ? this.#control.claimWindow(turn) : window + 1
    }
    if (!this.#control.barrier(this.#member.count)) return false
    if (!square && shared) {
      for (let part = 1; part < windows.length; part++) {
        const [from, to] = [this.#start * plan.blockWidth, this.#end * plan.blockWidth]
        this.#kernel.add(from, to, { total: this.#accumulators, part: this.#accumulators + part * partBytes })
      }
    }
    return true
  }

  #sweepOf(window: number, part: number): WindowSweep {
    const { plan, matrix, turned } = this.#job
    const { middle } = plan.layout.sections
    const { columnCount } = plan.matrix
    return {
      matrix,
      turned: turnedWindow(turned, columnCount, window),
      columnCount,
      middle: middle.offset,
      z: this.#z,
      rows: this.#rows,
      part,
    }
  }

  #teamResidual(): number {
    let worst = 0
    for (let member = 0; member < this.#member.count; member++)
      worst = Math.max(worst, this.#residuals[member * CACHE_LINE])
    return worst
  }

  #finish(block: number): boolean {
    const { plan, kept } = this.#job
    if (plan.problem.topK !== null) {
      if (this.#member.index === 0) this.#rank(block, plan.problem.topK)
    } else if (plan.problem.crossProducts !== null) {
      if (plan.problem.crossProducts !== 'seeds') {
        this.#dense.scaleRows(this.#z, this.#previous, plan.layout.sections.finish)
        if (!this.#control.barrier(this.#member.count)) return false
        this.#dense.multiplySeeds(block, this.#previous, plan.layout.sections.scoreProducts)
      }
    } else if (kept !== null && kept.to !== null) {
      this.#dense.keep(block, this.#z, kept.to)
    } else if (plan.problem.probes === 0) {
      this.#copyScores(block)
    }
    return this.#control.barrier(this.#member.count)
  }

  #rank(block: number, k: number): void {
    const { plan, excludeSeeds } = this.#job
    const { blockWidth, matrix, layout } = plan
    const { finish, topRows, topScores } = layout.sections
    const z = this.#block(this.#z)
    if (excludeSeeds) this.#forEachSeed(block, (at) => (z[at] = -Infinity))
    if (plan.problem.excludedCount !== undefined) {
      for (let c = 0, column = block * blockWidth; c < blockWidth && column < plan.problem.columns; c++, column++)
        for (const index of excludedFrom(this.#arena, layout.sections, column)) z[index * blockWidth + c] = -Infinity
    }
    const start = block * blockWidth * k
    const [listRows, listScores] = [this.#arena.int32(topRows), this.#arena.float32(topScores)]
    inSlices(this.#control, start, start + blockWidth * k, SLICE, (from, to) => {
      listRows.fill(-1, from, to)
      listScores.fill(-Infinity, from, to)
    })
    const [rows, scores] = [topRows.offset + 4 * start, topScores.offset + 4 * start]
    const lists = { width: blockWidth, k, z: this.#z, scale: finish.offset, rows, scores }
    this.#kernel.topK(0, matrix.columnCount, lists)
    if (k <= INSERTED_MOST) return
    for (let list = 0; list < 4 * blockWidth * k; list += 4 * k)
      this.#kernel.sortTop(0, k, { rows: rows + list, scores: scores + list })
  }

  #copyScores(block: number): void {
    const { plan, windows } = this.#job
    const { sections } = plan.layout
    const { blockWidth, blocks } = plan
    const first = block * blockWidth * 4
    this.#kernel.scaleRows(this.#start, this.#end, {
      width: blockWidth,
      scale: sections.finish.offset,
      from: this.#z,
      fromRow: blockWidth,
      to: sections.columnScores.offset + first,
      toRow: blocks * blockWidth,
    })
    if (!plan.problem.rowScores) return
    for (let window = this.#member.index; window < windows.length; window += this.#member.count) {
      this.#copyRowScores(windows[window], first)
    }
  }

  /** Through the buffer of a window, because a gather writes rows without gaps. */
  #copyRowScores({ rowStart, rowEnd }: Window, first: number): void {
    const { plan, matrix } = this.#job
    const { blockWidth: width, blocks } = plan
    const { ones, rowScale, rowScores } = plan.layout.sections
    const product = { width, matrix, finish: rowScale.offset, z: this.#z, out: rowScores.offset }
    if (width === 1) {
      this.#kernel.multiplySparse(rowStart, rowEnd, product)
      return
    }
    const [count, stride] = [rowEnd - rowStart, blocks * width]
    const own = { ...matrix, indptr: matrix.indptr + 4 * rowStart }
    const finish = rowScale.offset + 4 * rowStart
    this.#kernel.multiplySparse(0, count, { ...product, matrix: own, finish, out: this.#rows })
    const to = rowScores.offset + first + rowStart * stride * 4
    const room = { from: this.#rows, fromRow: width }
    this.#kernel.scaleRows(0, count, { width, scale: ones.offset, ...room, to, toRow: stride })
  }
}
