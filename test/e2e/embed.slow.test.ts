import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readEmbedding, readInteractions } from '../../src/index.ts'
import { built } from '../build.ts'
import { root } from '../house/sources.ts'
import { temporaryFolder } from '../unit/io/temporary.ts'

const folder = temporaryFolder()
const ratings = join(root, 'docs', 'data', 'movietweetings', 'ratings.tsv.gz')

describe('embed on the demo data', () => {
  it('leaves a file that another process reads, in which films are nearer to those who rated them than to others', async () => {
    const out = folder.path('movies.embedding.gz')
    const args = ['embed', ratings, '--dimensions', '16', '--out', out, '--json']
    const main = built('src/cli/main.ts')
    const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { cwd: root })
    expect([status, stderr.toString()]).toEqual([0, ''])
    const { values, converged } = JSON.parse(stdout.toString()) as { values: number[]; converged: boolean }
    expect(converged).toBe(true)
    expect(values).toEqual([...values].sort((a, b) => b - a))

    const table = await readInteractions(ratings)
    const { users, items, userVectors, itemVectors } = await readEmbedding(out, { source: table })
    const product = (row: number, shift: number): number => {
      const user = users.rowOf(table.users.keyOf(table.user[row]))
      const item = items.rowOf(table.items.keyOf((table.item[row] + shift) % table.items.size))
      return values.reduce((sum, _, k) => sum + userVectors.get(user, k) * itemVectors.get(item, k), 0)
    }
    const mean = (shift: number): number => {
      let sum = 0
      for (let row = 0; row < table.length; row++) sum += product(row, shift)
      return sum / table.length
    }
    expect(mean(0)).toBeGreaterThan(2 * mean(501))
  }, 120_000)
})
