import { listParts } from '../memory/limit.ts'
import type { Plan } from './plan.ts'

/** The plan in one line, for people. */
export function summarizePlan(plan: Plan): string {
  const { matrix, problem } = plan
  const size = `${matrix.rowCount.toLocaleString('en')} x ${matrix.columnCount.toLocaleString('en')}, ${matrix.nnz.toLocaleString('en')} pairs`
  const work = `${problem.columns.toLocaleString('en')} column(s) in ${plan.blocks} block(s) of ${plan.blockWidth}, ${problem.steps} ${problem.solver} sweep(s)`
  const how = plan.partition === 'single' ? '1 thread' : `${plan.threads} threads by ${plan.partition}`
  return `${size}; ${work}; ${how}, ${plan.kernel}; ${megabytes(plan.bytes.total)}`
}

/** The plan with its reasons, several lines, for people. */
export function explainPlan(plan: Plan): string {
  const why = {
    single: 'one thread: there is not enough work to share, or one thread was asked for',
    columns: 'by columns: every thread solves whole blocks on its own, without a barrier',
    rows: `by rows: all threads share each block, ${plan.windows} row windows of equal work, two barriers a sweep`,
  }[plan.partition]
  return [
    `${plan.name}: ${summarizePlan(plan)}`,
    `partition  ${why}`,
    `memory     shared: matrix ${megabytes(plan.bytes.matrix)}, problem ${megabytes(plan.bytes.problem)} (${plan.teams} workspace(s) of ${3 + plan.accumulators} vector blocks)`,
    `           beside it: ${listParts(plan.bytes.outside)}`,
    ...plan.notes.map((note) => `note       ${note}`),
  ].join('\n')
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`
