import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { root } from '../house/sources.ts'

const output = mkdtempSync(join(tmpdir(), 'rivulet-notebooks-'))
const dataFolder = process.env['RIVULET_DATA'] ?? join(root, '..', 'shared', 'data')
const hasCora = existsSync(join(dataFolder, 'planetoid', 'cora.nodes.tsv.gz'))

afterAll(() => rmSync(output, { recursive: true, force: true }))

/** Runs a notebook as a reader does, but its drawing goes to a temporary folder. Gives what it printed. */
async function run(name: string, data = dataFolder): Promise<string> {
  const tsx = join(root, 'node_modules', 'tsx', 'dist', 'cli.mjs')
  const env = { ...process.env, RIVULET_NOTEBOOK_OUTPUT: output, RIVULET_DATA: data }
  const { stdout } = await promisify(execFile)(process.execPath, [tsx, `docs/notebooks/${name}.ts`], { cwd: root, env })
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

describe('the notebooks', { timeout: 120_000 }, () => {
  it('first recommendations: lists, reasons, methods on three splits, and the figures of the README', async () => {
    const printed = await run('first-recommendations')
    expect(printed).toContain('2,059 users, 1,099 films, 44,613 ratings')
    expect(printed).toMatch(/split +graph-filter +label-spreading +rp3beta +p3alpha +item-knn +ease +popularity/)
    expect(printed).toMatch(/by time, last fifth( +0\.\d{3}){7} +1,647 +[0-9a-f]{16}/)
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

  it("one user's neighbourhood: users, items, contributions and the drawing", async () => {
    const printed = await run('one-users-neighbourhood')
    expect(printed.match(/^ {2}User \d+ +\d+ of her films, \d+ in all/gm)).toHaveLength(8)
    expect(printed.match(/^ {2}.* \(\d{4}\) +\d+ % .*, -?\d+ % .*, -?\d+ % /gm)).toHaveLength(8)
    expectDrawing('one-users-neighbourhood.svg')
  })
})
