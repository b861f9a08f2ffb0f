import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Interruption } from '../../../src/cli/terminal.ts'
import {
  readInteractions,
  splitByTime,
  splitRandom,
  tune,
  type Interactions,
  type RecipeSearch,
  type RecipeTuning,
} from '../../../src/index.ts'
import { mix, lowPass } from '../../../src/advanced.ts'
import { temporaryFolder } from '../io/temporary.ts'
import { documentOf, rivulet } from './stage.ts'

const folder = temporaryFolder()
/** Users, items and times enough to hold a part of everybody's items out. */
const pairs = Array.from({ length: 240 }, (_, n) => `u${n % 24},i${(n * n + 3 * n) % 31},${n}`)
const wide = folder.write('wide.csv', `user,item,time\n${pairs.join('\n')}\n`)
const table = await readInteractions(wide)
const single = ['--threads', '1']
const quick = ['--trials', '3', '--baselines', 'popularity,item-knn', '--baseline-trials', '2', ...single]
const asQuick = { trials: 3, baselines: ['popularity', 'item-knn'], baselineTrials: 2 } as const

const recipeOf = (source: Interactions, options: Omit<RecipeSearch, 'search'>): RecipeTuning =>
  tune(source, { search: 'recipe', ...options })

describe('tune --search recipe', () => {
  const search = ['--search', 'recipe']

  it('answers as the library does, with the options given', async () => {
    const args = '--k 5 --seed 3 --held-out 0.3 --validation-users 20 --budget 1h'
    const document = documentOf<RecipeTuning & { elapsedMs: number }>(
      await rivulet(['tune', wide, ...search, ...args.split(' '), ...quick, '--json']),
    )
    const wanted = { k: 5, seed: 3, heldOutShare: 0.3, validationUsers: 20, ...asQuick }
    expect(document).toEqual({ ...recipeOf(table, wanted), elapsedMs: document.elapsedMs })
  })

  it('chooses by a table of its own', async () => {
    const { train, test } = splitRandom(table)
    const lines = (side: typeof train): string =>
      Array.from(side.user, (user, row) => `${side.users.keyOf(user)},${side.items.keyOf(side.item[row])}\n`).join('')
    const files = [folder.write('train.csv', lines(train)), folder.write('held.csv', lines(test))]
    const args = [
      'tune',
      files[0],
      ...search,
      '--validation',
      files[1],
      '--baselines',
      'none',
      '--trials',
      '2',
      ...single,
    ]
    const document = documentOf<RecipeTuning>(await rivulet([...args, '--json']))
    const [source, validation] = await Promise.all(files.map((file) => readInteractions(file)))
    expect(document).toMatchObject(recipeOf(source, { validation, baselines: [], trials: 2 }))
  })

  it('prints what was tried, best first, the decision, the recipe and options to give back', async () => {
    const { code, stdout, stderr } = await rivulet(['tune', wide, ...search, ...quick])
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^3 trials, scored by ndcg@20 of 13 users, \d+ interactions held out \(time\)$/m)
    expect(stdout).toMatch(/^on validation +recall@20 +ndcg@20/m)
    for (const name of ['default recipe', 'popularity', 'item-knn']) {
      expect(stdout).toMatch(new RegExp(`^${name} +[01]\\.\\d{4} +[01]\\.\\d{4}`, 'm'))
    }
    const ndcg = [...stdout.matchAll(/^[a-z -]+ +[01]\.\d{4} +([01]\.\d{4})/gm)].map((row) => Number(row[1]))
    expect(ndcg).toEqual([...ndcg].sort((a, b) => b - a))
    expect(stdout).toMatch(/^recipe {2}low-pass \(cut [\d.]+, order [\d.]+\)\n {8}exponents: user .*sweeps$/m)
    expect(stdout).toMatch(/^--options '\{"method":"graph-filter","recipe":/m)
  })

  it('writes options that can be given back, whole or not at all', async () => {
    const out = folder.path('recipe.json')
    const document = documentOf<RecipeTuning>(
      await rivulet(['tune', wide, ...search, ...quick, '--json', '--out', out]),
    )
    expect(JSON.parse(readFileSync(out, 'utf8'))).toEqual(document.best)
    for (const option of ['--recipe', '--options']) {
      const given = documentOf(await rivulet(['recommend', wide, option, out, '--json', ...single]))
      expect(given).toMatchObject({ method: 'graph-filter', options: { recipe: document.best.recipe } })
    }
    const lost = await rivulet(['tune', wide, ...search, ...quick, '--out', folder.path('no/where.json')])
    expect(lost.code).toBe(1)
    expect(lost.stderr).toContain('does not exist')
    // What was found is on the screen all the same.
    expect(lost.stdout).toContain('sweeps\n')
  })

  it('ends when it is interrupted, on one thread too, and writes nothing', async () => {
    const out = folder.path('never.json')
    const interrupted = new AbortController()
    const args = ['tune', wide, ...search, '--trials', '1000000', '--out', out, ...single]
    const ended = rivulet(args, interrupted.signal)
    setTimeout(() => interrupted.abort(new Interruption(2)), 100)
    const { code, stdout, stderr } = await ended
    expect([code, stdout]).toEqual([130, ''])
    // What so many trials would take.
    expect(stderr).toMatch(/^(about [^\n]+\n)?$/)
    expect(existsSync(out)).toBe(false)
    expect(readdirSync(folder.path('.')).filter((name) => name.includes('.tmp-'))).toEqual([])
  })

  it('goes on from its log', async () => {
    const log = folder.path('recipe-trials.jsonl')
    const args = ['tune', wide, ...search, ...quick, '--log', log, '--json']
    const found = async (): Promise<object> => ({ ...documentOf<object>(await rivulet(args)), elapsedMs: 0 })
    const whole = await found()
    const text = readFileSync(log, 'utf8')
    writeFileSync(log, text.slice(0, text.length / 2))
    expect(await found()).toEqual(whole)
  })

  it.each([
    [['--trials', '0'], ', --trials: '],
    [['--budget', 'long'], 'such as 90, 90s, 5m'],
    [['--held-out', '1'], 'tune, --held-out: '],
    [['--baselines', 'svd'], ', --baselines: '],
    [['--baselines', 'graph-filter'], ', --baselines: '],
    [['--metric', 'recall'], "--metric belongs to search 'options'"],
    [['--split', 'time', '--validation', wide], 'either --validation or --split'],
  ])('refuses %j before anything is read', async (args, told) => {
    const { code, stderr } = await rivulet(['tune', folder.path('none.csv'), ...search, ...args])
    expect(stderr).toMatch(/^rivulet: [^\n]*\n$/)
    expect(stderr).toContain(told)
    expect(code).toBe(2)
  })
})

describe('fit', () => {
  it.each([[['fit', wide]], [['fit', wide, '--budget', '5m', '--out', 'recipe.json']], [['fit']]])(
    'says what it is called now: %j',
    async (args) => {
      const told = "rivulet: 'fit' has been renamed: rivulet tune FILE --search recipe\n"
      expect(await rivulet(args)).toEqual({ code: 2, stdout: '', stderr: told })
    },
  )

  it('is in no help, and --fit of evaluate says what it is called now', async () => {
    expect((await rivulet(['--help'])).stdout).not.toMatch(/\bfit\b/)
    expect((await rivulet(['evaluate', '--help'])).stdout).not.toMatch(/--fit\b/)
    const told = "rivulet: '--fit' has been renamed to --tune\n"
    expect(await rivulet(['evaluate', wide, '--split', 'time', '--fit'])).toEqual({ code: 2, stdout: '', stderr: told })
  })
})

describe('evaluate --tune', () => {
  interface Document {
    readonly tuning: RecipeTuning
    readonly options: { recipe: unknown }
    readonly metrics: Record<string, number>
  }
  const quickly = ['--tune', '--trials', '2', '--k', '5', '--json', ...single]

  it('cuts training as the file was cut, tunes there, and evaluates the recipe on the test', async () => {
    const { train } = splitByTime(table)
    const inner = splitByTime(train)
    const wanted = recipeOf(inner.train, { validation: inner.test, trials: 2, k: 5, baselines: [] })
    const document = documentOf<Document>(await rivulet(['evaluate', wide, '--split', 'time', ...quickly]))
    expect(document.tuning).toEqual(wanted)
    expect(document).toMatchObject({ method: 'graph-filter', options: { recipe: wanted.best.recipe } })
    // With what is recent, and the order of profiles, where these were chosen too.
    const best = folder.write('best.json', JSON.stringify(document.tuning.best))
    const again = ['evaluate', wide, '--split', 'time', '--k', '5', '--json', '--options', best, ...single]
    expect(documentOf<Document>(await rivulet(again)).metrics).toEqual(document.metrics)
    const { stdout } = await rivulet(['evaluate', wide, '--split', 'time', ...quickly.filter((a) => a !== '--json')])
    expect(stdout).toMatch(/^on validation +recall@5[\s\S]*^metric +graph-filter +popularity +recent popularity$/m)
  })

  it('holds a share of two files out', async () => {
    const test = folder.write('later.csv', 'user,item\nu0,i30\nu1,i2\n')
    const args = ['evaluate', '--train', wide, '--test', test, '--held-out', '0.4', ...quickly]
    const wanted = recipeOf(table, { heldOutShare: 0.4, trials: 2, k: 5, baselines: [] })
    expect(documentOf<Document>(await rivulet(args)).tuning).toEqual(wanted)
  })

  it.each([
    [['--trials', '3'], '--trials requires --tune'],
    [['--held-out', '0.3'], '--held-out requires --tune'],
    [['--tune', '--method', 'ease'], 'chooses the method'],
    [['--tune', '--recipe', '{"operators":[{"operator":"walk"}]}'], 'chooses the method'],
    [['--tune', '--held-out', '0.3'], 'requires --train and --test'],
    [['--tune', '--budget', '-1'], '--budget'],
  ])('refuses %j', async (args, told) => {
    const { code, stderr } = await rivulet(['evaluate', wide, '--split', 'random', ...args])
    expect(stderr).toContain(told)
    expect(code).toBe(2)
  })
})

describe('--recipe', () => {
  const recipe = mix([lowPass({ cut: 0.3 })], { popularityExponent: 0 })
  const text = JSON.stringify(recipe)
  const lists = async (given: string): Promise<unknown> =>
    documentOf<{ lists: unknown }>(await rivulet(['recommend', wide, '--json', '--recipe', given, ...single])).lists

  it('is JSON, a file of it, or a document that holds one', async () => {
    const expected = await lists(text)
    expect(await lists(JSON.stringify({ method: 'graph-filter', options: { k: 3, recipe } }))).toEqual(expected)
    expect(await lists(`  ${text}`)).toEqual(expected)
    expect(await lists(folder.write('own.json', text))).toEqual(expected)
    expect(
      await lists(folder.write('document.json', `\n${JSON.stringify({ decision: 'tuned', best: { recipe } })}`)),
    ).toEqual(expected)
    expect(await lists(JSON.stringify({ recipe }))).toEqual(expected)
    const other = JSON.stringify({ ...recipe, popularityExponent: 1 })
    expect(await lists(other)).not.toEqual(expected)
  })

  it.each([
    ['explain', ['--user', 'u0', '--item', 'i0'], recipe],
    ['evaluate', ['--split', 'random'], recipe],
    // One matrix serves profiles of every length.
    ['compile', ['--out', folder.path('recipe.model')], { ...recipe, shortProfiles: 0 }],
  ] as const)('is an option of %s', async (command, args, wanted) => {
    const document = documentOf(await rivulet([command, wide, ...args, '--recipe', text, '--json', ...single]))
    expect(document).toMatchObject({ method: 'graph-filter', options: { recipe: wanted } })
  })

  it('is told by evaluate in two lines', async () => {
    const mixed = JSON.stringify({ ...recipe, operators: [...recipe.operators, { operator: 'walk', weight: -0.5 }] })
    const { stdout } = await rivulet(['evaluate', wide, '--split', 'random', '--recipe', mixed, ...single])
    expect(stdout).toMatch(/^method {3}graph-filter, k 20, exact false, recency none$/m)
    expect(stdout).toMatch(
      /^recipe {3}low-pass \(cut 0\.3, order 2\.5\) - 0\.5 walk \(steps 3\)\n {9}exponents: user .*, popularity 0; leave/m,
    )
  })

  it.each([
    ['a missing file', folder.path('none.json'), 'no such file'],
    ['a directory', folder.path('.'), 'directory'],
    ['half a JSON text', '{"operators":[', 'Expected a recipe in JSON'],
    ['a file of something else', wide, 'Expected a recipe in JSON'],
    ['no operator', '{}', "option 'operators'"],
    ['a document without one', '{"decision":"tuned"}', "'decision'"],
    ['a list', folder.write('list.json', '[]'), 'recipe'],
    ['nothing', folder.write('null.json', 'null'), 'recipe'],
    ['an unknown operator', '{"operators":[{"operator":"low-pas"}]}', "did you mean 'low-pass'?"],
    ['an exponent out of range', JSON.stringify({ ...recipe, userExponent: 2 }), "'userExponent'"],
    ['a misspelt exponent', JSON.stringify({ ...recipe, userExponnet: 0 }), "'userExponent'"],
  ])('refuses %s', async (_, given, told) => {
    const { code, stdout, stderr } = await rivulet(['recommend', wide, '--recipe', given])
    expect(stderr).toMatch(/^rivulet: [^\n]*\n$/)
    expect(stderr).toContain(told)
    expect([code, stdout]).toEqual([2, ''])
  })

  it('belongs to one method, and not to a model', async () => {
    const other = await rivulet(['recommend', wide, '--recipe', text, '--method', 'ease'])
    expect([other.code, other.stderr]).toEqual([2, expect.stringContaining('--recipe, an option of graph-filter')])
    const model = await rivulet(['recommend', wide, '--recipe', text, '--model', folder.path('recipe.model')])
    expect([model.code, model.stderr]).toEqual([2, expect.stringContaining('when the model was compiled')])
  })
})
