import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Engine, predictRatings, toGraph } from '../../src/index.ts'
import { RATED, ratedTable, ratedWorld } from '../ratings.ts'

const table = ratedTable(ratedWorld({ users: 300, items: 120, labels: 6, views: 14, telling: true }))
const options = { signals: RATED, rank: 24 } as const
const alone = predictRatings.detailed(table, options)
/** One graph rather than five: each has threads of its own. */
const told = { ...options, balance: 0.3 }
const aloneTold = predictRatings.detailed(table, told)

describe.each([1, 2])('Engine.predictRatings with %i thread(s)', (threads) => {
  let engine: Engine

  beforeAll(async () => {
    engine = await Engine.create(table, { threads })
  })

  afterAll(() => engine.close())

  it('equals predictRatings.detailed bit for bit', async () => {
    expect(alone.balance.decision).toBe('semi-supervised')
    expect(await engine.predictRatings(options)).toEqual(alone)
    const rows = await Engine.create(table, { threads, partition: 'rows', kernel: 'typescript' })
    expect(await rows.predictRatings(told)).toEqual(aloneTold)
    await rows.close()
  })

  it('answers on a graph as on a table, whatever signals the engine was made with', async () => {
    const other = await Engine.create(toGraph(table), { threads, signals: { view: 1 } })
    const { users: _, items: __, ...columns } = await other.predictRatings(told)
    expect(aloneTold).toMatchObject(columns)
    await other.close()
  })

  it('lets others speak while it works, and is cancelled by them', async () => {
    const reason = new Error('enough')
    const abort = new AbortController()
    const asked = engine.predictRatings({ ...options, tolerance: 1e-9 }, { signal: abort.signal })
    const other = engine.similarItems('i3')
    setTimeout(() => abort.abort(reason), 0)
    await expect(asked).rejects.toBe(reason)
    expect((await other).length).toBeGreaterThan(0)
    const before = AbortSignal.abort(reason)
    await expect(engine.predictRatings(options, { signal: before })).rejects.toBe(reason)
  })

  it('tells its progress', async () => {
    let heard = 0
    await engine.predictRatings(told, { onProgress: () => heard++ })
    expect(heard).toBeGreaterThan(0)
  })

  it('keeps within the memory of the engine', async () => {
    const tight = await Engine.create(table, { threads, memoryLimitBytes: 150_000 })
    await expect(tight.predictRatings(options)).rejects.toMatchObject({ code: 'MEMORY_LIMIT' })
    await tight.close()
  })

  it('rejects with what the function throws', async () => {
    await expect(engine.predictRatings({ balance: -1 })).rejects.toThrow("predictRatings, option 'balance'")
    await expect(engine.predictRatings({ ...options, pairs: [['nobody', 'i1']] })).rejects.toThrow("'nobody'")
  })

  it('fails with CLOSED when the engine is closed under it, and after', async () => {
    const closing = await Engine.create(table, { threads })
    const asked = closing.predictRatings({ ...options, tolerance: 1e-9 })
    setTimeout(() => void closing.close(), 0)
    await expect(asked).rejects.toMatchObject({ code: 'CLOSED' })
    await expect(closing.predictRatings(options)).rejects.toMatchObject({ code: 'CLOSED' })
    await expect(closing.tune({ search: 'recipe', trials: 1 })).rejects.toMatchObject({ code: 'CLOSED' })
  })
})
