import { describe, expect, it } from 'vitest'
import { powerLaw } from '../../../native-free-bench/data/power-law.ts'
import { DEFAULT_RECIPE } from '../../../src/advanced.ts'
import { Engine, fromColumns, type CallOptions, type MethodName } from '../../../src/index.ts'
import { prepareNetwork } from '../../../src/network/prepared.ts'
import { readMachine } from '../../../src/plan/machine.ts'
import { headAndWalk, type HeadAndWalk } from '../../../src/recommend/methods/head-and-walk.ts'
import { expectedOfFilter, headSizes } from '../../../src/recommend/methods/sweeps-or-head.ts'
import type { Question } from '../../../src/request/request.ts'
import { solveInThread } from '../../../src/run/in-thread.ts'
import { isAboutEdges } from '../../../src/run/edge-answers.ts'
import { planWork } from '../../../src/run/jobs.ts'
import { atOnce, drive } from '../../../src/support/drive.ts'

const pairs = powerLaw({ users: 10_500, items: 600, pairs: 262_500, seed: 1 })
const table = fromColumns({ user: pairs.row, item: pairs.column })

type Progress = Parameters<NonNullable<CallOptions['onProgress']>>[0]

describe('lists of everybody by a head and a walk', () => {
  it.each([1, 2])(
    'tell how far they are from the head on, up to the number of users: %d thread(s)',
    async (threads) => {
      await using engine = await Engine.create(table, { threads })
      expect(engine.forecast()?.way).toBe('head and walk')
      const heard: (Progress & { kind: string | undefined })[] = []
      const onProgress = (progress: Progress): void => {
        heard.push({ ...progress, kind: engine.plan?.details.kind })
      }
      await engine.rank({ k: 10, onProgress })
      expect(heard.at(-1)).toMatchObject({ done: 10_500, total: 10_500 })
      heard.forEach(({ done }, at) => expect(done).toBeGreaterThanOrEqual(at === 0 ? 0 : heard[at - 1].done))
      const ofHead = heard.filter(({ kind }) => kind !== 'rank')
      expect(new Set(ofHead.map(({ kind }) => kind))).toEqual(new Set(['sweep', 'product']))
      expect(new Set(ofHead.map(({ done }) => done)).size).toBeGreaterThan(5)
      expect(ofHead.at(-1)?.done).toBeGreaterThan(1000)
    },
  )

  it('cost what was expected of them, by the plans of all that is asked, within a factor of two', () => {
    const network = prepareNetwork('test', pairs, false, 4e9)
    const options = { threads: 1, partition: 'auto', memoryLimitBytes: 4e9, kernel: 'auto' } as const
    let spent = 0
    const answer = (asked: Question): unknown => {
      if (asked.kind !== 'on' && !isAboutEdges(asked))
        spent += atOnce(planWork(network, asked, options, readMachine())).plan.cost ?? 0
      return solveInThread(network)(asked)
    }
    const { making, way } = expectedOfFilter(network, DEFAULT_RECIPE, false, { profiles: 10_500, excludeSeeds: true })
    expect(way).toBe('head and walk')
    drive<Question, HeadAndWalk>(
      headAndWalk('test', network, DEFAULT_RECIPE, headSizes(network.shape.columnCount)[0]),
      answer,
    )
    expect(spent / making).toBeGreaterThan(0.5)
    expect(spent / making).toBeLessThan(2)
  })
})

describe('a forecast', () => {
  it('has the way by sizes alone, and is of the lists only once the head is there', async () => {
    await using engine = await Engine.create(table, { threads: 1 })
    await using slow = await Engine.create(table, { threads: 1, kernel: 'typescript' })
    const first = engine.forecast()
    expect(first).toEqual(JSON.parse(JSON.stringify(first)))
    expect(slow.forecast()?.way).toBe(first?.way)
    expect(engine.forecast({ users: [0, 1, 2] })?.way).toBe('sweeps')
    expect(engine.forecast({ exact: true })?.way).toBe('sweeps')
    await engine.rank({ k: 10 })
    expect(engine.forecast()?.way).toBe('head and walk')
    expect(engine.forecast()?.seconds).toBeLessThan(first?.seconds ?? 0)
  })

  it('is made for other methods as far as their costs are known', async () => {
    await using engine = await Engine.create(table, { threads: 1 })
    const ways = { rp3beta: 'sweeps', 'item-knn': 'neighbours', ease: 'dense weights', 'label-spreading': 'sweeps' }
    for (const [method, way] of Object.entries(ways)) {
      expect(engine.forecast({ method: method as MethodName })).toMatchObject({ method, way })
    }
    expect(engine.forecast({ method: 'popularity' })).toBeNull()
    expect(engine.forecast({}, 'compile')?.way).toBe('sweeps')
    expect(() => engine.forecast({ method: 'eas' as MethodName })).toThrow("Did you mean 'ease'?")
    expect(() => engine.forecast({ users: ['nobody'] })).toThrow('forecast')
  })
})
