import { describe, expect, it } from 'vitest'
import { lowPass, mix } from '../../../src/advanced.ts'
import { fromColumns } from '../../../src/data/from-columns.ts'
import { Engine } from '../../../src/engine.ts'
import { decodeSaved } from '../../../src/plan/file-limits.ts'
import { compile } from '../../../src/recommend/compile.ts'
import { CompiledRecommender } from '../../../src/recommend/compiled.ts'
import { COMPILED_FORMAT, type CompiledParts } from '../../../src/recommend/compiled-format.ts'
import { filterFor } from '../../../src/recommend/compiled-head.ts'
import { recommend, recommendFor } from '../../../src/recommend/recommend.ts'
import { RowScorer } from '../../../src/recommend/row-scorer.ts'
import { encodeSaved } from '../../../src/support/sections.ts'
import { randomNetwork, tableOfNetwork } from '../../networks.ts'
import { coded } from '../../refusals.ts'

const ITEMS = 60
const table = tableOfNetwork(randomNetwork({ users: 90, others: ITEMS, edges: 900, seed: 3 }))
const options = { head: 24, entriesPerItem: 20 } as const
const compiled = compile(table, options)
const parts = decodeSaved('test', COMPILED_FORMAT, compiled.encode())

/** The scores of a profile in float64: the head's products and the packed rows, both from the file. */
function scoresBy({ rows, head }: CompiledParts, profile: readonly number[]): number[] {
  const { count, dimensions, order, vectors, start } = head!
  const { walk, gains, lent } = filterFor(head!, profile.length)
  const bits = Math.ceil(Math.log2(rows.itemCount))
  const scores = new Array<number>(rows.itemCount).fill(0)
  for (const item of profile) {
    const own = order.indexOf(item)
    for (let at = rows.indptr[item]; at < rows.indptr[item + 1]; at++) {
      scores[rows.words[at] & (2 ** bits - 1)] += walk * rows.steps[item] * (rows.words[at] >> bits)
    }
    order.forEach((other, place) => {
      for (let k = 0; k < count; k++) {
        const coefficient = start[own] * gains[k] * vectors[own * dimensions + k] + (lent?.[k] ?? 0) * head!.lends[item]
        scores[other] += coefficient * vectors[place * dimensions + k]
      }
    })
  }
  return scores
}

const rowsOf = (user: number): number[] => Array.from(table.item).filter((_, at) => table.user[at] === user)

describe('compile with a head', () => {
  it('lists the largest of all scores, those of head and rows in float64', () => {
    const { users, items, scores, priorFrom } = compiled.rank(table, { k: 10 })
    users.forEach((user, place) => {
      const profile = rowsOf(user)
      if (profile.length === 0) return
      const expected = scoresBy(parts, profile)
      for (const item of profile) expected[item] = -Infinity
      const best = expected.filter((score) => score > 0).sort((a, b) => b - a)
      for (let at = 0; at < priorFrom[place]; at++) {
        expect(scores[place * 10 + at] / best[at]).toBeCloseTo(1, 4)
        expect(expected[items[place * 10 + at]] / best[at]).toBeCloseTo(1, 4)
      }
      expect(priorFrom[place]).toBe(Math.min(10, best.length))
    })
  })

  it('lends short profiles of the average user, as the graph does', () => {
    const recipe = mix([lowPass()], { leaveOneOut: null, sweeps: 80 })
    const whole = compile(table, { recipe, head: 96, entriesPerItem: ITEMS })
    for (const profile of [['i1'], ['i2', 'i3'], ['i4', 'i5', { item: 'i6', value: 2 }]]) {
      const expected = new Map(
        recommendFor(table, profile, { recipe, exact: true, k: ITEMS }).map(({ item, score }) => [item, score]),
      )
      const most = Math.max(...expected.values())
      for (const { item, score, prior } of whole.recommendFor(profile, { k: 20 })) {
        if (prior !== true) expect(Math.abs(score - expected.get(item)!) / most).toBeLessThan(0.03)
      }
    }
  })

  it('of all eigenvectors and all entries scores as many sweeps do, short profiles too', () => {
    const recipe = mix([lowPass()], { leaveOneOut: null, sweeps: 80 })
    const whole = compile(table, { recipe, head: 96, entriesPerItem: ITEMS })
    expect(whole.options.recipe).toMatchObject({ shortProfiles: 2 })
    const full = recommend(table, { recipe, exact: true, k: 5 })
    let [common, all] = [0, 0]
    for (const { user, items } of whole.recommendAll(table, { k: 5 })) {
      const own = new Set(items.map(({ item }) => item))
      for (const { item } of full.get(user)!) {
        all++
        if (own.has(item)) common++
      }
    }
    expect(common / all).toBeGreaterThan(0.97)
  })

  it('completes profiles of every length as the recipe says, or refuses where rows are cut', () => {
    const recipe = mix([lowPass()], { leaveOneOut: null, sweeps: 40, averageShare: 4 })
    const profiles = [['i1'], Array.from({ length: 9 }, (_, item) => `i${2 * item}`)]
    const all = compile(table, { recipe })
    const cut = compile(table, { recipe, entriesPerItem: ITEMS - 1 })
    expect([all.head, cut.head > 0]).toEqual([0, true])
    for (const whole of [all, cut]) {
      // Rows alone are those of long profiles.
      for (const profile of whole === cut ? profiles : profiles.slice(1)) {
        const expected = recommendFor(table, profile, { recipe, exact: true, k: ITEMS })
        const scores = new Map(expected.map(({ item, score }) => [item, score]))
        for (const { item, score } of whole.recommendFor(profile, { k: 20 }))
          expect(Math.abs(score - scores.get(item)!) / expected[0].score).toBeLessThan(0.03)
      }
    }
    const rows = { recipe, head: 0, entriesPerItem: 20 }
    expect(() => compile(table, rows)).toThrow(coded('INVALID_OPTION', 'averageShare 0 or null where rows are cut'))
  })

  it('says what it holds, and takes as many eigenvectors as there are', () => {
    expect(compiled).toMatchObject({ head: 24, entriesPerItem: 20 })
    expect(compile(table, { head: 300 }).head).toBeLessThanOrEqual(ITEMS)
    expect(compile(table, { head: 0 }).head).toBe(0)
    const few = fromColumns({ user: ['a', 'a', 'a', 'b', 'b', 'c', 'c'], item: ['1', '2', '3', '2', '4', '1', '5'] })
    const small = compile(few, { head: 96 })
    expect(small.recommendFor(['1'], { k: 3 })).toHaveLength(3)
  })

  it('keeps its rows, and their bits, where sweeps make them', () => {
    expect(compile(table).encode()).toEqual(compile(table, { head: 0 }).encode())
  })

  it('gives the same for any number of threads and on either kernel', async () => {
    for (const more of [{ threads: 2 }, { threads: 1, kernel: 'typescript' }] as const) {
      await using engine = await Engine.create(table, more)
      expect((await engine.compile(options)).encode()).toEqual(compiled.encode())
    }
  })

  it('serves the same bits on either kernel and again', () => {
    const lists = (['typescript', 'wasm-simd', 'wasm-simd'] as const).map((kernel) => {
      const scorer = new RowScorer(parts.rows, parts.head, null, kernel)
      const query = { k: 15, excludeSeeds: true, allowed: new Uint8Array(ITEMS).fill(1) }
      const [items, scores] = [new Int32Array(90 * 15).fill(-1), new Float32Array(90 * 15)]
      for (const _ of [0, 1]) {
        for (let user = 0; user < 90; user++) {
          const profile = rowsOf(user)
          scorer.rank({ indptr: [0, profile.length], indices: profile, data: null }, 0, query, items, scores, user * 15)
        }
      }
      return { items, scores }
    })
    expect(lists[1]).toEqual(lists[0])
    expect(lists[2]).toEqual(lists[0])
  })

  it.each(['seen', 'none'] as const)('explains scores by parts that add up, exclude: %s', (exclude) => {
    const profile = ['i1', 'i2', { item: 'i5', value: 3 }]
    const list = compiled.recommendFor(profile, { k: ITEMS, exclude }).filter(({ prior }) => prior !== true)
    expect(list.length).toBeGreaterThan(10)
    const { score: most } = list[0]
    for (const { item, score } of list) {
      expect(Math.abs(compiled.explain(profile, item).score - score) / most).toBeLessThan(1e-5)
    }
  })

  it('obeys allow, deny and minScore', () => {
    const all = compiled.recommendFor(['i1', 'i2', 'i3'], { k: ITEMS }).filter(({ prior }) => prior !== true)
    const [first, second, third] = all
    expect(compiled.recommendFor(['i1', 'i2', 'i3'], { k: 2, deny: [first.item] })).toEqual([second, third])
    expect(compiled.recommendFor(['i1', 'i2', 'i3'], { k: 1, allow: [third.item] })).toEqual([third])
    expect(compiled.recommendFor(['i1', 'i2', 'i3'], { k: 9, minScore: second.score })).toEqual([first, second])
  })

  it('stops when it is told to, and tells how far it is', async () => {
    await using engine = await Engine.create(table, { threads: 1 })
    const heard: unknown[] = []
    await engine.compile(options, { onProgress: (progress) => heard.push(progress) })
    expect(heard.at(-1)).toEqual({ done: ITEMS, total: ITEMS })
    const abort = new AbortController()
    const onProgress = () => abort.abort(new Error('enough'))
    await expect(engine.compile(options, { signal: abort.signal, onProgress })).rejects.toThrow('enough')
    expect((await engine.compile(options)).encode()).toEqual(compiled.encode())
  })

  it.each([
    [{ head: 8, method: 'rp3beta' }, 'INVALID_OPTION'],
    [{ head: 8, exact: true }, 'INVALID_OPTION'],
    [{ head: -1 }, 'INVALID_OPTION'],
    [{ head: 513 }, 'INVALID_OPTION'],
    [{ head: 2, recipe: { operators: [{ operator: 'low-pass', cut: 0.2, order: 1000 }] } }, 'INVALID_OPTION'],
    [{ head: 24, memoryLimitBytes: 60_000 }, 'MEMORY_LIMIT'],
  ])('refuses %o: %s', (given, code) => {
    expect(() => compile(table, given as never)).toThrow(coded(code))
  })
})

describe('a compiled head as bytes', () => {
  it('comes back the same, also after it has served', () => {
    const bytes = compiled.encode()
    const again = CompiledRecommender.decode(bytes)
    expect(again.rank(table, { k: 7 })).toEqual(compiled.rank(table, { k: 7 }))
    expect(again.encode()).toEqual(bytes)
    expect(new DataView(bytes.buffer).getUint32(8, true)).toBe(2)
    expect(new DataView(compile(table).encode().buffer).getUint32(8, true)).toBe(1)
  })

  it('is refused when its parts do not fit together, though their checksums hold', () => {
    const head = parts.head!
    const [first] = head.filters
    const broken = [
      { order: head.order.map((item) => Math.min(ITEMS - 1, item + 1)) },
      { order: head.order.slice(1) },
      { vectors: head.vectors.slice(1) },
      { vectors: head.vectors.slice().reverse() },
      { vectors: head.vectors.map((entry, at) => (at === 5 ? NaN : entry)) },
      { start: head.start.slice(1) },
      { start: head.start.map(() => Infinity) },
      { filters: head.filters.slice(1) },
      { filters: head.filters.map((filter) => ({ ...filter, walk: NaN })) },
      { filters: head.filters.map(() => ({ ...first, gains: first.gains.slice(1) })) },
      { count: 0 },
      { count: 40 },
    ]
    for (const change of broken) {
      const bytes = encodeSaved(COMPILED_FORMAT, { ...parts, head: { ...head, ...change } })
      expect(() => CompiledRecommender.decode(bytes), JSON.stringify(Object.keys(change))).toThrow(
        'with a valid checksum',
      )
    }
    const bytes = compiled.encode()
    for (let at = 0; at < bytes.length; at += 41) {
      const damaged = bytes.slice()
      damaged[at] ^= 0x10
      expect(() => CompiledRecommender.decode(damaged), `byte ${at}`).toThrow(coded('READ_FAILED'))
    }
  })
})
