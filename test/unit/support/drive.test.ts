import { describe, expect, it } from 'vitest'
import { drive, driveAsync } from '../../../src/support/drive.ts'
import { PAUSE, type Pause } from '../../../src/support/pause.ts'

/** The drivers look at nothing but whether something is a pause. */
type Asking<Result> = Generator<string | Pause, Result, unknown>
const answerTo = (asked: string): number => asked.length

/** Asks `count` problems, each named after the answer before it. */
function* asking(count: number): Asking<number[]> {
  const answers: number[] = []
  for (let asked = 0; asked < count; asked++) {
    answers.push((yield `after ${answers.join(' ')}`) as number)
  }
  return answers
}

function* pausing(pauses: number): Asking<string> {
  for (let at = 0; at < pauses; at++) {
    const until = performance.now() + 25
    while (performance.now() < until);
    expect(yield PAUSE).toBeUndefined()
  }
  return 'done'
}

describe('the two drivers', () => {
  it('pass over pauses; the one that waits serves timers in them, and ends where it may not go on', async () => {
    const never = (): never => {
      throw new Error('nothing to solve')
    }
    expect(drive(pausing(2), never)).toBe('done')
    let served = 0
    const timer = setInterval(() => served++, 0)
    expect(await driveAsync(pausing(6), never)).toBe('done')
    expect(served).toBeGreaterThanOrEqual(5)
    const stop = (): void => {
      if (served >= 7) throw new Error('stop')
    }
    await expect(driveAsync(pausing(1000), never, stop)).rejects.toThrow('stop')
    clearInterval(timer)
  })

  it('send every problem to the solver and its answer back', async () => {
    expect(drive(asking(3), answerTo)).toEqual([6, 7, 9])
    expect(await driveAsync(asking(3), async (asked) => answerTo(asked))).toEqual([6, 7, 9])
  })

  it('return at once what needs no solving', async () => {
    const never = (): never => {
      throw new Error('nothing to solve')
    }
    expect(drive(asking(0), never)).toEqual([])
    expect(await driveAsync(asking(0), never)).toEqual([])
  })

  it('throw what a question failed with where it was asked, unless the call is to end', async () => {
    const failure = new Error('no answer')
    function* trying(): Asking<unknown[]> {
      const caught: unknown[] = []
      for (const name of ['one', 'two'])
        try {
          yield name
        } catch (error) {
          caught.push(error)
        }
      return caught
    }
    const fail = (): never => {
      throw failure
    }
    expect(drive(trying(), fail)).toEqual([failure, failure])
    expect(await driveAsync(trying(), () => Promise.reject(failure))).toEqual([failure, failure])
    const reason = new Error('enough')
    let cancelled = false
    const cancelling = (): Promise<never> => {
      cancelled = true
      return Promise.reject(failure)
    }
    const goOn = (): void => {
      if (cancelled) throw reason
    }
    await expect(driveAsync(trying(), cancelling, goOn)).rejects.toBe(reason)
  })

  it('pass on what a solver throws', async () => {
    const failure = new Error('no answer')
    const fail = (): never => {
      throw failure
    }
    expect(() => drive(asking(3), fail)).toThrow(failure)
    await expect(driveAsync(asking(3), fail)).rejects.toBe(failure)
  })

  it('let a generator give back what it has taken when a question failed', async () => {
    const failure = new Error('no answer')
    let givenBack = 0
    function* taking(): Asking<void> {
      try {
        yield 'only'
      } finally {
        givenBack++
      }
    }
    const fail = (): never => {
      throw failure
    }
    expect(() => drive(taking(), fail)).toThrow(failure)
    await expect(driveAsync(taking(), async () => fail())).rejects.toBe(failure)
    expect(givenBack).toBe(2)
  })
})
