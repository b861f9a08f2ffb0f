import { listParts } from '../memory/limit.ts'
import type { SweepPlan } from './plan.ts'
import type { TrainPlan } from './train-plan.ts'

/** The plan of a request. */
export type Plan = SweepPlan | TrainPlan

/** The plan in one line, for people. */
export function summarizePlan(plan: Plan): string {
  const { matrix } = plan
  const size = `${matrix.rowCount.toLocaleString('en')} x ${matrix.columnCount.toLocaleString('en')}, ${matrix.nnz.toLocaleString('en')} pairs`
  const how =
    plan.threads === 1 ? '1 thread' : `${plan.threads} threads${plan.kind === 'sweep' ? ` by ${plan.partition}` : ''}`
  return `${size}; ${plan.kind === 'sweep' ? sweepWork(plan) : trainWork(plan)}; ${how}, ${plan.kernel}; ${megabytes(plan.bytes.total)}`
}

const sweepWork = ({ problem, blocks, blockWidth }: SweepPlan): string =>
  `${problem.columns.toLocaleString('en')} column(s) in ${blocks} block(s) of ${blockWidth}, ${problem.steps} ${problem.solver} sweep(s)`

const trainWork = ({ training }: TrainPlan): string =>
  `${training.pairs.toLocaleString('en')} pair(s) in ${training.batches} batch(es), ${training.dimensions} dimensions`

/** The plan with its reasons, several lines, for people. */
export function explainPlan(plan: Plan): string {
  return [
    `${plan.name}: ${summarizePlan(plan)}`,
    `partition  ${plan.kind === 'sweep' ? partitionOf(plan) : 'by batches: all threads take every step together'}`,
    `memory     shared: matrix ${megabytes(plan.bytes.matrix)}, problem ${megabytes(plan.bytes.problem)}${plan.kind === 'sweep' ? ` (${plan.teams} workspace(s) of ${3 + plan.accumulators} vector blocks)` : ''}`,
    `           beside it: ${listParts(plan.bytes.outside)}`,
    ...plan.notes.map((note) => `note       ${note}`),
  ].join('\n')
}

function partitionOf({ partition, windows }: SweepPlan): string {
  return {
    single: 'one thread: there is not enough work to share, or one thread was asked for',
    columns: 'by columns: every thread solves whole blocks on its own, without a barrier',
    rows: `by rows: all threads share each block, ${windows} row windows of equal work, two barriers a sweep`,
  }[partition]
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`
