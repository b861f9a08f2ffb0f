import type { CsrMatrix } from '../../src/advanced.ts'

/** Exponents of the walk and of the penalty on popular items. */
export interface WalkOptions {
  readonly alpha: number
  readonly beta: number
  readonly k: number
}

/**
 * RP3beta (Paudel et al. 2017, 10.1145/2955101) as plain loops in float64, user after user: the k best unseen items of each, ties to the lower item.
 *
 * @returns item rows, shape (users x k), row-major; -1 where a walk reaches fewer
 */
export function plainWalk(matrix: CsrMatrix, users: Int32Array, { alpha, beta, k }: WalkOptions): Int32Array {
  const { rowCount, columnCount, indptr, indices } = matrix
  const popularity = new Float64Array(columnCount)
  for (const item of indices) popularity[item]++
  const itemUsers = Array.from({ length: columnCount }, (): number[] => [])
  for (let user = 0; user < rowCount; user++) {
    for (let edge = indptr[user]; edge < indptr[user + 1]; edge++) itemUsers[indices[edge]].push(user)
  }
  const lists = new Int32Array(users.length * k).fill(-1)
  const scores = new Float64Array(columnCount)
  for (const [place, user] of users.entries()) {
    scores.fill(0)
    for (let first = indptr[user]; first < indptr[user + 1]; first++) {
      const out = popularity[indices[first]] ** -alpha
      for (const other of itemUsers[indices[first]]) {
        const share = out * (indptr[other + 1] - indptr[other]) ** -alpha
        for (let edge = indptr[other]; edge < indptr[other + 1]; edge++) scores[indices[edge]] += share
      }
    }
    for (let item = 0; item < columnCount; item++) scores[item] *= popularity[item] ** -beta
    for (let edge = indptr[user]; edge < indptr[user + 1]; edge++) scores[indices[edge]] = 0
    const reached = Array.from(scores.keys()).filter((item) => scores[item] > 0)
    lists.set(reached.sort((a, b) => scores[b] - scores[a] || a - b).slice(0, k), place * k)
  }
  return lists
}
