import type { MatrixOffsets } from '../kernel/loop.ts'
import type { Arena } from '../memory/arena.ts'
import type { Network } from '../network/network.ts'
import type { Machine } from '../plan/machine.ts'
import type { PlanOptions } from '../plan/plan.ts'
import { planRanking, type RankPlan } from '../plan/rank-plan.ts'
import type { Rank, RankFilter, RankTable } from '../request/rank.ts'
import { columnCount, type TopLists } from '../request/sweep.ts'
import type { Section } from '../memory/layout.ts'
import { inSlices, type Sliced } from '../support/pause.ts'
import type { JobHead } from './control.ts'
import { writeExclusion } from './exclusion.ts'

/** A ranking written into memory, as plain data to send to workers. */
export interface RankJob {
  readonly kind: 'rank'
  readonly head: JobHead
  readonly plan: RankPlan
  /** One profile per row. */
  readonly matrix: MatrixOffsets
  /** Whether the rows of profiles are listed in `seedPointers`. */
  readonly named: boolean
  readonly filters: readonly RankFilter[]
  readonly filterOf: Uint8Array
  readonly excludeSeeds: boolean
}

/** Plans a ranking over a prepared matrix; the table is accounted for by its creator. @throws {RivuletError} MEMORY_LIMIT */
export function planRankOn(
  { shape, budget, stored }: Network,
  { name, table, profiles, k, excluded, notes = [] }: Rank,
  options: PlanOptions,
  machine: Machine,
): RankPlan {
  const ranking = {
    ...{ name, k, notes, items: table.items, dimensions: table.dimensions },
    profiles: columnCount(profiles),
    seedCount: profiles.kind === 'sparse' ? profiles.indices.length : null,
    ...(excluded && { excludedCount: excluded.indices.length }),
    listEntries: table.lists?.data.length ?? 0,
    wholeLists: table.lists !== null && table.lists.indices === null,
  }
  return planRanking(shape, ranking, options, machine, stored.end, budget.parts)
}

/** Makes room for a ranking and writes it, except its table (see `writeTable`). */
export function writeRank(network: Network, asked: Rank, plan: RankPlan): RankJob {
  const { arena, offsets } = network.stored
  const { layout, threads, blocks, kernel } = plan
  const { sections } = layout
  const { table, profiles, allowed, filters, filterOf, excludeSeeds, excluded } = asked
  arena.reserve(layout.end, table)
  const [places, rooms] = [arena.int32(sections.places), arena.float32(sections.rooms)]
  if (table.dimensions === 0) allowed.forEach((isAllowed, item) => (rooms[item] = isAllowed === 1 ? 0 : NaN))
  else {
    table.ids.forEach((item, place) => (places[item] = place))
    rooms.set(table.rooms)
    // The first bound is enough.
    table.ids.forEach((item, place) => {
      if (allowed[item] === 0) rooms[place] = NaN
    })
  }
  arena.float32(sections.factors).set(Float32Array.from(filterOf, (filter) => filters[filter].walk))
  for (const name of ['control', 'blockState'] as const) arena.int32(sections[name]).fill(0)
  const { seedPointers, seedIndices, seedData } = sections
  arena.int32(seedPointers).set(profiles.kind === 'rows' ? profiles.rows : profiles.indptr)
  if (profiles.kind === 'sparse') {
    arena.int32(seedIndices).set(profiles.indices)
    arena.float32(seedData).set(profiles.data)
  }
  writeExclusion(arena, sections, excluded)
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

/** Elements copied between two pauses; the first access to a page of memory is slow. */
const COPIED = 2 ** 20

/** Writes a table unless it is in the arena already. Its room is reserved in its name only when it is complete. */
export function* writeTable({ stored: { arena } }: Network, table: RankTable, { layout }: RankPlan): Sliced<void> {
  if (arena.reserve(layout.end, table)) return
  arena.reserve(layout.end)
  const { sections } = layout
  const { ids, left, right, lists } = table
  const copies: [Float32Array | Int32Array | Uint32Array, Section][] = [
    [ids, sections.ids],
    [left, sections.left],
    [right, sections.right],
  ]
  if (lists !== null && lists.data.length > 0) {
    if (lists.indices !== null) {
      copies.push([lists.indptr, sections.listPointers], [lists.indices, sections.listIndices])
    }
    copies.push([lists.data, sections.listData])
  }
  for (const [from, section] of copies) {
    const to = section.type === 'float32' ? arena.float32(section) : arena.int32(section)
    yield* inSlices(
      Math.ceil(from.length / COPIED),
      (first, last) => {
        to.set(from.subarray(first * COPIED, last * COPIED), first * COPIED)
      },
      COPIED,
    )
  }
  arena.reserve(layout.end, table)
}

/** Copies the lists out of shared memory. */
export function readRank(arena: Arena, { plan }: RankJob): TopLists {
  const { sections } = plan.layout
  const { profiles, k } = plan.ranking
  const rows = arena.int32(sections.topRows).slice(0, profiles * k)
  const scores = arena.float32(sections.topScores).slice(0, profiles * k)
  for (let at = 0; at < rows.length; at++) if (rows[at] < 0) scores[at] = -Infinity
  return { k, rows, scores }
}
