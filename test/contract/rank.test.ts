import { describe, expect, it } from 'vitest'
import {
  type Algorithm,
  atOnce,
  CsrMatrix,
  drive,
  Executor,
  listTable,
  rank,
  type Rank,
  rankTable,
  seededRandom,
  solveInThread,
  sweep,
} from '../../src/advanced.ts'
import { bipartite, prepare, problemOn, randomSeeds } from '../graphs.ts'
import { topKBySort } from '../oracle/propagation.ts'

const ITEMS = 70
const network = prepare(bipartite({ users: 45, items: ITEMS, pairs: 500, weighted: true }))

interface Given {
  readonly dimensions: number
  readonly hasLists: boolean
  /** Share of the items that an item lends to. */
  readonly density?: number
}

/** Vectors that fall off, and lists of random lengths, some of them empty. */
function tableOf({ dimensions, hasLists, density = 0.2 }: Given) {
  const random = seededRandom(3)
  const vectors = (): Float32Array =>
    Float32Array.from({ length: ITEMS * dimensions }, (_, at) => {
      const item = Math.floor(at / dimensions)
      return (random.next() - 0.3) * 0.96 ** ((item * 13) % ITEMS)
    })
  const rows = Array.from({ length: ITEMS }, (_, item) => {
    const columns = Array.from({ length: ITEMS }, (__, column) => column)
    if (density === 1) return columns
    return item % 5 === 0 ? [] : columns.filter((column) => column !== item && random.next() < density)
  })
  const indptr = Uint32Array.of(0, ...rows.map((_, item) => rows.slice(0, item + 1).flat().length))
  const indices = Uint32Array.from(rows.flat())
  const data = Float32Array.from(indices, () => random.next() - 0.2)
  const lists = new CsrMatrix(ITEMS, { indptr, indices, data })
  const [left, right] = [vectors(), vectors()]
  return {
    ...{ lists, left, right },
    table:
      density === 1
        ? listTable(ITEMS, { indptr: new Uint32Array(0), indices: null, data })
        : atOnce(rankTable(ITEMS, hasLists ? lists : null, dimensions > 0 ? { left, right, dimensions } : null)),
  }
}

const profiles = {
  rows: { kind: 'rows', rows: Int32Array.from({ length: 40 }, (_, at) => (at * 7) % 45), scale: new Float32Array(0) },
  sparse: {
    kind: 'sparse',
    indptr: Int32Array.of(0, 3, 3, 4),
    indices: Int32Array.of(4, 9, 60, 7),
    data: Float32Array.of(1, -0.5, 2, 1),
  },
} as const

type Asked = Omit<Rank, 'kind'>

/** Up to four items of each list, one of them twice. */
function namedItems(lists: number) {
  const named = Array.from({ length: lists }, (_, list) => [list % ITEMS, (list * 5) % ITEMS, 60, 60].slice(list % 3))
  const indptr = Int32Array.of(0, ...named.map((_, list) => named.slice(0, list + 1).flat().length))
  return { indptr, indices: Int32Array.from(named.flat()) }
}

/** @param out 'own' leaves out what profiles hold, 'named' a few items of each that they hold or not */
function asked(given: Given, kind: keyof typeof profiles, k: number, out: 'own' | 'named' | 'nothing'): Asked {
  const { table } = tableOf(given)
  const random = seededRandom(5)
  const head = (): Float32Array => Float32Array.from({ length: given.dimensions }, () => random.next())
  const count = kind === 'rows' ? 40 : 3
  return {
    ...{ name: 'test', table, profiles: profiles[kind], k, excludeSeeds: out === 'own' },
    ...(out === 'named' && { excluded: namedItems(count) }),
    filters: [
      { walk: 0.5, head: head() },
      { walk: 2, head: head() },
    ],
    filterOf: Uint8Array.from({ length: count }, (_, at) => at % 2),
    allowed: Uint8Array.from({ length: ITEMS }, (_, item) => (item % 9 === 0 ? 0 : 1)),
  }
}

/** Every score in float64, sorted. */
function oracle(given: Given, { profiles: those, filters, filterOf, k, allowed, excludeSeeds, excluded }: Asked) {
  const { lists, left, right } = tableOf(given)
  const { dimensions } = given
  return Array.from(filterOf, (filter, place) => {
    const entries: [number, number][] =
      those.kind === 'rows'
        ? Array.from(network.rows.columnsOf(those.rows[place]), (item, at) => [
            item,
            network.rows.weightsOf(those.rows[place])[at],
          ])
        : Array.from(those.indices.subarray(those.indptr[place], those.indptr[place + 1]), (item, at) => [
            item,
            those.data[those.indptr[place] + at],
          ])
    const scores = new Array<number>(ITEMS).fill(0)
    for (const [item, weight] of entries) {
      if (given.hasLists)
        for (let at = lists.indptr[item]; at < lists.indptr[item + 1]; at++)
          scores[lists.indices[at]] += filters[filter].walk * weight * lists.data![at]
      for (let j = 0; j < ITEMS; j++)
        for (let d = 0; d < dimensions; d++)
          scores[j] += weight * left[item * dimensions + d] * filters[filter].head[d] * right[j * dimensions + d]
    }
    for (const [item] of entries) if (excludeSeeds) scores[item] = -Infinity
    const named = excluded?.indices.subarray(excluded.indptr[place], excluded.indptr[place + 1]) ?? []
    for (const item of named) scores[item] = -Infinity
    const ranked = scores.map((score, item) => (allowed[item] === 1 && score > 1e-7 ? score : -Infinity))
    return topKBySort(ranked, k)
  })
}

const CASES: [string, Given, keyof typeof profiles, number, 'own' | 'named' | 'nothing'][] = [
  ['vectors and lists, known users', { dimensions: 16, hasLists: true }, 'rows', 6, 'own'],
  ['vectors alone', { dimensions: 12, hasLists: false }, 'rows', 6, 'own'],
  ['few dimensions', { dimensions: 4, hasLists: true }, 'rows', 6, 'nothing'],
  ['lists alone', { dimensions: 0, hasLists: true }, 'rows', 6, 'own'],
  ['short lists alone, for anybody', { dimensions: 0, hasLists: true, density: 0.03 }, 'sparse', 3, 'nothing'],
  ['lists alone, all of them', { dimensions: 0, hasLists: true }, 'rows', 200, 'nothing'],
  ['whole lists', { dimensions: 0, hasLists: true, density: 1 }, 'rows', 6, 'own'],
  ['whole lists, all of them, for anybody', { dimensions: 0, hasLists: true, density: 1 }, 'sparse', 200, 'nothing'],
  ['nothing', { dimensions: 0, hasLists: false }, 'rows', 6, 'own'],
  ['profiles of anybody, one of them empty', { dimensions: 16, hasLists: true }, 'sparse', 10, 'own'],
  ['lists longer than the catalogue', { dimensions: 16, hasLists: true }, 'rows', 200, 'own'],
  ['vectors and lists, named items left out', { dimensions: 16, hasLists: true }, 'rows', 6, 'named'],
  ['lists alone, named items left out', { dimensions: 0, hasLists: true }, 'rows', 6, 'named'],
  [
    'short lists alone, for anybody, named items left out',
    { dimensions: 0, hasLists: true, density: 0.03 },
    'sparse',
    3,
    'named',
  ],
  ['whole lists, named items left out', { dimensions: 0, hasLists: true, density: 1 }, 'rows', 6, 'named'],
]

const pooled = async <Result>(threads: number, algorithm: () => Algorithm<Result>): Promise<Result> => {
  const options = { kernel: 'auto', partition: 'auto', memoryLimitBytes: 1e9, deadlineMs: 30_000, threads } as const
  const executor = new Executor('test', network, options)
  try {
    return await executor.run(algorithm())
  } finally {
    await executor.close()
  }
}

describe.each(CASES)('a ranking by %s', (_, given, kind, k, out) => {
  const question = asked(given, kind, k, out)
  const answer = drive(rank(question), solveInThread(network))

  it('lists what sorting every score in float64 lists', () => {
    oracle(given, question).forEach((list, place) => {
      const rows = [...answer.rows.subarray(place * k, (place + 1) * k)]
      expect(rows.slice(0, list.length)).toEqual(list.map(({ row }) => row))
      expect(rows.slice(list.length).every((row) => row === -1)).toBe(true)
      list.forEach(({ score }, at) => {
        const found = answer.scores[place * k + at]
        if (given.dimensions > 0) expect(found).toBeCloseTo(score, 4)
        // The same sums in the same order.
        else expect(found).toBe(Math.fround(score))
      })
      expect(
        [...answer.scores.subarray(place * k + list.length, (place + 1) * k)].every((score) => score === -Infinity),
      ).toBe(true)
    })
  })

  it('has the same bits on every kernel and for any number of threads', async () => {
    expect(drive(rank(question), solveInThread(network, { kernel: 'typescript' }))).toEqual(answer)
    for (const threads of [1, 2]) expect(await pooled(threads, () => rank(question))).toEqual(answer)
  })
})

describe('a ranking by lists that the pool shares', () => {
  it.each([{ density: 0.2 }, { density: 1 }])(
    'has the same bits, $density of the items in a list',
    async ({ density }) => {
      const many = { ...profiles.rows, rows: new Int32Array(20_000).map((_, at) => (at * 7) % 45) }
      const question: Asked = {
        ...asked({ dimensions: 0, hasLists: true, density }, 'rows', 3, 'own'),
        ...{ profiles: many, filterOf: new Uint8Array(many.rows.length) },
      }
      const once = { ...question, profiles: profiles.rows, filterOf: new Uint8Array(40) }
      const answer = drive(rank(once), solveInThread(network))
      const pool = await pooled(2, () => rank(question))
      for (const list of [0, 40 * 45, 19_980]) {
        const own = ({ rows }: typeof answer, at: number) => [...rows.subarray(at * 3, (at + 20) * 3)]
        expect(own(pool, list)).toEqual(own(answer, 0))
      }
    },
  )
})

describe.each([0, 16])('a ranking by %s dimensions that is cancelled', (dimensions) => {
  it('ends within its first blocks, and the executor goes on', async () => {
    const many = { ...profiles.rows, rows: new Int32Array(50_000).map((_, at) => at % 45) }
    const question: Asked = {
      ...asked({ dimensions, hasLists: true }, 'rows', 5, 'own'),
      ...{ profiles: many, filterOf: new Uint8Array(many.rows.length) },
    }
    const options = {
      kernel: 'auto',
      partition: 'auto',
      memoryLimitBytes: 1e9,
      deadlineMs: 30_000,
      threads: 2,
    } as const
    const executor = new Executor('test', network, options)
    try {
      const controller = new AbortController()
      const reason = new Error('enough')
      const running = executor.run(rank(question), {
        signal: controller.signal,
        onProgress: () => controller.abort(reason),
      })
      await expect(running).rejects.toBe(reason)
      const small = asked({ dimensions, hasLists: true }, 'rows', 5, 'own')
      expect(await executor.run(rank(small))).toEqual(drive(rank(small), solveInThread(network)))
    } finally {
      await executor.close()
    }
  })

  it('is refused with its bytes where there is no room', async () => {
    const options = {
      kernel: 'auto',
      partition: 'auto',
      memoryLimitBytes: 1e4,
      deadlineMs: 30_000,
      threads: 1,
    } as const
    const executor = new Executor('test', network, options)
    const question = asked({ dimensions, hasLists: true }, 'rows', 5, 'own')
    await expect(executor.run(rank(question))).rejects.toMatchObject({ code: 'MEMORY_LIMIT' })
    await executor.close()
  })
})

describe.each([0, 16])('a table of %s dimensions that is asked again', (dimensions) => {
  const question = asked({ dimensions, hasLists: true }, 'rows', 5, 'own')

  function* twice(): Algorithm<unknown[]> {
    const first = yield* rank(question)
    const again = yield* rank(question)
    yield* sweep(problemOn(network, { seeds: randomSeeds(network, 20), output: { kind: 'scores' } }))
    return [first, again, yield* rank(question)]
  }

  it('answers the same, also when something else was asked in between', async () => {
    for (const [first, again, after] of [drive(twice(), solveInThread(network)), await pooled(2, twice)]) {
      expect(again).toEqual(first)
      expect(after).toEqual(first)
    }
  })
})
