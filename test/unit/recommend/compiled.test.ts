import { describe, expect, it } from 'vitest'
import { fromColumns } from '../../../src/data/from-columns.ts'
import type { Interactions } from '../../../src/data/interactions.ts'
import { Engine } from '../../../src/engine.ts'
import { compile } from '../../../src/recommend/compile.ts'
import { CompiledRecommender } from '../../../src/recommend/compiled.ts'
import { decodeSaved } from '../../../src/plan/file-limits.ts'
import { COMPILED_FORMAT } from '../../../src/recommend/compiled-format.ts'
import { encodeSaved } from '../../../src/support/sections.ts'
import { recommend, recommendFor } from '../../../src/recommend/recommend.ts'
import { graphOf, randomNetwork, tableOfNetwork } from '../../networks.ts'
import { coded } from '../../refusals.ts'

const network = randomNetwork({ users: 60, others: 40, edges: 300, weighted: true, seed: 5 })
const table = tableOfNetwork(network)
const options = { method: 'rp3beta', neighbours: 12, entriesPerItem: 12 } as const
const compiled = compile(table, options)
const ids = (list: readonly { item: string }[]): string[] => list.map(({ item }) => item)
const seenBy = (user: string): string[] =>
  network.edges.filter(({ from }) => network.nodes[from] === user).map(({ to }) => network.nodes[to])

describe('compile', () => {
  it('tells how and of what it was made', () => {
    expect(compiled).toMatchObject({
      method: 'rp3beta',
      options: { alpha: 0.9, beta: 0.3, neighbours: 12 },
      weighted: false,
      entriesPerItem: 12,
      fingerprint: { pairs: network.edges.length },
    })
    expect(compiled.fingerprint.hash).toMatch(/^[0-9a-f]{16}$/)
    expect(compiled.fingerprint.users).toBe(new Set(network.edges.map(({ from }) => from)).size)
    expect(compiled.fingerprint.items).toBe(new Set(network.edges.map(({ to }) => to)).size)
    expect(compiled.bytes).toBeLessThanOrEqual(41 * 4 + 40 * (12 * 4 + 8))
    const other = { ...network, edges: network.edges.slice(1) }
    expect(compile(tableOfNetwork(other), options).fingerprint.hash).not.toBe(compiled.fingerprint.hash)
  })

  it("keeps 200 entries of an item, or as many as the method's neighbours where those are more", () => {
    const wider = wide(400)
    expect(compile(wider, { method: 'item-knn' })).toMatchObject({ entriesPerItem: 200, options: { neighbours: 50 } })
    expect(compile(wider, { method: 'item-knn', neighbours: 300 }).entriesPerItem).toBe(300)
    expect(compile(wider, { method: 'rp3beta', neighbours: null }).entriesPerItem).toBe(200)
    expect(compile(wider, { method: 'item-knn', neighbours: 300, entriesPerItem: 7 }).entriesPerItem).toBe(7)
  })

  it("says where 'neighbours' is no option of the method what keeps entries", () => {
    expect(() => compile(table, { neighbours: 5 } as never)).toThrow(
      "how many entries of an item are kept is 'entriesPerItem'",
    )
  })

  it('gives the same of a graph, and on an engine whatever its threads and kernel', async () => {
    expect(compile(graphOf(network), options).encode()).toEqual(compiled.encode())
    const spreading = compile(table, { method: 'label-spreading', entriesPerItem: 5 }).encode()
    for (const more of [{ threads: 1 }, { threads: 2 }, { threads: 1, kernel: 'typescript' }] as const) {
      await using engine = await Engine.create(table, more)
      expect((await engine.compile({ method: 'label-spreading', entriesPerItem: 5 })).encode()).toEqual(spreading)
      expect((await engine.compile(options)).encode()).toEqual(compiled.encode())
    }
  })

  it('weighs where it is told to, on the engine by how that was made', async () => {
    const weighted = compile(table, { ...options, weighted: true })
    expect(weighted.encode()).not.toEqual(compiled.encode())
    await using engine = await Engine.create(table, { threads: 1, weighted: true })
    expect((await engine.compile(options)).encode()).toEqual(weighted.encode())
    await expect(engine.compile({ weighted: false })).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    await expect(engine.compile({ memoryLimitBytes: 1e9 })).rejects.toMatchObject({ code: 'INVALID_OPTION' })
  })

  it('tells how many items are done, and stops when it is told to', async () => {
    await using engine = await Engine.create(table, { threads: 1 })
    const heard: unknown[] = []
    await engine.compile({ entriesPerItem: 5 }, { onProgress: (progress) => heard.push(progress) })
    expect(heard.at(-1)).toEqual({ done: 40, total: 40 })
    await expect(engine.compile({}, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough')
  })

  it.each([
    [{ method: 'popularity' }, 'INVALID_OPTION'],
    [{ entriesPerItem: 0 }, 'INVALID_OPTION'],
    [{ entriesPerItem: null }, 'INVALID_OPTION'],
    [{ entryPerItem: 5 }, 'UNKNOWN_OPTION'],
    [{ method: 'label-spreading', beta: 0.5 }, 'UNKNOWN_OPTION'],
    [{ k: 10 }, 'UNKNOWN_OPTION'],
    [{ weighted: 1 }, 'INVALID_OPTION'],
    [{ memoryLimitBytes: 10 }, 'MEMORY_LIMIT'],
  ])('refuses %o: %s', (given, code) => {
    expect(() => compile(table, given as never)).toThrow(coded(code))
  })

  it("names its own options beside the method's", () => {
    const slip = { method: 'label-spreading', entryPerItem: 5 } as never
    expect(() => compile(table, slip)).toThrow("Did you mean 'entriesPerItem'?")
  })

  it('refuses a matrix that outgrows the limit', () => {
    const limited = { method: 'item-knn', neighbours: 1000, memoryLimitBytes: 120_000 } as const
    expect(() => compile(wide(), limited)).toThrow(/lower 'neighbours'/i)
  })
})

/** Two users with the same items: every item is a neighbour of every other. */
function wide(items = 100): Interactions {
  const item = Int32Array.from({ length: 2 * items }, (_, at) => at % items)
  return fromColumns({ user: Int32Array.from(item, (_, at) => (at < items ? 0 : 1)), item })
}

describe('a compiled recommender', () => {
  it('ranks users as typed arrays, streams them as lists, and answers the same items from anybody', () => {
    const rankings = compiled.rank(table, { k: 6 })
    expect([...rankings.users]).toEqual([...table.users.keys()].map((_, row) => row))
    const lists = new Map([...compiled.recommendAll(table, { k: 6 })].map(({ user, items }) => [user, items]))
    for (const [place, user] of [...table.users.keys()].entries()) {
      const list = lists.get(user)!
      expect([...rankings.items.subarray(place * 6, place * 6 + 6)].map((row) => compiled.items.keyOf(row))).toEqual(
        ids(list),
      )
      expect(rankings.priorFrom[place]).toBe(list.filter(({ prior }) => !prior).length)
      expect(compiled.recommendFor(seenBy(user), { k: 6 })).toEqual(list)
      expect(ids(list).some((item) => seenBy(user).includes(item))).toBe(false)
    }
    expect([...compiled.recommendAll(table, { users: ['u3', 'u1'] })].map(({ user }) => user)).toEqual(['u3', 'u1'])
    expect([...compiled.rank(table, { users: ['u3', 'u1'] }).users]).toEqual([3, 1])
  })

  it('fills up with the popular items that the catalogue takes', () => {
    const cold = [...table.users.keys()].find((user) => seenBy(user).length === 0)!
    expect(compiled.recommendFor([], { k: 7 })).toEqual(
      recommend(table, { method: 'popularity', k: 7, users: [cold] })
        .get(cold)!
        .map((entry) => ({ ...entry, prior: true })),
    )
    const full = recommendFor(table, ['i1'], { method: 'rp3beta', neighbours: 12, k: 40 })
    const own = compiled.recommendFor(['i1'], { k: 40 })
    expect(own.filter(({ prior }) => prior)).toEqual(full.filter(({ prior }) => prior))
    expect(own.length).toBe(39)
    expect(compiled.recommendFor([], { minScore: 1e-9 })).toEqual([])
  })

  it('asks functions of ids whether items are allowed, or denied', () => {
    const late = (item: string): boolean => Number(item.slice(1)) > 20
    const some = Array.from(compiled.items.keys()).filter(late)
    const profile = ['i1', 'i2']
    expect(compiled.recommendFor(profile, { allow: late })).toEqual(compiled.recommendFor(profile, { allow: some }))
    expect(compiled.recommendFor(profile, { deny: late })).toEqual(compiled.recommendFor(profile, { deny: some }))
    expect(compiled.recommendFor(profile, { allow: late, deny: late })).toEqual([])
    const forgotten = (() => undefined) as unknown as () => boolean
    expect(() => compiled.recommendFor(profile, { allow: forgotten })).toThrow(
      coded('INVALID_OPTION', "option 'allow': expected a function that returns true or false, got undefined for item"),
    )
    const later = (() => Promise.resolve(true)) as unknown as () => boolean
    expect(() => compiled.recommendFor(profile, { deny: later })).toThrow(coded('INVALID_OPTION', "option 'deny'"))
  })

  it('obeys allow, deny, minScore and exclude', () => {
    const all = compiled.recommendFor(['i1', 'i2'], { k: 40 })
    expect(ids(compiled.recommendFor(['i1', 'i2'], { allow: ['i3', 'i4', 'i1'], deny: ['i4'] }))).toEqual(['i3'])
    const scored = all.filter(({ prior }) => !prior)
    expect(compiled.recommendFor(['i1', 'i2'], { k: 40, minScore: scored[3].score })).toEqual(scored.slice(0, 4))
    const kept = compiled.recommendFor(['i1', 'i2'], { k: 40, exclude: 'none' })
    expect(kept.length).toBe(40)
    expect(kept.find(({ item }) => item === 'i1')?.score).toBe(
      compiled.recommendFor(['i2'], { k: 40, exclude: 'none' }).find(({ item }) => item === 'i1')?.score,
    )
  })

  it('takes a table that is numbered otherwise, and drops items it does not know if asked to', () => {
    const rows = [...network.edges].reverse().map(({ from, to }) => [network.nodes[from], network.nodes[to]])
    const other = fromColumns({ user: rows.map(([user]) => user), item: rows.map(([, item]) => item) })
    const lists = new Map([...compiled.recommendAll(table)].map(({ user, items }) => [user, items]))
    for (const { user, items } of compiled.recommendAll(other)) expect(items).toEqual(lists.get(user))
    const more = fromColumns({ user: ['u1', 'u1', 'new'], item: ['i1', 'never seen', 'never seen'] })
    expect(() => compiled.rank(more)).toThrow("rank, user 'u1': expected an item known")
    expect(() => compiled.recommendFor(['i1', 'never seen'])).toThrow(coded('UNKNOWN_KEY'))
    const [first, second] = compiled.recommendAll(more, { unknownItems: 'drop' })
    expect(first.items).toEqual(compiled.recommendFor(['i1']))
    expect(compiled.recommendFor(['i1', 'never seen'], { unknownItems: 'drop' })).toEqual(first.items)
    expect(second.items).toEqual(compiled.recommendFor([]))
  })

  it('counts a repeated pair once, and values only where it was compiled with them', () => {
    const twice = fromColumns({ user: ['a', 'a', 'a'], item: ['i1', 'i2', 'i2'], value: [1, 1, 1] })
    const weighted = compile(table, { ...options, weighted: true })
    expect([...compiled.recommendAll(twice)][0].items).toEqual(compiled.recommendFor(['i1', 'i2']))
    expect([...weighted.recommendAll(twice)][0].items).toEqual(weighted.recommendFor(['i1', { item: 'i2', value: 2 }]))
    const negative = fromColumns({ user: ['a'], item: ['i1'], value: [-1] })
    expect(() => weighted.rank(negative)).toThrow(coded('INVALID_DATA'))
    expect([...compiled.rank(negative, { k: 3 }).items]).toEqual([
      ...compiled.rank(fromColumns({ user: ['a'], item: ['i1'] }), { k: 3 }).items,
    ])
  })

  it('refuses a table without the values that it weighs', () => {
    const weighing = compile(table, { ...options, weighted: true })
    const { value: _, ...valueless } = table
    const message = "expected a table with a 'value' column, which this recommender uses as weights, got none."
    expect(() => weighing.rank(valueless)).toThrow(`rank: ${message}`)
    expect(() => [...weighing.recommendAll(valueless)]).toThrow(`recommendAll: ${message}`)
    expect(compiled.rank(valueless).users).toHaveLength(60)
    const stays = compile(table, { ...options, signals: { interaction: { transform: 'dwell' } } })
    expect(() => stays.rank(valueless)).toThrow("'value' column, which transform 'dwell' of evidence needs")
  })

  it('weighs signals of any table as it was compiled with, and remembers them in its bytes', async () => {
    const names = ['buy', 'view', 'share', 'dislike']
    const marked = { ...table, signals: names, signal: Uint8Array.from(table.user, (_, at) => at % 4) }
    const own = { method: 'label-spreading', entriesPerItem: 40, signals: { buy: 1, view: 0.25, dislike: -1 } } as const
    const signed = CompiledRecommender.decode(compile(marked, own).encode())
    expect(signed.signals).toEqual(own.signals)
    await using engine = await Engine.create(marked, { threads: 1, signals: own.signals })
    expect((await engine.compile({ method: 'label-spreading', entriesPerItem: 40 })).encode()).toEqual(signed.encode())
    await expect(engine.compile({ signals: { buy: 1 } })).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    const other = fromColumns({
      user: ['a', 'a', 'a', 'a', 'a'],
      item: ['i1', 'i1', 'i2', 'i3', 'i4'],
      signal: ['view', 'buy', 'dislike', 'share', 'return'],
    })
    const profile = [
      { item: 'i1', value: 1.25 },
      { item: 'i2', value: -1 },
    ]
    expect([...signed.recommendAll(other)][0].items).toEqual(signed.recommendFor(profile))
    const stranger = fromColumns({ user: ['a'], item: ['i1'], signal: ['return'] })
    expect(() => signed.rank(stranger)).toThrow(coded('EMPTY_DATA'))
  })

  it('explains by parts, largest first, and 0 where nothing reaches', () => {
    const [best] = compiled.recommendFor(['i1', 'i2', { item: 'i5', value: 3 }], { k: 1 })
    const { item, score, contributions } = compiled.explain(['i1', 'i2', { item: 'i5', value: 3 }], best.item)
    expect(item).toBe(best.item)
    expect(score).toBeCloseTo(best.score, 6)
    expect(contributions.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 10)
    expect([...contributions].sort((a, b) => b.score - a.score)).toEqual(contributions)
    expect(compiled.explain([], best.item)).toEqual({ item: best.item, score: 0, contributions: [], relations: [] })
    expect(() => compiled.explain(['i1'], 'nothing')).toThrow(coded('UNKNOWN_KEY'))
  })

  it.each([
    [{ k: 0 }, 'INVALID_OPTION'],
    [{ method: 'rp3beta' }, 'UNKNOWN_OPTION'],
    [{ users: ['u1'] }, 'UNKNOWN_OPTION'],
    [{ deny: ['i999'] }, 'UNKNOWN_KEY'],
    [{ unknownItems: 'ignore' }, 'INVALID_OPTION'],
  ])('refuses %o: %s', (given, code) => {
    expect(() => compiled.recommendFor(['i1'], given as never)).toThrow(coded(code))
  })

  it('refuses profiles and users that are none', () => {
    expect(() => compiled.recommendFor('i1' as never)).toThrow(coded('INVALID_OPTION'))
    expect(() => compiled.recommendFor([{ item: 'i1', value: NaN }])).toThrow(coded('INVALID_DATA'))
    expect(() => compiled.rank(table, { users: ['nobody'] })).toThrow(coded('UNKNOWN_KEY'))
    expect(() => compiled.rank({ ...table, length: 0, user: new Int32Array(), item: new Int32Array() })).toThrow(
      coded('EMPTY_DATA'),
    )
  })
})

describe('a compiled recommender as bytes', () => {
  const numbered = compile(wide(), { method: 'item-knn' })

  it('comes back the same; ids that are row numbers take no room', () => {
    const again = CompiledRecommender.decode(numbered.encode())
    expect(again.encode()).toEqual(numbered.encode())
    expect(again.recommendFor(['7'])).toEqual(numbered.recommendFor(['7']))
    expect(again.items.rowOf('07')).toBe(-1)
  })

  it('is refused when any part of it is damaged', () => {
    const bytes = compiled.encode()
    for (let at = 0; at < bytes.length; at += 5) {
      const damaged = bytes.slice()
      damaged[at] ^= 0x10
      expect(() => CompiledRecommender.decode(damaged), `byte ${at}`).toThrow(coded('READ_FAILED'))
    }
    for (let length = 0; length < bytes.length; length += 97) {
      expect(() => CompiledRecommender.decode(bytes.slice(0, length))).toThrow(coded('READ_FAILED'))
    }
  })

  it('is refused when its parts do not fit together, though their checksums hold', () => {
    const parts = decodeSaved('test', COMPILED_FORMAT, compiled.encode())
    const { rows, popularity } = parts
    const broken = [
      { ...parts, rows: { ...rows, words: rows.words.slice(1) } },
      { ...parts, rows: { ...rows, words: rows.words.map((word) => word | 63) } },
      { ...parts, rows: { ...rows, steps: rows.steps.slice(1) } },
      { ...parts, rows: { ...rows, indptr: rows.indptr.slice(1) } },
      { ...parts, rows: { ...rows, indptr: rows.indptr.map((start, at) => (at === 3 ? 1e6 : start)) } },
      { ...parts, popularity: { ...popularity, items: popularity.items.map((item) => item + 1) } },
      { ...parts, popularity: { ...popularity, shares: popularity.shares.slice(1) } },
    ]
    for (const some of broken) {
      expect(() => CompiledRecommender.decode(encodeSaved(COMPILED_FORMAT, some))).toThrow('with a valid checksum')
    }
    expect(() => CompiledRecommender.decode(encodeSaved(COMPILED_FORMAT, parts))).not.toThrow()
  })
})
