import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { compile, readCompiled, readInteractions } from '../../../src/index.ts'
import { temporaryFolder } from '../io/temporary.ts'
import { CIRCLE, documentOf, rivulet } from './stage.ts'

const folder = temporaryFolder()
const circle = folder.write('circle.csv', CIRCLE)
const table = await readInteractions(circle)
const single = ['--threads', '1']

describe('compile', () => {
  it('writes what the library compiles, with the options given', async () => {
    const out = folder.path('circle.model')
    const args = [
      'compile',
      circle,
      '--out',
      out,
      '--method',
      'rp3beta',
      '--alpha',
      '1',
      '--neighbours',
      '2',
      ...single,
    ]
    const facts = documentOf<Record<string, unknown>>(await rivulet([...args, '--json']))
    const expected = compile(table, { method: 'rp3beta', alpha: 1, neighbours: 2 })
    expect((await readCompiled(out)).encode()).toEqual(expected.encode())
    const { method, options, entriesPerItem, bytes, fingerprint } = expected
    expect(facts).toMatchObject({ method, options, entriesPerItem, bytes, fingerprint, items: 3, out })
    expect((await rivulet(args)).stderr).toBe(`3 items, ${bytes} bytes -> ${out}\n`)
  })

  it('keeps so many entries of an item, or all', async () => {
    const out = folder.path('all.model.gz')
    documentOf(await rivulet(['compile', circle, '--out', out, '--entries-per-item', 'all', '--json', ...single]))
    expect((await readCompiled(out)).entriesPerItem).toBe(3)
    documentOf(await rivulet(['compile', circle, '--out', out, '--entries-per-item', '1', '--json', ...single]))
    expect((await readCompiled(out)).encode()).toEqual(compile(table, { entriesPerItem: 1 }).encode())
  })

  it.each([
    [['--method', 'popularity'], 'compile, --method: '],
    [['--entries-per-item', '0'], 'compile, --entries-per-item: '],
    [['--neighbours', '5'], "how many entries of an item are kept is 'entriesPerItem'"],
    [['--beta', '1', '--method', 'label-spreading'], '--beta, an option of rp3beta'],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await rivulet(['compile', circle, '--out', folder.path('no'), ...args, ...single])
    expect(code).toBe(2)
    expect(stderr).toContain(message)
  })
})

describe('recommend --model', () => {
  const model = folder.path('served.model')

  it('serves the users of a file, as table, document and file', async () => {
    await rivulet(['compile', circle, '--out', model, ...single])
    const compiled = await readCompiled(model)
    const lists = [...compiled.recommendAll(table, { k: 1 })]
    const served = documentOf<{ method: string; model: string; lists: unknown }>(
      await rivulet(['recommend', circle, '--model', model, '--k', '1', '--json']),
    )
    expect(served).toMatchObject({ method: compiled.method, model, lists })
    const { stdout } = await rivulet(['recommend', circle, '--model', model, '--users', 'ann', '--k', '1'])
    expect(stdout).toMatch(/\nann {6}1 {2}bun /)
    const out = folder.path('lists.jsonl')
    await rivulet(['recommend', circle, '--model', model, '--k', '1', '--out', out])
    expect(readFileSync(out, 'utf8')).toBe(lists.map((list) => `${JSON.stringify(list)}\n`).join(''))
  })

  it('refuses what the model has decided, and items it does not know unless they may be dropped', async () => {
    for (const extra of [['--method', 'rp3beta'], ['--alpha', '1'], ['--weighted'], ['--threads', '1']]) {
      const { code, stderr } = await rivulet(['recommend', circle, '--model', model, ...extra])
      expect([code, stderr]).toEqual([2, `rivulet: ${extra[0]} was decided when the model was compiled\n`])
    }
    const newer = folder.write('newer.csv', 'user,item\ndan,tea\ndan,figs\n')
    const refused = await rivulet(['recommend', newer, '--model', model])
    expect(refused).toMatchObject({ code: 1, stdout: '' })
    expect(refused.stderr).toContain("got 'figs'")
    const { lists } = documentOf<{ lists: { user: string }[] }>(
      await rivulet(['recommend', newer, '--model', model, '--unknown-items', 'drop', '--json']),
    )
    expect(lists.map(({ user }) => user)).toEqual(['dan'])
    expect((await rivulet(['recommend', newer, '--unknown-items', 'drop', ...single])).code).toBe(2)
    const foreign = await rivulet(['recommend', circle, '--model', circle])
    expect(foreign).toMatchObject({ code: 1 })
    expect(foreign.stderr).toContain('expected a compiled recommender, got another kind of file')
  })

  it('counts what is recent anew by --recency and --now, from the file that is given', async () => {
    const dated = folder.write('dated.csv', 'user,item,time\nann,tea,1\nann,bun,2\nbob,tea,3\nbob,jam,4\ncat,jam,900\n')
    const dayModel = folder.path('day.model')
    await rivulet(['compile', dated, '--out', dayModel, '--method', 'item-knn', ...single])
    const compiled = await readCompiled(dayModel)
    const read = await readInteractions(dated)
    for (const [flags, options] of [
      [['--now', '4'], { now: 4 }],
      [['--recency', '10'], { recency: { halfLife: 10 } }],
      [['--recency', 'none'], { recency: null }],
    ] as const) {
      const lists = [...compiled.withRecency(read, options).recommendAll(read, { k: 2 })]
      const asked = ['recommend', dated, '--model', dayModel, '--k', '2', '--json', ...flags]
      expect(documentOf<{ lists: unknown }>(await rivulet(asked)).lists).toEqual(lists)
    }
    const timeless = await rivulet(['recommend', circle, '--model', model, '--recency', '7d'])
    expect(timeless).toMatchObject({ code: 1, stdout: '' })
    expect(timeless.stderr).toContain("expected a table with a 'time' column")
  })
})
