import type { Kernel, SparseProduct } from '../kernel/kernel.ts'
import type { Drop } from '../kernel/loop.ts'
import type { Arena } from '../memory/arena.ts'
import type { Section } from '../memory/layout.ts'
import { Control, type Member } from './control.ts'
import { GroupLoss } from './train-group.ts'
import { Team } from './team.ts'
import type { TrainJob } from './train-job.ts'
import { inSlices, SLICE, untilStopped } from './pace.ts'
import { pacedKernel } from './paced-kernel.ts'
import { versionsOf, type TrainSection } from '../plan/train-plan.ts'

/** Vectors that a member claims at a time. */
const CHUNK = 64
const NONE: Drop = { seed: 0, below: 0 }
const [FIRST_DECAY, SECOND_DECAY] = [0.9, 0.999]

/** Works on a training until it is done, stopped, or its loss is not finite: one of a team that takes every step together. */
export function trainOn(job: TrainJob, arena: Arena, kernel: Kernel, member: Member): void {
  const control = new Control(arena.int32(job.head.control), arena.int32(job.head.blockState))
  untilStopped(() => {
    const trainer = new Trainer(job, arena, pacedKernel(kernel, control, arena.memory), control, member)
    for (let batch = 0; batch < job.head.blocks; batch++) if (!trainer.step(batch)) return
  })
}

class Trainer {
  readonly #job: TrainJob
  readonly #arena: Arena
  readonly #kernel: Kernel
  readonly #control: Control
  readonly #member: Member
  readonly #group: GroupLoss
  readonly #team: Team

  constructor(job: TrainJob, arena: Arena, kernel: Kernel, control: Control, member: Member) {
    this.#job = job
    this.#arena = arena
    this.#kernel = kernel
    this.#control = control
    this.#member = member
    this.#group = new GroupLoss(job, arena, kernel, member.index)
    this.#team = new Team(control, member)
  }

  /** @returns whether to continue */
  step(batch: number): boolean {
    const { batchUsers, batchPairs, layers, groupSize } = this.#job
    const users = { first: batchUsers[batch], count: batchUsers[batch + 1] - batchUsers[batch] }
    const pairs = { first: batchPairs[batch], count: batchPairs[batch + 1] - batchPairs[batch] }
    const groups = Math.ceil(pairs.count / groupSize)
    const vectors = layers > 0 ? this.#at('encoded') : this.#at('free')
    if (layers > 0 && !this.#propagate(this.#at('free'))) return false
    if (!this.#sumUsers(batch, users, vectors)) return false
    if (!this.#team.share(groups, 1, (group) => this.#group.descend(batch, group, vectors))) return false
    const loss = this.#arena
      .float64(this.#section('groupLosses'))
      .subarray(0, groups)
      .reduce((sum, one) => sum + one, 0)
    if (this.#member.index === 0) this.#arena.float64(this.#section('batchLosses'))[batch] = loss
    if (!Number.isFinite(loss)) return false
    return this.#sendBack(batch, users) && this.#descend(batch)
  }

  /** encoded <- (1 + P + ... + P^layers) from, one power at a time. */
  #propagate(from: number): boolean {
    const {
      rowCount,
      columnCount,
      layers,
      matrix,
      turned,
      plan: { stride },
    } = this.#job
    const [rowVectors, encoded, scale, middle] = [
      this.#at('rowVectors'),
      this.#at('encoded'),
      this.#at('scale'),
      this.#at('middle'),
    ]
    for (let layer = 0, z = from; layer < layers; layer++, z = encoded) {
      const rows = { width: stride, matrix, scale, z, out: rowVectors }
      if (!this.#sum(rowCount, rows)) return false
      const columns = { width: stride, matrix: turned, scale: middle, z: rowVectors, base: from, finish: scale }
      if (!this.#sum(columnCount, { ...columns, out: encoded })) return false
    }
    return true
  }

  /** Vectors of the batch's users, in every version. */
  #sumUsers(batch: number, { first, count }: Range, z: number): boolean {
    const {
      matrix,
      plan: { stride },
    } = this.#job
    const rows = this.#at('users') + first * 4
    const sum = { width: stride, rows, matrix, scale: this.#at('scale'), z }
    return this.#versions(batch).every((drop, version) => {
      const out = this.#at('sums') + version * this.#versionBytes('sums')
      return this.#sum(count, { ...sum, out, drop })
    })
  }

  /** Gradients of the item vectors from those of pairs and views. */
  #sendBack(batch: number, { first, count }: Range): boolean {
    const { stride } = this.#job.plan
    const slots = this.#at('userPlaces') + first * 4
    const places = this.#at('places')
    const versions = this.#versions(batch)
    const pairRows = this.#at('pairUserGradients')
    const views = this.#section('viewGradients')
    const sources = [pairRows, views.offset, views.offset + (views.length / 2) * 4]
    const sums = versions.map((_, version) => this.#at('sumGradients') + version * this.#versionBytes('sumGradients'))
    // The places of a user are the entries of a row; entries without a pair are holes.
    const matrix = { indptr: slots, indices: places, data: 0 }
    const isSummed = sums.every((out, version) =>
      this.#sum(count, { width: stride, matrix, hasHoles: true, z: sources[version], out }),
    )
    if (!isSummed) return false
    const users = this.#at('users') + first * 4
    const [scale, gradient] = [this.#at('scale'), this.#at('gradient')]
    const { index, count: members } = this.#member
    versions.forEach((drop, version) => {
      const own = version === 0 ? { places, userRows: pairRows, itemRows: this.#at('pairItemGradients') } : NO_PAIRS
      const edges = { users, slots, matrix: this.#job.matrix, scale, sums: sums[version], gradient, drop, ...own }
      this.#kernel.addEdges(0, count, { width: stride, member: index, members, ...edges })
    })
    return this.#control.barrier(members)
  }

  /** Propagates the gradients back through the encoder and takes a step of Adam. */
  #descend(batch: number): boolean {
    const {
      layers,
      steps,
      learningRate,
      columnCount,
      plan: { stride },
    } = this.#job
    const gradient = this.#at('gradient')
    if (layers > 0 && !this.#propagate(gradient)) return false
    const [start, end] = [0, 1].map((next) => {
      return Math.floor((columnCount * (this.#member.index + next)) / this.#member.count) * stride
    })
    const step = steps + batch + 1
    this.#kernel.adam(start, end, {
      free: this.#at('free'),
      mean: this.#at('mean'),
      square: this.#at('square'),
      gradient: layers > 0 ? this.#at('encoded') : gradient,
      rate: learningRate / (1 - FIRST_DECAY ** step),
      correction: 1 / (1 - SECOND_DECAY ** step),
    })
    const gradients = this.#arena.float32(this.#section('gradient'))
    inSlices(this.#control, start, end, SLICE, (from, to) => gradients.fill(0, from, to))
    if (this.#member.index === 0) this.#control.markDone(batch)
    return this.#control.barrier(this.#member.count)
  }

  /** Entries that each version of the users' vectors drops: none in the first; edge-drop views add two random versions. */
  #versions(batch: number): readonly Drop[] {
    const { views, seed, steps } = this.#job
    if (views?.kind !== 'edge-drop') return [NONE]
    const below = Math.round(views.strength * 2 ** 24)
    const own = seed + 2 * (steps + batch)
    return [NONE, { seed: own, below }, { seed: own + 1, below }]
  }

  /** A sparse product, its rows divided among the members. @returns false when the training was stopped */
  #sum(count: number, product: SparseProduct): boolean {
    return this.#team.share(count, CHUNK, (start, end) => this.#kernel.multiplySparse(start, end, product))
  }

  #section(name: TrainSection): Section {
    return this.#job.plan.layout.sections[name]
  }

  #at(name: TrainSection): number {
    return this.#job.plan.layout.sections[name].offset
  }

  #versionBytes(name: 'sums' | 'sumGradients'): number {
    return (this.#job.plan.layout.sections[name].length / versionsOf(this.#job.plan.training.views)) * 4
  }
}

interface Range {
  readonly first: number
  readonly count: number
}

const NO_PAIRS = { places: 0, userRows: 0, itemRows: 0 }
