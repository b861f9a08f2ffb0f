import { existsSync, readdirSync, symlinkSync, readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { describe, expect, it, vi } from 'vitest'
import { Interruption } from '../../../src/cli/terminal.ts'
import { temporaryFolder } from '../io/temporary.ts'
import { CIRCLE, rivulet } from './stage.ts'

const folder = temporaryFolder()
const circle = folder.write('circle.csv', CIRCLE)

describe('wrong usage', () => {
  it.each([
    ['an unknown command', ['no-such-command'], "unknown command 'no-such-command'"],
    ['a command that is nearly known', ['recomend', circle], 'recommend'],
    ['a missing file', ['recommend'], "missing required argument 'file'"],
    ['a file twice', ['inspect', circle, circle], 'expected each file once'],
    ['an unknown option', ['recommend', circle, '--mehtod', 'popularity'], '--method'],
    ['an unknown method', ['recommend', circle, '--method', 'rp3'], "Did you mean 'rp3beta'?"],
    ['an option of another method', ['recommend', circle, '--beta', '0.5'], 'got --beta,'],
    ['a number that is none', ['recommend', circle, '--k', 'ten'], 'Expected a number'],
    ['k out of range', ['recommend', circle, '--k', '0'], 'an integer >= 1'],
    ['alpha out of range', ['evaluate', circle, '--split', 'random', '--alpha', '1.5'], 'got --alpha,'],
    ['an unknown exclusion', ['recommend', circle, '--exclude', 'all'], 'recommend, --exclude: '],
    ['an unknown format', ['inspect', circle, '--format', 'xml'], 'Allowed choices are delimited'],
    ['a column that is not there', ['inspect', circle, '--columns', 'user=who,item=item'], "'who'"],
    ['an unknown role', ['inspect', circle, '--columns', 'usr=user'], "Did you mean 'user'?"],
    ['no threads', ['recommend', circle, '--threads', '0'], '--threads'],
    ['no memory', ['recommend', circle, '--memory-limit', 'some'], '--memory-limit'],
    ['an unknown kind of file', ['recommend', circle, '--out', folder.path('lists.xlsx')], '.jsonl'],
    ['nobody to explain', ['explain', circle, '--item', 'tea'], '--user'],
    ['explaining what is popular', explaining('--method', 'popularity'), 'a personalized method'],
    ['no split', ['evaluate', circle], '--split'],
    ['training without test', ['evaluate', '--train', circle], '--test'],
    ['a file beside training and test', ['evaluate', circle, '--train', circle, '--test', circle], 'either'],
    ['a split of two files', ['evaluate', '--train', circle, '--test', circle, '--split', 'time'], '--split'],
    ['a seed of no random split', ['evaluate', circle, '--split', 'time', '--seed', '1'], '--seed'],
    ['a fraction of the last', ['evaluate', circle, '--split', 'leave-last-out', '--test-fraction', '0.1'], 'fraction'],
    ['an unknown split', ['evaluate', circle, '--split', 'half'], 'random, time, leave-last-out'],
  ])('%s', async (_, args, told) => {
    const { code, stdout, stderr } = await rivulet(args)
    expect(stderr).toMatch(/^rivulet: [^\n]*\n$/)
    expect(stderr).toContain(told)
    expect([code, stdout]).toEqual([2, ''])
  })

  it('no command at all: the help, on the standard error', async () => {
    const { code, stdout, stderr } = await rivulet([])
    expect(stderr).toContain('Usage: rivulet')
    expect([code, stdout]).toEqual([2, ''])
  })

  it('is told before a file is read', async () => {
    const { code } = await rivulet(['recommend', folder.path('none.csv'), '--method', 'rp3'])
    expect(code).toBe(2)
  })
})

function explaining(...more: string[]): string[] {
  return ['explain', circle, '--user', 'ann', '--item', 'bun', ...more]
}

describe('failures', () => {
  const packed = gzipSync(CIRCLE.repeat(1000))
  it.each([
    ['a missing file', () => ['inspect', folder.path('none.csv')], 'no such file'],
    ['an empty file', () => ['recommend', folder.write('empty.csv', '')], 'an empty file'],
    ['a header alone', () => ['recommend', folder.write('header.csv', 'user,item\n')], 'expected'],
    [
      'a broken gzip',
      () => ['inspect', folder.write('cut.csv.gz', packed.subarray(0, packed.length / 2))],
      'cut.csv.gz',
    ],
    ['a cut row', () => ['inspect', folder.write('cut.csv', 'user,item\nann,tea\nbob')], 'line 3'],
    ['an unknown user', () => ['recommend', circle, '--users', 'ann,anna'], "nearest known id is 'ann'"],
    ['a reserved user', () => ['recommend', circle, '--users', '__proto__'], "'__proto__'"],
    ['an unknown item', () => explaining('--item', 'te'), "nearest known id is 'tea'"],
    ['a missing folder', () => ['recommend', circle, '--out', folder.path('no/where.csv')], 'does not exist'],
    ['missing titles', () => ['recommend', circle, '--titles', folder.path('none.csv')], 'no such file'],
    ['too little memory', () => ['recommend', circle, '--memory-limit', '1KB'], 'memoryLimitBytes'],
    ['a split without time', () => ['evaluate', circle, '--split', 'time'], "'time'"],
    [
      'strangers alone',
      () => ['evaluate', '--train', circle, '--test', folder.write('s.csv', 'user,item\neve,tea\n')],
      'at least one user',
    ],
  ])('%s', async (_, args, told) => {
    const { code, stdout, stderr } = await rivulet(args())
    expect(stderr).toMatch(/^rivulet: [^\n]*\n$/)
    expect(stderr).toContain(told)
    expect([code, stdout]).toEqual([1, ''])
  })

  it.skipIf(!existsSync('/dev/full'))('a full disk (needs /dev/full)', async () => {
    symlinkSync('/dev/full', folder.path('full.csv'))
    const { code, stderr } = await rivulet(['recommend', circle, '--out', folder.path('full.csv')])
    expect(stderr).toContain('a full disk')
    expect(code).toBe(1)
  })

  it('stand on one line even if an id does not', async () => {
    const { stderr } = await rivulet(['recommend', circle, '--users', 'a\nb'])
    expect(stderr.split('\n')).toHaveLength(2)
  })

  it('say where they come from with --verbose, or in the environment DEBUG', async () => {
    const { stderr } = await rivulet(['inspect', folder.path('none.csv'), '--verbose'])
    expect(stderr).toMatch(/\n {4}at /)
    vi.stubEnv('DEBUG', '1')
    const debugged = await rivulet(['inspect', folder.path('none.csv')])
    vi.unstubAllEnvs()
    expect(debugged.stderr).toMatch(/\n {4}at /)
  })
})

describe('an interruption', () => {
  it('ends the command with its code and no word, and leaves nothing behind', async () => {
    const out = folder.write('kept.csv', 'as it was')
    const interrupted = new AbortController()
    interrupted.abort(new Interruption(2))
    for (const args of [['inspect', circle], ['recommend', circle, '--out', out], explaining()]) {
      expect(await rivulet(args, interrupted.signal)).toEqual({ code: 130, stdout: '', stderr: '' })
    }
    expect(readFileSync(out, 'utf8')).toBe('as it was')
    expect(readdirSync(folder.path('.')).filter((name) => name.includes('.tmp-'))).toEqual([])
  })
})

describe('help and version', () => {
  it('go to the standard output, with examples', async () => {
    const help = await rivulet(['--help'])
    expect(help).toMatchObject({ code: 0, stderr: '' })
    for (const word of ['recommend', 'evaluate', 'explain', 'inspect', 'Examples:', 'Exit codes']) {
      expect(help.stdout).toContain(word)
    }
    expect((await rivulet(['evaluate', '--help'])).stdout).toContain('--split <how>')
    expect((await rivulet(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })
})
