import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readInteractions } from '../../src/index.ts'
import { seededRandom } from '../../src/support/random.ts'
import { built } from '../build.ts'
import { root } from '../house/sources.ts'
import { temporaryFolder } from '../unit/io/temporary.ts'

const folder = temporaryFolder()

describe('rate on the demo data', () => {
  it('is nearer to held-out ratings with the pairs whose ratings it does not see than without', async () => {
    const table = await readInteractions(join(root, 'docs', 'data', 'movietweetings', 'ratings.tsv.gz'))
    const random = seededRandom(1)
    const parts = { stars: ['user\titem\trating'], held: ['user\titem\trating'], pairs: ['user\titem'] }
    for (let row = 0; row < table.length; row++) {
      const pair = `${table.users.keyOf(table.user[row])}\t${table.items.keyOf(table.item[row])}`
      const rated = `${pair}\t${table.value?.[row]}`
      const draw = random.next()
      if (draw < 0.25) parts.stars.push(rated)
      else if (draw < 0.35) parts.held.push(rated)
      parts.pairs.push(pair)
    }
    const path = (name: keyof typeof parts): string => folder.write(`${name}.tsv`, `${parts[name].join('\n')}\n`)
    const args = ['rate', path('stars'), '--evidence', path('pairs'), '--test', path('held'), '--json']
    const main = built('src/cli/main.ts')
    const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { cwd: root })
    expect([status, stderr.toString()]).toEqual([0, ''])
    const found = JSON.parse(stdout.toString()) as {
      balance: { decision: string }
      scores: { rmse: number; ratings: number }
      supervised: { rmse: number }
      expected: number
    }
    expect(found.balance.decision).toBe('semi-supervised')
    expect(found.scores.ratings).toBe(parts.held.length - 1)
    expect(found.supervised.rmse - found.scores.rmse).toBeGreaterThan(0.02)
    expect(found.expected / found.scores.rmse).toBeGreaterThan(0.93)
    expect(found.expected / found.scores.rmse).toBeLessThan(1.07)
  }, 120_000)
})
