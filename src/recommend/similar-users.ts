import { powers } from '../matrix/normalize.ts'
import { fixedSchedule } from '../plan/schedule.ts'
import { sweep, type Algorithm } from '../request/request.ts'
import { integer, type Given, type Resolved } from '../support/spec.ts'
import type { Id } from '../support/key-index.ts'
import { UnknownIds, unknownOptions } from '../support/unknown-ids.ts'
import { defineFunction, type SourceFunction } from '../method/define-method.ts'
import type { SourceOptions } from '../method/source-options.ts'
import { Catalogue } from './catalogue.ts'
import { TopList } from './top-list.ts'
import type { NamedNetwork } from '../network/network.ts'

/** A user with a high score when spreading from another one. */
export interface SimilarUser {
  readonly user: string
  readonly score: number
}

const ownOptions = {
  /** Maximum length of a list; integer >= 1. Default 10. */
  k: integer(10, 1),
}

export const similarUsersOptions = { ...ownOptions, ...unknownOptions }

const ALPHA = 0.7

export interface SimilarUsersOptions extends SourceOptions, Given<typeof ownOptions>, Given<typeof unknownOptions> {}

const WHO = 'similarUsers'

/**
 * Ranks users by their scores when spreading from one user's interactions, without that user.
 *
 * @throws {RivuletError} as `recommend`; UNKNOWN_KEY for an unknown user.
 * @example
 * ```ts
 * import { fromRows, similarUsers } from 'rivulet'
 *
 * const rows = [['ann', 'tea'], ['ann', 'milk'], ['bob', 'milk'], ['bob', 'tea'], ['cid', 'oil']].map(([user, item]) => ({ user, item }))
 * const [nearest] = similarUsers(fromRows(rows, { user: 'user', item: 'item' }), 'ann')
 * console.log(nearest.user) // bob
 * ```
 */
export const similarUsers: SourceFunction<
  [user: Id],
  Given<typeof similarUsersOptions>,
  SimilarUser[],
  SimilarUsersOptions
> = defineFunction({ name: WHO, needsSides: true, options: similarUsersOptions, arity: 1, on: similarOn })

function* similarOn(
  network: NamedNetwork,
  { k, unknown }: Resolved<typeof similarUsersOptions>,
  [key]: readonly [Id],
): Algorithm<SimilarUser[]> {
  const { users } = Catalogue.of(WHO, network)
  const user = new UnknownIds(unknown).rowOf(WHO, 'a user', users, key)
  if (user < 0) return []
  const { rows, columns } = network.degrees
  const squared = ALPHA * ALPHA
  const { rowScores } = yield* sweep({
    name: WHO,
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
  return Array.from(items, (row, at) => ({ user: users.keyOf(row), score: scores[at] }))
}
