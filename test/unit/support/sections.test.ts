import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RivuletError } from '../../../src/support/errors.ts'
import { readSections, writeSections, type SectionFormat } from '../../../src/support/sections.ts'

const FORMAT: SectionFormat = { what: 'a test file', magic: '\x89testing', version: 3 }
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values)
const file = writeSections(FORMAT, { name: 'tüte' }, { first: bytes(1, 2, 3), empty: bytes(), last: bytes(9) })

function complaint(given: Uint8Array, format = FORMAT): string {
  try {
    readSections('reading x', format, given)
  } catch (error) {
    expect(error).toBeInstanceOf(RivuletError)
    expect(error).toHaveProperty('code', 'READ_FAILED')
    return (error as RivuletError).message
  }
  return 'accepted'
}

describe('sections', () => {
  it('come back as they were written, whatever their lengths', () => {
    const contents = fc.dictionary(fc.string({ minLength: 1 }), fc.uint8Array({ maxLength: 40 }))
    fc.assert(
      fc.property(contents, fc.jsonValue(), (sections, facts) => {
        const written = writeSections(FORMAT, facts, sections)
        const read = readSections('test', FORMAT, written)
        expect(read.facts).toEqual(JSON.parse(JSON.stringify(facts)))
        expect(Object.fromEntries(read.sections)).toEqual({ ...sections })
        expect(writeSections(FORMAT, read.facts, Object.fromEntries(read.sections))).toEqual(written)
      }),
      { numRuns: 100 },
    )
  })

  it('are read from a Buffer in the middle of another one, as copies aligned for any typed array', () => {
    const wide = Buffer.alloc(file.length + 5)
    wide.set(file, 3)
    const { sections } = readSections('test', FORMAT, wide.subarray(3, 3 + file.length))
    wide.fill(0)
    expect([...sections.get('first')!]).toEqual([1, 2, 3])
    expect(sections.get('first')!.byteOffset).toBe(0)
  })

  it('are refused wherever one byte is another', () => {
    for (let at = 0; at < file.length; at++) {
      for (const flip of [1, 0x80]) {
        const damaged = file.slice()
        damaged[at] ^= flip
        expect(complaint(damaged), `byte ${at}`).not.toBe('accepted')
      }
    }
  })

  it('are refused wherever they are cut off, or go on', () => {
    for (let length = 0; length < file.length; length++) expect(complaint(file.slice(0, length))).not.toBe('accepted')
    expect(complaint(file.slice(0, file.length - 1))).toContain('cut off')
    expect(complaint(bytes(...file, 0))).toContain('Something was added')
  })

  it('say what is wrong', () => {
    expect(complaint(bytes())).toBe('reading x: expected a test file, got an empty file. Check the path.')
    expect(complaint(new TextEncoder().encode('user,item\n1,2\n'))).toContain('got another kind of file')
    expect(complaint(file, { ...FORMAT, version: 2 })).toContain('Read it with a newer rivulet')
    expect(complaint(file, { ...FORMAT, version: 4 })).toBe(
      'reading x: expected version 4 of the format, got version 3. Make it anew.',
    )
    const damaged = file.slice()
    damaged[file.length - 8] ^= 1
    expect(complaint(damaged)).toContain("an undamaged section 'last'")
    damaged.set(file)
    damaged[30] ^= 1
    expect(complaint(damaged)).toContain('an undamaged header')
  })
})
