import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readArrow, writeArrow } from '../../../src/sql/arrow-stream.ts'

/** What Sail 0.7.2 answers to SELECT i, k, f, d, CAST(i AS BIGINT) AS l of two rows. */
const ANSWER = Buffer.from(
  readFileSync(new URL('sail-answer.hex', import.meta.url), 'utf8').replaceAll('\n', ''),
  'hex',
)

describe('the Arrow format', () => {
  it('is read as a server writes it', () => {
    const rows = {
      ...{ i: Int32Array.of(-2, 1), k: ['é', 'a long text of more than twelve'] },
      ...{ f: Float32Array.of(1e-3, 0.5), d: Float64Array.of(1e-3, 0.25), l: BigInt64Array.of(-2n, 1n) },
    }
    expect(readArrow(ANSWER)).toEqual([rows])
  })

  it('is written as it is read, numbers to the last bit', () => {
    const columns = { i: [3, -1, 2 ** 31 - 1], f0: [0.1, 1e-30, -0], m: [0.1, 1e300, -5e-324] }
    expect(readArrow(writeArrow(columns, { i: 'int', f0: 'single', m: 'double' }))).toEqual([
      {
        i: Int32Array.of(3, -1, 2 ** 31 - 1),
        f0: Float32Array.of(0.1, 1e-30, -0),
        m: Float64Array.of(0.1, 1e300, -5e-324),
      },
    ])
  })

  it('has columns of any number of rows, under any name', () => {
    const rows = fc.array(fc.float({ noNaN: true }), { maxLength: 40 })
    fc.assert(
      fc.property(rows, fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }), (values, name) => {
        fc.pre(name !== '__proto__')
        const stream = writeArrow({ [name]: values }, { [name]: 'single' })
        const [block] = readArrow(stream)
        expect(Array.from(block[name] as ArrayLike<number>)).toEqual(values)
      }),
      { numRuns: 30 },
    )
  })

  it('refuses bytes that were cut anywhere, or ends before them', () => {
    const stream = writeArrow({ i: [1, 2, 3] }, { i: 'int' })
    for (let length = 0; length < stream.length; length++) {
      let blocks: unknown[] = []
      try {
        blocks = readArrow(stream.slice(0, length))
      } catch (error) {
        expect(error).toMatchObject({ code: 'READ_FAILED' })
      }
      expect([[], [{ i: Int32Array.of(1, 2, 3) }]]).toContainEqual(blocks)
    }
  })

  it('ends on damaged bytes, and refuses them by its own error', () => {
    const stream = writeArrow({ i: [1, 2, 3] }, { i: 'int' })
    for (let at = 0; at < stream.length; at++) {
      for (const byte of [0x00, 0x80, 0xff]) {
        const damaged = stream.slice()
        damaged[at] = byte
        try {
          readArrow(damaged)
        } catch (error) {
          expect(error).toMatchObject({ code: 'READ_FAILED' })
        }
      }
    }
  })
})
