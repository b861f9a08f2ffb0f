import type { MatrixShape } from '../matrix/windows.ts'
import { listOperations, type RankShape } from './rank-plan.ts'

/** Multiplications that are not worth a request. */
const SHORT = 2 ** 20

/**
 * Whether a request scores profiles faster than the calling thread does one by one: the table of lists must be written first, which a single profile
 * would wait for.
 *
 * @param work sizes of the whole call
 */
export function requestPays(
  matrix: MatrixShape,
  work: Pick<RankShape, 'profiles' | 'seedCount' | 'listEntries' | 'items'>,
): boolean {
  return listOperations(matrix, work) >= Math.max(SHORT, work.listEntries)
}
