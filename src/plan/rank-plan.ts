import { BOUNDED_AT, CANDIDATES_ROOM, RANKED_TOGETHER, strideOf } from '../kernel/ranking.ts'
import type { MatrixShape } from '../matrix/windows.ts'
import { float32, float64, int32, layOut, type Layout } from '../memory/layout.ts'
import type { Parts } from '../memory/limit.ts'
import { uncollectedBytes } from '../memory/outside-bytes.ts'
import { listsCost, rankCost } from './costs.ts'
import type { Machine } from './machine.ts'
import { chooseKernel, exclusionSections, planFacts, type PlanFacts, type PlanOptions } from './plan.ts'

/** Sizes of a ranking. */
export interface RankShape {
  /** Name of the caller, for messages. */
  readonly name: string
  readonly profiles: number
  /** Entries of profiles that are no rows of the matrix, or `null`. */
  readonly seedCount: number | null
  readonly k: number
  /** Number of items excluded from lists individually. Default: none. */
  readonly excludedCount?: number
  readonly items: number
  readonly dimensions: number
  /** Entries of the lists of items, or 0. */
  readonly listEntries: number
  /** Whether lists name every item, so that they need no indices. */
  readonly wholeLists: boolean
  /** Notes on how scores are computed. */
  readonly notes: readonly string[]
}

/** Every decision about a ranking, taken before anything is allocated. Frozen and JSON-safe; a pure function of sizes, options and machine. */
export interface RankPlan extends PlanFacts {
  readonly kind: 'rank'
  readonly ranking: RankShape
  /** Blocks of profiles that are ranked together: the unit of work that threads share. */
  readonly blocks: number
  readonly layout: RankLayout
}

/** Multiplications, of vectors and of lists, that the calling thread does in a few milliseconds. */
const SHORT = 2 ** 22
const SHORT_OF_LISTS = 2 ** 20

/**
 * Plans a ranking over a prepared matrix that ends at byte `matrixBytes` of its memory.
 *
 * @param outside bytes that are taken beside the shared memory meanwhile, but for the answer and the threads
 * @throws {RivuletError} MEMORY_LIMIT when it does not fit, naming the bytes and what to change.
 */
export function planRanking(
  matrix: MatrixShape,
  ranking: RankShape,
  options: PlanOptions,
  machine: Machine,
  matrixBytes: number,
  outside: Parts = {},
): RankPlan {
  const { kernel, notes } = chooseKernel(options, machine)
  const { name, profiles, items, dimensions, k } = ranking
  const wanted = options.threads === 'auto' ? machine.parallelism : options.threads
  const blocks = Math.ceil(profiles / RANKED_TOGETHER)
  const operations = listOperations(matrix, ranking)
  const isLong = dimensions > 0 ? profiles * items * (1 + dimensions) >= SHORT : operations >= SHORT_OF_LISTS
  const isShared = machine.threads && isLong && (wanted > 1 || options.pooled === true)
  const threads = isShared ? Math.max(1, Math.min(wanted, blocks)) : 1
  if (threads < wanted) notes.push(`${threads} of ${wanted} threads: ${profiles} profiles are not enough work for more`)
  const layout = layOutRanking(ranking, blocks, threads, matrixBytes)
  const solution = 8 * profiles * k
  const workers = isShared ? wanted : 0
  const facts = planFacts({
    ...{ name, matrix, kernel, threads, workers, notes: [...ranking.notes, ...notes], layout, matrixBytes },
    ...{ outside: { ...outside, solution, uncollected: uncollectedBytes(solution) }, what: `${profiles} list(s)` },
    limitBytes: options.memoryLimitBytes,
    todo: 'Raise memoryLimitBytes, ask for fewer users at a time, or use fewer threads.',
    ...{
      machine,
      cost: dimensions > 0 ? rankCost(profiles, items, operations) : listsCost(operations, ranking.wholeLists),
    },
  })
  return Object.freeze({ ...facts, kind: 'rank' as const, ranking: Object.freeze({ ...ranking }), blocks, layout })
}

/** Entries of items' lists that profiles add up; rows of the matrix count as average ones. */
export function listOperations(
  { nnz, rowCount }: MatrixShape,
  { profiles, seedCount, listEntries, items }: Pick<RankShape, 'profiles' | 'seedCount' | 'listEntries' | 'items'>,
): number {
  return (seedCount ?? (profiles * nnz) / Math.max(1, rowCount)) * (listEntries / Math.max(1, items))
}

function layOutRanking(
  { items, dimensions, listEntries, wholeLists, profiles, seedCount, excludedCount, k }: RankShape,
  blocks: number,
  members: number,
  matrixBytes: number,
) {
  const padded = blocks * RANKED_TOGETHER
  const [named, hasVectors] = [wholeLists ? 0 : listEntries, dimensions > 0]
  return layOut(
    {
      // The table comes first, so that its place does not depend on the request.
      ids: int32(hasVectors ? items : 0),
      left: float32(items * dimensions),
      right: float32(strideOf(items) * dimensions),
      listPointers: int32(named > 0 ? items + 1 : 0),
      listIndices: int32(named),
      listData: float32(listEntries),
      places: int32(hasVectors ? items : 0),
      rooms: float32(hasVectors ? BOUNDED_AT.length * strideOf(items) : items),
      seedPointers: int32(seedCount === null ? profiles : profiles + 1),
      seedIndices: int32(seedCount ?? 0),
      seedData: float32(seedCount ?? 0),
      ...exclusionSections(excludedCount, profiles),
      factors: float32(profiles),
      control: int32(64),
      blockState: int32(blocks),
      topRows: int32(padded * k),
      topScores: float32(padded * k),
      // A workspace per member.
      z: float32(hasVectors ? members * strideOf(items) * RANKED_TOGETHER : 0),
      listSums: float64(hasVectors ? 0 : members * items),
      sums: float32(members * dimensions * RANKED_TOGETHER),
      coefficients: float32(members * dimensions * RANKED_TOGETHER),
      lengths: float32(members * BOUNDED_AT.length * RANKED_TOGETHER),
      candidates: float32(hasVectors ? members * CANDIDATES_ROOM : 0),
      bars: float32(members * RANKED_TOGETHER),
    },
    matrixBytes,
  )
}

export type RankLayout = ReturnType<typeof layOutRanking>
export type RankSection = RankLayout extends Layout<infer Name> ? Name : never
