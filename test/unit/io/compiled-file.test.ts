import { readdirSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { readCompiled, writeCompiled } from '../../../src/io/saved-files.ts'
import { compile } from '../../../src/recommend/compile.ts'
import { randomNetwork, tableOfNetwork } from '../../networks.ts'
import { temporaryFolder } from './temporary.ts'

const folder = temporaryFolder()
const table = tableOfNetwork(randomNetwork({ users: 30, others: 20, edges: 120 }))
const compiled = compile(table, { entriesPerItem: 8 })
const refused = (message: string) =>
  expect.objectContaining({ code: 'READ_FAILED', message: expect.stringContaining(message) as string }) as Error

describe('writeCompiled and readCompiled', () => {
  it('keep every bit, packed or not, and leave nothing else behind', async () => {
    for (const name of ['model', 'model.gz']) {
      await writeCompiled(folder.path(name), compiled)
      const again = await readCompiled(folder.path(name))
      expect(again).toEqual(compiled)
      expect(again.encode()).toEqual(compiled.encode())
    }
    expect(new Uint8Array(readFileSync(folder.path('model')))).toEqual(compiled.encode())
    expect(new Uint8Array(gunzipSync(readFileSync(folder.path('model.gz'))))).toEqual(compiled.encode())
    expect(readdirSync(folder.path('.')).filter((name) => name.includes('.tmp-'))).toEqual([])
  })

  it('keep a single neighbour', async () => {
    await writeCompiled(folder.path('nearest'), compile(table, { entriesPerItem: 1 }))
    expect((await readCompiled(folder.path('nearest'))).entriesPerItem).toBe(1)
  })

  it('tell files apart that are missing, empty, foreign, cut off or damaged', async () => {
    const bytes = Buffer.from(compiled.encode())
    await writeCompiled(folder.path('whole'), compiled)
    const damaged = Buffer.from(bytes)
    damaged[damaged.length - 20] ^= 4
    const newer = Buffer.from(bytes)
    newer[8] = 9
    for (const [content, message] of [
      ['', 'got an empty file'],
      ['user,item\nann,tea\n', 'expected a compiled recommender, got another kind of file'],
      [bytes.subarray(0, 5), 'cut off'],
      [bytes.subarray(0, 400), 'cut off'],
      [bytes.subarray(0, bytes.length - 8), 'cut off'],
      [damaged, "an undamaged section 'popular shares'"],
      [newer, 'Read it with a newer rivulet'],
    ] as const) {
      await expect(readCompiled(folder.write('bad', content))).rejects.toThrow(refused(message))
    }
    await expect(readCompiled(folder.path('missing'))).rejects.toThrow(refused('no such file'))
    await expect(readCompiled(folder.path('.'))).rejects.toThrow(refused('a directory'))
  })

  it('say why nothing was written', async () => {
    const path = folder.path('no/such/folder')
    await expect(writeCompiled(path, compiled)).rejects.toMatchObject({ code: 'WRITE_FAILED' })
  })
})
