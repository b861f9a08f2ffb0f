import { listParts } from '../memory/limit.ts'
import type { InversePlan } from './inverse-plan.ts'
import type { SweepPlan } from './plan.ts'
import type { ProductPlan } from './product-plan.ts'
import type { RankPlan } from './rank-plan.ts'
import type { TrainPlan } from './train-plan.ts'

/** The plan of a request. */
export type Plan = SweepPlan | TrainPlan | ProductPlan | InversePlan | RankPlan

/** Texts specific to a kind of plan. */
interface Words {
  /** The work, with its sizes. */
  readonly work: string
  /** How threads share the work, in a word; '' if there is only one way. */
  readonly by: string
  readonly partition: string
  /** Parts of the shared memory that exist several times. */
  readonly workspaces: string
}

/** The plan in one line of text. */
export function summarizePlan(plan: Plan): string {
  const { matrix, threads } = plan
  const { work, by } = wordsFor(plan)
  const size = `${matrix.rowCount.toLocaleString('en')} x ${matrix.columnCount.toLocaleString('en')}, ${matrix.nnz.toLocaleString('en')} pairs`
  const how = threads === 1 ? '1 thread' : `${threads} threads${by}`
  const time = isLong(plan.seconds) ? [aboutTime(plan.seconds)] : []
  return [size, work, `${how}, ${plan.kernel}`, megabytes(plan.bytes.total), ...time].join('; ')
}

/** Whether the duration is long enough to mention. */
const isLong = (seconds: number | null): seconds is number => seconds !== null && seconds >= 1

/** Rounding of durations, by their size: seconds do not matter for minutes. */
const STEPS: readonly (readonly [upTo: number, unit: string, length: number, step: number])[] = [
  [10, 's', 1, 1],
  [95, 's', 1, 5],
  [90 * 60, 'min', 60, 1],
  [Infinity, 'h', 3600, 0.5],
]

/** 'about 20 s', 'about 3 min', 'about 2.5 h'; at least a second. */
export function aboutTime(seconds: number): string {
  const [, unit, length, step] = STEPS.find(([upTo]) => seconds < upTo) ?? STEPS[3]
  return `about ${Math.max(1, Math.round(seconds / length / step)) * step} ${unit}`
}

/** The plan with its reasons, as several lines of text. */
export function explainPlan(plan: Plan): string {
  const { partition, workspaces } = wordsFor(plan)
  return [
    `${plan.name}: ${summarizePlan(plan)}`,
    `partition  ${partition}`,
    `memory     shared: matrix ${megabytes(plan.bytes.matrix)}, problem ${megabytes(plan.bytes.problem)}${workspaces}`,
    `           outside:   ${listParts(plan.bytes.outside)}`,
    ...plan.notes.map((note) => `note       ${note}`),
  ].join('\n')
}

function wordsFor(plan: Plan): Words {
  if (plan.kind === 'train') return trainWords(plan)
  if (plan.kind === 'inverse') return inverseWords(plan)
  if (plan.kind === 'rank') return rankWords(plan)
  return plan.kind === 'product' ? productWords(plan) : sweepWords(plan)
}

const sweepWords = ({ problem, blocks, blockWidth, partition, windows, teams, accumulators }: SweepPlan): Words => ({
  work: `${problem.columns.toLocaleString('en')} column(s) in ${blocks} block(s) of ${blockWidth}, ${problem.steps} ${problem.solver} sweep(s)`,
  by: ` by ${partition}`,
  partition: {
    single: 'one thread: there is not enough work to share, or only one thread was requested',
    columns: 'by columns: every thread solves whole blocks on its own, without a barrier',
    rows: `by rows: all threads share each block, ${windows} row windows of equal work, two barriers a sweep`,
  }[partition],
  workspaces: ` (${teams} workspace(s) of ${3 + accumulators} vector blocks)`,
})

const trainWords = ({ training }: TrainPlan): Words => ({
  work: `${training.pairs.toLocaleString('en')} pair(s) in ${training.batches} batch(es), ${training.dimensions} dimensions`,
  by: '',
  partition: 'by batches: all threads take every step together',
  workspaces: '',
})

const productWords = ({ product, blocks, threads }: ProductPlan): Words => ({
  work: `${product.operations.toLocaleString('en')} multiplication(s) in ${blocks} block(s) of rows, at most ${product.entries.toLocaleString('en')} entries kept`,
  by: '',
  partition: 'by rows of the product: every thread takes whole blocks of about equal cost, without a barrier',
  workspaces: ` (${threads} workspace(s) of one row)`,
})

const inverseWords = ({ size, blocks }: InversePlan): Words => ({
  work: `inverse of ${size.toLocaleString('en')} x ${size.toLocaleString('en')} in ${blocks} block(s) of pivots`,
  by: '',
  partition: 'by rows: all threads eliminate every block of pivots together',
  workspaces: '',
})

const rankWords = ({ ranking, blocks, threads }: RankPlan): Words => ({
  work: `${ranking.profiles.toLocaleString('en')} list(s) of ${ranking.k} in ${blocks} block(s), ${ranking.dimensions > 0 ? `${ranking.dimensions} dimensions and ` : ''}${ranking.listEntries.toLocaleString('en')} entries of items`,
  by: '',
  partition: 'by lists: every thread takes whole blocks, without a barrier',
  workspaces: ` (${threads} workspace(s) of one ${ranking.dimensions > 0 ? 'vector block' : 'sum an item'})`,
})

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`
