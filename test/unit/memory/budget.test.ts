import { describe, expect, it } from 'vitest'
import { MemoryBudget } from '../../../src/memory/budget.ts'
import { listParts, requireRoom } from '../../../src/memory/limit.ts'

const wish = (bytes: number, name = 'lists') => ({
  who: 'test',
  what: 'lists',
  parts: { [name]: bytes },
  todo: 'Ask for less.',
})
const budget = (): MemoryBudget => new MemoryBudget(1000, () => 200, { degrees: 100 })

describe('a memory budget', () => {
  it('counts what is taken beside the shared memory and what is held from the beginning, until it is given back', () => {
    const own = budget()
    expect([own.parts, own.freeBytes]).toEqual([{ degrees: 100 }, 700])
    const release = own.take(wish(300))
    own.take(wish(100, 'model'))
    own.take(wish(50))
    expect([own.parts, own.freeBytes]).toEqual([{ degrees: 100, lists: 350, model: 100 }, 250])
    release()
    release()
    expect(own.parts).toEqual({ degrees: 100, lists: 50, model: 100 })
    own.clear('model')
    expect(own.freeBytes).toBe(650)
  })

  it('refuses one byte more than there is, part by part, and takes nothing then', () => {
    const own = budget()
    own.require(wish(700))
    expect(() => own.take(wish(701))).toThrow(
      expect.objectContaining({
        code: 'MEMORY_LIMIT',
        message:
          'test: expected at most 1000 bytes (memoryLimitBytes), got 1001 bytes for lists (lists 701 bytes, shared memory 200 bytes, degrees 100 bytes). Ask for less.',
        details: { bytes: 1001, limitBytes: 1000, parts: { 'shared memory': 200, degrees: 100, lists: 701 } },
      }),
    )
    expect(own.parts).toEqual({ degrees: 100 })
    expect(() => own.take(wish(NaN))).toThrow(expect.objectContaining({ code: 'MEMORY_LIMIT' }))
  })

  it('holds the shared memory alone against the end of a 32-bit one', () => {
    const large = 2 ** 32 + 64
    expect(() => requireRoom('test', 'pairs', { shared: large }, Infinity, 'Drop some.')).toThrow('32-bit')
    requireRoom('test', 'pairs', { shared: 2 ** 32, outside: { lists: 1e12 } }, Infinity, 'Drop some.')
  })
})

describe('a list of parts', () => {
  it('begins with the largest and leaves out what is empty', () => {
    expect(listParts({ a: 10, b: 0, c: 2_345_678 })).toBe('c 2.3 MB, a 10 bytes')
  })
})
