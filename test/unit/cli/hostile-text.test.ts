import { describe, expect, it } from 'vitest'
import { clusterDiagram, reliabilityDiagram } from '../../../src/advanced.ts'
import { calibration, clusterUsers, fromRows } from '../../../src/index.ts'
import { isWellFormed } from '../report/svg-text.ts'
import { temporaryFolder } from '../io/temporary.ts'
import { rivulet } from './stage.ts'

const folder = temporaryFolder()
const ESCAPE = '\u001b]0;x\u0007\u001b[2J'
const MARKS = ['ESC', ESCAPE, '\u009b31m', '\u202eb', '\u2028', '\u007f'].join('')
/** Anything that is no plain text, beside the line breaks of the output itself. */
const HOSTILE = /[^\P{Cc}\n]|[\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u
const ids = `user,item\n${MARKS}a,b\nq,b\nq,${MARKS}e\nc,${MARKS}e\nc,b\n`
const plain = folder.write('plain.csv', 'user,item\na,b\nq,b\nq,e\n')
const hostile = folder.write(`ids${ESCAPE}.csv`, ids)
const signals = folder.write(
  'signals.csv',
  `user,item,event,value\na,b,${MARKS}v,1\nq,b,buy,2\nq,e,${MARKS}v,3\na,e,buy,1\n`,
)
const single = ['--threads', '1']

describe('text of strangers', () => {
  it.each<[string, string[]]>([
    ['ids in a table', ['recommend', hostile, ...single]],
    ['ids in JSON', ['recommend', hostile, '--json', ...single]],
    ['an id that is named', ['recommend', hostile, '--users', `${MARKS}`, ...single]],
    ['a cell that is no number', ['inspect', folder.write('cell.csv', `user,item,rating\na,b,${ESCAPE}x\n`)]],
    ['signals', ['inspect', signals]],
    ['names of signals', ['recommend', signals, '--signals', `no${ESCAPE}=1`, ...single]],
    [
      'a header',
      ['inspect', folder.write('head.csv', `${MARKS}u,${MARKS}i\na,b\n`), '--columns', 'user=who,item=what'],
    ],
    ['a name of a file', ['recommend', `missing${MARKS}.csv`]],
    ['a name of an output', ['recommend', plain, '--out', `out${MARKS}.xlsx`]],
    ['an argument', ['recommend', plain, '--k', MARKS]],
    ['an option', ['recommend', plain, `--${MARKS}`]],
    ['an argument too many', ['recommend', plain, MARKS]],
    ['JSON that is none', ['inspect', folder.write('bad.jsonl', `{"user":"a","item":${ESCAPE}}\n`)]],
    ['a log', ['tune', plain, '--log', folder.write('log.jsonl', `${MARKS}\n`), ...single]],
    ['keys of a recipe', ['recommend', plain, '--recipe', `{"${String.raw`\u001b[31m\u202e`}":1}`]],
    ['keys of options', ['recommend', plain, '--options', `{"${String.raw`\u001b[31m\u202e`}":1}`]],
    ['titles', ['recommend', plain, '--titles', folder.write('t.tsv', `e\t${MARKS}\n`), ...single]],
    ['an explanation', ['explain', hostile, '--user', `${MARKS}a`, '--item', `${MARKS}e`, ...single]],
    ['an explanation in JSON', ['explain', hostile, '--user', `${MARKS}a`, '--item', `${MARKS}e`, '--json', ...single]],
    ['an error with its stack', ['recommend', hostile, '--users', MARKS, '--verbose', ...single]],
  ])('does not reach the terminal as it is: %s', async (_, args) => {
    const { stdout, stderr } = await rivulet(args)
    expect(stdout + stderr).not.toMatch(HOSTILE)
    expect(stdout + stderr).not.toBe('')
  })

  it('comes out of --json as it went in', async () => {
    const { stdout } = await rivulet(['recommend', hostile, '--json', ...single])
    const { lists } = JSON.parse(stdout) as { lists: { user: string; items: { item: string }[] }[] }
    expect(lists.map(({ user }) => user)).toEqual([`${MARKS}a`, 'q', 'c'])
    expect(lists[0].items[0].item).toBe(`${MARKS}e`)
  })

  it('is a message of one line', async () => {
    const { stderr } = await rivulet(['recommend', plain, '--users', 'a\nrivulet: all is well', ...single])
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  })

  it('does not break a picture', () => {
    const title = `${MARKS}\0<script>\ud83d\uffff"'&`
    const isXml = (svg: string): boolean =>
      isWellFormed(svg) && !HOSTILE.test(svg) && !/[\ufffe\uffff]|<script/.test(svg)
    expect(
      reliabilityDiagram(calibration([0.9, 0.2], [1, 0], { bins: 2 }), { title, names: [title, title] }),
    ).toSatisfy(isXml)
    const rows = Array.from({ length: 300 }, (_, i) => ({
      user: `u${i % 30}`,
      item: `${'🍵'.repeat(23)}${title}${(i * 7) % 12}`,
    }))
    const clusters = clusterUsers.detailed(fromRows(rows, { user: 'user', item: 'item' }), { dimensions: 4 })
    const points = { data: new Float32Array(2 * clusters.members.size) }
    expect(clusterDiagram(clusters, points, { title })).toSatisfy(isXml)
  })
})
