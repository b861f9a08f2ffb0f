import { INSERTED_MOST, type Kernel } from '../kernel/kernel.ts'
import { partsOf, RANKED_TOGETHER, ROUNDING, strideOf, type OfferedItems } from '../kernel/ranking.ts'
import type { Arena } from '../memory/arena.ts'
import type { Section } from '../memory/layout.ts'
import type { RankSection } from '../plan/rank-plan.ts'
import { Control, type Member } from './control.ts'
import { excludedFrom } from './exclusion.ts'
import { untilStopped } from './pace.ts'
import { pacedKernel } from './paced-kernel.ts'
import { ListRanker } from './list-ranker.ts'
import type { RankJob } from './rank-job.ts'

/** Works on a ranking until it is done or stopped: whole blocks of profiles, whichever are free. */
export function rankOn(job: RankJob, arena: Arena, kernel: Kernel, member: Member): void {
  const { head } = job
  const control = new Control(arena.int32(head.control), arena.int32(head.blockState))
  untilStopped(() => {
    const paced = pacedKernel(kernel, control, arena.memory)
    const ranker =
      job.plan.ranking.dimensions > 0
        ? new Ranker(job, arena, paced, member)
        : new ListRanker(job, arena, paced, member)
    for (let block = control.claimBlock(head.blocks); block >= 0; block = control.claimBlock(head.blocks)) {
      ranker.rank(block)
      control.markDone(block)
    }
  })
}

/** The smallest number above 0: no list takes less. */
const LEAST = 2 ** -149

/** Ranks blocks of profiles in one workspace. */
class Ranker {
  readonly #job: RankJob
  readonly #arena: Arena
  readonly #kernel: Kernel
  readonly #index: number
  readonly #loop: OfferedItems
  readonly #lists: { readonly indptr: number; readonly indices: number; readonly data: number } | null

  constructor(job: RankJob, arena: Arena, kernel: Kernel, { index }: Member) {
    this.#job = job
    this.#arena = arena
    this.#kernel = kernel
    this.#index = index
    const { listEntries, k, dimensions } = job.plan.ranking
    const at = (name: RankSection): number => job.plan.layout.sections[name].offset
    this.#lists =
      listEntries > 0 ? { indptr: at('listPointers'), indices: at('listIndices'), data: at('listData') } : null
    const own = (name: RankSection): number => this.#own(name).offset
    this.#loop = {
      ...{ k, dimensions, vectors: at('right'), ids: at('ids'), candidates: own('candidates') },
      ...{ rooms: at('rooms'), coefficients: own('coefficients'), lengths: own('lengths'), bars: own('bars') },
      ...{ z: own('z'), stride: strideOf(job.plan.ranking.items) },
      ...{ rows: at('topRows'), scores: at('topScores') },
    }
  }

  rank(block: number): void {
    const { k, items, profiles } = this.#job.plan.ranking
    const start = block * RANKED_TOGETHER
    const count = Math.min(RANKED_TOGETHER, profiles - start)
    this.#combine(start, count)
    this.#walk(start, count)
    this.#exclude(start, count)
    const { topRows, topScores } = this.#job.plan.layout.sections
    const lists = RANKED_TOGETHER * k
    this.#arena.int32(topRows).fill(-1, block * lists, (block + 1) * lists)
    this.#arena.float32(topScores).fill(0, block * lists, (block + 1) * lists)
    this.#arena.float32(this.#own('bars')).fill(LEAST)
    const [rows, scores] = [topRows.offset + block * lists * 4, topScores.offset + block * lists * 4]
    this.#kernel.offerItems(0, items, { ...this.#loop, rows, scores })
    if (k <= INSERTED_MOST) return
    for (let column = 0; column < count; column++) {
      this.#kernel.sortTop(0, k, { rows: rows + column * k * 4, scores: scores + column * k * 4 })
    }
  }

  /** The coefficients of each profile: head o (L' r) + (1'r) lent. */
  #combine(start: number, count: number): void {
    const { dimensions } = this.#job.plan.ranking
    const parts = partsOf(dimensions)
    const lengths = this.#arena.float32(this.#own('lengths'))
    lengths.fill(0)
    if (dimensions === 0) return
    const { filters, filterOf, plan } = this.#job
    const z = plan.layout.sections.left.offset
    this.#kernel.multiplySparse(0, count, {
      width: dimensions,
      ...this.#profiles(start),
      z,
      out: this.#own('sums').offset,
    })
    const [sums, coefficients] = [
      this.#arena.float32(this.#own('sums')),
      this.#arena.float32(this.#own('coefficients')),
    ]
    coefficients.fill(0)
    for (let column = 0; column < count; column++) {
      const { head, lent } = filters[filterOf[start + column]]
      const weight = lent === undefined ? 0 : this.#weightOf(start, column)
      let square = 0
      // From the last part on, so that one sum gives the lengths of all.
      for (let level = parts.length - 1; level >= 0; level--) {
        const { from, to } = parts[level]
        for (let dimension = from; dimension < to; dimension++) {
          const own = Math.fround(head[dimension] * sums[column * dimensions + dimension])
          const coefficient = lent === undefined ? own : Math.fround(own + weight * lent[dimension])
          coefficients[dimension * RANKED_TOGETHER + column] = coefficient
          square += coefficient ** 2
        }
        lengths[level * RANKED_TOGETHER + column] = Math.sqrt(square) * ROUNDING
      }
    }
  }

  /** 1'r of a profile. */
  #weightOf(start: number, column: number): number {
    const { matrix, rows = 0 } = this.#profiles(start)
    const { buffer } = this.#arena.memory
    const row = rows === 0 ? column : new Uint32Array(buffer, rows)[column]
    const [from, to] = new Uint32Array(buffer, matrix.indptr).subarray(row, row + 2)
    if (matrix.data === 0) return to - from
    return new Float32Array(buffer, matrix.data).subarray(from, to).reduce((sum, weight) => sum + weight, 0)
  }

  /** The lists of each profile's items, added up. */
  #walk(start: number, count: number): void {
    const lists = this.#lists
    const { z, stride } = this.#loop
    this.#arena.float32(this.#own('z')).fill(0, lists === null ? 0 : count * stride)
    if (lists === null) return
    const factors = this.#job.plan.layout.sections.factors.offset + start * 4
    this.#kernel.addLists(0, count, { stride, ...this.#profiles(start), factors, lists, z })
  }

  /** Keeps items out of lists: those of the profiles, and those that are named. */
  #exclude(start: number, count: number): void {
    const { excludeSeeds, plan } = this.#job
    const { sections } = plan.layout
    const { excludedCount } = plan.ranking
    if (!excludeSeeds && excludedCount === undefined) return
    const { matrix, rows = 0 } = this.#profiles(start)
    const { buffer } = this.#arena.memory
    const [indptr, indices, ids] = [matrix.indptr, matrix.indices, rows].map(
      (offset) => new Uint32Array(buffer, offset),
    )
    const places = this.#arena.int32(sections.places)
    const { stride } = this.#loop
    const z = this.#arena.float32(this.#own('z'))
    for (let column = 0; column < count; column++) {
      const row = rows === 0 ? column : ids[column]
      if (excludeSeeds) {
        for (let at = indptr[row]; at < indptr[row + 1]; at++) z[column * stride + places[indices[at]]] = -Infinity
      }
      if (excludedCount === undefined) continue
      for (const item of excludedFrom(this.#arena, sections, start + column)) {
        z[column * stride + places[item]] = -Infinity
      }
    }
  }

  /** Profiles from `start` on. */
  #profiles(start: number): { readonly matrix: RankJob['matrix']; readonly rows?: number } {
    const { matrix, named, plan } = this.#job
    if (named) return { matrix, rows: plan.layout.sections.seedPointers.offset + start * 4 }
    return { matrix: { ...matrix, indptr: matrix.indptr + start * 4 } }
  }

  /** This member's part of a section that holds one a member. */
  #own(name: RankSection): Section {
    const { plan } = this.#job
    const section = plan.layout.sections[name]
    const length = section.length / plan.threads
    return { ...section, length, offset: section.offset + this.#index * length * 4 }
  }
}
