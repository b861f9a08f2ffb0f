import type { MatrixShape } from '../matrix/windows.ts'
import { listOperations, type RankShape } from './rank-plan.ts'

/** Multiplications that are not worth a request. */
const SHORT = 2 ** 20

/**
 * Whether profiles are scored sooner by a request than one by one on the calling thread: the table of lists has to be written first, which somebody alone
 * would wait for.
 *
 * @param work of the whole call
 */
export function requestPays(
  matrix: MatrixShape,
  work: Pick<RankShape, 'profiles' | 'seedCount' | 'listEntries' | 'items'>,
): boolean {
  return listOperations(matrix, work) >= Math.max(SHORT, work.listEntries)
}
