import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../io/temporary.ts'
import { CIRCLE, documentOf, rivulet } from './stage.ts'

const folder = temporaryFolder()
const circle = folder.write('circle.csv', CIRCLE)
const [header, ...lines] = CIRCLE.trim().split('\n')
const single = ['--threads', '1']

interface Lists {
  readonly lists: readonly { readonly user: string; readonly items: readonly { readonly prior?: true }[] }[]
}

describe('--skip-bad-rows', () => {
  it('reads what can be read, and says on the standard error what was left out', async () => {
    const dirty = folder.write('dirty.csv', `${[header, lines[0], 'a,b,c,d,e,f,g', ...lines.slice(1)].join('\n')}\n`)
    const refused = await rivulet(['recommend', dirty, ...single])
    expect(refused.code).toBe(1)
    expect(refused.stderr).toMatch(/line 3.* Or leave such rows out: --skip-bad-rows\.$/m)
    const { code, stdout, stderr } = await rivulet(['recommend', dirty, '--skip-bad-rows', ...single])
    expect(code).toBe(0)
    expect(stderr).toContain('1 bad row skipped: line 3')
    expect(stdout).toBe((await rivulet(['recommend', circle, ...single])).stdout)
  })
})

describe('--backslash-quotes', () => {
  it('reads what the error proposes it for', async () => {
    const escaped = folder.write('escaped.csv', 'user,item,value\n"ann \\"a\\"","tea\\", green",5\nbob,"jam",3\n')
    const wider = folder.write('wider.csv', 'user,item,value\nann,"tea\\", green",5\nbob,"jam",3\n')
    for (const file of [escaped, wider]) {
      const refused = await rivulet(['inspect', file])
      expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('(--backslash-quotes)')])
    }
    const out = folder.path('escaped-out.tsv')
    expect((await rivulet(['convert', escaped, '--backslash-quotes', '--out', out])).code).toBe(0)
    expect(readFileSync(out, 'utf8').split('\n')[1]).toBe('"ann ""a"""\t"tea"", green"\t5')
    const both = await rivulet(['inspect', escaped, '--backslash-quotes', '--no-quotes'])
    expect([both.code, both.stderr]).toEqual([2, expect.stringContaining('--no-quotes beside it')])
  })
})

describe('--unknown and --users-file', () => {
  const [known, other] = [...new Set(lines.map((line) => line.split(',')[0]))]
  const listed = folder.write('users.csv', `user\n${known}\nstranger\n`)

  it('refuses an unknown user, or drops her, or answers by the prior', async () => {
    const args = ['recommend', circle, '--users-file', listed, '--users', other, ...single]
    const refused = await rivulet(args)
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringMatching(/'stranger'.* ids out: --unknown drop\.$/m),
    ])
    const similar = await rivulet(['similar', circle, '--item', 'stranger', ...single])
    expect(similar.stderr).not.toContain('leave such')
    const dropped = await rivulet([...args, '--unknown', 'drop', '--json'])
    expect(documentOf<Lists>(dropped).lists.map(({ user }) => user)).toEqual([other, known])
    const { lists } = documentOf<Lists>(await rivulet([...args, '--unknown', 'prior', '--json']))
    expect(lists.map(({ user }) => user)).toEqual([other, known, 'stranger'])
    expect(lists[2].items.every(({ prior }) => prior)).toBe(true)
    const { stderr } = await rivulet([...args, '--unknown', 'drop'])
    expect(stderr).toContain('1 of 3 users are not in FILE: skipped')
  })

  it('adds users up that are named in several places', async () => {
    const args = ['recommend', circle, '--users', known, '--users', other, '--json', ...single]
    expect(documentOf<Lists>(await rivulet(args)).lists.map(({ user }) => user)).toEqual([known, other])
  })
})
