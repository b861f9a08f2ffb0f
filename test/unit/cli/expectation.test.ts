import { describe, expect, it } from 'vitest'
import type { Stage } from '../../../src/cli/stage.ts'
import { expectationLine, tellExpectation } from '../../../src/cli/expectation.ts'
import { RivuletError } from '../../../src/index.ts'
import type { Engine, Forecast, MethodOptions, UserListOptions } from '../../../src/index.ts'

describe('the line about what is to be expected', () => {
  it('is none where nobody waits long', () => {
    expect(expectationLine(9.9, [{ words: '--method rp3beta', seconds: 1 }])).toBeNull()
  })

  it('names what is much shorter, the shortest of them', () => {
    const proposals = [
      { words: '--method p3alpha', seconds: 30 },
      { words: '--method rp3beta', seconds: 20 },
    ]
    expect(expectationLine(121, proposals)).toBe('about 2 min; --method rp3beta about 20 s')
    expect(expectationLine(59, proposals.slice(0, 1))).toBe('about 60 s')
    expect(expectationLine(9000, [])).toBe('about 2.5 h')
  })
})

describe('tellExpectation', () => {
  const seconds: Readonly<Record<string, number>> = { 'graph-filter': 300, rp3beta: 40, p3alpha: 200, 'item-knn': 60 }

  function told(list: UserListOptions, longest = 300): { lines: string[]; seconds: number | undefined } {
    const lines: string[] = []
    const forecast: Engine['forecast'] = (list = {}): Forecast | null => {
      const { method = 'graph-filter', exact = false } = list as MethodOptions & Pick<UserListOptions, 'method'>
      if (method === 'popularity') return null
      const own = Math.min(longest, seconds[method])
      return { method, way: exact ? 'sweeps' : 'head and walk', seconds: exact ? 20 * own : own }
    }
    const stage = { remark: (more: readonly string[]) => lines.push(...more) } as unknown as Stage
    return { seconds: tellExpectation({ forecast }, list, stage), lines }
  }

  it('tells one line, and gives the seconds for the bar', () => {
    expect(told({ k: 20 })).toEqual({ seconds: 300, lines: ['about 5 min; --method rp3beta about 40 s'] })
  })

  it('proposes what is no method of its own', () => {
    expect(told({ exact: true, method: 'graph-filter' }, 60).lines).toEqual([
      'about 20 min; --method rp3beta about 40 s',
    ])
    expect(told({ exact: true }, 30).lines).toEqual(['about 10 min; without --exact about 30 s'])
  })

  it('says nothing where it is short or nobody knows', () => {
    expect(told({ k: 20 }, 5)).toEqual({ seconds: 5, lines: [] })
    expect(told({ method: 'popularity' })).toEqual({ seconds: undefined, lines: [] })
  })

  it('leaves refusals to the question itself', () => {
    const refused = new RivuletError('UNKNOWN_KEY', {
      who: 'forecast',
      expected: 'a user',
      got: 'x',
      todo: 'Correct it.',
    })
    const asked = (error: Error) =>
      tellExpectation({ forecast: () => { throw error } }, {}, { remark: () => undefined } as unknown as Stage) // prettier-ignore
    expect(asked(refused)).toBeUndefined()
    expect(() => asked(new TypeError('of our own'))).toThrow('of our own')
  })
})
