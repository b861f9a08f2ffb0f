import { appendFileSync, chmodSync, existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { openTrialLog } from '../../../src/io/trial-log.ts'
import { temporaryFolder } from './temporary.ts'

const folder = temporaryFolder()
const head = { rivulet: 'trials', version: 1 }
const coded = (code: string, message = '') =>
  expect.objectContaining({ name: 'RivuletError', code, message: expect.stringContaining(message) as string }) as Error

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
    expect(() => openTrialLog('/dev/full')).toThrow(coded('READ_FAILED', 'no ordinary file'))
  })
})
