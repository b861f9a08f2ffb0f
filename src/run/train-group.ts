import type { Kernel } from '../kernel/kernel.ts'
import type { LossRows } from '../kernel/training.ts'
import type { Arena } from '../memory/arena.ts'
import type { TrainJob } from './train-job.ts'
import { scoreRowOf, versionsOf, type TrainSection } from '../plan/train-plan.ts'

/** Loss and gradient of groups of pairs, in one member's workspace. */
export class GroupLoss {
  readonly #job: TrainJob
  readonly #arena: Arena
  readonly #kernel: Kernel
  readonly #member: number
  readonly #scoreRow: number
  readonly #ids: Int32Array
  readonly #weights: Float32Array
  readonly #offsets: Float32Array
  readonly #parts: Float32Array

  constructor(job: TrainJob, arena: Arena, kernel: Kernel, member: number) {
    const { groupSize, plan } = job
    const { sections } = plan.layout
    this.#job = job
    this.#arena = arena
    this.#kernel = kernel
    this.#member = member
    this.#scoreRow = scoreRowOf(groupSize)
    const own = <T extends { subarray: (from: number, to: number) => T }>(array: T, size: number): T =>
      array.subarray(member * size, (member + 1) * size)
    this.#ids = own(arena.int32(sections.groupIds), 2 * groupSize)
    this.#weights = own(arena.float32(sections.groupWeights), groupSize)
    this.#offsets = own(arena.float32(sections.groupOffsets), groupSize)
    this.#parts = own(arena.float32(sections.parts), 2 * groupSize)
  }

  /** Writes the gradients of a group's pairs and views, for the mean over the batch. @param vectors of the items */
  descend(batch: number, group: number, vectors: number): void {
    const {
      batchPairs,
      batchWeights,
      batchUsers,
      groupSize,
      loss,
      temperature,
      views,
      plan: { stride: width },
    } = this.#job
    const first = group * groupSize
    const count = Math.min(groupSize, batchPairs[batch + 1] - batchPairs[batch] - first)
    const at = batchPairs[batch] + first
    const [pairs, slots] = [this.#at('pairs') + at * 4, this.#at('pairUsers') + at * 4]
    const kernel = this.#kernel
    this.#readPairs(at, count, batch)

    const matrix = this.#job.matrix
    const [users, items, scores] = [this.#own('userRows'), this.#own('itemRows'), this.#own('scores')]
    const [userLengths, itemLengths] = [0, 1].map((one) => this.#own('lengths') + one * groupSize * 4)
    const scale = this.#at('scale')
    const sums = this.#at('sums')
    kernel.pairRows(0, count, { width, pairs, slots, matrix, scale, sums, z: vectors, users, items })
    const unitUsers = { width, rows: users, lengths: userLengths }
    const unitItems = { width, rows: items, lengths: itemLengths }
    kernel.unitRows(0, count, unitUsers)
    kernel.unitRows(0, count, unitItems)

    const known = { pairs, slots, users: this.#at('users') + batchUsers[batch] * 4, matrix, marks: this.#own('marks') }
    this.#score(count, users, items)
    kernel.excludeKnown(0, count, { count, ...known, scores, scoreRow: this.#scoreRow })
    const rows = this.#lossRows(count, temperature, this.#own('groupOffsets'))
    if (loss === 'softmax') kernel.softmaxRows(0, count, rows)
    else kernel.rankingRows(0, count, rows)
    let sum = this.#lossOf(count, batchWeights[batch], loss === 'softmax' ? softmaxLoss : rankingLoss)

    const [userGradient, itemGradient] = (['pairUserGradients', 'pairItemGradients'] as const).map(
      (name) => this.#at(name) + first * width * 4,
    )
    this.#slopes(count, users, items, userGradient, itemGradient)
    if (views !== null) {
      const drawn = { batch, first, count, slots }
      for (let b = 0; b < count; b++) this.#weights[b] *= views.weight
      sum += views.kind === 'noise' ? this.#noise(drawn) : this.#dropped(drawn)
    }
    kernel.throughLength(0, count, { ...unitUsers, gradient: userGradient })
    kernel.throughLength(0, count, { ...unitItems, gradient: itemGradient })
    this.#arena.float64(this.#job.plan.layout.sections.groupLosses)[group] = sum
  }

  /** Reads the weights of a group's pairs within the batch, the offsets of their items' scores, and the numbers of their users and items. */
  #readPairs(at: number, count: number, batch: number): void {
    const {
      matrix,
      batchWeights,
      batchUsers,
      groupSize,
      plan: { layout },
    } = this.#job
    const { buffer } = this.#arena.memory
    const [pairs, slots, users] = (['pairs', 'pairUsers', 'users'] as const).map((name) =>
      this.#arena.int32(layout.sections[name]),
    )
    const offsets = this.#arena.float32(layout.sections.offsets)
    const indices = new Uint32Array(buffer, matrix.indices)
    const data = matrix.data === 0 ? null : new Float32Array(buffer, matrix.data)
    for (let b = 0; b < count; b++) {
      const pair = pairs[at + b]
      this.#weights[b] = (data === null ? 1 : data[pair]) / batchWeights[batch]
      this.#offsets[b] = offsets[indices[pair]]
      this.#ids[b] = users[batchUsers[batch] + slots[at + b]]
      this.#ids[groupSize + b] = indices[pair]
    }
  }

  /** Contrasts two noisy copies of each vector, of users and of items: SimGCL (Yu et al. 2022, 10.1145/3477495.3531937). @returns the sum of the pairs' losses */
  #noise({ batch, first, count }: Drawn): number {
    const {
      views,
      seed,
      steps,
      groupSize,
      plan: { stride },
    } = this.#job
    if (views === null) return 0
    const [userIds, itemIds] = [0, 1].map((side) => this.#own('groupIds') + side * groupSize * 4)
    const draw = seed + 4 * (steps + batch)
    const sides = [
      { rows: this.#own('userRows'), ids: userIds, gradient: this.#at('pairUserGradients') },
      { rows: this.#own('itemRows'), ids: itemIds, gradient: this.#at('pairItemGradients') },
    ]
    return sides.reduce((sum, { rows, ids, gradient }, side) => {
      const [one, other] = [this.#own('firstView'), this.#own('secondView')]
      const noisy = { width: stride, rows, first, noise: views.strength }
      this.#kernel.noisyRows(0, count, { ...noisy, out: one, seed: draw + 2 * side })
      this.#kernel.noisyRows(0, count, { ...noisy, out: other, seed: draw + 2 * side + 1 })
      const loss = this.#contrast(batch, count, ids)
      for (const part of ['firstGradient', 'secondGradient'] as const) {
        const total = gradient + first * stride * 4
        this.#kernel.add(0, count * stride, { total, part: this.#own(part) })
      }
      return sum + loss
    }, 0)
  }

  /** Contrasts two sums of each user's items, from each of which random entries are dropped: SGL (Wu et al. 2021, 10.1145/3404835.3462862). @returns the sum of the pairs' losses */
  #dropped({ batch, first, count, slots }: Drawn): number {
    const {
      plan: { stride, layout },
    } = this.#job
    const versionBytes = (layout.sections.sums.length / versionsOf(this.#job.plan.training.views)) * 4
    for (const [view, out] of (['firstView', 'secondView'] as const).entries()) {
      const from = this.#at('sums') + (view + 1) * versionBytes
      this.#kernel.takeRows(0, count, { width: stride, ids: slots, from, out: this.#own(out) })
    }
    const loss = this.#contrast(batch, count, this.#own('groupIds'))
    const gradients = this.#arena.float32(layout.sections.viewGradients)
    for (const [view, from] of (['firstGradient', 'secondGradient'] as const).entries()) {
      const own = new Float32Array(this.#arena.memory.buffer, this.#own(from), count * stride)
      gradients.set(own, (view * gradients.length) / 2 + first * stride)
    }
    return loss
  }

  /** Contrasts each first view with all second views; writes the gradients of both, through the normalisation. @returns the sum of the pairs' losses */
  #contrast(batch: number, count: number, ids: number): number {
    const {
      views,
      groupSize,
      batchWeights,
      plan: { stride },
    } = this.#job
    if (views === null) return 0
    const kernel = this.#kernel
    const [one, other] = [this.#own('firstView'), this.#own('secondView')]
    const [oneGradient, otherGradient] = [this.#own('firstGradient'), this.#own('secondGradient')]
    const [oneLengths, otherLengths] = [2, 3].map((at) => this.#own('lengths') + at * groupSize * 4)
    const unitOne = { width: stride, rows: one, lengths: oneLengths }
    const unitOther = { width: stride, rows: other, lengths: otherLengths }
    kernel.unitRows(0, count, unitOne)
    kernel.unitRows(0, count, unitOther)
    this.#score(count, one, other)
    kernel.excludeSame(0, count, { count, ids, scores: this.#own('scores'), scoreRow: this.#scoreRow })
    kernel.softmaxRows(0, count, this.#lossRows(count, views.temperature, 0))
    const loss = this.#lossOf(count, batchWeights[batch], softmaxLoss)
    this.#slopes(count, one, other, oneGradient, otherGradient)
    kernel.throughLength(0, count, { ...unitOne, gradient: oneGradient })
    kernel.throughLength(0, count, { ...unitOther, gradient: otherGradient })
    return loss
  }

  /** scores <- x'y of all pairs of rows. */
  #score(count: number, x: number, y: number): void {
    const { stride } = this.#job.plan
    const turned = this.#own('turnedRows')
    this.#kernel.transpose(0, count, { width: stride, from: y, out: turned, outRow: this.#scoreRow })
    this.#kernel.multiplyDense(0, count, {
      columns: (count + 3) & ~3,
      inner: stride,
      a: x,
      aRow: stride,
      aStep: 1,
      b: turned,
      bRow: this.#scoreRow,
      out: this.#own('scores'),
      outRow: this.#scoreRow,
    })
  }

  /** Gradients of x and y from those of their scores. */
  #slopes(count: number, x: number, y: number, xGradient: number, yGradient: number): void {
    const { stride } = this.#job.plan
    const [scores, row] = [this.#own('scores'), this.#scoreRow]
    const common = { columns: stride, inner: count, a: scores, bRow: stride, outRow: stride }
    this.#kernel.multiplyDense(0, count, { ...common, aRow: row, aStep: 1, b: y, out: xGradient })
    this.#kernel.multiplyDense(0, count, { ...common, aRow: 1, aStep: row, b: x, out: yGradient })
  }

  #lossRows(count: number, temperature: number, offsets: number): LossRows {
    const inverseTemperature = 1 / temperature
    const [scores, weights, parts] = [this.#own('scores'), this.#own('groupWeights'), this.#own('parts')]
    return { count, scores, scoreRow: this.#scoreRow, offsets, weights, parts, inverseTemperature }
  }

  /** The weighted sum of the pairs' losses. */
  #lossOf(count: number, batchWeight: number, of: (first: number, second: number) => number): number {
    let sum = 0
    for (let b = 0; b < count; b++) sum += this.#weights[b] * of(this.#parts[2 * b], this.#parts[2 * b + 1])
    return sum * batchWeight
  }

  #at(name: TrainSection): number {
    return this.#job.plan.layout.sections[name].offset
  }

  /** Byte offset of this member's part of a workspace. */
  #own(name: TrainSection): number {
    const { offset, length } = this.#job.plan.layout.sections[name]
    return offset + this.#member * (length / this.#job.head.threads) * 4
  }
}

/** Some pairs of a batch. */
interface Drawn {
  readonly batch: number
  /** Position of the first pair in the batch. */
  readonly first: number
  readonly count: number
  readonly slots: number
}

const softmaxLoss = (gap: number, total: number): number => gap + Math.log(total)

/** -log sigmoid(lead), without overflow. */
const rankingLoss = (lead: number): number => Math.max(0, -lead) + Math.log1p(Math.exp(-Math.abs(lead)))
