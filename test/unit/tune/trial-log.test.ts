import { describe, expect, it } from 'vitest'
import { readLog, type TrialLog } from '../../../src/tune/trial-log.ts'

const facts = { method: 'x', seed: 1, validation: undefined }
const trial = { trial: 3, options: { a: 1 }, resource: 9, score: 0.5, error: null }
const failed = { trial: 4, options: { a: 2 }, resource: 9, score: null, error: 'no room' }
const memory = (lines: unknown[]): TrialLog & { lines: unknown[] } => ({
  lines,
  append: (line) => void lines.push(line),
})
const coded = (message: string) =>
  expect.objectContaining({ code: 'INVALID_DATA', message: expect.stringContaining(message) as string }) as Error

describe('readLog', () => {
  const log = memory([])
  const first = readLog('test', log, facts)<object>('')

  it('begins with what is searched, and keeps a line for every trial', () => {
    first.record(trial, { trial }, 7)
    first.record(failed, { trial: failed }, 8)
    expect(log.lines).toEqual([
      { rivulet: 'trials', version: 1, method: 'x', seed: 1 },
      { trial: 3, options: { a: 1 }, resource: 9, score: 0.5, elapsedMs: 7 },
      { trial: 4, options: { a: 2 }, resource: 9, error: 'no room', elapsedMs: 8 },
    ])
  })

  it('recalls them in another run, and writes no second head', () => {
    const copy = memory([...log.lines])
    const { recall } = readLog('test', copy, facts)<object>('')
    expect(copy.lines).toEqual(log.lines)
    expect(recall(trial)).toEqual({ trial, state: undefined })
    expect(recall(failed)?.trial).toEqual(failed)
    expect(recall({ ...trial, resource: 3 })).toBeUndefined()
    expect(recall({ ...trial, trial: 5 })).toBeUndefined()
  })

  it('keeps what a climb began from, found and goes on from, apart from a search within it', () => {
    const climbs = memory([])
    const asked = { trial: 0, options: { a: 1 }, resource: 5 }
    const found = { trial: { ...asked, options: { a: 2 }, score: 0.1 + 0.2, error: null }, state: [1 / 3] }
    readLog('test', climbs, facts)<object>('').record(asked, found, 1)
    readLog('test', climbs, facts)<object>('ease').record(asked, { trial: { ...asked, score: 7, error: null } }, 2)
    expect(climbs.lines.slice(1)).toEqual([
      { from: { a: 1 }, trial: 0, options: { a: 2 }, resource: 5, score: 0.1 + 0.2, state: [1 / 3], elapsedMs: 1 },
      { of: 'ease', trial: 0, options: { a: 1 }, resource: 5, score: 7, elapsedMs: 2 },
    ])
    const read = readLog('test', memory(JSON.parse(JSON.stringify(climbs.lines)) as object[]), facts)
    expect(read<object>('').recall(asked)).toEqual(found)
    expect(read<object>('ease').recall(asked)?.trial.score).toBe(7)
    expect(read<object>('item-knn').recall(asked)).toBeUndefined()
    expect(() => read<object>('').recall({ ...asked, options: { a: 2 } })).toThrow(coded('options of trial 0'))
  })

  it('keeps on how many examples a trial was dropped, and recalls it by those that were asked for', () => {
    const race = memory([])
    const asked = { trial: 2, options: { a: 1 }, resource: 1000 }
    const dropped = { trial: { ...asked, resource: 250, score: 0.1, error: null }, state: 7 }
    readLog('test', race, facts)<object>('').record(asked, dropped, 1)
    expect(race.lines[1]).toMatchObject({ resource: 1000, droppedAt: 250 })
    expect(readLog('test', race, facts)<object>('').recall(asked)).toEqual(dropped)
  })

  it('refuses the log of another search, saying what differs', () => {
    expect(() => readLog('test', log, { ...facts, seed: 2 })).toThrow(coded("'seed': expected 2, got 1"))
    expect(() => readLog('test', log, { ...facts, k: 5 })).toThrow(coded("'k': expected 5, got nothing"))
    expect(() => readLog('test', log, { method: 'x' })).toThrow(coded("'seed': expected nothing, got 1"))
    const { recall } = readLog('test', log, facts)<object>('')
    expect(() => recall({ ...trial, options: { a: 7 } })).toThrow(coded('options of trial 3'))
  })

  it('names the field of a trial that is not as it must be', () => {
    for (const [wrong, message] of [
      [{ score: 'much' }, "a finite number as 'score'"],
      [{ options: [] }, "an object as 'options'"],
      [{ trial: -1 }, "an integer >= 0 as 'trial'"],
      [{ error: 5 }, "a string as 'error'"],
    ] as const) {
      expect(() => readLog('test', memory([log.lines[0], { ...trial, ...wrong }]), facts)).toThrow(coded(message))
    }
  })

  it.each<[unknown[]]>([
    [['x']],
    [[{ method: 'x' }]],
    [[log.lines[0], 5]],
    [[log.lines[0], { trial: 1 }]],
    [[log.lines[0], { trial: 1, options: {}, resource: 1, score: 'much' }]],
  ])('refuses %j', (lines) => {
    expect(() => readLog('test', memory(lines), facts)).toThrow(coded(`line ${lines.length}`))
  })
})
