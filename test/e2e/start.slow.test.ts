import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { root } from '../house/sources.ts'

/** What `npm start` runs, without npm's own lines. */
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: { start: string } }
const script = scripts.start.replace(/^tsx /, '')

describe(`npm start (${script})`, () => {
  let printed = ''
  let errors = ''

  beforeAll(async () => {
    const tsx = join(root, 'node_modules', 'tsx', 'dist', 'cli.mjs')
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [tsx, script], { cwd: root })
    printed = stdout
    errors = stderr
  })

  it('says what was read', () => {
    expect(printed).toMatch(/all +2,059 +1,099 +44,613 +0 +0\n/)
    expect(printed).toMatch(/training.* 35,690 +44 +396\n/)
  })

  it('shows the plan of a round in one line', () => {
    expect(printed).toMatch(/2,059 x 1,099, 35,690 pairs; [\d,]+ column\(s\) in \d+ block\(s\).* filter sweep.*MB\n/)
  })

  it('recommends titles to three users, with shares that sum to 100 %', () => {
    expect(printed.match(/^ {2}User \d+ rated .*\(\d{4}\)$/gm)).toHaveLength(3)
    const lists = printed.match(/^ {2}\d\. .*\(\d{4}\) +from .*$/gm) ?? []
    expect(lists).toHaveLength(15)
    for (const line of lists) {
      const shares = [...line.split(' from ')[1].matchAll(/(-?\d+) %/g)].map((match) => Number(match[1]))
      // Each share is rounded to a whole number.
      expect(Math.abs(shares.reduce((sum, share) => sum + share, 0) - 100)).toBeLessThanOrEqual(shares.length / 2)
    }
  })

  it('marks only what was rated later', () => {
    expect(printed.match(/^ {2}\d\. +✓ /gm)?.length).toBeGreaterThan(0)
    expect(printed.match(/^ {2}\d\. +✓ /gm)?.length).toBeLessThan(15)
  })

  it('compares held-out accuracy with popularity, by activity, with an interval', () => {
    for (const range of ['1-4', '5-9', '10-19', '20-49', '50 and more']) {
      expect(printed).toMatch(new RegExp(`^ {2}${range} +\\d+( +0\\.\\d{3} +\\S+){3} +[+-]0\\.\\d{3}$`, 'm'))
    }
    const all = /^ {2}all +1,603 +(0\.\d+) +\S+ +(0\.\d+) .*95 % interval [+-]0\.\d+ to ([+-]0\.\d+)/m
    const [, ours, popularity, upperEnd] = all.exec(printed) ?? []
    expect(Number(ours)).toBeGreaterThan(Number(popularity))
    expect(Number(upperEnd)).toBeGreaterThan(0)
  })

  it('says where the time went', () => {
    expect(printed).toMatch(/^ {2}together +\d+ ms$/m)
  })

  it('draws no progress bar and no colour into a pipe', () => {
    expect(errors).toBe('')
    expect(printed).not.toContain('\u001b')
  })
})
