import { describe, expect, it } from 'vitest'
import { writeColumns } from '../../../src/advanced.ts'
import { temporaryFolder } from '../io/temporary.ts'
import { CIRCLE, documentOf, rivulet } from './stage.ts'

const folder = temporaryFolder()
const circle = folder.write('circle.csv', CIRCLE)
const [, ...lines] = CIRCLE.trim().split('\n')
const [[user, item]] = lines.map((line) => line.split(','))
const single = ['--threads', '1']

interface Lists {
  readonly lists: readonly { readonly user: string; readonly items: readonly { readonly title: string | null }[] }[]
}

describe('files beside the interactions', () => {
  const items = [...new Set(lines.map((line) => line.split(',')[1]))]

  it.each(['parquet', 'arrow'])('are %s as well as text: titles, users, labels and relations', async (kind) => {
    const [titles, users, seeds, genres] = ['titles', 'users', 'seeds', 'genres'].map((name) =>
      folder.path(`${name}.${kind}`),
    )
    await writeColumns(titles, { item: items, title: items.map((one) => `Title of ${one}`) })
    await writeColumns(users, { who: [user] })
    await writeColumns(seeds, { id: [user, item], label: ['red', 'blue'] })
    await writeColumns(genres, { item: items, genre: items.map(() => 'drink') })
    const asked = ['recommend', circle, '--users-file', users, '--titles', titles, '--relation', `genre=${genres}`]
    const { stdout } = await rivulet([...asked, '--json', ...single])
    const { lists } = JSON.parse(stdout) as Lists
    expect(lists.map((one) => one.user)).toEqual([user])
    expect(lists[0].items.every(({ title }) => title?.startsWith('Title of '))).toBe(true)
    const labelled = await rivulet(['label', circle, '--seeds', seeds, '--json', ...single])
    expect(documentOf(labelled)).toMatchObject({ classes: ['blue', 'red'] })
  })

  it('have no header to pass over where columns have names', async () => {
    const seeds = folder.path('stray.parquet')
    await writeColumns(seeds, { node: ['nobody', user], label: ['red', 'blue'] })
    const { code, stderr } = await rivulet(['label', circle, '--seeds', seeds, ...single])
    expect([code, stderr]).toEqual([1, expect.stringContaining('nobody')])
  })

  it('are left out by row with --skip-bad-rows, which is told, and refused without it', async () => {
    const dirty = folder.write('titles.csv', `item,title\n${item},Good\n${item},too,many\n`)
    const args = ['recommend', circle, '--users', user, '--titles', dirty, ...single]
    const refused = await rivulet(args)
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('line 3')])
    const { code, stderr } = await rivulet([...args, '--skip-bad-rows'])
    expect([code, stderr]).toEqual([0, expect.stringContaining(`${dirty}: 1 bad row skipped: line 3`)])
  })
})

describe('score', () => {
  const pairs = folder.write('pairs.csv', `user,item\n${user},${items()[0]}\n${user},${items()[1]}\n`)
  function items(): string[] {
    return [...new Set(lines.map((line) => line.split(',')[1]))]
  }

  it('gives the score of each pair, in the order of the file', async () => {
    const args = ['score', circle, '--pairs', pairs, '--method', 'rp3beta', ...single]
    const { method, scores } = documentOf<{ method: string; scores: { user: string; item: string; score: number }[] }>(
      await rivulet([...args, '--json']),
    )
    expect([method, scores.map((one) => [one.user, one.item])]).toEqual([
      'rp3beta',
      [
        [user, items()[0]],
        [user, items()[1]],
      ],
    ])
    const { stdout } = await rivulet(args)
    expect(stdout.split('\n')[0]).toMatch(/^user +item +score$/)
    const out = folder.path('scores.parquet')
    expect((await rivulet([...args, '--out', out])).stderr).toContain(`2 scores -> ${out}`)
  })

  it('refuses unknown ids, or leaves them out and says how many', async () => {
    const strange = folder.write('strange.csv', `user,item\n${user},nothing\n${user},${item}\n`)
    const args = ['score', circle, '--pairs', strange, ...single]
    const refused = await rivulet(args)
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("'nothing'")])
    const { code, stderr, stdout } = await rivulet([...args, '--unknown', 'drop'])
    expect([code, stdout.trim().split('\n').length]).toEqual([0, 2])
    expect(stderr).toContain('1 of 2 pairs have an id that is not in FILE: skipped')
    expect((await rivulet(['score', circle, ...single])).code).toBe(2)
  })
})
