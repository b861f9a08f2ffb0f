import { describe, expect, it } from 'vitest'
import * as rivulet from '../../src/index.ts'
import { bareErrors, functionsOf, NO_OPTIONS, NOTHINGS, table, type Call } from './bare-errors.ts'

const isClass = (value: Call): boolean => /^class\b/.test(Function.prototype.toString.call(value))

const exported = Object.entries(rivulet).flatMap(([name, exportedValue]): [string, Call][] => {
  const value = exportedValue as unknown as Call
  if (typeof value !== 'function') return []
  if (isClass(value)) return name === 'RivuletError' ? [] : functionsOf(value, `${name}.`, ['create', 'decode'])
  return [[name, value], ...functionsOf(value, `${name}.`, ['assign', 'detailed'])]
})

const pairs = NOTHINGS.flatMap((one) => NOTHINGS.map((other) => [one, other]))
const withTable = NO_OPTIONS.flatMap((other) => [
  [table, other],
  [other, table],
  [table, table, other],
])

describe('arguments of any kind', () => {
  it('are found for all functions', () => {
    expect(exported.length).toBeGreaterThan(80)
  })

  it.each(exported)('%s throws nothing but RivuletError', async (_name, call) => {
    expect(await bareErrors(call, [[], ...NOTHINGS.map((one) => [one]), ...pairs, ...withTable])).toEqual([])
  })

  it('options by inheritance and in maps are refused, never ignored', () => {
    class Settings {
      get k(): number {
        return 5
      }
    }
    for (const options of [new Settings(), Object.create({ k: 5 }) as object, new Map([['k', 5]])]) {
      expect(() => rivulet.recommend(table, options)).toThrowError(/own properties of the options object/)
    }
    class Own {
      k = 2
    }
    expect(rivulet.recommend(table, new Own()).get('u1')?.length).toBeLessThanOrEqual(2)
  })
})
