import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { built } from '../build.ts'
import { root } from '../house/sources.ts'

const output = mkdtempSync(join(tmpdir(), 'rivulet-notebooks-'))
const dataFolder = process.env['RIVULET_DATA'] ?? join(root, '..', 'shared', 'data')
const hasLastfm = existsSync(join(dataFolder, 'lastfm', 'user_artists.dat.gz'))
const hasCora = existsSync(join(dataFolder, 'planetoid', 'cora.nodes.tsv.gz'))

afterAll(() => rmSync(output, { recursive: true, force: true }))

/** Runs a notebook as a reader does, but its drawing goes to a temporary folder. Gives what it printed. */
async function run(name: string, data = dataFolder): Promise<string> {
  const env = { ...process.env, RIVULET_NOTEBOOK_OUTPUT: output, RIVULET_DATA: data }
  const { stdout } = await promisify(execFile)(process.execPath, [built(`docs/notebooks/${name}.ts`)], {
    cwd: root,
    env,
  })
  return stdout
}

/** The drawing in the repository is the one that the notebook draws: same input, same bits. */
function expectDrawing(name: string): void {
  const drawn = readFileSync(join(output, name), 'utf8')
  expect(drawn).toMatch(/^<svg [^>]*>\n<title>.*<\/title>/)
  expect(drawn).not.toContain('NaN')
  expect(drawn).toBe(readFileSync(join(root, 'docs', 'notebooks', 'output', name), 'utf8'))
}

/** Figures with three decimals, and shares, in order. */
const figuresOf = (text: string): string[] => text.match(/\b0\.\d{3}\b|\b\d+ %/g) ?? []

/** The figures in the rows of a page's table that begin with one of these words, in order. */
function quotedFigures(page: string, rows: readonly string[]): string[][] {
  const lines = readFileSync(join(root, page), 'utf8').split('\n')
  return rows.map((row) => figuresOf(lines.find((line) => line.startsWith(`| ${row} `)) ?? ''))
}

/** The figures in the lines that begin so, in order. */
function printedFigures(printed: string, rows: readonly string[]): string[][] {
  const lines = printed.split('\n')
  return rows.map((row) => figuresOf(lines.find((line) => line.startsWith(`  ${row} `)) ?? ''))
}

/** Of every transform the interval of the gain is above 0, and plays by lot are left out. */
function expectPlaysToHelp(printed: string): void {
  const gains = [...printed.matchAll(/^ {2}plays, .* \[(-?0\.\d{3}), .*semi-supervised$/gm)]
  expect(gains).toHaveLength(3)
  for (const [, low] of gains) expect(Number(low)).toBeGreaterThan(0)
  expect(printed).toMatch(/^ {2}supervised: no weight lowers the loss/m)
}

/** Plays tell more than likes, and by likes that are made of plays nothing is won beyond chance, or next to nothing. */
function expectTastes(printed: string): void {
  const rows = [...printed.matchAll(/^ {2}(likes|plays|both) +0\.\d\d +0\.\d\d +(0\.\d{3})$/gm)]
  const [likes, plays, both] = rows.map((match) => Number(match[2]))
  expect(rows.map((match) => match[1])).toEqual(['likes', 'plays', 'both'])
  expect(plays).toBeGreaterThan(2 * likes)
  expect(Math.abs(both - plays)).toBeLessThan(0.05)
  expect(printed).toMatch(/both over likes: .*: both win$/m)
}

describe('the notebooks', { timeout: 600_000 }, () => {
  it('first recommendations: lists, reasons, methods on three splits, and the figures of the README', async () => {
    const printed = await run('first-recommendations')
    expect(printed).toContain('2,059 users, 1,099 films, 44,613 ratings')
    expect(printed).toMatch(/split +graph-filter +label-spreading +rp3beta +p3alpha +item-knn +ease +popularity/)
    expect(printed).toMatch(/by time, last fifth( +0\.\d{3}){8} +1,603 +[0-9a-f]{16}/)
    expectDrawing('accuracy-by-activity.svg')

    const splits = ['by time, last fifth', 'leave last out', 'random fifth']
    expect(quotedFigures('README.md', splits)).toEqual(printedFigures(printed, splits))
    const alphas = ['0.3', '0.5', '0.7', '0.9', '0.95']
    expect(quotedFigures('docs/explanation/why-spreading-works.md', alphas)).toEqual(printedFigures(printed, alphas))
    expect(printedFigures(printed, [...splits, ...alphas]).every((figures) => figures.length >= 4)).toBe(true)
  })

  it('labels from few seeds: says that Cora is missing and goes on with a generated graph', async () => {
    const printed = await run('labels-from-few-seeds', '/nowhere')
    expect(printed).toContain('Cora is not in /nowhere: set RIVULET_DATA')
    expect(printed).toMatch(/a planted partition: 800 nodes, .* 4 classes, 720 test nodes/)
    const accuracies = [...printed.matchAll(/accuracy (\d+) %, macro F1/g)].map((match) => Number(match[1]))
    expect(accuracies).toHaveLength(3)
    // One class in four would be 25 %.
    expect(Math.min(...accuracies)).toBeGreaterThan(60)
    expectDrawing('labels-from-few-seeds-generated.svg')
  })

  it.skipIf(!hasCora)('labels from few seeds on Cora (needs RIVULET_DATA)', async () => {
    const printed = await run('labels-from-few-seeds')
    expect(printed).toMatch(/Cora: 2,708 nodes, 5,278 edges, 7 classes, 1,000 test nodes/)
    const page = readFileSync(join(root, 'docs', 'how-to', 'labels-from-few-seeds.md'), 'utf8')
    // A mean, and behind it in brackets its range.
    const [one, twenty] = ['1', '20'].map((seeds) => {
      const line = printed.split('\n').find((text) => new RegExp(`^ {2}${seeds} +\\d+ `).test(text)) ?? ''
      return [...line.matchAll(/(\d+) % \(/g)].map((match) => match[1])
    })
    expect(one).toHaveLength(3)
    expect(page.replaceAll('\n', ' ')).toContain(
      `${one[0]} % by spreading, ${one[1]} % by propagation and ${one[2]} % by propagation`,
    )
    expect(page.replaceAll('\n', ' ')).toContain(`with twenty seeds ${twenty[0]}, ${twenty[1]} and ${twenty[2]} %`)
    expectDrawing('labels-from-few-seeds-cora.svg')
  })

  it('stars and views: what views add, for whom, how far off, and the guard; the figures of the page on ratings', async () => {
    const printed = await run('stars-and-views')
    expect(printed).toContain('11,158 stars from 0 to 10, 44,613 pairs seen, 33,455 to predict')
    expect(printed).toMatch(/semi-supervised: weight .* lowers the mean loss/)
    expect(printed).toMatch(/supervised: no weight lowers the loss/)
    const rows = ['user and item biases', 'stars alone', 'stars and views']
    const figures = (text: string): string[] => text.match(/\b1\.\d{3}\b/g) ?? []
    const page = readFileSync(join(root, 'docs', 'explanation', 'rating-inference.md'), 'utf8').split('\n')
    for (const row of [...rows, '1-4', '5-9', '10-19', '20-49', '50 and more']) {
      const line = printed.split('\n').find((text) => text.startsWith(`  ${row} `)) ?? ''
      expect(figures(line).length).toBe(2)
      expect(figures(page.find((text) => text.startsWith(`| ${row} `)) ?? '')).toEqual(figures(line))
    }
    expectDrawing('stars-and-views-balance.svg')
    expectDrawing('stars-and-views-errors.svg')
  })

  it('plays and likes: says that Last.fm is missing and goes on with a generated log', async () => {
    const printed = await run('plays-and-likes', '/nowhere')
    expect(printed).toContain('Last.fm is not in /nowhere: set RIVULET_DATA')
    expectPlaysToHelp(printed)
    expectDrawing('plays-and-likes-generated.svg')
  })

  it.skipIf(!hasLastfm)('plays and likes on Last.fm (needs RIVULET_DATA)', async () => {
    const printed = await run('plays-and-likes')
    expect(printed).toContain('1,892 users, 6,542 likes and 90,060 plays to learn from, 2,774 likes to find')
    expectPlaysToHelp(printed)
    expectDrawing('plays-and-likes-lastfm.svg')
  })

  it('users by taste: says that Last.fm is missing and goes on with a generated log', async () => {
    const printed = await run('users-by-taste', '/nowhere')
    expect(printed).toContain('Last.fm is not in /nowhere: set RIVULET_DATA')
    expectTastes(printed)
    expectDrawing('users-by-taste-generated.svg')
  })

  it.skipIf(!hasLastfm)('users by taste on Last.fm (needs RIVULET_DATA)', async () => {
    const printed = await run('users-by-taste')
    expect(printed).toContain('1,892 users, 7,444 likes, 74,266 plays, 18,568 plays held out')
    expectTastes(printed)
    expectDrawing('users-by-taste-lastfm.svg')
  })

  it('three labels per class: says that Cora is missing and goes on with a generated graph', async () => {
    const printed = await run('three-labels-per-class', '/nowhere')
    expect(printed).toContain('Cora is not in /nowhere: set RIVULET_DATA')
    expect(printed).toContain('Left to itself, inferLabels takes poisson-learning: 3 labels per class: few.')
    const rows = [...printed.matchAll(/^ {2}(.*\S) +(\d+) % +(\d+) % +(\d) of 4$/gm)]
    expect(rows).toHaveLength(5)
    // Judged by validation nodes: no method loses more by it than a point, which may be their choice of nodes.
    for (const [, , alone, trained] of rows) expect(Number(trained)).toBeGreaterThanOrEqual(Number(alone) - 1)
    expectDrawing('three-labels-per-class-generated.svg')
  })

  it.skipIf(!hasCora)('three labels per class on Cora (needs RIVULET_DATA)', async () => {
    const printed = await run('three-labels-per-class')
    expect(printed).toMatch(/Cora: 2,708 nodes, 5,278 edges, 7 classes/)
    const accuracies = [...printed.matchAll(/^ {2}(.*\S) +(\d+) % \(\d+ % to/gm)].map((match) => Number(match[2]))
    expect(accuracies).toHaveLength(5)
    // Label propagation comes first, Poisson learning with class volumes last.
    expect(accuracies[4] - accuracies[0]).toBeGreaterThan(15)
    expectDrawing('three-labels-per-class-cora.svg')
  })

  it("one user's neighbourhood: users, items, contributions and the drawing", async () => {
    const printed = await run('one-users-neighbourhood')
    expect(printed.match(/^ {2}User \d+ +\d+ of her films, \d+ in all/gm)).toHaveLength(8)
    expect(printed.match(/^ {2}.* \(\d{4}\) +\d+ % .*, -?\d+ % .*, -?\d+ % /gm)).toHaveLength(8)
    expectDrawing('one-users-neighbourhood.svg')
  })
})
