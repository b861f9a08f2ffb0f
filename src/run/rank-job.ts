import type { MatrixOffsets } from '../kernel/loop.ts'
import type { Arena } from '../memory/arena.ts'
import type { Network } from '../network/network.ts'
import type { Machine } from '../plan/machine.ts'
import type { PlanOptions } from '../plan/plan.ts'
import { planRanking, type RankPlan } from '../plan/rank-plan.ts'
import type { Rank, RankFilter, RankTable } from '../request/rank.ts'
import { columnCount, type TopLists } from '../request/sweep.ts'
import type { JobHead } from './control.ts'

/** A ranking written into memory, described in plain data: what a worker is sent. */
export interface RankJob {
  readonly kind: 'rank'
  readonly head: JobHead
  readonly plan: RankPlan
  /** Profiles by rows. */
  readonly matrix: MatrixOffsets
  /** Whether rows of profiles are named one by one. */
  readonly named: boolean
  readonly filters: readonly RankFilter[]
  readonly filterOf: Uint8Array
  readonly excludeSeeds: boolean
}

/** Plans a ranking over a prepared matrix; the table is counted by whoever made it. @throws {RivuletError} MEMORY_LIMIT */
export function planRankOn(
  { shape, budget, stored }: Network,
  { name, table, profiles, k, notes = [] }: Rank,
  options: PlanOptions,
  machine: Machine,
): RankPlan {
  const ranking = {
    ...{ name, k, notes, items: table.items, dimensions: table.dimensions, first: table.first },
    profiles: columnCount(profiles),
    seedCount: profiles.kind === 'sparse' ? profiles.indices.length : null,
    listEntries: table.lists?.data.length ?? 0,
  }
  return planRanking(shape, ranking, options, machine, stored.end, budget.parts)
}

/** Makes room for a ranking and writes it; a table that is there already stays. */
export function writeRank(network: Network, asked: Rank, plan: RankPlan): RankJob {
  const { arena, offsets } = network.stored
  const { layout, threads, blocks, kernel } = plan
  const { sections } = layout
  const { table, profiles, allowed, filters, filterOf, excludeSeeds } = asked
  if (!arena.reserve(layout.end, table)) writeTable(arena, table, plan)
  const places = arena.int32(sections.places)
  table.ids.forEach((item, place) => (places[item] = place))
  arena.float32(sections.rooms).set(table.rooms.map((room, place) => (allowed[table.ids[place]] === 1 ? room : NaN)))
  arena.float32(sections.factors).set(Float32Array.from(filterOf, (filter) => filters[filter].walk))
  for (const name of ['control', 'blockState'] as const) arena.int32(sections[name]).fill(0)
  const { seedPointers, seedIndices, seedData } = sections
  arena.int32(seedPointers).set(profiles.kind === 'rows' ? profiles.rows : profiles.indptr)
  if (profiles.kind === 'sparse') {
    arena.int32(seedIndices).set(profiles.indices)
    arena.float32(seedData).set(profiles.data)
  }
  const own = { indptr: seedPointers.offset, indices: seedIndices.offset, data: seedData.offset }
  return {
    kind: 'rank',
    head: {
      ...{ name: asked.name, threads, blocks, kernel },
      ...{ control: sections.control, blockState: sections.blockState },
    },
    ...{ plan, filters, filterOf, excludeSeeds },
    matrix: profiles.kind === 'rows' ? offsets : own,
    named: profiles.kind === 'rows',
  }
}

function writeTable(arena: Arena, table: RankTable, { layout: { sections } }: RankPlan): void {
  arena.int32(sections.ids).set(table.ids)
  for (const name of ['left', 'heads', 'tails'] as const) arena.float32(sections[name]).set(table[name])
  if (table.lists === null || table.lists.data.length === 0) return
  arena.int32(sections.listPointers).set(table.lists.indptr)
  arena.int32(sections.listIndices).set(table.lists.indices)
  arena.float32(sections.listData).set(table.lists.data)
}

/** Copies the lists out of shared memory. */
export function readRank(arena: Arena, { plan }: RankJob): TopLists {
  const { sections } = plan.layout
  const { profiles, k } = plan.ranking
  return {
    k,
    rows: arena.int32(sections.topRows).slice(0, profiles * k),
    scores: arena.float32(sections.topScores).slice(0, profiles * k),
  }
}
