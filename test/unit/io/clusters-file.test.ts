import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { clusterUsers } from '../../../src/cluster/cluster-users.ts'
import { spectralEmbedding } from '../../../src/embed/spectral-embedding.ts'
import { readClusters, writeClusters } from '../../../src/io/saved-files.ts'
import { randomNetwork, tableOfNetwork } from '../../networks.ts'
import { temporaryFolder } from './temporary.ts'
import { encodeSaved } from '../../../src/support/sections.ts'
import { EMBEDDING_FORMAT } from '../../../src/embed/embedding-format.ts'
import { CLUSTERS_FORMAT } from '../../../src/cluster/clusters-format.ts'

const folder = temporaryFolder()
const table = tableOfNetwork(randomNetwork({ users: 30, others: 20, edges: 120 }))
const embedding = spectralEmbedding.detailed(table, { dimensions: 4 })
const clusters = clusterUsers.detailed(table, { embedding })
const whole = encodeSaved(CLUSTERS_FORMAT, clusters)
const refused = (code: string, message: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(message) as string }) as Error

describe('writeClusters and readClusters', () => {
  it('keep every bit, packed or not, and leave nothing else behind', async () => {
    for (const name of ['users.clusters', 'users.clusters.gz']) {
      await writeClusters(folder.path(name), clusters)
      expect(encodeSaved(CLUSTERS_FORMAT, await readClusters(folder.path(name)))).toEqual(whole)
    }
    expect(new Uint8Array(readFileSync(folder.path('users.clusters')))).toEqual(whole)
    expect(new Uint8Array(gunzipSync(readFileSync(folder.path('users.clusters.gz'))))).toEqual(whole)
    expect(readdirSync(folder.path('.')).filter((name) => name.includes('.tmp-'))).toEqual([])
  })

  it('tell files apart that are missing, empty, foreign, of another version, cut off or damaged', async () => {
    const damaged = Buffer.from(whole)
    damaged[damaged.length - 20] ^= 4
    const newer = Buffer.from(whole)
    newer[8] = 2
    for (const [content, message] of [
      ['', 'got an empty file'],
      ['user,cluster\nann,0\n', 'expected clusters, got another kind of file'],
      [Buffer.from(encodeSaved(EMBEDDING_FORMAT, embedding)), 'expected clusters, got another kind of file'],
      [Buffer.from(whole.subarray(0, 300)), 'cut off'],
      [Buffer.from(whole.subarray(0, whole.length - 8)), 'cut off'],
      [damaged, "an undamaged section 'distinctive'"],
      [newer, 'version 1 of the format, got version 2. Read it with a newer rivulet'],
    ] as const) {
      await expect(readClusters(folder.write('bad', content))).rejects.toThrow(refused('READ_FAILED', message))
    }
    await expect(readClusters(folder.path('missing'))).rejects.toThrow(refused('READ_FAILED', 'no such file'))
  })

  it('refuse clusters of other data than they are to be used with', async () => {
    const path = folder.write('of-table', Buffer.from(whole))
    const other = tableOfNetwork(randomNetwork({ users: 30, others: 20, edges: 120, seed: 9 }))
    expect((await readClusters(path, { source: table })).count).toBe(clusters.count)
    await expect(readClusters(path, { source: other })).rejects.toThrow(
      refused('INVALID_DATA', clusters.facts.fingerprint.hash),
    )
    await expect(readClusters(path, { table } as never)).rejects.toThrow(refused('UNKNOWN_OPTION', 'source'))
  })

  it('say why nothing was written', async () => {
    await expect(writeClusters(folder.path('no/such/folder'), clusters)).rejects.toMatchObject({ code: 'WRITE_FAILED' })
  })

  it.skipIf(!existsSync('/dev/full'))('say that the disk is full (needs the device /dev/full)', async () => {
    await expect(writeClusters('/dev/full', clusters)).rejects.toThrow(refused('WRITE_FAILED', 'a full disk'))
  })
})
