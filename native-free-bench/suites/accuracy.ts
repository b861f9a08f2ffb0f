import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { built } from '../../test/build.ts'
import { recipesOf } from '../data/recipes.ts'
import type { Recipe } from '../data/recipes.ts'
import { SPLITS } from '../data/splits.ts'
import type { Scores, SetName } from '../data/splits.ts'
import { keepAccuracy, readAccuracy, readAllAccuracy } from '../report/accuracy-lines.ts'
import type { AccuracyLine } from '../report/accuracy-lines.ts'
import { qualityAgainstCost } from '../report/quality-against-cost.ts'
import type { QualityPanel } from '../report/quality-against-cost.ts'
import { describeMachine, readManifest } from '../report/record.ts'
import type { Figure } from '../report/report.ts'
import type { AccuracyReading, AccuracyTask } from './accuracy-run.ts'
import { setsOf } from './suite.ts'
import type { Bench, Suite } from './suite.ts'

const CHILD = 'native-free-bench/suites/accuracy-run.ts'
/** Every row takes a process, and so a second. */
const SMOKE_LABELS = ['popularity', 'default']
const DRAWING = 'quality-against-cost.svg'

/** Recall@20 and NDCG@20 of every recipe on every split, of the sparsest tenth too, with seconds and peak memory; kept as JSON lines and drawn. */
export const accuracySuite: Suite = {
  about: 'Recall@20 and NDCG@20 of every recipe on public splits, with seconds and memory; draws quality against cost',
  run: async (bench) => {
    for (const set of setsOf(bench)) {
      if ((await SPLITS[set].load()) === null) bench.report.skip(`accuracy on ${set}: not below RIVULET_DATA`)
      else await accuracyOn(bench, set)
    }
    const panels = (await readAllAccuracy(bench.results)).map(([set, lines]) => panelOf(set, lines))
    if (panels.length > 0) await writeFile(join(bench.results, DRAWING), qualityAgainstCost(panels))
  },
}

function panelOf(set: SetName, lines: readonly AccuracyLine[]): QualityPanel {
  const baselines = baselineLabels(set)
  const points = lines.map((line) => ({
    label: line.label,
    chosen: line.chosen,
    baseline: baselines.has(line.label),
    seconds: elapsed(line),
    ndcg20: line.overall.ndcg20,
  }))
  return { title: SPLITS[set].title, points }
}

async function accuracyOn({ report, results, size, ...bench }: Bench, set: SetName): Promise<void> {
  const labels = bench.labels ?? (size === 'smoke' ? SMOKE_LABELS : undefined)
  const recipes = recipesOf(set).filter(({ label }) => labels?.some((text) => label.includes(text)) ?? true)
  for (const recipe of recipes) {
    const line = await measure(set, recipe).catch((cause: Error) => cause)
    const complaint = complaintAbout(set, recipe, line)
    if (complaint !== null) report.fail(`accuracy on ${set}, ${recipe.label}: ${complaint}`)
    if (line instanceof Error || complaint !== null) continue
    report.say(`   ${set}: ${recipe.label}, NDCG@20 ${line.overall.ndcg20.toFixed(4)}, ${elapsed(line).toFixed(1)} s`)
    // At once: a long run may be interrupted.
    await keepAccuracy(results, set, [line])
  }
  const kept = await readAccuracy(results, set)
  if (kept.length === 0) return
  const { split } = kept[0]
  const graph = `${set}: ${[split.users, split.items, split.train, split.test].map(thousands).join(' / ')}, ${split.hash}`
  const task = 'all users ranked; options that were chosen are constants (--suite tune searches)'
  report.table({ suite: 'accuracy', graph, task }, tableRows(kept), [...kept.flatMap(figuresOf), ...askedOf(set, kept)])
}

/** What makes a measurement worthless; `null` when nothing does. */
function complaintAbout(set: SetName, { label }: Recipe, line: AccuracyLine | Error): string | null {
  if (line instanceof Error) return line.message
  const { hash, popularity } = SPLITS[set]
  if (line.split.hash !== hash) return `the split is ${line.split.hash}, expected ${hash}`
  const distance = label === 'popularity' ? Math.abs(line.overall.recall20 - popularity) : 0
  return distance < 1e-5 ? null : `Recall@20 ${line.overall.recall20}, expected ${popularity}`
}

/** Every recipe has a process of its own: a peak of memory never falls. */
async function measure(set: SetName, { label, options, chosen }: Recipe): Promise<AccuracyLine> {
  const task: AccuracyTask = { set, options }
  const { stdout } = await promisify(execFile)(process.execPath, [built(CHILD), JSON.stringify(task)])
  const reading = JSON.parse(stdout) as AccuracyReading
  const versions = { rivulet: readManifest().version, node: process.version }
  return { date: new Date().toISOString(), ...task, label, chosen, ...reading, versions, machine: describeMachine() }
}

const elapsed = ({ seconds }: AccuracyLine): number => seconds.network + seconds.ranking
const thousands = (count: number): string => count.toLocaleString('en')

function tableRows(lines: readonly AccuracyLine[]): string[][] {
  const { from, to } = lines[0].sparsestTenth
  const sparsest = `sparsest 10 % (${from}-${String(to)})`
  return [
    ['', 'Recall@20', 'NDCG@20', `${sparsest} R@20`, 'N@20', 'seconds', 'ranking alone', 'MB', 'chosen by', 'options'],
    ...lines.map((line) => [
      line.label,
      ...[line.overall, line.sparsestTenth].flatMap(({ recall20, ndcg20 }) => [recall20.toFixed(4), ndcg20.toFixed(4)]),
      elapsed(line).toFixed(1),
      line.seconds.ranking.toFixed(1),
      (line.peakMemoryBytes / 1e6).toFixed(0),
      line.chosen,
      shortened(JSON.stringify(line.resolved)),
    ]),
  ]
}

/** A recipe may be longer than a line; the file has all of it. */
const shortened = (text: string): string => (text.length > 60 ? `${text.slice(0, 59)}…` : text)

function figuresOf(line: AccuracyLine): Figure[] {
  const { label, overall, sparsestTenth, seconds, peakMemoryBytes } = line
  return [
    { name: `${label}, Recall@20`, value: overall.recall20, unit: '' },
    { name: `${label}, NDCG@20`, value: overall.ndcg20, unit: '' },
    { name: `${label}, Recall@20 of the sparsest tenth`, value: sparsestTenth.recall20, unit: '' },
    { name: `${label}, NDCG@20 of the sparsest tenth`, value: sparsestTenth.ndcg20, unit: '' },
    { name: `${label}, from the table to lists`, value: elapsed(line), unit: 's' },
    { name: `${label}, ranking alone`, value: seconds.ranking, unit: 's' },
    { name: `${label}, peak memory`, value: peakMemoryBytes / 1e6, unit: 'MB' },
  ]
}

/** The best of ours beside what was asked for. */
function askedOf(set: SetName, kept: readonly AccuracyLine[]): Figure[] {
  const baselines = baselineLabels(set)
  const lines = kept.filter(({ label }) => !baselines.has(label))
  const { best = {}, sparsestTenth, defaultSeconds } = SPLITS[set].asked ?? {}
  const figures = Object.entries(best).flatMap(([chosen, asked]) => {
    const scores = lines.filter((line) => line.chosen === chosen).map(({ overall }) => overall)
    return bestOf(`best, ${chosen}`, scores, asked)
  })
  if (sparsestTenth !== undefined && lines.length > 0) {
    const scores = lines.map((line) => line.sparsestTenth)
    figures.push(...bestOf('best for the sparsest tenth', scores, sparsestTenth))
  }
  const byDefault = lines.find(({ label }) => label === 'default')
  if (byDefault !== undefined && defaultSeconds !== undefined) {
    const name = 'default, from the table to lists'
    figures.push({ name, value: elapsed(byDefault), unit: 's', atMost: defaultSeconds })
  }
  return figures
}

function baselineLabels(set: SetName): ReadonlySet<string> {
  const baselines = recipesOf(set).filter(({ baseline }) => baseline)
  return new Set(baselines.map(({ label }) => label))
}

/** The best by NDCG, one recipe for both figures. */
function bestOf(name: string, scores: readonly Scores[], asked: Scores): Figure[] {
  if (scores.length === 0) return []
  const best = scores.reduce((a, b) => (b.ndcg20 > a.ndcg20 ? b : a))
  return [
    { name: `${name}, Recall@20`, value: best.recall20, unit: '', atLeast: asked.recall20 },
    { name: `${name}, NDCG@20`, value: best.ndcg20, unit: '', atLeast: asked.ndcg20 },
  ]
}
