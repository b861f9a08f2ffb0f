import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { spreadsheetLine } from '../../../src/io/delimited-lines.ts'
import { temporaryFolder } from '../io/temporary.ts'
import { rivulet } from './stage.ts'

const folder = temporaryFolder()
const file = folder.write(
  'data.csv',
  'user,item\n=cmd|calc!A1,b\n@SUM(1),b\n+1,b\n-1,b\nq,b\nq,=HYPERLINK(1)\nq;=1+1,b\n',
)

describe('spreadsheetLine', () => {
  it.each([
    ['=1+1', `"'=1+1"`],
    ['+1', `"'+1"`],
    ['-1', `"'-1"`],
    ['@SUM(1)', `"'@SUM(1)"`],
    ['\t=1', `"'\t=1"`],
    ['\r=1', `"'\r=1"`],
    ['＝1', `"'＝1"`],
    ['a=1', '"a=1"'],
    ['a;=1', '"a;=1"'],
    ['say "=1"', '"say ""=1"""'],
    [-1.5, '-1.5'],
    ['', '""'],
  ])('writes %j', (field, expected) => {
    expect(spreadsheetLine([field])).toBe(expected)
    expect(spreadsheetLine([field, 2], '\t')).toBe(`${expected}\t2`)
  })
})

describe('--spreadsheet-safe', () => {
  it.each([
    ['recommend', []],
    ['cluster', ['--dimensions', '2', '--neighbours', '2']],
    ['embed', ['--dimensions', '2']],
  ])('lets no cell begin a formula: %s', async (command, more) => {
    const out = folder.path(`${command}.csv`)
    const args = [command, file, ...more, '--out', out, '--threads', '1']
    await rivulet(args)
    expect(readFileSync(out, 'utf8')).toMatch(/^(?:[^\n]*,)?=cmd/m)
    expect(await rivulet([...args, '--spreadsheet-safe'])).toMatchObject({ code: 0 })
    const text = readFileSync(out, 'utf8')
    expect(text).toContain(`"'=cmd|calc!A1"`)
    expect(text).not.toMatch(/(^|,)"?[=+@]/m)
  })

  it('is refused where it could only be ignored', async () => {
    for (const out of [['--out', folder.path('x.jsonl')], []]) {
      const { code, stderr } = await rivulet(['recommend', file, ...out, '--spreadsheet-safe'])
      expect([code, stderr]).toEqual([2, expect.stringContaining('--spreadsheet-safe requires --out')])
    }
  })
})
