import * as fs from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { readCheckpoint, writeCheckpoint } from '../../../src/io/saved-files.ts'
import type { ContrastiveCheckpoint } from '../../../src/embed/contrastive-checkpoint.ts'
import { contrastiveEmbedding } from '../../../src/embed/contrastive-embedding.ts'
import { spectralEmbedding } from '../../../src/embed/spectral-embedding.ts'
import { Engine } from '../../../src/engine.ts'
import { randomNetwork, tableOfNetwork } from '../../networks.ts'
import { temporaryFolder } from './temporary.ts'
import { encodeSaved } from '../../../src/support/sections.ts'
import { EMBEDDING_FORMAT } from '../../../src/embed/embedding-format.ts'
import { CHECKPOINT_FORMAT } from '../../../src/embed/checkpoint-format.ts'

vi.mock('node:fs', { spy: true })
afterEach(() => vi.restoreAllMocks())

const folder = temporaryFolder()
const table = tableOfNetwork(randomNetwork({ users: 40, others: 20, edges: 250, seed: 3 }))
const OPTIONS = { dimensions: 4, epochs: 5, batchSize: 64, negatives: 15 } as const
const into = (path: string) => (checkpoint: ContrastiveCheckpoint) => writeCheckpoint(path, checkpoint)
const leftovers = (): string[] => fs.readdirSync(folder.path('.')).filter((name) => name.includes('.tmp-'))
const refused = (message: string) =>
  expect.objectContaining({ code: 'READ_FAILED', message: expect.stringContaining(message) as string }) as Error

const checkpoints: ContrastiveCheckpoint[] = []
const whole = contrastiveEmbedding.detailed(table, {
  ...OPTIONS,
  onCheckpoint: (checkpoint) => checkpoints.push(checkpoint),
})

/** The next file that is written gets half of its bytes onto the disk. */
function fillDisk(): void {
  const { writeFileSync } = fs
  vi.mocked(writeFileSync).mockImplementation((path, content, options) => {
    vi.mocked(writeFileSync).mockRestore()
    const bytes = content as Uint8Array
    writeFileSync(path, bytes.subarray(0, bytes.length / 2), options)
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
  })
}

describe('writeCheckpoint and readCheckpoint', () => {
  it('keep every bit, packed or not, and leave nothing else behind', async () => {
    const bytes = encodeSaved(CHECKPOINT_FORMAT, checkpoints[2])
    for (const name of ['run.checkpoint', 'run.checkpoint.gz']) {
      for (const checkpoint of checkpoints.slice(0, 3)) writeCheckpoint(folder.path(name), checkpoint)
      expect(await readCheckpoint(folder.path(name))).toEqual(checkpoints[2])
    }
    expect(new Uint8Array(fs.readFileSync(folder.path('run.checkpoint')))).toEqual(bytes)
    expect(new Uint8Array(gunzipSync(fs.readFileSync(folder.path('run.checkpoint.gz'))))).toEqual(bytes)
    expect(leftovers()).toEqual([])
  })

  it('tell files apart that are missing, empty, foreign, of another version, cut off or damaged', async () => {
    const bytes = encodeSaved(CHECKPOINT_FORMAT, checkpoints[0])
    const changed = (at: number, value: number): Uint8Array => bytes.with(at, value)
    for (const [content, message] of [
      ['', 'got an empty file'],
      ['user,item\nann,tea\n', 'expected a checkpoint of a training, got another kind of file'],
      [encodeSaved(EMBEDDING_FORMAT, spectralEmbedding.detailed(table, { dimensions: 2 })), 'got another kind of file'],
      [bytes.subarray(0, 300), 'cut off'],
      [bytes.subarray(0, bytes.length - 8), 'cut off'],
      [changed(bytes.length - 20, bytes[bytes.length - 20] ^ 4), 'an undamaged section'],
      [changed(8, 2), 'version 1 of the format, got version 2. Read it with a newer rivulet'],
    ] as const) {
      await expect(readCheckpoint(folder.write('bad', content))).rejects.toThrow(refused(message))
    }
    await expect(readCheckpoint(folder.path('missing'))).rejects.toThrow(refused('no such file'))
  })

  it('say why nothing was written', () => {
    for (const [name, message] of [
      ['no/such/folder', 'a folder that does not exist'],
      ['.', 'a directory'],
      ['run.checkpoint/x', 'a path through a file'],
    ]) {
      const failed = expect.objectContaining({
        code: 'WRITE_FAILED',
        message: expect.stringContaining(message) as string,
      })
      expect(() => writeCheckpoint(folder.path(name), checkpoints[0])).toThrow(failed as Error)
    }
  })
})

describe('a training that keeps its checkpoint in a file', () => {
  it('finds the epoch before on disk when the next one begins', async () => {
    const path = folder.path('steps.checkpoint')
    const epochs: number[] = []
    const reads: Promise<ContrastiveCheckpoint>[] = []
    const onProgress = ({ epoch, batch }: { epoch: number; batch: number }): void => {
      if (batch !== 1 || epoch === 1) return
      fs.copyFileSync(path, folder.path(`after-${epoch - 1}`))
      reads.push(readCheckpoint(folder.path(`after-${epoch - 1}`)))
      epochs.push(epoch - 1)
    }
    contrastiveEmbedding(table, { ...OPTIONS, onProgress, onCheckpoint: into(path) })
    expect(epochs).toEqual([1, 2, 3, 4])
    expect(await Promise.all(reads)).toEqual(checkpoints.slice(0, 4))
  })

  it('ends when the disk is full, with the checkpoint of the epoch before whole, and goes on from it when there is room', async () => {
    const path = folder.path('full.checkpoint')
    const keep = into(path)
    const onCheckpoint = (checkpoint: ContrastiveCheckpoint): void => {
      if (checkpoint.epoch === 3) fillDisk()
      keep(checkpoint)
    }
    const full = { code: 'WRITE_FAILED', details: { path, system: 'ENOSPC' } }
    await using engine = await Engine.create(table, { threads: 2 })
    await expect(engine.contrastiveEmbedding({ ...OPTIONS, onCheckpoint })).rejects.toMatchObject(full)
    expect(leftovers()).toEqual([])
    const kept = await readCheckpoint(path)
    expect(kept).toEqual(checkpoints[1])

    const resumed = await engine.contrastiveEmbedding({ ...OPTIONS, resume: kept, onCheckpoint: keep })
    expect(encodeSaved(EMBEDDING_FORMAT, resumed)).toEqual(encodeSaved(EMBEDDING_FORMAT, whole))
    expect(await readCheckpoint(path)).toEqual(checkpoints[4])
  })

  it.skipIf(!fs.existsSync('/dev/full'))('tells what the system told (needs /dev/full)', () => {
    const heard: number[] = []
    const onCheckpoint = (checkpoint: ContrastiveCheckpoint): void => {
      heard.push(checkpoint.epoch)
      writeCheckpoint('/dev/full', checkpoint)
    }
    const full = expect.objectContaining({
      code: 'WRITE_FAILED',
      message: expect.stringContaining('a full disk') as string,
    }) as Error
    expect(() => contrastiveEmbedding(table, { ...OPTIONS, onCheckpoint })).toThrow(full)
    expect(heard).toEqual([1])
  })
})
