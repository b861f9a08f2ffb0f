import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RivuletError } from '../../../src/support/errors.ts'
import { anything } from '../../../src/support/options.ts'
import type { SectionContents } from '../../../src/support/section-contents.ts'
import { encodeSaved, parseBytes, parseSaved, type Content, type SavedFormat } from '../../../src/support/sections.ts'

interface Value {
  readonly facts: unknown
  readonly contents: Readonly<Record<string, Content>>
  readonly read?: SectionContents<string>
}

const FORMAT: SavedFormat<Value, unknown, string> = {
  what: 'a test file',
  writer: 'writeTest',
  argument: 'test',
  magic: '\x89testing',
  version: 3,
  value: anything,
  facts: anything,
  sections: ['first', 'empty', 'last'],
  take: (value) => value,
  make: (facts, read) => ({ facts, contents: {}, read }),
}
const LIMITS = { bytes: 1e6, heapBytes: 1e7 }
const readSections = (given: Uint8Array, format = FORMAT, limits = LIMITS) =>
  parseBytes('reading x', parseSaved('reading x', format, limits), given)
const bytesIn = ({ read }: Value, name: string): number[] => [
  ...new Uint8Array(read?.numbers(name, 'uint32', null, [0, 2 ** 32]).buffer ?? []),
]
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values)
const file = encodeSaved(FORMAT, {
  facts: { name: 'tüte' },
  contents: { first: bytes(1, 2, 3, 4), empty: bytes(), last: bytes(9, 8, 7, 6) },
})

function complaint(given: Uint8Array, format = FORMAT): string {
  try {
    readSections(given, format)
  } catch (error) {
    expect(error).toBeInstanceOf(RivuletError)
    expect(error).toHaveProperty('code', 'READ_FAILED')
    return (error as RivuletError).message
  }
  return 'accepted'
}

describe('sections', () => {
  it('come back as they were written, whatever their lengths', () => {
    const contents = fc.dictionary(fc.string({ minLength: 1 }), fc.uint32Array({ maxLength: 10 }))
    fc.assert(
      fc.property(contents, fc.jsonValue(), (contents, facts) => {
        const format = { ...FORMAT, sections: Object.keys(contents) }
        const written = encodeSaved(format, { facts, contents })
        const read = readSections(written, format)
        expect(read.facts).toEqual(JSON.parse(JSON.stringify(facts)))
        const again = Object.fromEntries(format.sections.map((name) => [name, Uint8Array.from(bytesIn(read, name))]))
        expect(encodeSaved(format, { facts: read.facts, contents: again })).toEqual(written)
      }),
      { numRuns: 100 },
    )
  })

  it('are read from a Buffer in the middle of another one, as copies aligned for any typed array', () => {
    const wide = Buffer.alloc(file.length + 5)
    wide.set(file, 3)
    const read = readSections(wide.subarray(3, 3 + file.length))
    wide.fill(0)
    expect(bytesIn(read, 'first')).toEqual([1, 2, 3, 4])
  })

  it('are read no further than the first thing that is wrong, and no number is believed', () => {
    const asked = (given: Uint8Array, limits = LIMITS): number[] => {
      const parsing = parseSaved('reading x', FORMAT, limits)
      const sizes: number[] = []
      let at = 0
      try {
        for (let step = parsing.next(); step.done !== true;) {
          sizes.push(step.value)
          const piece = given.slice(at, at + step.value)
          at += piece.length
          step = parsing.next(piece)
        }
      } catch (error) {
        expect(error).toHaveProperty('code', 'READ_FAILED')
      }
      return sizes
    }
    expect(asked(new Uint8Array(1000))).toEqual([24])
    const long = file.slice()
    new DataView(long.buffer).setUint32(12, 0xfffffff8, true)
    expect(asked(long)).toEqual([24])
    expect(asked(file, { ...LIMITS, bytes: file.length - 1 })).toHaveLength(2)
    expect(asked(file, { ...LIMITS, bytes: file.length }).length).toBeGreaterThan(2)
    expect(asked(file, { ...LIMITS, heapBytes: 1000 })).toHaveLength(2)
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
      'reading x: expected version 4 of the format, got version 3. Make it again.',
    )
    const damaged = file.slice()
    damaged[file.length - 8] ^= 1
    expect(complaint(damaged)).toContain("an undamaged section 'last'")
    damaged.set(file)
    damaged[30] ^= 1
    expect(complaint(damaged)).toContain('an undamaged header')
  })
})
