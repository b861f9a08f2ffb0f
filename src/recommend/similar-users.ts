import { powers } from '../matrix/normalize.ts'
import { fixedSchedule } from '../plan/schedule.ts'
import { sweep, type Algorithm } from '../request/request.ts'
import { integer } from '../support/spec.ts'
import { requireRow, type Id } from '../support/key-index.ts'
import type { Catalogue } from './catalogue.ts'
import { TopList } from './top-list.ts'
import type { NamedNetwork } from '../network/network.ts'

/** A user that spreading from another one reaches strongly. */
export interface SimilarUser {
  readonly user: string
  readonly score: number
}

export const similarUsersOptions = {
  /** Most users of a list; integer >= 1. Default 10. */
  k: integer(10, 1),
}

const ALPHA = 0.7

/** The users that label spreading from one user's interactions reaches most, best first, herself left out. */
export function* similarUsersOn(
  network: NamedNetwork,
  catalogue: Catalogue,
  userKey: Id,
  k: number,
): Algorithm<SimilarUser[]> {
  const user = requireRow('similarUsers', 'a user', catalogue.users, userKey)
  const { rows, columns } = network.degrees
  const squared = ALPHA * ALPHA
  const { rowScores } = yield* sweep({
    name: 'similarUsers',
    operator: {
      middle: powers(rows, -1),
      scale: powers(columns, -1, squared),
      weight: powers(columns, 0.5),
    },
    schedule: fixedSchedule({ spectrum: [0, squared], tolerance: 0.01, maxIterations: 1000, solver: 'auto' }),
    seeds: {
      kind: 'rows',
      rows: Int32Array.of(user),
      scale: powers(columns, -0.5, 1 - ALPHA),
    },
    output: {
      kind: 'scores',
      finish: new Float32Array(columns.length),
      rowScale: powers(rows, -0.5, ALPHA),
    },
  })
  const best = new TopList(Math.min(k, rows.length))
  rowScores.forEach((score, other) => {
    if (other !== user && score > 0) best.offer(other, score)
  })
  const { items, scores } = best.take()
  return Array.from(items, (row, at) => ({ user: catalogue.users.keyOf(row), score: scores[at] }))
}
