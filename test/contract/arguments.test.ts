import { describe, expect, it } from 'vitest'
import * as rivulet from '../../src/index.ts'
import { Engine, fromRows, RivuletError } from '../../src/index.ts'

type Call = (...args: unknown[]) => unknown

const table = fromRows(
  Array.from({ length: 24 }, (_, row) => ({ user: `u${row % 5}`, item: `i${row % 7}` })),
  { user: 'user', item: 'item' },
)
/** 'x' stands in a folder that is not there, so that no file is made of it. */
const NOTHINGS: readonly unknown[] = [undefined, null, 5, 'no-such-folder/x', {}, []]
/** Beside a good first argument; `undefined` and `{}` would be good options. */
const NO_OPTIONS: readonly unknown[] = [
  null,
  5,
  'no-such-folder/x',
  [],
  new Map([['k', 5]]),
  Object.create({ signal: 5, k: 5, title: 5 }),
]

const isClass = (value: Call): boolean => /^class\b/.test(Function.prototype.toString.call(value))

/** Functions of an object by name, those in `names` only if given. */
function functionsOf(owner: object, prefix: string, names = Object.getOwnPropertyNames(owner)): [string, Call][] {
  return names.flatMap((name): [string, Call][] => {
    const value: unknown = Object.getOwnPropertyDescriptor(owner, name)?.value
    return typeof value === 'function' && name !== 'constructor'
      ? [[`${prefix}${name}`, value.bind(owner) as Call]]
      : []
  })
}

const exported = Object.entries(rivulet).flatMap(([name, exportedValue]): [string, Call][] => {
  const value = exportedValue as unknown as Call
  if (typeof value !== 'function') return []
  if (isClass(value)) return name === 'RivuletError' ? [] : functionsOf(value, `${name}.`, ['create', 'decode'])
  return [[name, value], ...functionsOf(value, `${name}.`, ['assign', 'detailed'])]
})

/** What a call throws that is no RivuletError, in words; `null` for everything else. */
async function bareError(call: Call, args: readonly unknown[]): Promise<string | null> {
  try {
    const result = call(...args)
    if (isGenerator(result)) await result.next()
    else await closed(await result)
    return null
  } catch (error) {
    return error instanceof RivuletError ? null : `(${args.map(shown).join(', ')}): ${String(error)}`
  }
}

const isGenerator = (value: unknown): value is AsyncGenerator =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value

const closed = async (value: unknown): Promise<void> => {
  if (value instanceof Engine) await value.close()
}

const shown = (value: unknown): string =>
  value === table ? 'a table' : value instanceof Map ? 'a map' : (JSON.stringify(value) ?? 'undefined')

async function bareErrors(call: Call, argumentLists: readonly (readonly unknown[])[]): Promise<string[]> {
  const found: string[] = []
  for (const args of argumentLists) {
    const bare = await bareError(call, args)
    if (bare !== null) found.push(bare)
  }
  return found
}

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

  it('the same for what an engine is asked', async () => {
    const engine = await Engine.create(table, { threads: 1 })
    try {
      const methods = [Engine.prototype, engine]
        .flatMap((owner) => functionsOf(owner, ''))
        .filter(([name]) => name !== 'close')
      expect(methods.length).toBeGreaterThan(20)
      const found: string[] = []
      for (const [name] of methods) {
        const call = (engine[name as 'recommend'] as Call).bind(engine)
        const lists = NO_OPTIONS.flatMap((one) => [[one], [{}, one], ['u1', one], [one, one]])
        for (const bare of await bareErrors(call, lists)) found.push(`${name}${bare}`)
      }
      expect(found).toEqual([])
    } finally {
      await engine.close()
    }
  })

  it('options by inheritance and in maps are refused, never ignored', () => {
    class Settings {
      get k(): number {
        return 5
      }
    }
    for (const options of [new Settings(), Object.create({ k: 5 }) as object, new Map([['k', 5]])]) {
      expect(() => rivulet.recommend(table, options)).toThrowError(/properties of the object itself/)
    }
    class Own {
      k = 2
    }
    expect(rivulet.recommend(table, new Own()).get('u1')?.length).toBeLessThanOrEqual(2)
  })
})
