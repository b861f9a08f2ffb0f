import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fromColumns } from '../../src/data/from-columns.ts'
import { Engine } from '../../src/engine.ts'
import type { CallOptions } from '../../src/engine.ts'
import { seededRandom } from '../../src/support/random.ts'

/** One user with very many items, and others with few: models of items take long, and most of it is one row. */
function crowded(items: number) {
  const random = seededRandom(3)
  const others = 6 * items
  return fromColumns({
    user: Int32Array.from({ length: items + others }, (_, at) => (at < items ? 0 : 1 + random.below(items))),
    item: Int32Array.from({ length: items + others }, (_, at) => (at < items ? at : random.below(items))),
  })
}

const table = crowded(4000)

/** Calls that would keep this thread for much longer than a turn. */
const CALLS: Readonly<Record<string, (engine: Engine, watch: CallOptions) => Promise<unknown>>> = {
  ease: (engine, watch) => engine.recommend({ users: ['1'], method: 'ease', ...watch }),
  'ease, one profile': (engine, watch) => engine.recommendFor([{ item: '1' }], { method: 'ease', ...watch }),
  'ease, explained': (engine, watch) => engine.explain('1', '2', { method: 'ease', ...watch }),
  'ease, all': async (engine, watch) => {
    for await (const _ of engine.recommendAll({ method: 'ease', ...watch }));
  },
  'ease, compiled': (engine, watch) => engine.compile({ method: 'ease' }, watch),
  'item-knn': (engine, watch) => engine.rank({ users: ['1'], method: 'item-knn', ...watch }),
  p3alpha: (engine, watch) => engine.similarItems('1', { method: 'p3alpha', ...watch }),
  rp3beta: (engine, watch) => engine.recommend({ users: ['1'], method: 'rp3beta', neighbours: 100, ...watch }),
  baselines: (engine, watch) =>
    engine.tune({ search: 'recipe', trials: 1, baselines: ['item-knn'], baselineTrials: 50 }, watch),
  tune: (engine, watch) => engine.tune({ method: 'item-knn', trials: 50 }, watch),
  clusters: (engine, watch) => engine.clusterUsers({ dimensions: 8, runs: 200 }, watch),
}

/** Turns and no milliseconds: however slow or fast the machine, a call that leaves no turn ends before. */
function atTurn(turn: number, act: () => void): void {
  let turns = 0
  const count = setInterval(() => {
    if (++turns < turn) return
    clearInterval(count)
    act()
  }, 0)
}

describe('an engine at work on the main thread', () => {
  let engine: Engine
  beforeAll(async () => {
    engine = await Engine.create(table, { threads: 2 })
  })
  afterAll(() => engine.close())

  it.each(Object.entries(CALLS))('lets a timer cancel: %s', async (_, call) => {
    const abort = new AbortController()
    const reason = new Error('enough')
    atTurn(3, () => abort.abort(reason))
    await expect(call(engine, { signal: abort.signal })).rejects.toBe(reason)
  })

  it('answers the next question after one that was cancelled in the middle of a list', async () => {
    const options = { method: 'p3alpha', neighbours: 20, k: 5 } as const
    const expected = await engine.recommend({ users: ['0', '1'], ...options })
    const abort = new AbortController()
    const reason = new Error('enough')
    atTurn(2, () => abort.abort(reason))
    await expect(engine.recommend({ ...options, signal: abort.signal })).rejects.toBe(reason)
    expect(await engine.recommend({ users: ['0', '1'], ...options })).toEqual(expected)
  })
})

it('close() ends a call that is building a model, and those that wait', async () => {
  const engine = await Engine.create(table, { threads: 2 })
  const asked = ['ease', 'item-knn'].map((method) => engine.recommend({ users: ['1'], method: method as 'ease' }))
  const settled = Promise.allSettled(asked)
  await new Promise<void>((resolve) => atTurn(3, resolve))
  await engine.close()
  for (const outcome of await settled) expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'CLOSED' } })
})
