import { describe, expect, it } from 'vitest'
import { RivuletError } from '../../../src/support/errors.ts'
import type { ObjectiveSearch, ObjectiveTuning, OwnObjective } from '../../../src/tune/own-objective.ts'
import { tune } from '../../../src/tune/tune.ts'
import { coded } from '../../refusals.ts'
import { memory } from '../../logs.ts'

interface Options {
  readonly x?: number
}

type Request = ObjectiveSearch & { readonly evaluate: OwnObjective<Options> }
const searchOwn = ({ evaluate: objective, ...options }: Request): Promise<ObjectiveTuning<Options>> =>
  tune(objective, options)

const space = { x: { uniform: [0, 10] } } as const
const evaluate = ({ x = 0 }: Options, count: number): Promise<number[]> =>
  Promise.resolve(Array.from({ length: count }, (_, example) => -((x - 7) ** 2) + example))
describe('tune by an objective of your own', () => {
  it('finds what scores best, and tells how far it is', async () => {
    const heard: [number, number][] = []
    const onProgress = ({ done, total }: { done: number; total: number }): void => void heard.push([done, total])
    const { best, gain, stopped } = await searchOwn({ space, evaluate, resource: 9, onProgress })
    expect(Math.abs(best.x! - 7)).toBeLessThan(0.3)
    expect([gain!.users, stopped]).toEqual([9, 'trials'])
    expect(heard[0]).toEqual([1, heard[0][1]])
    expect(heard.at(-1)).toEqual([heard[0][1], heard[0][1]])
  })

  it('has no interval of one example', async () => {
    expect((await searchOwn({ space, evaluate })).gain).toBeNull()
  })

  it('does not try the defaults again', async () => {
    const asked: Options[] = []
    const counting = (options: Options): number[] => [asked.push(options)]
    await searchOwn({ space: { x: [1, 2, 3] }, evaluate: counting, defaults: { x: 2 } })
    expect(asked).toHaveLength(3)
    expect(asked[0]).toEqual({})
    expect(asked).not.toContainEqual({ x: 2 })
  })

  it('is cancelled between trials with the reason, and keeps its log', async () => {
    const abort = new AbortController()
    const reason = new Error('enough')
    const log = memory()
    const request: Request = { space, evaluate, log, signal: abort.signal }
    const asked = searchOwn({ ...request, onProgress: ({ done }) => done === 5 && abort.abort(reason) })
    await expect(asked).rejects.toBe(reason)
    expect(log.lines).toHaveLength(6)
    const resumed = await searchOwn({ ...request, signal: undefined })
    expect(resumed).toEqual(await searchOwn({ space, evaluate }))
    await expect(searchOwn({ ...request, signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  })

  it('rejects with the reason when a trial ends because of it, and logs no failure', async () => {
    const abort = new AbortController()
    const reason = new Error('enough')
    const log = memory()
    const cancelled = (): Promise<number[]> => {
      abort.abort(reason)
      return Promise.reject(reason)
    }
    const asked = searchOwn({ space, evaluate: cancelled, log, signal: abort.signal })
    await expect(asked).rejects.toBe(reason)
    expect(log.lines).toHaveLength(1)
  })

  it('keeps failed trials, and does not try them again when resumed', async () => {
    const log = memory()
    const failing = ({ x = 0 }: Options): number[] => {
      if (x > 5) throw new Error('too much')
      return [x]
    }
    const whole = await searchOwn({ space, evaluate: failing, log, trials: 20 })
    expect(whole.trials.filter(({ error }) => error === 'too much').length).toBeGreaterThan(5)
    const never = (): number[] => {
      throw new Error('asked again')
    }
    // The scores behind two figures are asked for once more.
    const resumed = searchOwn({ space, evaluate: never, log, trials: 20 })
    await expect(resumed).rejects.toThrow('asked again')
    expect(await searchOwn({ space, evaluate: failing, log, trials: 20 })).toEqual(whole)
  })

  it.each<[string, Error]>([
    ['a worker that died', new RivuletError('WORKER_FAILED', { who: 'x', expected: 'y', got: 'z', todo: 'w.' })],
    ['a plan that does not fit', new RivuletError('MEMORY_LIMIT', { who: 'x', expected: 'y', got: 'z', todo: 'w.' })],
    ['a call that was cancelled', new DOMException('gone', 'AbortError')],
  ])('ends with %s, logs no failure, and a resume finds what an undisturbed search finds', async (_, fault) => {
    const log = memory()
    let calls = 0
    const disturbed = (options: Options, count: number): Promise<number[]> =>
      ++calls === 4 ? Promise.reject(fault) : evaluate(options, count)
    await expect(searchOwn({ space, evaluate: disturbed, log })).rejects.toBe(fault)
    expect(log.lines).toHaveLength(4)
    const undisturbed = await searchOwn({ space, evaluate })
    expect(await searchOwn({ space, evaluate, log })).toEqual(undisturbed)
  })

  it('ends when its log cannot be written', async () => {
    const append = (): void => {
      throw new Error('disk full')
    }
    await expect(searchOwn({ space, evaluate, log: { lines: [], append } })).rejects.toThrow('disk full')
  })

  it('refuses another search with its log, by its facts', async () => {
    const log = memory()
    await searchOwn({ space, evaluate, log, facts: { data: 'monday' }, trials: 2 })
    const other = searchOwn({ space, evaluate, log, facts: { data: 'tuesday' }, trials: 2 })
    await expect(other).rejects.toThrow(coded('INVALID_DATA', '"tuesday"'))
  })

  it.each<[object, string, string]>([
    [{ space: { x: { uniform: [1, 0] } } }, 'INVALID_OPTION', "'x'"],
    [{ space: 3 }, 'INVALID_OPTION', "'space'"],
    [{ space: undefined }, 'INVALID_OPTION', "'space'"],
    [{ trials: 0 }, 'INVALID_OPTION', "'trials'"],
    [{ log: 3 }, 'INVALID_OPTION', "'log'"],
    [{ onProgress: 3 }, 'INVALID_OPTION', "'onProgress'"],
    [{ better: 'more' }, 'INVALID_OPTION', "'better'"],
    [{ resource: 0 }, 'INVALID_OPTION', "'resource'"],
    [{ spaces: {} }, 'UNKNOWN_OPTION', "'space'"],
  ])('refuses %j', async (given, code, told) => {
    await expect(searchOwn({ space, evaluate, ...given })).rejects.toThrow(coded(code, told))
  })
})
