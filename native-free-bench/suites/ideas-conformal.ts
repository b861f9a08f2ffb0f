import { seededRandom } from '../../src/advanced.ts'
import { drawLabels } from '../data/label-draws.ts'
import { openStage } from '../data/label-stage.ts'
import type { LabelledGraph } from '../data/labelled-graphs.ts'
import type { Bench } from './suite.ts'

const LEVEL = 0.9
/** Labels to calibrate with. */
const COUNTS = [10, 20, 30, 50]
const DRAWS = { smoke: 5, small: 200, medium: 500, large: 500 } as const
/** Labels a class that the classes are inferred from, and how often they are drawn. */
const PER_CLASS = 5
const SEED_DRAWS = 5
/** Unlabelled nodes that take part. */
const MOST_UNLABELLED = 2000

/**
 * SemiCP: every unlabelled node takes part in the calibration with a score guessed from the labelled node whose pseudo-label scores most like its
 * own: s(x, y*) + s(x_i, y_i) - s(x_i, y_i*), y* the likeliest class (Zhou et al. 2025, arXiv:2505.21147). Beside split conformal prediction with the
 * same few labels: coverage on the test nodes, how far from the level it lies on average, and the classes in a set.
 */
export function conformalIdea({ report, size }: Bench, graphs: readonly LabelledGraph[]): void {
  const rows: string[][] = []
  const figures: { name: string; value: number; unit: string }[] = []
  for (const given of graphs) {
    for (const count of COUNTS) {
      const [plain, matched] = compare(given, count, DRAWS[size])
      rows.push([given.name, String(count), ...plain.cells, ...matched.cells])
      figures.push(
        { name: `${given.name}, ${count} labels, gap of split`, value: plain.gap, unit: '' },
        { name: `${given.name}, ${count} labels, gap of SemiCP`, value: matched.gap, unit: '' },
      )
    }
  }
  const heads = ['', 'labels', 'split holds', 'gap', 'classes', 'SemiCP holds', 'gap', 'classes']
  const task = `sets that are to hold ${100 * LEVEL} %, ${SEED_DRAWS} x ${DRAWS[size]} draws`
  report.table({ suite: 'ideas', graph: 'citations and planted', task }, [heads, ...rows], figures)
}

interface Summary {
  /** Mean distance of the coverage from the level. */
  readonly gap: number
  readonly cells: readonly string[]
}

function compare(given: LabelledGraph, count: number, draws: number): [plain: Summary, matched: Summary] {
  const { infer } = openStage(given)
  const split: Outcome[] = []
  const matched: Outcome[] = []
  for (let seedDraw = 0; seedDraw < SEED_DRAWS; seedDraw++) {
    const seeds = drawLabels(given, PER_CLASS, seedDraw)
    const { scores, classes } = infer({ method: 'poisson-learning', seeds })
    const shares = (node: number): number[] => classes.map((_, c) => scores.get(node, c))
    const random = seededRandom(1000 * count + seedDraw)
    const measure = setsOn(given, classes, shares)
    const pseudo = unlabelledScores(
      given,
      seeds.map(([node]) => Number(node)),
      shares,
      random,
    )
    const known = new Map(
      given.validation.map((node) => [node, scoresOf(shares(node), classes.indexOf(given.labels[node]))]),
    )
    for (let draw = 0; draw < draws; draw++) {
      const nodes = random.shuffle(Int32Array.from(given.validation)).subarray(0, count)
      const labelled = Array.from(nodes, (node) => known.get(node) as Labelled)
      const actual = Float64Array.from(labelled, (one) => one.actual)
      split.push(measure(quantileOf(actual)))
      matched.push(measure(quantileOf(joined(actual, matchedScores(labelled, pseudo)))))
    }
  }
  return [summarise(split), summarise(matched)]
}

interface Labelled {
  /** 1 less the share of the actual class, and of the likeliest. */
  readonly actual: number
  readonly pseudo: number
}

const scoresOf = (shares: readonly number[], column: number): Labelled => ({
  actual: 1 - shares[column],
  pseudo: 1 - Math.max(...shares),
})

/** 1 less the largest share of a draw of the nodes that are neither seed, validation nor test node, ascending. */
function unlabelledScores(
  { nodeCount, validation, test }: LabelledGraph,
  seeds: readonly number[],
  shares: (node: number) => number[],
  random: ReturnType<typeof seededRandom>,
): Float64Array {
  const taken = new Set([...validation, ...test, ...seeds])
  const nodes = random.shuffle(
    Int32Array.from({ length: nodeCount }, (_, node) => node).filter((node) => !taken.has(node)),
  )
  return Float64Array.from(nodes.subarray(0, MOST_UNLABELLED), (node) => 1 - Math.max(...shares(node))).sort()
}

/** @param pseudo ascending */
function matchedScores(labelled: readonly Labelled[], pseudo: Float64Array): Float64Array {
  const known = labelled.toSorted((a, b) => a.pseudo - b.pseudo)
  let at = 0
  return pseudo.map((score) => {
    while (at + 1 < known.length && Math.abs(known[at + 1].pseudo - score) <= Math.abs(known[at].pseudo - score)) at++
    return score + known[at].actual - known[at].pseudo
  })
}

/** The ceil((n + 1) level)-th smallest score, as split conformal prediction has it; Infinity beyond the last. */
function quantileOf(scores: Float64Array): number {
  const rank = Math.ceil((scores.length + 1) * LEVEL - 1e-9)
  return rank > scores.length ? Infinity : scores.toSorted()[rank - 1]
}

const joined = (a: Float64Array, b: Float64Array): Float64Array => Float64Array.of(...a, ...b)

interface Outcome {
  readonly held: number
  readonly classes: number
}

/** What the sets of the test nodes are under a quantile. */
function setsOn(
  { test, labels }: LabelledGraph,
  classes: readonly unknown[],
  shares: (node: number) => number[],
): (quantile: number) => Outcome {
  const all = Float64Array.from(test.flatMap((node) => shares(node).map((share) => 1 - share))).sort()
  const actual = Float64Array.from(test, (node) => 1 - shares(node)[classes.indexOf(labels[node])]).sort()
  return (quantile) => ({ held: upTo(actual, quantile) / test.length, classes: upTo(all, quantile) / test.length })
}

/** How many of some ascending numbers are at most this. */
function upTo(numbers: Float64Array, most: number): number {
  let [low, high] = [0, numbers.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (numbers[middle] <= most) low = middle + 1
    else high = middle
  }
  return low
}

function summarise(outcomes: readonly Outcome[]): Summary {
  const mean = (of: (outcome: Outcome) => number): number =>
    outcomes.reduce((sum, outcome) => sum + of(outcome), 0) / outcomes.length
  const gap = mean(({ held }) => Math.abs(held - LEVEL))
  const cells = [percent(mean(({ held }) => held)), percent(gap), mean(({ classes }) => classes).toFixed(2)]
  return { gap, cells }
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`
