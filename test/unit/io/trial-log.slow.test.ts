import fc from 'fast-check'
import { spawn } from 'node:child_process'
import { appendFileSync, chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { pathToFileURL } from 'node:url'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { built } from '../../build.ts'
import { openTrialLog } from '../../../src/io/trial-log.ts'
import { fileLimits } from '../../../src/plan/file-limits.ts'
import { temporaryFolder } from './temporary.ts'
import { coded } from '../../refusals.ts'

vi.mock('../../../src/plan/file-limits.ts', { spy: true })
afterEach(() => vi.mocked(fileLimits).mockRestore())

const folder = temporaryFolder()
const head = { rivulet: 'trials', version: 1 }
describe('openTrialLog', () => {
  it('adds whole lines, and has those of before when it is opened again', () => {
    const path = folder.path('new.jsonl')
    const log = openTrialLog(path)
    expect(log.lines).toEqual([])
    log.append(head)
    log.append({ trial: 0, score: 0.1 + 0.2 })
    expect(readFileSync(path, 'utf8')).toBe(
      '{"rivulet":"trials","version":1}\n{"trial":0,"score":0.30000000000000004}\n',
    )
    log.close()
    log.close()
    expect(() => log.append({})).toThrow(coded('CLOSED'))
    using again = openTrialLog(path)
    expect(again.lines).toEqual([head, { trial: 0, score: 0.1 + 0.2 }])
    again.append({ trial: 1 })
    expect(readFileSync(path, 'utf8')).toMatch(/\n\{"trial":1\}\n$/)
  })

  it('cuts a half-written last line off, at the first that is added', () => {
    const path = folder.write('torn.jsonl', `${JSON.stringify(head)}\n{"trial":0,"score":1}\n{"trial":1,"sc`)
    using log = openTrialLog(path)
    expect(log.lines).toEqual([head, { trial: 0, score: 1 }])
    expect(readFileSync(path, 'utf8')).toMatch(/"sc$/)
    log.append({ trial: 1, score: 2 })
    log.append({ trial: 2, score: 3 })
    expect(readFileSync(path, 'utf8').split('\n').slice(2)).toEqual([
      '{"trial":1,"score":2}',
      '{"trial":2,"score":3}',
      '',
    ])
  })

  it.each([1, 10, 25])('begins anew when only %i characters of the first line were written', (length) => {
    const path = folder.write(`begun-${length}.jsonl`, JSON.stringify(head).slice(0, length))
    using log = openTrialLog(path)
    expect(log.lines).toEqual([])
    log.append(head)
    expect(readFileSync(path, 'utf8')).toBe(`${JSON.stringify(head)}\n`)
  })

  it('leaves a file alone that is no log', () => {
    for (const text of ['user,item\nann,tea\nbob,bun', 'no end', '\n', '{"user":"ann"}\n']) {
      const path = folder.write('other.txt', text)
      expect(() => openTrialLog(path)).toThrow(coded('READ_FAILED', 'line 1: expected a log of trials'))
      expect(readFileSync(path, 'utf8')).toBe(text)
    }
  })

  it('refuses a damaged line in the middle, naming it', () => {
    const path = folder.write('damaged.jsonl', `${JSON.stringify(head)}\n{"trial":0,"sc\n{"trial":1}\n`)
    expect(() => openTrialLog(path)).toThrow(coded('READ_FAILED', 'line 3'.replace('3', '2')))
    appendFileSync(path, 'x')
    expect(() => openTrialLog(path)).toThrow(coded('READ_FAILED', 'line 2'))
  })

  it('refuses a line nested so deep that nothing could be made of it', () => {
    const deep = `{"trial":0,"options":${'['.repeat(1e5)}${']'.repeat(1e5)}}`
    const path = folder.write('deep.jsonl', `${JSON.stringify(head)}\n${deep}\n`)
    expect(() => openTrialLog(path)).toThrow(coded('READ_FAILED', 'line 2'))
  })

  it('refuses lines that would eat the memory, before they are parsed', () => {
    const line = `{"trial":0,"options":{"x":[${'0,'.repeat(1000)}0]}}`
    const path = folder.write('bomb.jsonl', `${JSON.stringify(head)}\n${line}\n${line}\n`)
    expect(openTrialLog(path).lines).toHaveLength(3)
    vi.mocked(fileLimits).mockReturnValueOnce({ bytes: 1e6, heapBytes: 200_000 })
    expect(() => openTrialLog(path)).toThrow(coded('READ_FAILED', 'line 3'))
    vi.mocked(fileLimits).mockReturnValueOnce({ bytes: 1e3, heapBytes: 1e9 })
    expect(() => openTrialLog(path)).toThrow(coded('READ_FAILED', 'line 1'))
  })

  it.each([2, 0, 'x', null])('refuses another version of the format: %j', (version) => {
    const path = folder.write('version.jsonl', `${JSON.stringify({ ...head, version })}\n`)
    expect(() => openTrialLog(path)).toThrow(coded('READ_FAILED', 'version 1 of the format'))
  })

  it('says what it cannot open', () => {
    expect(() => openTrialLog(folder.path('no/where.jsonl'))).toThrow(coded('WRITE_FAILED', 'no such file'))
    expect(() => openTrialLog(folder.path('.'))).toThrow(coded('WRITE_FAILED', 'directory'))
  })

  it.skipIf(process.getuid?.() === 0)('says that it may not write (needs a user who is not root)', () => {
    const path = folder.write('mine.jsonl', '')
    chmodSync(path, 0o400)
    expect(() => openTrialLog(path)).toThrow(coded('WRITE_FAILED'))
  })

  it.skipIf(!existsSync('/dev/full'))('wants a file that has an end (needs /dev/full)', () => {
    expect(() => openTrialLog('/dev/full')).toThrow(coded('READ_FAILED', 'not a regular file'))
  })

  it('is what it was, shorter by its end, or refused, wherever it is damaged', () => {
    const trials = [0, 1, 2].map((trial) => ({
      trial,
      options: { x: 0.1 * trial, name: 'é🍵' },
      resource: 1,
      score: 1,
    }))
    const lines = [head, ...trials].map((line) => `${JSON.stringify(line)}\n`)
    const whole = Buffer.from(lines.join(''))
    const damage = fc.tuple(fc.nat(whole.length - 1), fc.nat(7), fc.constantFrom('flip', 'cut', 'drop'))
    fc.assert(
      fc.property(damage, ([at, bit, how]) => {
        const bytes = Buffer.from(whole)
        bytes[at] ^= how === 'flip' ? 1 << bit : 0
        const kept = how === 'cut' ? bytes.subarray(0, at) : how === 'drop' ? bytes.subarray(at) : bytes
        try {
          using log = openTrialLog(folder.write('fuzzed.jsonl', kept))
          if (how !== 'flip') expect([head, ...trials].slice(0, log.lines.length)).toEqual(log.lines)
        } catch (error) {
          expect(error).toHaveProperty('code', 'READ_FAILED')
        }
      }),
      { numRuns: 300 },
    )
  })

  it('refuses bytes that are no text', () => {
    const path = folder.write('latin.jsonl', Buffer.from(`${JSON.stringify({ ...head, name: 'é' })}\n`, 'latin1'))
    expect(() => openTrialLog(path)).toThrow(coded('READ_FAILED', 'no UTF-8'))
  })
})

describe('a log that several have open', () => {
  const trialsIn = (path: string): unknown[] =>
    readFileSync(path, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { trial?: number }).trial)

  it('loses no line, whoever was in the middle of one when it was opened', () => {
    const path = folder.path('two.jsonl')
    using first = openTrialLog(path)
    first.append(head)
    appendFileSync(path, '{"trial":0,"op')
    using second = openTrialLog(path)
    appendFileSync(path, 'tions":{}}\n')
    for (const trial of [1, 2]) first.append({ trial })
    second.append({ trial: 9 })
    first.append({ trial: 3 })
    expect(trialsIn(path)).toEqual([undefined, 0, 1, 2, 9, 3])
  })

  it('is begun by one of them', () => {
    const path = folder.path('begun.jsonl')
    using first = openTrialLog(path)
    using second = openTrialLog(path)
    first.append(head)
    expect(() => second.append(head)).toThrow(coded('WRITE_FAILED', 'another program has started to write'))
    first.append({ trial: 0 })
    expect(trialsIn(path)).toEqual([undefined, 0])
  })

  it('waits for nobody who is dead, and leaves no lock', () => {
    const path = folder.write('stale.jsonl', `${JSON.stringify(head)}\n`)
    // No process has the highest number that there is.
    writeFileSync(`${path}.lock`, `4194305 ${hostname()} 00`)
    using log = openTrialLog(path)
    log.append({ trial: 0 })
    expect(trialsIn(path)).toEqual([undefined, 0])
    expect(existsSync(`${path}.lock`)).toBe(false)
  })

  it('has every line of several programs, whole', async () => {
    const path = folder.write('shared.jsonl', `${JSON.stringify(head)}\n`)
    const url = pathToFileURL(built('src/io/trial-log.ts')).href
    const source = (from: number): string => `
      import { openTrialLog } from ${JSON.stringify(url)}
      const log = openTrialLog(${JSON.stringify(path)})
      for (let trial = ${from}; trial < ${from} + 50; trial++) log.append({ trial, text: 'x'.repeat(5000) })`
    const codes = [0, 100, 200].map((from) => {
      const program = spawn(process.execPath, ['--input-type=module', '--eval', source(from)], { stdio: 'inherit' })
      return new Promise((resolve) => program.once('close', resolve))
    })
    expect(await Promise.all(codes)).toEqual([0, 0, 0])
    const expected = [0, 100, 200].flatMap((from) => Array.from({ length: 50 }, (_, at) => from + at))
    expect(
      trialsIn(path)
        .slice(1)
        .sort((a, b) => Number(a) - Number(b)),
    ).toEqual(expected)
    expect(existsSync(`${path}.lock`)).toBe(false)
  })
})
