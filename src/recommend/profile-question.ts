/** Questions about profiles: lists for people who are not in the data, and of what is similar to items. */
import type { Id } from '../support/key-index.ts'
import type { Spec } from '../support/spec.ts'
import type { Catalogue } from './catalogue.ts'
import { takeLists } from './list-room.ts'
import { methodOf } from './methods/methods.ts'
import { readProfile, type Profile, type ProfileSource } from './profile.ts'
import { resolveList, type ListRequest } from './request.ts'

export interface ProfileQuestion {
  readonly request: ListRequest
  readonly profiles: readonly Profile[]
  /** Gives back the room of the lists. */
  readonly release: () => void
}

/** @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION, UNKNOWN_KEY, MEMORY_LIMIT */
export function askAboutProfiles(
  who: string,
  catalogue: Catalogue,
  sources: readonly ProfileSource[],
  options: unknown,
  extra: Spec,
): ProfileQuestion {
  const { items, scale } = catalogue
  const request = resolveList(who, options, items, extra)
  const { signed } = methodOf(who, request.method)
  const profiles = sources.map((source) => readProfile(who, items, source, { signed, scale }))
  return { request, profiles, release: takeLists(who, catalogue, profiles.length, request) }
}

/** Of one item or many: the profile that holds it alone. */
export const itemProfiles = (item: Id | readonly Id[]): ProfileSource[] =>
  (Array.isArray(item) ? (item as readonly Id[]) : [item as Id]).map((one) => [{ item: one }])

/** The profiles of a round. */
export const profilesAt = (profiles: readonly Profile[], round: Int32Array): Profile[] =>
  Array.from(round, (place) => profiles[place])
