import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { readCheckpoint } from '../../src/index.ts'
import { built } from '../build.ts'
import { root } from '../house/sources.ts'
import { temporaryFolder } from '../unit/io/temporary.ts'

const folder = temporaryFolder()
const ratings = join(root, 'docs', 'data', 'movietweetings', 'ratings.tsv.gz')
const main = built('src/cli/main.ts')
const OPTIONS = { epochs: 12, batchSize: 1024, negatives: 63 }

function start(out: string, checkpoint: string, threads: number): ChildProcess {
  const training = ['--method', 'contrastive', '--dimensions', '16', '--options', JSON.stringify(OPTIONS)]
  const files = ['--checkpoint', checkpoint, '--out', out, '--threads', String(threads)]
  const args = [main, 'embed', ratings, ...training, ...files]
  return spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] })
}

async function ended(command: ChildProcess): Promise<{ code: number | null; signal: string | null; stderr: string }> {
  let stderr = ''
  command.stderr?.on('data', (chunk) => (stderr += String(chunk)))
  return new Promise((resolve) => command.once('close', (code, signal) => resolve({ code, signal, stderr })))
}

describe('a training that is interrupted', () => {
  it('goes on from its last epoch to the bits of one that was not: after ^C, after a kill, on other threads', async () => {
    const [once, whole] = [folder.path('once.embedding'), folder.path('once.checkpoint')]
    expect(await ended(start(once, whole, 2))).toMatchObject({ code: 0 })

    const [out, checkpoint] = [folder.path('again.embedding'), folder.path('again.checkpoint')]
    let behind = 0
    for (const signal of ['SIGINT', 'SIGKILL'] as const) {
      const command = start(out, checkpoint, 2)
      const stopped = ended(command)
      const epoch = async () => (existsSync(checkpoint) ? (await readCheckpoint(checkpoint)).epoch : 0)
      while ((await epoch()) === behind && command.exitCode === null) await sleep(5)
      command.kill(signal)
      expect(await stopped).toMatchObject(signal === 'SIGINT' ? { code: 130 } : { signal })
      expect(existsSync(out)).toBe(false)
      expect(await epoch()).toBeGreaterThan(behind)
      behind = await epoch()
      expect(behind).toBeLessThan(OPTIONS.epochs)
    }

    const { code, stderr } = await ended(start(out, checkpoint, 1))
    expect([code, stderr.split('\n')[0]]).toEqual([0, `resuming after epoch ${behind} of ${checkpoint}`])
    expect(readFileSync(out)).toEqual(readFileSync(once))
    expect(readFileSync(checkpoint)).toEqual(readFileSync(whole))
  })
})
