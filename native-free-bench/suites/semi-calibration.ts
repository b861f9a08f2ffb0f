import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import ndarray from 'ndarray'
import {
  calibration,
  type CalibrationMethod,
  conformalIntervals,
  conformalSets,
  fitCalibrator,
  type InferredLabelling,
  type Interactions,
  predictRatings,
  type RatingPredictions,
  splitRandom,
} from '../../src/index.ts'
import { drawLabels } from '../data/label-draws.ts'
import { openStage, type LabelStage } from '../data/label-stage.ts'
import { citations, plantedPartition, type LabelledGraph } from '../data/labelled-graphs.ts'
import { loadRatedFolds } from '../data/rated-folds.ts'
import { describeMachine, readManifest } from '../report/record.ts'
import type { Figure, Report } from '../report/report.ts'
import type { Bench } from './suite.ts'

const DRAWS = { smoke: 1, small: 5, medium: 10, large: 10 } as const
const LABELS = [1, 5, 20]
const LEVEL = 0.9
/** Coverage of a few thousand answers varies by about a hundredth. */
const CLOSE = 0.02

/**
 * What a confidence is worth before and after calibration, and whether ranges and sets hold the truth as often as they say. Calibrated on the
 * validation nodes of the public split (500), measured on its test nodes (1,000); ratings on a fold of ml-100k.
 */
export async function calibrationStudy(bench: Bench): Promise<void> {
  const { report, size, results } = bench
  const graphs: LabelsLine[] = []
  for (const name of size === 'smoke' ? ['planted'] : ['cora', 'citeseer', 'pubmed']) {
    const given = size === 'smoke' ? plantedPartition(300) : await citations(name)
    if (given === null) report.skip(`calibration on ${name}: not below RIVULET_DATA`)
    else graphs.push(labelsStudy(bench, given))
  }
  const ratings = await ratingsStudy(bench)
  const line = {
    ...{ date: new Date().toISOString(), level: LEVEL, draws: DRAWS[size], graphs, ratings },
    versions: { rivulet: readManifest().version, node: process.version },
    machine: describeMachine(),
  }
  await writeFile(join(results, 'semi-calibration.json'), `${JSON.stringify(line)}\n`)
  for (const graph of graphs) tellLabels(report, graph)
  if (ratings !== null) tellRatings(report, ratings)
}

/** Means over draws, a row a number of labels. */
interface LabelsLine {
  readonly graph: string
  readonly rows: readonly (Omit<LabelsFigures, 'method'> & {
    readonly perClass: number
    readonly methods: readonly CalibrationMethod[]
  })[]
}

/** One draw. */
interface LabelsFigures {
  readonly method: CalibrationMethod
  /** Expected calibration error on the test nodes. */
  readonly before: number
  readonly after: number
  /** Share of the sets that hold the label, and their mean number of classes: least ambiguous, adaptive. */
  readonly held: number
  readonly classes: number
  readonly adaptiveHeld: number
  readonly adaptiveClasses: number
}

function labelsStudy({ size }: Bench, given: LabelledGraph): LabelsLine {
  const stage = openStage(given)
  const rows = LABELS.map((perClass) => {
    const draws = Array.from({ length: DRAWS[size] }, (_, draw) => measure(stage, perClass, draw))
    const mean = (name: Exclude<keyof LabelsFigures, 'method'>): number =>
      draws.reduce((sum, one) => sum + one[name], 0) / draws.length
    return {
      perClass,
      methods: [...new Set(draws.map(({ method }) => method))],
      ...{ before: mean('before'), after: mean('after') },
      ...{ held: mean('held'), classes: mean('classes') },
      ...{ adaptiveHeld: mean('adaptiveHeld'), adaptiveClasses: mean('adaptiveClasses') },
    }
  })
  return { graph: given.name, rows }
}

function tellLabels(report: Report, { graph, rows }: LabelsLine): void {
  const heads = [
    'labels a class',
    'error before',
    'after',
    'method',
    'sets hold',
    'classes',
    'adaptive hold',
    'classes',
  ]
  report.table(
    { suite: 'semi', graph, task: `calibration error, and sets that are to hold ${100 * LEVEL} %` },
    [
      heads,
      ...rows.map((row) => [
        String(row.perClass),
        row.before.toFixed(3),
        row.after.toFixed(3),
        row.methods.join(', '),
        ...[percent(row.held), row.classes.toFixed(2), percent(row.adaptiveHeld), row.adaptiveClasses.toFixed(2)],
      ]),
    ],
    rows.flatMap(({ perClass, before, after, held }): Figure[] => [
      { name: `${perClass} a class, calibration error before`, value: before, unit: '' },
      { name: `${perClass} a class, calibration error after`, value: after, unit: '', atMost: before },
      { name: `${perClass} a class, sets hold`, value: held, unit: '', atLeast: LEVEL - CLOSE },
    ]),
  )
}

function measure({ given, infer }: LabelStage, perClass: number, draw: number): LabelsFigures {
  const labelling = infer({ seeds: drawLabels(given, perClass, draw) })
  const { confidence, labels } = labelling
  const correctAt = (nodes: readonly number[]): number[] =>
    nodes.map((node) => Number(labels[node] === given.labels[node]))
  const confidenceAt = (nodes: readonly number[]): number[] => nodes.map((node) => confidence[node])
  const { validation, test } = given
  const { method, calibrate } = fitCalibrator(confidenceAt(validation), correctAt(validation))
  const [held, classes] = setsOn(labelling, given, 'least-ambiguous')
  const [adaptiveHeld, adaptiveClasses] = setsOn(labelling, given, 'adaptive')
  return {
    method,
    before: calibration(confidenceAt(test), correctAt(test)).expectedError,
    after: calibration(confidenceAt(test).map(calibrate), correctAt(test)).expectedError,
    ...{ held, classes, adaptiveHeld, adaptiveClasses },
  }
}

/** Share of the test nodes whose set holds the label, and the mean number of classes in a set. */
function setsOn(
  { scores, classes }: InferredLabelling,
  { validation, test, labels }: LabelledGraph,
  method: 'least-ambiguous' | 'adaptive',
): [held: number, classes: number] {
  const shares = (node: number): number[] => classes.map((_, c) => scores.get(node, c))
  const columnOf = (node: number): number => classes.indexOf(labels[node])
  const kept = ndarray(Float32Array.from(validation.flatMap(shares)), [validation.length, classes.length])
  const { setOf } = conformalSets(kept, validation.map(columnOf), { level: LEVEL, method })
  const sets = test.map((node) => setOf(shares(node)))
  const held = sets.filter((set, at) => set.includes(columnOf(test[at]))).length
  return [held / test.length, sets.reduce((sum, set) => sum + set.length, 0) / test.length]
}

interface RatingsLine {
  /** Share of the ranges that hold the rating. */
  readonly held: number
  /** Mean width in stars. */
  readonly width: number
  /** Half the width over the expected error. */
  readonly quantile: number
}

/** A fold of ml-100k: a fifth of what is trained on is kept back to learn widths from. */
async function ratingsStudy({ report, size }: Bench): Promise<RatingsLine | null> {
  const folds = size === 'smoke' ? null : await loadRatedFolds('ml-100k')
  if (folds === null) {
    report.skip('conformal ranges on ml-100k: not below RIVULET_DATA, or at smoke size')
    return null
  }
  const { train, test } = folds.fold(0)
  const { train: rest, test: kept } = splitRandom(train, { testFraction: 0.2 })
  const { rating, expectedError } = predict(rest, kept)
  const learnt = conformalIntervals(rating, valuesOf(kept), { level: LEVEL, expectedError, range: [1, 5] })
  const asked = predict(rest, test)
  const ranges = Array.from(asked.rating, (stars, row) => learnt.around(stars, asked.expectedError[row]))
  const values = valuesOf(test)
  return {
    held: ranges.filter(({ low, high }, row) => values[row] >= low && values[row] <= high).length / ranges.length,
    width: ranges.reduce((sum, { low, high }) => sum + high - low, 0) / ranges.length,
    quantile: learnt.quantile,
  }
}

function tellRatings(report: Report, { held, width, quantile }: RatingsLine): void {
  report.figures('semi', 'ml-100k', `ranges that are to hold ${100 * LEVEL} % of the ratings, fold 1`, [
    { name: 'hold', value: held, unit: '', atLeast: LEVEL - CLOSE, atMost: LEVEL + CLOSE },
    { name: 'mean width', value: width, unit: 'stars' },
    { name: 'half the width over the expected error', value: quantile, unit: 'x' },
  ])
}

function predict(train: Interactions, { users, items, user, item }: Interactions): RatingPredictions {
  const pairs = Array.from(user, (row, at) => [users.keyOf(row), items.keyOf(item[at])] as const)
  return predictRatings.detailed(train, { pairs, balance: 0 })
}

const valuesOf = ({ value, length }: Interactions): Float32Array => value ?? new Float32Array(length).fill(1)

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`
