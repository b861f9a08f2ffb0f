import { Engine, fromRows, RivuletError } from '../../src/index.ts'

/** A function of the public face. */
export type Call = (...args: unknown[]) => unknown

export const table = fromRows(
  Array.from({ length: 24 }, (_, row) => ({ user: `u${row % 5}`, item: `i${row % 7}` })),
  { user: 'user', item: 'item' },
)
/** 'x' stands in a folder that is not there, so that no file is made of it. */
export const NOTHINGS: readonly unknown[] = [undefined, null, 5, 'no-such-folder/x', {}, []]
/** Beside a good first argument; `undefined` and `{}` would be good options. */
export const NO_OPTIONS: readonly unknown[] = [
  null,
  5,
  'no-such-folder/x',
  [],
  new Map([['k', 5]]),
  Object.create({ signal: 5, k: 5, title: 5 }),
]

/** Functions of an object by name, those in `names` only if given. */
export function functionsOf(
  owner: object,
  prefix: string,
  names = Object.getOwnPropertyNames(owner),
): [string, Call][] {
  return names.flatMap((name): [string, Call][] => {
    const value: unknown = Object.getOwnPropertyDescriptor(owner, name)?.value
    return typeof value === 'function' && name !== 'constructor'
      ? [[`${prefix}${name}`, value.bind(owner) as Call]]
      : []
  })
}

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

/** What calls throw that is no RivuletError, in words. */
export async function bareErrors(call: Call, argumentLists: readonly (readonly unknown[])[]): Promise<string[]> {
  const found: string[] = []
  for (const args of argumentLists) {
    const bare = await bareError(call, args)
    if (bare !== null) found.push(bare)
  }
  return found
}
