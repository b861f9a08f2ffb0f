import { readdirSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { spectralEmbedding } from '../../../src/embed/spectral-embedding.ts'
import { readEmbedding, writeEmbedding } from '../../../src/io/saved-files.ts'
import { compile } from '../../../src/recommend/compile.ts'
import { randomNetwork, tableOfNetwork } from '../../networks.ts'
import { temporaryFolder } from './temporary.ts'
import { encodeSaved } from '../../../src/support/sections.ts'
import { EMBEDDING_FORMAT } from '../../../src/embed/embedding-format.ts'

const folder = temporaryFolder()
const table = tableOfNetwork(randomNetwork({ users: 30, others: 20, edges: 120 }))
const embedding = spectralEmbedding.detailed(table, { dimensions: 4 })
const whole = encodeSaved(EMBEDDING_FORMAT, embedding)
const refused = (code: string, message: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(message) as string }) as Error

describe('writeEmbedding and readEmbedding', () => {
  it('keep every bit, packed or not, and leave nothing else behind', async () => {
    for (const name of ['vectors.embedding', 'vectors.embedding.gz']) {
      await writeEmbedding(folder.path(name), embedding)
      expect(encodeSaved(EMBEDDING_FORMAT, await readEmbedding(folder.path(name)))).toEqual(whole)
    }
    expect(new Uint8Array(readFileSync(folder.path('vectors.embedding')))).toEqual(whole)
    expect(new Uint8Array(gunzipSync(readFileSync(folder.path('vectors.embedding.gz'))))).toEqual(whole)
    expect(readdirSync(folder.path('.')).filter((name) => name.includes('.tmp-'))).toEqual([])
  })

  it('tell files apart that are missing, empty, foreign, of another version, cut off or damaged', async () => {
    const damaged = Buffer.from(whole)
    damaged[damaged.length - 20] ^= 4
    const newer = Buffer.from(whole)
    newer[8] = 2
    for (const [content, message] of [
      ['', 'got an empty file'],
      ['user,item\nann,tea\n', 'expected an embedding, got another kind of file'],
      [Buffer.from(compile(table).encode()), 'expected an embedding, got another kind of file'],
      [Buffer.from(whole.subarray(0, 300)), 'cut off'],
      [Buffer.from(whole.subarray(0, whole.length - 8)), 'cut off'],
      [damaged, "an undamaged section 'item vectors'"],
      [newer, 'version 1 of the format, got version 2. Read it with a newer rivulet'],
    ] as const) {
      await expect(readEmbedding(folder.write('bad', content))).rejects.toThrow(refused('READ_FAILED', message))
    }
    await expect(readEmbedding(folder.path('missing'))).rejects.toThrow(refused('READ_FAILED', 'no such file'))
  })

  it('refuse vectors of other data than they are to be used with', async () => {
    const path = folder.write('of-table', Buffer.from(whole))
    const other = tableOfNetwork(randomNetwork({ users: 30, others: 20, edges: 120, seed: 9 }))
    expect((await readEmbedding(path, { source: table })).dimensions).toBe(4)
    await expect(readEmbedding(path, { source: other })).rejects.toThrow(
      refused('INVALID_DATA', embedding.facts.fingerprint.hash),
    )
    await expect(readEmbedding(path, { table } as never)).rejects.toThrow(refused('UNKNOWN_OPTION', 'source'))
  })

  it('say why nothing was written', async () => {
    await expect(writeEmbedding(folder.path('no/such/folder'), embedding)).rejects.toMatchObject({
      code: 'WRITE_FAILED',
    })
  })
})
