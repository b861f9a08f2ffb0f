import { describe, expect, it } from 'vitest'
import { Arena, MAXIMUM_MEMORY_BYTES, PAGE_BYTES } from '../../../src/memory/arena.ts'
import { layOut } from '../../../src/memory/layout.ts'

describe('Arena', () => {
  it('is shared and has whole pages, at least one', () => {
    expect(Arena.allocate(0).bytes).toBe(PAGE_BYTES)
    expect(Arena.allocate(PAGE_BYTES + 1).bytes).toBe(2 * PAGE_BYTES)
    expect(Arena.allocate(1).memory.buffer).toBeInstanceOf(SharedArrayBuffer)
  })

  it('sees one memory through typed views at the offsets of a layout', () => {
    const { sections, end } = layOut(
      { a: { type: 'float32', length: 2 }, b: { type: 'int32', length: 1 }, c: { type: 'uint32', length: 1 } },
      64,
    )
    const arena = Arena.allocate(end)
    arena.float32(sections.a).set([1, -2])
    arena.int32(sections.b)[0] = -1
    expect([...arena.float32(sections.a)]).toEqual([1, -2])
    expect(arena.uint32({ ...sections.b, type: 'uint32' })[0]).toBe(0xffffffff)
    expect(arena.float32(sections.a).byteOffset).toBe(64)
  })

  it('grows without moving or forgetting, and old views still see their bytes', () => {
    const arena = Arena.allocate(64)
    const section = { type: 'float32', length: 4, offset: 0 } as const
    const view = arena.float32(section)
    view[0] = 7
    arena.reserve(3 * PAGE_BYTES)
    expect(arena.bytes).toBe(3 * PAGE_BYTES)
    expect(arena.float32(section)[0]).toBe(7)
    arena.float32(section)[1] = 8
    expect(view[1]).toBe(8)
  })

  it('never shrinks', () => {
    const arena = Arena.allocate(2 * PAGE_BYTES)
    arena.reserve(10)
    expect(arena.bytes).toBe(2 * PAGE_BYTES)
  })

  it('refuses what no memory can hold with MEMORY_LIMIT and the bytes', () => {
    const bytes = MAXIMUM_MEMORY_BYTES + 1
    const refusal = expect.objectContaining({ name: 'RivuletError', code: 'MEMORY_LIMIT', details: { bytes } })
    expect(() => Arena.allocate(bytes)).toThrow(refusal)
    expect(() => Arena.allocate(64).reserve(bytes)).toThrow(refusal)
  })
})
