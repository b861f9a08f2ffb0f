import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RivuletError } from '../../src/index.ts'
import { readInteractions } from '../../src/io/read-interactions.ts'
import { temporaryFolder } from '../unit/io/temporary.ts'

const folder = temporaryFolder()
const RUNS = 60

const FIXTURES = ['parquet'].flatMap((kind) =>
  readdirSync(join('test/fixtures', kind)).map((name) => join('test/fixtures', kind, name)),
)

/** Bytes read, or refused with an error of ours: no other error, no memory without end, no wait. */
async function readOrRefuse(bytes: Uint8Array): Promise<void> {
  try {
    const { length } = await readInteractions(folder.write('hostile', bytes))
    expect(length).toBeGreaterThan(0)
  } catch (error) {
    if (!(error instanceof RivuletError)) throw error
    expect(['INVALID_DATA', 'READ_FAILED', 'EMPTY_DATA', 'INVALID_OPTION']).toContain(error.code)
  }
}

describe.each(FIXTURES)('a table in binary, forged: %s', (path) => {
  const whole = readFileSync(path)

  it('is read or refused with any bytes changed', async () => {
    const changes = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.constantFrom(0, 1, 0x7f, 0x80, 0xff, 0x15, 0x19)), {
      minLength: 1,
      maxLength: 6,
    })
    await fc.assert(
      fc.asyncProperty(changes, async (places) => {
        const forged = Uint8Array.from(whole)
        for (const [at, byte] of places) forged[at] = byte
        await readOrRefuse(forged)
      }),
      { numRuns: RUNS },
    )
  })

  it('is read or refused cut anywhere, with any part taken out', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length), fc.nat(whole.length), async (a, b) => {
        const [from, to] = a < b ? [a, b] : [b, a]
        await readOrRefuse(Buffer.concat([whole.subarray(0, from), whole.subarray(to)]))
        await readOrRefuse(whole.subarray(0, from))
      }),
      { numRuns: RUNS },
    )
  })
})
