import { InvalidArgumentError } from 'commander'
import { describe, expect, it } from 'vitest'
import { readSignals, settleSignals, signalLines } from '../../../src/cli/signal-argument.ts'
import type { Terminal } from '../../../src/cli/terminal.ts'
import { describeSignals, fromColumns, inferSignals, type Signals } from '../../../src/index.ts'

const table = fromColumns({ user: ['ann', 'bob'], item: ['tea', 'tea'], signal: ['buy', 'view'] })

describe('readSignals', () => {
  it('reads weights by name', () => {
    expect(readSignals('buy=1,add to cart=0.5,a=b=-2')).toEqual({ buy: 1, 'add to cart': 0.5, 'a=b': -2 })
  })

  it('reads rules after colons, in any order', () => {
    expect(readSignals('buy=3,view=0.2:log1p')).toEqual({ buy: 3, view: { weight: 0.2, transform: 'log1p' } })
    const rule = { weight: 1, role: 'evidence', transform: 'bm25', halfLife: 86400 }
    expect(readSignals('play=1:bm25:evidence:86400')).toEqual({ play: rule })
    expect(readSignals('play=1:bm25:1d:evidence')).toEqual({ play: { ...rule, halfLife: '1d' } })
    expect(readSignals('play=1:86400:evidence:bm25')).toEqual({ play: rule })
  })

  it("reads JSON, and 'auto'", () => {
    expect(readSignals('auto')).toBe('auto')
    expect(readSignals('{"play":{"transform":"rank"},"buy":2}')).toEqual({ play: { transform: 'rank' }, buy: 2 })
  })

  it.each(['', 'buy', '=1', 'buy=', 'buy=one', 'buy=1,', 'buy=:log1p', 'buy=1:2x', '{"buy":'])('refuses %j', (text) => {
    expect(() => readSignals(text)).toThrow(InvalidArgumentError)
  })
})

describe('settleSignals', () => {
  function settle(signals: Signals): { given: { signals?: Signals | undefined }; told: string } {
    let told = ''
    const terminal = { warn: (text: string) => void (told += text) } as unknown as Terminal
    return { given: settleSignals(table, { signals }, terminal), told }
  }

  it("puts the rules that were found in the place of 'auto', and tells them", () => {
    const { given, told } = settle('auto')
    expect(given).toEqual({ signals: inferSignals(table) })
    expect(told).toBe(`${signalLines(describeSignals(table)).join('\n')}\n`)
    expect(told).toContain('a label by its name')
  })

  it('leaves what was given alone', () => {
    expect(settle({ buy: 2 })).toEqual({ given: { signals: { buy: 2 } }, told: '' })
  })
})
