import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import commonJsPageRank from 'graphology-metrics/centrality/pagerank.js'
import { drive, openNetwork, solveInThread } from '../../src/advanced.ts'
import { labelSpreading, personalizedPageRank } from '../../src/index.ts'
import { citations, plantedPartition } from '../data/labelled-graphs.ts'
import type { LabelledGraph } from '../data/labelled-graphs.ts'
import { plainSpreading } from '../rivals/plain-spreading.ts'
import { answerOf, RivalProcess } from '../rivals/rival-process.ts'
import { distance } from '../timing/agree.ts'
import { race } from '../timing/race.ts'
import type { Contestant } from '../timing/race.ts'
import type { Bench, Suite } from './suite.ts'

/** The package is CommonJS: its default is the function itself, whatever its types say. */
const pagerank = commonJsPageRank as unknown as typeof commonJsPageRank.default

const PYTHON = fileURLToPath(new URL('../rivals/labels.py', import.meta.url))
const ALPHA = 0.9
const TOLERANCE = 1e-6
const ALPHAS = [0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99]
/** Test accuracy of symmetric label spreading at alpha .9 after 200 steps, in percent: data README. */
const KNOWN_ACCURACY: Readonly<Record<string, number>> = { cora: 71.3, citeseer: 49.9, pubmed: 71.2 }

/** Node labels from few seeds, and PageRank, on citation networks: accuracy, and time against a plain loop, scikit-learn, scikit-network, graphology. */
export const propagateSuite: Suite = {
  about: 'label spreading on citation networks: accuracy, and time against a plain loop and scikit-learn; PageRank',
  run: async (bench) => {
    if (bench.size === 'smoke') return propagateOn(bench, plantedPartition(900))
    if (bench.size !== 'small') return bench.report.skip('propagate: only at sizes smoke and small')
    for (const name of Object.keys(KNOWN_ACCURACY)) {
      const given = await citations(name)
      if (given === null) bench.report.skip(`propagate on ${name}: not below RIVULET_DATA`)
      else await propagateOn(bench, given)
    }
  },
}

async function propagateOn(bench: Bench, given: LabelledGraph): Promise<void> {
  const { report, tools } = bench
  const graph = `${given.name}: ${given.nodeCount.toLocaleString('en')} nodes, ${given.source.length.toLocaleString('en')} edges`
  report.figures('propagate', graph, 'accuracy of label spreading', accuracies(given))
  const python = await startPython(bench, given)
  try {
    await raceSpreading(bench, graph, given, tools.packages['scikit-learn'] === undefined ? null : python)
    await racePageRank(bench, graph, given, tools.packages['scikit-network'] === undefined ? null : python)
  } finally {
    python?.close()
  }
}

const seedsOf = ({ train, labels }: LabelledGraph): [string, number][] =>
  train.map((node) => [String(node), labels[node]])

function accuracies(given: LabelledGraph): { name: string; value: number; unit: string; atLeast?: number }[] {
  const percent = (alpha: number, part: readonly number[]): number => {
    const { labels } = labelSpreading.detailed(given.graph, { seeds: seedsOf(given), alpha })
    return (100 * part.filter((node) => labels[node] === given.labels[node]).length) / part.length
  }
  const best = ALPHAS.reduce((a, b) => (percent(b, given.validation) > percent(a, given.validation) ? b : a))
  const known = KNOWN_ACCURACY[given.name]
  return [
    {
      name: `test accuracy, alpha ${ALPHA}`,
      value: percent(ALPHA, given.test),
      unit: '%',
      ...(known && { atLeast: known - 0.05 }),
    },
    { name: `test accuracy, alpha ${best} (best on validation)`, value: percent(best, given.test), unit: '%' },
    ...ALPHAS.map((alpha) => ({ name: `test accuracy, alpha ${alpha}`, value: percent(alpha, given.test), unit: '%' })),
  ]
}

async function startPython({ tools, folder }: Bench, given: LabelledGraph): Promise<RivalProcess | null> {
  if (tools.python === null) return null
  const seeds = new Int32Array(given.nodeCount).fill(-1)
  for (const node of given.train) seeds[node] = given.labels[node]
  for (const [name, array] of Object.entries({ source: given.source, target: given.target, seeds })) {
    await writeFile(join(folder, name), array)
  }
  return new RivalProcess(tools.python, [PYTHON, folder, String(classCountOf(given)), String(ALPHA), String(TOLERANCE)])
}

const classCountOf = ({ labels }: LabelledGraph): number => labels.reduce((most, label) => Math.max(most, label), 0) + 1

async function raceSpreading(
  bench: Bench,
  graph: string,
  given: LabelledGraph,
  python: RivalProcess | null,
): Promise<void> {
  const { report, tools, folder, raceOptions, size } = bench
  const task = `label spreading, alpha ${ALPHA}, to residual ${TOLERANCE}`
  const options = { seeds: seedsOf(given), alpha: ALPHA, tolerance: TOLERANCE }
  const expected = labelSpreading.detailed(given.graph, options)
  if (!expected.converged) report.fail(`propagate on ${graph}: not converged, residual ${expected.residual}`)
  const network = openNetwork('bench', given.graph, { weighted: 'auto', direction: 'both', memoryLimitBytes: Infinity })
  const solve = solveInThread(network, { memoryLimitBytes: Infinity, kernel: 'auto' })
  const classCount = classCountOf(given)
  const ours: Contestant[] = [
    {
      name: 'rivulet, from the matrix',
      run: () => void drive(labelSpreading.on(network, options), solve),
      answer: () => drive(labelSpreading.on(network, options), solve).scores.data,
    },
    {
      name: 'rivulet, from a graphology graph',
      run: () => void labelSpreading.detailed(given.graph, options),
      answer: () => expected.scores.data,
    },
  ]
  const plain = (): Float64Array => plainSpreading(given, classCount, ALPHA, TOLERANCE)
  const rivals: Contestant[] = [{ name: 'plain JS loop', run: () => void plain(), answer: plain }]
  if (python !== null) {
    rivals.push({
      name: `scikit-learn ${tools.packages['scikit-learn']}`,
      run: () => python.time('spreading'),
      answer: () => answerOf(python, 'spreading', folder),
      note: 'given the sparse matrix as its kernel',
    })
  }
  const agreeing = [...ours]
  const { reached } = expected
  const ourShares = sharesWhereReached(expected.scores.data, classCount, reached)
  for (const rival of rivals) {
    const theirs = sharesWhereReached(await rival.answer(), classCount, reached)
    if (report.expect(`propagate on ${graph}, ${rival.name}`, distance(ourShares, theirs), 1e-2)) agreeing.push(rival)
  }
  const laps = await race(agreeing, raceOptions)
  report.race({ suite: 'propagate', graph, task, laps, ...(size === 'small' && { goals: { 'scikit-learn': 10 } }) })
}

/** Scores as shares of each row, 0 where nothing arrived: there every library has its own way to say so. */
function sharesWhereReached(scores: ArrayLike<number>, classCount: number, reached: Uint8Array): Float64Array {
  const shares = Float64Array.from(scores)
  for (let node = 0; node < reached.length; node++) {
    const row = shares.subarray(node * classCount, (node + 1) * classCount)
    const total = row.reduce((sum, score) => sum + score, 0)
    for (let c = 0; c < classCount; c++) row[c] = reached[node] === 1 ? row[c] / total : 0
  }
  return shares
}

async function racePageRank(
  bench: Bench,
  graph: string,
  given: LabelledGraph,
  python: RivalProcess | null,
): Promise<void> {
  const { report, tools, folder, raceOptions } = bench
  const { nodeCount } = given
  const options = { seeds: null, alpha: 0.85, tolerance: TOLERANCE }
  const expected = personalizedPageRank.detailed(given.graph, options)
  const theirs = { getEdgeWeight: null, alpha: 0.85, tolerance: TOLERANCE / nodeCount, maxIterations: 1000 }
  const contestants: Contestant[] = [
    {
      name: 'graphology-metrics',
      run: () => void pagerank(given.graph, theirs),
      answer: () => Object.values(pagerank(given.graph, theirs)),
    },
  ]
  if (python !== null && given.graph.someNode((node) => given.graph.degree(node) === 0)) {
    report.skip(`scikit-network's PageRank on ${given.name}: it lets a walker at an isolated node restart differently`)
  } else if (python !== null) {
    contestants.push({
      name: `scikit-network ${tools.packages['scikit-network']}`,
      run: () => python.time('pagerank'),
      answer: () => answerOf(python, 'pagerank', folder),
      note: 'given the matrix',
    })
  }
  const network = openNetwork('bench', given.graph, { weighted: 'auto', direction: 'out', memoryLimitBytes: Infinity })
  const solve = solveInThread(network, { memoryLimitBytes: Infinity, kernel: 'auto' })
  const agreeing: Contestant[] = [
    {
      name: 'rivulet, from the matrix',
      run: () => void drive(personalizedPageRank.on(network, options), solve),
      answer: () => expected.scores,
    },
    {
      name: 'rivulet, from a graphology graph',
      run: () => void personalizedPageRank.detailed(given.graph, options),
      answer: () => expected.scores,
    },
  ]
  for (const rival of contestants) {
    if (report.expect(`PageRank on ${graph}, ${rival.name}`, distance(expected.scores, await rival.answer()), 1e-3))
      agreeing.push(rival)
  }
  report.race({ suite: 'propagate', graph, task: 'PageRank, damping .85', laps: await race(agreeing, raceOptions) })
}
