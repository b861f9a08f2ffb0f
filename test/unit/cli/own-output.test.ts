import { linkSync, readFileSync, symlinkSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../io/temporary.ts'
import { CIRCLE, rivulet } from './stage.ts'

const folder = temporaryFolder()
const file = folder.write('in.csv', CIRCLE)
const [link, twin] = [folder.path('link.csv'), folder.path('twin.csv')]
symlinkSync(file, link)
linkSync(file, twin)

describe('what is read', () => {
  it.each([
    ['recommend', [file]],
    ['recommend', [link]],
    ['recommend', [twin]],
    ['compile', [file]],
    ['embed', [file, '--dimensions', '2']],
    ['cluster', [folder.write('other.csv', CIRCLE), '--titles', file]],
    ['rate', [folder.path('other.csv'), '--evidence', folder.write('more.csv', CIRCLE), '--evidence', link]],
    ['tune', [folder.path('other.csv'), '--validation', file]],
  ])('is not written over: %s %j', async (command, args) => {
    for (const out of [file, link, twin]) {
      const { code, stdout, stderr } = await rivulet([command, ...args, '--out', out])
      expect([code, stdout, stderr]).toEqual([2, '', `rivulet: --out ${out} is also read: use another file\n`])
    }
    expect(readFileSync(file, 'utf8')).toBe(CIRCLE)
  })

  it('may be something else than what is written, or no file', async () => {
    const out = folder.path('new.csv')
    for (const _ of ['new', 'there'])
      expect(await rivulet(['recommend', file, '--out', out, '--threads', '1'])).toMatchObject({ code: 0 })
    expect((await rivulet(['recommend', file, '--out', '/dev/null'])).stderr).toContain('expected a name that ends in')
  })
})
