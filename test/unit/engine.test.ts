import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fromRows } from '../../src/data/from-rows.ts'
import { Engine } from '../../src/engine.ts'
import { openNetwork } from '../../src/network/open.ts'
import { graphOf, randomNetwork, tableOfNetwork } from '../networks.ts'
import type { Progress } from '../../src/run/protocol.ts'

/** Two rounds of users. */
const large = tableOfNetwork(randomNetwork({ users: 2500, others: 300, edges: 12_000, seed: 2 }))
const small = tableOfNetwork(randomNetwork({ users: 20, others: 12, edges: 80, seed: 2 }))

describe.each([1, 2])('an engine with %i thread(s)', (threads) => {
  let engine: Engine

  beforeAll(async () => {
    engine = await Engine.create(large, { threads })
  })

  afterAll(() => engine.close())

  it('tells its plan once something was solved', async () => {
    const fresh = await Engine.create(small, { threads })
    expect(fresh.plan).toBeNull()
    await fresh.recommend({ users: ['u1'] })
    expect(fresh.plan!.summary).toContain('20 x 12')
    expect(fresh.plan!.explain()).toContain('recommend')
    expect(fresh.plan!.details.bytes.total).toBeGreaterThan(0)
    await fresh.close()
  })

  it('remembers the most that a plan took', async () => {
    const fresh = await Engine.create(small, { threads })
    await fresh.recommend({ k: 12 })
    const { details, peakBytes } = fresh.plan!
    expect(peakBytes).toBeGreaterThanOrEqual(details.bytes.total)
    await fresh.similarUsers('u1', { k: 1 })
    expect(fresh.plan!.details.bytes.total).toBeLessThan(peakBytes)
    expect(fresh.plan!.peakBytes).toBe(peakBytes)
    await fresh.close()
    await fresh.close()
  })

  it('counts the batches of a training', async () => {
    const fresh = await Engine.create(small, { threads })
    const heard: Progress[] = []
    const options = { epochs: 3, batchSize: 16, dimensions: 4 }
    await fresh.contrastiveEmbedding(options, { onProgress: (progress) => heard.push(progress) })
    const { total } = heard[0]
    expect(total).toBeGreaterThan(3)
    expect(total % 3).toBe(0)
    expect(heard).toEqual(Array.from({ length: total }, (_, at) => ({ done: at + 1, total })))
    await fresh.close()
  })

  it('reports progress that never falls and ends at the number of users', async () => {
    const heard: Progress[] = []
    await engine.recommend({ k: 5, onProgress: (progress) => heard.push(progress) })
    expect(heard.at(-1)).toEqual({ done: 2500, total: 2500 })
    expect(heard.length).toBeGreaterThan(1)
    heard.forEach(({ done, total }, at) => {
      expect(total).toBe(2500)
      expect(done).toBeGreaterThanOrEqual(at === 0 ? 0 : heard[at - 1].done)
    })
    const other: Progress[] = []
    await engine.similarUsers('u1', { onProgress: (progress) => other.push(progress) })
    expect(other.at(-1)).toEqual({ done: 1, total: 1 })
  })

  it('rejects with the reason when it was cancelled before it was asked', async () => {
    const signal = AbortSignal.abort(new Error('never mind'))
    await expect(engine.recommend({ users: ['u1'], signal })).rejects.toThrow('never mind')
    await expect(engine.recommend({ users: ['u1'], signal, method: 'popularity' })).rejects.toThrow('never mind')
    await expect(engine.labelSpreading({ seeds: [['u1', 'x']] }, { signal })).rejects.toThrow('never mind')
    await expect(engine.recommendAll({ signal }).next()).rejects.toThrow('never mind')
  })

  it('is cancelled between rounds by a timer, whatever the method', async () => {
    for (const method of ['label-spreading', 'item-knn', 'popularity'] as const) {
      const abort = new AbortController()
      const reason = new Error('enough')
      const asked = engine.rank({
        method,
        signal: abort.signal,
        onProgress: ({ done }) => done > 0 && setTimeout(() => abort.abort(reason), 0),
      })
      await expect(asked).rejects.toBe(reason)
    }
    expect((await engine.recommend({ users: ['u1'] })).size).toBe(1)
  })

  it('is cancelled from within the progress call, and goes on with the next question', async () => {
    const abort = new AbortController()
    const onProgress = (): void => abort.abort(new Error('stop'))
    await expect(engine.recommend({ signal: abort.signal, onProgress })).rejects.toThrow('stop')
    const complaint = (): never => {
      throw new Error('the listener failed')
    }
    await expect(engine.recommend({ onProgress: complaint })).rejects.toThrow('the listener failed')
    expect((await engine.recommend({ users: ['u1'] })).size).toBe(1)
  })

  it('cancels a call that waits its turn without waiting for it, and leaves no listener behind', async () => {
    const order: string[] = []
    const first = engine.similarItems('i3').then(() => order.push('first'))
    const abort = new AbortController()
    const listeners = watchListeners(abort.signal)
    const waiting = engine
      .similarUsers('u1', { signal: abort.signal })
      .catch((error: Error) => order.push(error.message))
    abort.abort(new Error('waiting'))
    await Promise.all([first, waiting])
    // On one thread the first may have begun and end before anybody else can speak.
    if (threads > 1) expect(order).toEqual(['waiting', 'first'])
    else expect(order).toContain('waiting')
    const kept = new AbortController()
    const others = watchListeners(kept.signal)
    for (let call = 0; call < 5; call++) await engine.similarUsers('u1', { signal: kept.signal })
    await engine.recommend({ users: ['u1'], signal: kept.signal })
    expect([listeners.size, others.size]).toEqual([0, 0])
  })

  it('answers calls made at once as if made in turn; a refused one disturbs nobody', async () => {
    const alone = [
      await engine.recommend({ users: ['u1'] }),
      await engine.similarItems('i3'),
      await engine.explain('u1', 'i3'),
    ]
    const together = await Promise.allSettled([
      engine.recommend({ users: ['u1'] }),
      engine.recommend({ users: ['nobody'] }),
      engine.similarItems('i3'),
      engine.labelSpreading({ seeds: [] }),
      engine.explain('u1', 'i3'),
    ])
    expect(together.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'rejected',
      'fulfilled',
    ])
    expect(together.filter((one) => one.status === 'fulfilled').map(({ value }) => value)).toEqual(alone)
  })

  it('ranks users of a stream when those before them have been read, and holds one list', async () => {
    let ranked = 0
    const lists = engine.recommendAll({ k: 5, onProgress: ({ done }) => (ranked = done) })
    let read = 0
    for await (const { items } of lists) {
      expect(items).toHaveLength(5)
      read++
      if (read <= 1250) expect(ranked).toBeLessThan(1600)
    }
    expect([read, ranked]).toEqual([2500, 2500])
    expect(engine.plan?.details.bytes.outside.lists).toBeLessThan(1000)
    await engine.rank({ k: 5 })
    expect(engine.plan?.details.bytes.outside.lists).toBeGreaterThan(100_000)
  })

  it('may be left in the middle of a stream', async () => {
    for await (const { user } of engine.recommendAll()) {
      expect(user).toBe('u0')
      break
    }
    expect((await engine.recommend({ users: ['u1'] })).size).toBe(1)
  })

  it('fails calls under way and later ones with CLOSED, of every method; closing twice does nothing', async () => {
    const closing = await Engine.create(large, { threads })
    const seeds = [['u1', 'x']] as const
    const underWay = [closing.rank(), closing.labelPropagation({ seeds }), closing.similarUsers('u1')]
    const settled = Promise.allSettled(underWay)
    await Promise.all([closing.close(), closing.close()])
    for (const outcome of await settled) {
      if (threads === 1 && outcome.status === 'fulfilled') continue
      expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'RivuletError', code: 'CLOSED' } })
    }
    await closing.close()
    const closed = { code: 'CLOSED' }
    for (const method of ['label-spreading', 'rp3beta', 'item-knn', 'popularity'] as const) {
      await expect(closing.recommend({ users: ['u1'], method })).rejects.toMatchObject(closed)
      await expect(closing.recommendFor(['i1'], { method })).rejects.toMatchObject(closed)
    }
    await expect(closing.explain('u1', 'i1')).rejects.toMatchObject(closed)
    await expect(closing.personalizedPageRank({ seeds: ['u1'] })).rejects.toMatchObject(closed)
  })
})

describe('an engine, asked for another matrix or another memory', () => {
  const signals = { buy: { weight: 2 }, view: { weight: 0.5 } }
  const log = fromRows(
    Array.from({ length: 60 }, (_, at) => ({
      user: `u${at % 12}`,
      item: `i${(at * at + at) % 11}`,
      event: at % 3 === 0 ? 'buy' : 'view',
    })),
    { user: 'user', item: 'item', signal: 'event' },
  )
  const ask = (engine: Engine, options: object): Record<string, () => Promise<unknown>> => ({
    compile: () => engine.compile({ method: 'p3alpha', ...options }),
    tune: () => engine.tune({ method: 'p3alpha', trials: 1, ...options }),
    labelSpreading: () => engine.labelSpreading({ seeds: [['u1', 'x']], ...options }),
    personalizedPageRank: () => engine.personalizedPageRank({ seeds: ['u1'], ...options }),
    spectralEmbedding: () => engine.spectralEmbedding({ dimensions: 2, ...options }),
    contrastiveEmbedding: () => engine.contrastiveEmbedding({ dimensions: 2, epochs: 1, ...options }),
    clusterUsers: () => engine.clusterUsers({ dimensions: 2, ...options }),
  })

  it.each(Object.keys(ask({} as Engine, {})))('refuses it rather than ignore it: %s', async (method) => {
    await using engine = await Engine.create(log, { threads: 1, signals })
    for (const [option, value] of [
      ['memoryLimitBytes', 1e9],
      ['memoryLimitBytes', 1],
      ['signals', { buy: 1, view: 1 }],
      ['signals', { buy: 1n }],
      ['weighted', true],
    ] as const) {
      await expect(ask(engine, { [option]: value })[method]()).rejects.toMatchObject({
        code: 'INVALID_OPTION',
        message: expect.stringContaining(`'${option}'`),
      })
    }
  })

  it.each(Object.keys(ask({} as Engine, {})))(
    'takes its own signals, as they were given or as they were read: %s',
    async (method) => {
      const reading = { weighted: false, signals: 'auto', direction: 'both', memoryLimitBytes: 1e9 } as const
      const read = openNetwork('test', log, reading).weighing.signals
      expect(read).toHaveProperty('buy')
      await using engine = await Engine.create(log, { threads: 1, signals: 'auto' })
      for (const own of ['auto', read]) await expect(ask(engine, { signals: own })[method]()).resolves.toBeDefined()
    },
  )
})

describe('Engine.create', () => {
  it.each([
    [{ threads: 0 }, 'INVALID_OPTION'],
    [{ threads: 'many' }, 'INVALID_OPTION'],
    [{ memoryLimitBytes: NaN }, 'INVALID_OPTION'],
    [{ memoryLimitBytes: 64 }, 'MEMORY_LIMIT'],
    [{ deadlineMs: 0 }, 'INVALID_OPTION'],
    [{ kernel: 'gpu' }, 'INVALID_OPTION'],
    [{ thread: 2 }, 'UNKNOWN_OPTION'],
  ])('refuses %o: %s', async (options, code) => {
    await expect(Engine.create(small, options as never)).rejects.toMatchObject({ name: 'RivuletError', code })
  })

  it('refuses a problem that its memory cannot hold, before anything runs, and lives on', async () => {
    // A long problem is a worker's, which takes 8 MB.
    const engine = await Engine.create(large, { threads: 1, memoryLimitBytes: 9_200_000 })
    await expect(engine.rank({ k: 300 })).rejects.toMatchObject({ code: 'MEMORY_LIMIT' })
    expect((await engine.recommend({ users: ['u1'] })).size).toBe(1)
    await engine.close()
  })

  it('gives back the room of its lists, also of a call that was cancelled', async () => {
    // All lists take 12 MB: the rooms of two calls would not fit.
    const engine = await Engine.create(large, { threads: 1, memoryLimitBytes: 30_000_000 })
    const asked = { k: 300, method: 'popularity' } as const
    for (let call = 0; call < 3; call++) {
      expect((await engine.rank(asked)).k).toBe(300)
      const abort = new AbortController()
      const cancelled = { ...asked, signal: abort.signal, onProgress: () => abort.abort(new Error('enough')) }
      await expect(engine.rank(cancelled)).rejects.toThrow('enough')
    }
    await engine.close()
  })

  it('takes a graph without users and items for labels, not for lists', async () => {
    const engine = await Engine.create(graphOf(randomNetwork({ others: 8, edges: 20 })), { threads: 1 })
    expect((await engine.labelSpreading({ seeds: [['i1', 'x']] })).labels.length).toBe(8)
    await expect(engine.recommend()).rejects.toMatchObject({ code: 'UNSUPPORTED_GRAPH' })
    await engine[Symbol.asyncDispose]()
    await expect(engine.labelSpreading({ seeds: [['i1', 'x']] })).rejects.toMatchObject({ code: 'CLOSED' })
  })
})

/** The listeners that a signal has at any time. */
function watchListeners(signal: AbortSignal): Set<unknown> {
  const listeners = new Set<unknown>()
  const { addEventListener, removeEventListener } = signal
  signal.addEventListener = (...[type, listener, options]: Parameters<typeof addEventListener>) => {
    listeners.add(listener)
    addEventListener.call(signal, type, listener, options)
  }
  signal.removeEventListener = (...[type, listener, options]: Parameters<typeof removeEventListener>) => {
    listeners.delete(listener)
    removeEventListener.call(signal, type, listener, options)
  }
  return listeners
}
