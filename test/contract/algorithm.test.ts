/** One algorithm that makes every kind of request, on everything that can run it: a new executor joins the list. */
import { describe, expect, it } from 'vitest'
import {
  type Algorithm,
  type Detached,
  drive,
  Executor,
  explainPlan,
  type Network,
  on,
  type On,
  PAUSE,
  product,
  type Sweep,
  solveInThread,
  sweep,
  train,
} from '../../src/advanced.ts'
import { bipartite, prepare, problemOn, randomSeeds, rowSeeds, scatteredSeeds } from '../graphs.ts'
import { trainingOf } from '../trainings.ts'

const { prepared: network, training } = trainingOf({
  ...{
    weighted: true,
    layers: 1,
    loss: 'softmax',
    views: { kind: 'edge-drop', strength: 0.2, temperature: 1, weight: 0.5 },
  },
  ...{ batchSize: 12, users: 70 },
})
const other = prepare(bipartite({ users: 300, items: 40, pairs: 2000 }))

const diagonals = {
  middle: new Float32Array(network.shape.rowCount).fill(0.5),
  left: new Float32Array(network.shape.columnCount).fill(2),
  right: new Float32Array(network.shape.columnCount).fill(1),
}

/** Sweeps of every kind of seeds and of the outputs that all have. */
const sweepsOn = (asked: Network): Sweep[] => [
  problemOn(asked, { seeds: rowSeeds(asked, 20), output: { kind: 'top-k', k: 4, excludeSeeds: true } }),
  problemOn(asked, { seeds: scatteredSeeds(asked, 3), output: { kind: 'scores' } }),
  problemOn(asked, { seeds: randomSeeds(asked, 18), output: { kind: 'scores' } }),
  problemOn(asked, { seeds: randomSeeds(asked, 17, 7), output: { kind: 'scores' } }),
]

function* everySweep(asked: Network): Algorithm<unknown[]> {
  const answers: unknown[] = []
  for (const one of sweepsOn(asked)) answers.push(yield* sweep(one))
  return answers
}

function* everything(): Algorithm<unknown[]> {
  const own = yield* everySweep(network)
  yield PAUSE
  const elsewhere = yield* on(other, everySweep(other))
  const trained = yield* train(training)
  const multiplied = yield* product({ name: 'test', neighbours: 5, ...diagonals })
  return [own, elsewhere, trained, multiplied, yield* everySweep(network)]
}

const OPTIONS = { kernel: 'auto', partition: 'auto', memoryLimitBytes: 1e9, deadlineMs: 30_000 } as const

async function pooled<Result>(threads: number, run: (executor: Executor) => Promise<Result>): Promise<Result> {
  const executor = new Executor('test', network, { ...OPTIONS, threads })
  try {
    return await run(executor)
  } finally {
    await executor.close()
  }
}

const EXECUTORS: Record<string, () => unknown[] | Promise<unknown[]>> = {
  'this thread, typescript': () => drive(everything(), solveInThread(network, { kernel: 'typescript' })),
  'the pool, one thread': () => pooled(1, (executor) => executor.run(everything())),
  'the pool, two threads': () => pooled(2, (executor) => executor.run(everything())),
}

describe('an algorithm that asks for everything', () => {
  const expected = drive(everything(), solveInThread(network, { kernel: 'wasm-simd' }))

  it.each(Object.keys(EXECUTORS))('has the bits of this thread and SIMD on %s', async (name) => {
    expect(await EXECUTORS[name]()).toEqual(expected)
  })

  it.each([1, 2])('ends with the reason when it is cancelled at a pause, on %i thread(s)', async (threads) => {
    const reason = new Error('enough')
    const abort = new AbortController()
    let ended = false
    function* endless(): Algorithm<never> {
      try {
        for (;;) {
          yield* everySweep(network)
          abort.abort(reason)
          yield PAUSE
        }
      } finally {
        ended = true
      }
    }
    await pooled(threads, async (executor) => {
      await expect(executor.run(endless(), { signal: abort.signal })).rejects.toBe(reason)
      // What was cancelled leaves the threads to the next.
      expect(await executor.run(everySweep(network))).toEqual(expected[0])
    })
    expect(ended).toBe(true)
  })

  it('is thrown what a request throws, and may go on', () => {
    function* careful(): Algorithm<string> {
      const [one] = sweepsOn(network)
      try {
        yield* sweep(one)
        return 'solved'
      } catch (error) {
        return (error as { code: string }).code
      }
    }
    expect(drive(careful(), solveInThread(network, { memoryLimitBytes: 1 }))).toBe('MEMORY_LIMIT')
  })
})

describe('an algorithm that asks nothing but others', () => {
  const problem = sweepsOn(network)[0]
  function* part(): Algorithm<unknown> {
    return yield* sweep(problem)
  }
  function* inShares(): Detached<unknown[]> {
    const first = yield* on(network, part(), { share: { from: 0, to: 10, of: 16 } })
    return [first, yield* on(network, part(), { share: { from: 10, to: 16, of: 16 } })]
  }
  const expected = drive(inShares(), (asked: On) => drive(asked.algorithm, solveInThread(asked.network)))

  it.each([1, 2])(
    'has its turns among other calls, and counts what it was asked about, on %i thread(s)',
    async (threads) => {
      const order: string[] = []
      const heard: unknown[] = []
      const outcome = await pooled(threads, async (executor) => {
        const asking = executor.runBeside(inShares(), { onProgress: (progress) => heard.push(progress) })
        const [result] = await Promise.all([
          asking.then((found) => (order.push('shares'), found)),
          executor.run(part()).then(() => order.push('between')),
        ])
        return result
      })
      expect(outcome).toEqual(expected)
      expect(order).toEqual(['between', 'shares'])
      expect(heard.at(-1)).toEqual({ done: 16, total: 16 })
      expect(heard).toContainEqual({ done: 10, total: 16 })
    },
  )

  it('asks its own matrix in its turn, without waiting for itself', async () => {
    function* nested(): Algorithm<unknown> {
      return yield* on(network, part())
    }
    expect(await pooled(2, (executor) => executor.run(nested()))).toEqual(expected[0])
  })

  it.each(['run', 'runBeside'] as const)(
    'names the function that was called where the executor is closed: %s',
    async (how) => {
      const executor = new Executor('test', network, { ...OPTIONS, threads: 1 })
      await executor.close()
      const asked = executor[how](inShares(), {}, 'similarItems')
      await expect(asked).rejects.toThrow(/^similarItems: expected an open engine/)
    },
  )

  it('is named in the plan of what it asks', async () => {
    await pooled(1, async (executor) => {
      await executor.run(part(), {}, 'similarItems')
      expect(explainPlan(executor.plan!)).toMatch(/^similarItems: /)
    })
  })
})
