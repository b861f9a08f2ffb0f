import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Interruption } from '../../../src/cli/terminal.ts'
import { readInteractions, splitLeaveLastOut, tune, type Tuning } from '../../../src/index.ts'
import { temporaryFolder } from '../io/temporary.ts'
import { documentOf, rivulet } from './stage.ts'

const folder = temporaryFolder()
const pairs = Array.from({ length: 600 }, (_, n) => `u${n % 60},i${(n * n + 3 * n) % 41},${n % 5},${n}`)
const file = folder.write('wide.csv', `user,item,rating,time\n${pairs.join('\n')}\n`)
const table = await readInteractions(file)
const single = ['--threads', '1']
const quick = ['--method', 'rp3beta', '--trials', '9', ...single]
const whole = tune(table, { method: 'rp3beta', trials: 9 })
const linesOf = (path: string): object[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => ({ ...(JSON.parse(line) as object), elapsedMs: 0 }))

describe('tune', () => {
  it('answers as the library does, with the options given', async () => {
    const document = documentOf<Tuning & { elapsedMs: number }>(await rivulet(['tune', file, ...quick, '--json']))
    expect(document).toEqual({ ...whole, elapsedMs: document.elapsedMs })
    const args =
      '--metric recall --k 5 --seed 3 --strategy random --split random --held-out 0.3 --validation-users 20 --budget 1h'
    const space = folder.write('space.json', '{"lambda":{"logUniform":[1,100]}}')
    const other = ['tune', file, '--method', 'ease', '--trials', '3', '--space', space, ...args.split(' '), ...single]
    expect(documentOf(await rivulet([...other, '--json']))).toMatchObject(
      tune(table, {
        ...{ method: 'ease', trials: 3, space: { lambda: { logUniform: [1, 100] } }, metric: 'recall', k: 5, seed: 3 },
        ...{ strategy: 'random', validation: 'random', heldOutShare: 0.3, validationUsers: 20 },
      }),
    )
  })

  it('chooses by a table of its own, and keeps what is fixed', async () => {
    const { train, test } = splitLeaveLastOut(table)
    const lines = (side: typeof train): string =>
      Array.from(side.user, (user, row) => `${side.users.keyOf(user)},${side.items.keyOf(side.item[row])}\n`).join('')
    const files = [folder.write('train.csv', lines(train)), folder.write('held.csv', lines(test))]
    const args = ['tune', files[0], '--validation', files[1], '--options', '{"neighbours":20}', '--method', 'item-knn']
    const document = documentOf<Tuning>(await rivulet([...args, '--trials', '2', '--json', ...single]))
    expect(document).toMatchObject({ validation: { by: 'table' }, best: { method: 'item-knn', neighbours: 20 } })
  })

  it('tunes the prediction of ratings', async () => {
    const args = ['tune', file, '--method', 'predictRatings', '--trials', '2', '--options', '{"rank":3}', ...single]
    expect(documentOf<Tuning>(await rivulet([...args, '--json']))).toMatchObject({ metric: 'rmse', best: { rank: 3 } })
  })

  it('prints the best trials and the defaults, the gain, and options that can be given back', async () => {
    const { code, stdout, stderr } = await rivulet(['tune', file, ...quick, '--top', '2'])
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(
      /^10 trials \(halving\), scored by ndcg@20 of \d+ users, \d+ interactions held out \(time\)$/m,
    )
    expect(stdout).toMatch(/^trial +ndcg@20 +users +alpha +beta +itemAlpha +neighbours$/m)
    expect(stdout).toMatch(/^defaults +0\.\d{4} +\d+$/m)
    expect(stdout).toMatch(/^The best is (not )?better than the defaults by more than chance: ndcg@20 gains [+-]0/m)
    const [, options] = /^--options '(.*)'$/m.exec(stdout)!
    expect(JSON.parse(options)).toEqual(whole.best)
  })

  it('writes the best options, which recommend takes, and other options beside them', async () => {
    const out = folder.path('options.json')
    const document = folder.path('document.json')
    const { stdout } = await rivulet(['tune', file, ...quick, '--json', '--out', out])
    writeFileSync(document, stdout)
    expect(JSON.parse(readFileSync(out, 'utf8'))).toEqual(whole.best)
    for (const given of [out, document, JSON.stringify(whole.best)]) {
      const args = ['recommend', file, '--options', given, '--beta', '0.1', '--json', ...single]
      const { method: _, ...best } = whole.best
      expect(documentOf(await rivulet(args))).toMatchObject({ method: 'rp3beta', options: { ...best, beta: 0.1 } })
    }
    const compiled = folder.path('model')
    const baked = await rivulet(['compile', file, '--options', out, '--out', compiled, '--json', ...single])
    expect(documentOf(baked)).toMatchObject({ method: 'rp3beta' })
  })

  it('goes on from its log, whatever ended it, to the same answer', async () => {
    const log = folder.path('trials.jsonl')
    const args = ['tune', file, ...quick, '--log', log, '--json']
    const found = (): Promise<object> =>
      rivulet(args).then((outcome) => ({ ...documentOf<object>(outcome), elapsedMs: 0 }))
    expect(await found()).toEqual({ ...whole, elapsedMs: 0 })
    const lines = linesOf(log)
    expect(lines).toHaveLength(1 + 10)
    const text = readFileSync(log, 'utf8')
    for (const length of [5, text.indexOf('\n') + 1, Math.floor(text.length / 2), text.length - 3]) {
      writeFileSync(log, text.slice(0, length))
      expect(await found()).toEqual({ ...whole, elapsedMs: 0 })
      expect(linesOf(log)).toEqual(lines)
    }
    const untouched = readFileSync(log, 'utf8')
    expect(await found()).toEqual({ ...whole, elapsedMs: 0 })
    expect(readFileSync(log, 'utf8')).toBe(untouched)
  })

  it('keeps the trials that were done when it is interrupted', async () => {
    const log = folder.path('interrupted.jsonl')
    const interrupted = new AbortController()
    const args = [
      'tune',
      file,
      '--method',
      'item-knn',
      '--trials',
      '5000',
      '--strategy',
      'random',
      '--log',
      log,
      ...single,
    ]
    const ended = rivulet(args, interrupted.signal)
    const watch = setInterval(() => {
      if (existsSync(log) && linesOf(log).length > 4) interrupted.abort(new Interruption(2))
    }, 10)
    expect(await ended).toEqual({ code: 130, stdout: '', stderr: '' })
    clearInterval(watch)
    expect(linesOf(log).length).toBeGreaterThan(4)
    expect(linesOf(log)[0]).toMatchObject({ rivulet: 'trials', method: 'item-knn' })
  })

  it('refuses the log of another search and a file that is none, and leaves them as they are', async () => {
    const log = folder.path('mine.jsonl')
    await rivulet(['tune', file, ...quick, '--log', log])
    const text = readFileSync(log, 'utf8')
    const other = await rivulet(['tune', file, '--method', 'p3alpha', '--trials', '3', '--log', log, ...single])
    expect(other.code).toBe(1)
    expect(other.stderr).toMatch(/^rivulet: tune, trial log, 'method': expected "p3alpha", got "rp3beta"\. .*\n$/)
    appendFileSync(file, 'u1,i40,1,601\n')
    const grown = await rivulet(['tune', file, ...quick, '--log', log])
    expect([grown.code, grown.stderr.includes("'data'")]).toEqual([1, true])
    expect(readFileSync(log, 'utf8')).toBe(text)
    const data = readFileSync(file, 'utf8')
    const wrong = await rivulet(['tune', file, ...quick, '--log', file])
    expect([wrong.code, wrong.stderr.includes('a log of trials')]).toEqual([1, true])
    expect(readFileSync(file, 'utf8')).toBe(data)
  })

  it.each([
    [['--trials', '0'], ', --trials: '],
    [['--method', 'svd'], "'--method <name>'"],
    [['--strategy', 'grid'], ', --strategy: '],
    [['--metric', 'rmse'], ', --metric: '],
    [['--space', '{"alpha":'], 'in JSON'],
    [['--space', 'nowhere.json'], 'no such file'],
    [['--options', '[1]'], 'no such file'],
    [['--options', '{"best":3}'], 'options by name'],
    [['--budget', 'long'], 'such as 90, 90s, 5m'],
    [['--split', 'time', '--validation', file], 'either --validation or --split'],
  ])('refuses %j before anything is read', async (args, told) => {
    const { code, stderr } = await rivulet(['tune', folder.path('none.csv'), ...args])
    expect(stderr).toMatch(/^rivulet: [^\n]*\n$/)
    expect(stderr).toContain(told)
    expect(code).toBe(2)
  })
})
