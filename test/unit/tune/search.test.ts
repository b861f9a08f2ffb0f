import { describe, expect, it } from 'vitest'
import { drive, driveAsync } from '../../../src/support/drive.ts'
import { meanMetric, planRungs, search, type Search } from '../../../src/tune/search.ts'
import type { Memory, Question, Trial } from '../../../src/tune/trial-log.ts'
import type { Setting } from '../../../src/tune/trials.ts'

interface Options {
  readonly x?: number
}

/** How good x is: 5 at best, and every example says so with a shift of its own that is the same for all x. */
const scores = ({ options: { x = 0 }, resource }: Question<Options>): number[] =>
  Array.from({ length: resource }, (_, example) => -Math.abs(x - 5) + Math.sin(example))

type Score = (question: Question<Options>) => number[]

/** Every error is its trial's. */
const setting: Setting = { who: 'test', signal: undefined, goOn: () => true, isOfTrial: () => true }

const request = (trials: number, most: number, least = 1) => ({
  setting,
  options: Array.from({ length: trials + 1 }, (_, at) => (at === 0 ? {} : { x: at })) as Options[],
  rungs: planRungs('halving', trials, least, most),
  metric: meanMetric('score'),
  seed: 1,
  memory: null as Memory<Options> | null,
})

/** A search whose objective asks to be scored: every question is yielded. */
const searching = (asked: ReturnType<typeof request>) =>
  search<Options, Question<Options>>({
    ...asked,
    *scores(options, resource) {
      return (yield { trial: asked.options.indexOf(options), options, resource }) as number[]
    },
  })

const run = (asked: ReturnType<typeof request>, score: Score): Search<Options> =>
  drive<Question<Options>, Search<Options>>(searching(asked), score)

/** A memory of nothing that keeps what it is told. */
const recording = (trials: Trial<Options>[]): Memory<Options> => ({
  recall: () => undefined,
  record: (_, { trial }) => trials.push(trial),
})

describe('planRungs', () => {
  it('asks a third of the candidates on three times as many examples, and the last on all', () => {
    expect(planRungs('halving', 40, 100, 1500)).toEqual([
      { trials: 40, resource: 167 },
      { trials: 13, resource: 500 },
      { trials: 4, resource: 1500 },
    ])
    expect(planRungs('halving', 27, 1, 27)).toEqual([
      { trials: 27, resource: 1 },
      { trials: 9, resource: 3 },
      { trials: 3, resource: 9 },
      { trials: 1, resource: 27 },
    ])
  })

  it('measures on no fewer examples than say anything, nor fewer candidates than there are', () => {
    expect(planRungs('halving', 40, 600, 1500)).toEqual([{ trials: 40, resource: 1500 }])
    expect(planRungs('halving', 40, 2000, 1500)).toEqual([{ trials: 40, resource: 1500 }])
    expect(planRungs('halving', 2, 1, 1500)).toEqual([{ trials: 2, resource: 1500 }])
    expect(planRungs('halving', 3, 1, 1500)).toHaveLength(2)
  })

  it('measures all of them in full at random', () => {
    expect(planRungs('random', 40, 100, 1500)).toEqual([{ trials: 40, resource: 1500 }])
  })
})

describe('search', () => {
  it('measures the defaults in full, and each rung by the best of the one before', () => {
    const asked: Question<Options>[] = []
    const found = run(request(9, 9), (question) => {
      asked.push(question)
      return scores(question)
    })
    expect(asked.map(({ trial, resource }) => [trial, resource])).toEqual([
      [0, 9],
      ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((trial) => [trial, 1]),
      ...[5, 4, 6].map((trial) => [trial, 3]),
      [5, 9],
    ])
    expect(found).toMatchObject({ best: { x: 5 }, decision: 'tuned', metric: 'score', stopped: 'trials' })
    expect(found.trials).toHaveLength(asked.length)
    expect(found.trials[0]).toMatchObject({ trial: 5, resource: 9, score: found.score })
    expect(found.defaultScore).toBeCloseTo(found.score - 5, 12)
    expect(found.gain?.difference).toBeCloseTo(5, 12)
  })

  it('takes low scores for good ones where they are', () => {
    const lower = { ...request(9, 9), metric: meanMetric('error', 'lower') }
    const found = run(lower, (question) => scores(question).map((score) => 10 - score))
    expect(found.best).toEqual({ x: 5 })
    expect(found.gain?.difference).toBeCloseTo(5, 12)
  })

  it('keeps the defaults when nothing is better, ties going to them', () => {
    const found = run(request(9, 9), ({ resource }) => Array<number>(resource).fill(1))
    expect(found).toMatchObject({
      best: {},
      decision: 'default',
      score: 1,
      defaultScore: 1,
      gain: { difference: 0, low: 0, high: 0 },
    })
  })

  it('goes on when a trial throws, and promotes none that failed', () => {
    const recorded: Trial<Options>[] = []
    const found = run({ ...request(9, 9), memory: recording(recorded) }, (question) => {
      if (question.options.x === 5) throw new Error('no room')
      if (question.options.x === 4) return [NaN]
      return scores(question)
    })
    expect(found.best).toEqual({ x: 6 })
    expect(recorded.filter(({ error }) => error !== null)).toEqual([
      { trial: 4, options: { x: 4 }, resource: 1, score: null, error: 'a score of NaN' },
      { trial: 5, options: { x: 5 }, resource: 1, score: null, error: 'no room' },
    ])
    expect(found.trials.slice(-2).map(({ trial }) => trial)).toEqual([4, 5])
  })

  it('has no gain to tell when the defaults fail, and fails with the first cause when nothing succeeds', () => {
    const found = run(request(9, 9), (question) => {
      if (question.trial === 0) throw new Error('no defaults')
      return scores(question)
    })
    expect(found).toMatchObject({ best: { x: 5 }, defaultScore: null, gain: null })
    const cause = new Error('never')
    const all = (): never => {
      throw cause
    }
    expect(() => run(request(9, 9), all)).toThrow(
      expect.objectContaining({
        code: 'TRIALS_FAILED',
        cause,
        message: expect.stringContaining('10 failed trials') as string,
      }),
    )
  })

  it('stops when it is told to, judging the best so far in full', () => {
    const watched: [number, number][] = []
    const stopping = (after: number) => ({
      ...request(9, 9),
      setting: {
        ...setting,
        goOn: (done: number, total: number) => {
          watched.push([done, total])
          return done <= after
        },
      },
    })
    const found = run(stopping(3), scores)
    expect(found).toMatchObject({ best: { x: 3 }, stopped: 'budget' })
    expect(found.trials.map(({ trial, resource }) => [trial, resource])).toEqual([
      [3, 9],
      [0, 9],
      [3, 1],
      [2, 1],
      [1, 1],
    ])
    expect(watched).toEqual([1, 2, 3, 4].map((done) => [done, 14]))
    const atOnce = run(stopping(0), scores)
    expect(atOnce).toMatchObject({ best: {}, stopped: 'budget', gain: { difference: 0 } })
    expect(atOnce.trials).toHaveLength(1)
  })

  it('says at the end that all is done', () => {
    const watched: [number, number][] = []
    run({ ...request(9, 9), setting: { ...setting, goOn: (...at) => watched.push(at) > 0 } }, scores)
    expect(watched.at(-1)).toEqual([14, 14])
  })
})

describe('a search that is cancelled', () => {
  it('ends with the reason, whatever the trial fails with, and records no failure', () => {
    const abort = new AbortController()
    const reason = new Error('enough')
    const recorded: Trial<Options>[] = []
    const cancelling = { ...request(9, 9), setting: { ...setting, signal: abort.signal }, memory: recording(recorded) }
    const failing: Score = (question) => {
      if (question.trial < 3) return scores(question)
      abort.abort(reason)
      throw new Error('its worker was told to stop')
    }
    expect(() => run(cancelling, failing)).toThrow(reason)
    expect(recorded.map(({ trial }) => trial)).toEqual([0, 1, 2])
  })
})

describe('an error that is not of the trial', () => {
  const fault = new Error('the machine is on fire')
  const refused = new Error('no such rank')
  const isOfTrial = (error: unknown): boolean => error === refused

  /** Asks like `scores`, fails at one candidate by its own options and at another by a fault. */
  const failing = (question: Question<Options>): number[] => {
    if (question.options.x === 2) throw refused
    if (question.options.x === 6) throw fault
    return scores(question)
  }

  it.each(['at once', 'later'])('ends the search with it and is not recorded; trials answer %s', async (when) => {
    const recorded: Trial<Options>[] = []
    const own = searching({ ...request(9, 9), setting: { ...setting, isOfTrial }, memory: recording(recorded) })
    const asked =
      when === 'at once'
        ? (async () => Promise.resolve(drive<Question<Options>, unknown>(own, failing)))()
        : driveAsync<Question<Options>, unknown>(own, (question) => Promise.resolve().then(() => failing(question)))
    await expect(asked).rejects.toBe(fault)
    expect(recorded.map(({ trial, error }) => [trial, error])).toEqual([
      ...[0, 1].map((trial) => [trial, null]),
      [2, 'no such rank'],
      ...[3, 4, 5].map((trial) => [trial, null]),
    ])
  })
})
