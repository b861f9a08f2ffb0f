/** Profiles asked about in parts, and their lists put together again. */
import type { TopLists } from '../request/sweep.ts'
import type { Profiles } from './methods/model.ts'

/** The profiles at some places. */
export function takeProfiles(profiles: Profiles, places: Int32Array): Profiles {
  if (profiles.kind === 'rows') return { ...profiles, rows: places.map((place) => profiles.rows[place]) }
  const indptr = new Int32Array(places.length + 1)
  places.forEach((place, at) => (indptr[at + 1] = indptr[at] + profiles.indptr[place + 1] - profiles.indptr[place]))
  const [indices, data] = [new Int32Array(indptr[places.length]), new Float32Array(indptr[places.length])]
  places.forEach((place, at) => {
    indices.set(profiles.indices.subarray(profiles.indptr[place], profiles.indptr[place + 1]), indptr[at])
    data.set(profiles.data.subarray(profiles.indptr[place], profiles.indptr[place + 1]), indptr[at])
  })
  return { kind: 'sparse', indptr, indices, data }
}

export function emptyLists(count: number, k: number): TopLists {
  return { k, rows: new Int32Array(count * k).fill(-1), scores: new Float32Array(count * k).fill(-Infinity) }
}

/** Puts the lists of some places where they belong. */
export function putLists({ k, rows, scores }: TopLists, part: TopLists, places: Int32Array): void {
  places.forEach((place, at) => {
    rows.set(part.rows.subarray(at * k, (at + 1) * k), place * k)
    scores.set(part.scores.subarray(at * k, (at + 1) * k), place * k)
  })
}
