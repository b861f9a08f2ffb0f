import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { openArrow } from '../../../src/io/arrow.ts'
import { readColumnFile } from '../../../src/io/cell-batches.ts'

const fixture = (name: string): Buffer => readFileSync(`test/fixtures/arrow/${name}.arrow`)

async function read(bytes: Buffer): Promise<unknown> {
  async function* chunks(): AsyncGenerator<Buffer> {
    yield bytes
  }
  return openArrow('reader', chunks(), bytes)
    .then((file) => readColumnFile('reader', file, {}))
    .catch((error: unknown) => error)
}

describe('an Arrow file', () => {
  it.each(['uncompressed', 'dictionary', 'views'])('cut anywhere is refused: %s', async (name) => {
    const bytes = fixture(name)
    const footer = bytes.readInt32LE(bytes.length - 10)
    for (let length = 8; length < bytes.length - 10 - footer; length += 13)
      expect(await read(bytes.subarray(0, length)), String(length)).toMatchObject({ code: 'INVALID_DATA' })
  })

  it.each([
    ['uncompressed', 7],
    ['lz4-long', 23],
    ['dictionary', 7],
    ['views', 7],
  ])('with any byte changed is read or refused, and takes no memory for what it only says: %s', async (name, step) => {
    const bytes = fixture(name)
    const before = process.memoryUsage().arrayBuffers
    for (let at = 8; at < bytes.length; at += step) {
      for (const value of [0x7f, 0xff]) {
        const forged = Buffer.from(bytes)
        forged[at] = value
        const outcome = await read(forged)
        if (outcome instanceof Error) expect(outcome).toMatchObject({ name: 'RivuletError' })
      }
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(512 * 1024 * 1024)
  })
})
