/** Splitting requests about profiles into parts, and joining their lists. */
import type { ColumnLists, SparseSeeds, TopLists } from '../request/sweep.ts'
import type { Profiles, Query } from './methods/model.ts'
import type { Profile } from './profile.ts'

/** Profiles as columns of a problem. */
export function sparseProfiles(profiles: readonly Profile[]): SparseSeeds {
  const indptr = new Int32Array(profiles.length + 1)
  profiles.forEach(({ items }, place) => (indptr[place + 1] = indptr[place] + items.length))
  const [indices, data] = [new Int32Array(indptr[profiles.length]), new Float32Array(indptr[profiles.length])]
  profiles.forEach(({ items, weights }, place) => {
    indices.set(items, indptr[place])
    data.set(weights, indptr[place])
  })
  return { kind: 'sparse', indptr, indices, data }
}

/** The profiles at some places. */
export function takeProfiles(profiles: Profiles, places: Int32Array): Profiles {
  if (profiles.kind === 'rows') return { ...profiles, rows: places.map((place) => profiles.rows[place]) }
  const { indptr, indices } = takeLists(profiles, places)
  const data = new Float32Array(indices.length)
  places.forEach((place, at) => {
    data.set(profiles.data.subarray(profiles.indptr[place], profiles.indptr[place + 1]), indptr[at])
  })
  return { kind: 'sparse', indptr, indices, data }
}

interface Lists {
  readonly indptr: Int32Array | Uint32Array
  readonly indices: Int32Array | Uint32Array
}

/** The query for the profiles at some places. */
export function takeQuery(query: Query, places: Int32Array): Query {
  return query.excluded === undefined ? query : { ...query, excluded: takeLists(query.excluded, places) }
}

/** Lists at some places. */
export function takeLists({ indptr: pointers, indices: all }: Lists, places: Int32Array): ColumnLists {
  const indptr = new Int32Array(places.length + 1)
  places.forEach((place, at) => (indptr[at + 1] = indptr[at] + pointers[place + 1] - pointers[place]))
  const indices = new Int32Array(indptr[places.length])
  places.forEach((place, at) => indices.set(all.subarray(pointers[place], pointers[place + 1]), indptr[at]))
  return { indptr, indices }
}

export function emptyLists(count: number, k: number): TopLists {
  return { k, rows: new Int32Array(count * k).fill(-1), scores: new Float32Array(count * k).fill(-Infinity) }
}

/** Writes the lists of some places into the joined lists. */
export function putLists({ k, rows, scores }: TopLists, part: TopLists, places: Int32Array): void {
  places.forEach((place, at) => {
    rows.set(part.rows.subarray(at * k, (at + 1) * k), place * k)
    scores.set(part.scores.subarray(at * k, (at + 1) * k), place * k)
  })
}
