import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { layOut, type SectionRequest } from '../../../src/memory/layout.ts'

const requests = fc.dictionary(
  fc.string({ minLength: 1 }).filter((name) => name !== '__proto__'),
  fc.record<SectionRequest>({
    type: fc.constantFrom('uint32' as const, 'int32' as const, 'float32' as const),
    length: fc.integer({ min: 0, max: 1000 }),
  }),
)

describe('layOut', () => {
  it('lays sections apart, aligned to cache lines, inside [start, end)', () => {
    fc.assert(
      fc.property(requests, fc.nat(1000), (wanted, from) => {
        const { sections, start, end } = layOut(wanted, from)
        expect(start).toBeGreaterThanOrEqual(from)
        let free = start
        for (const { offset, length } of Object.values(sections).sort(
          (x, y) => x.offset - y.offset || x.length - y.length,
        )) {
          expect(offset % 64).toBe(0)
          expect(offset).toBeGreaterThanOrEqual(free)
          free = offset + 4 * length
        }
        expect(end).toBeGreaterThanOrEqual(free)
        expect(end - free).toBeLessThan(64)
      }),
    )
  })

  it('keeps types, lengths and the order given', () => {
    const { sections } = layOut({ b: { type: 'uint32', length: 3 }, a: { type: 'float32', length: 0 } }, 64)
    expect(sections).toEqual({
      b: { type: 'uint32', length: 3, offset: 64 },
      a: { type: 'float32', length: 0, offset: 128 },
    })
  })

  it('passes 2 GiB without wrapping around', () => {
    const { sections, end } = layOut({ a: { type: 'float32', length: 6e8 }, b: { type: 'float32', length: 1 } })
    expect(sections.b.offset).toBe(2.4e9)
    expect(end).toBe(2.4e9 + 64)
  })

  it('is frozen and survives JSON', () => {
    const layout = layOut({ a: { type: 'float32', length: 5 } })
    expect([layout, layout.sections, layout.sections.a].every(Object.isFrozen)).toBe(true)
    expect(JSON.parse(JSON.stringify(layout))).toEqual(layout)
  })
})
