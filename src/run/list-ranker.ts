import { INSERTED_MOST, type Kernel } from '../kernel/kernel.ts'
import { RANKED_TOGETHER, type MetItems } from '../kernel/ranking.ts'
import type { Arena } from '../memory/arena.ts'
import type { RankSection } from '../plan/rank-plan.ts'
import type { Member } from './control.ts'
import { excludedFrom } from './exclusion.ts'
import type { RankJob } from './rank-job.ts'

/** Ranks by lists alone, one profile after the other: what it meets is offered, and nothing is looked at by all items. */
export class ListRanker {
  readonly #job: RankJob
  readonly #kernel: Kernel
  readonly #arena: Arena
  readonly #words: Int32Array
  readonly #sums: Float64Array
  readonly #loop: Omit<MetItems, 'entries' | 'rows' | 'scores'>

  constructor(job: RankJob, arena: Arena, kernel: Kernel, { index }: Member) {
    this.#job = job
    this.#kernel = kernel
    this.#arena = arena
    this.#words = new Int32Array(arena.memory.buffer)
    const { sections } = job.plan.layout
    const { items, k, wholeLists } = job.plan.ranking
    const at = (name: RankSection): number => sections[name].offset
    this.#sums = arena.float64(sections.listSums).subarray(index * items, (index + 1) * items)
    const lists = {
      ...{ indptr: at('listPointers'), indices: wholeLists ? 0 : at('listIndices'), data: at('listData') },
    }
    this.#loop = { k, columns: items, lists, rooms: at('rooms'), sums: this.#sums.byteOffset }
    // A member that was stopped may have left something behind.
    this.#sums.fill(0)
  }

  /** Ranks a block of profiles. */
  rank(block: number): void {
    const { k, profiles } = this.#job.plan.ranking
    const { topRows, topScores } = this.#job.plan.layout.sections
    const start = block * RANKED_TOGETHER
    const end = Math.min(start + RANKED_TOGETHER, profiles)
    this.#arena.int32(topRows).fill(-1, start * k, end * k)
    this.#arena.float32(topScores).fill(0, start * k, end * k)
    for (let profile = start; profile < end; profile++) {
      const offset = profile * k * 4
      this.#rankOne(profile, { rows: topRows.offset + offset, scores: topScores.offset + offset })
    }
  }

  #rankOne(profile: number, list: { readonly rows: number; readonly scores: number }): void {
    const { plan, matrix, named, filters, filterOf, excludeSeeds } = this.#job
    const { items, k, listEntries, excludedCount } = plan.ranking
    if (listEntries === 0) return
    const row = named ? this.#words[plan.layout.sections.seedPointers.offset / 4 + profile] : profile
    const [from, to] = [this.#words[matrix.indptr / 4 + row], this.#words[matrix.indptr / 4 + row + 1]]
    const own = this.#words.subarray(matrix.indices / 4 + from, matrix.indices / 4 + to)
    const entries = { indices: matrix.indices, data: matrix.data, factor: filters[filterOf[profile]].walk }
    const loop = { ...this.#loop, ...list, entries }
    this.#kernel.sumLists(from, to, loop)
    if (excludeSeeds) for (const item of own) this.#sums[item] = 0
    if (excludedCount !== undefined)
      for (const item of excludedFrom(this.#arena, plan.layout.sections, profile)) this.#sums[item] = 0
    // Looking at all items is faster than at most of them.
    if (this.#isFar(own)) this.#kernel.offerSums(0, items, loop)
    else this.#kernel.offerMet(from, to, loop)
    if (k > INSERTED_MOST) this.#kernel.sortTop(0, k, list)
  }

  /** Whether the lists of these items are longer than half the catalogue. */
  #isFar(own: Int32Array): boolean {
    const { wholeLists, items } = this.#job.plan.ranking
    if (wholeLists) return true
    const pointers = this.#loop.lists.indptr / 4
    let met = 0
    for (const item of own) met += this.#words[pointers + item + 1] - this.#words[pointers + item]
    return 2 * met > items
  }
}
