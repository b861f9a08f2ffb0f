import type { KeyIndex } from '../support/key-index.ts'

/**
 * Which ids of users and items cannot be names of nodes as they are, but become 'user:ID' or 'item:ID': none, some words that graphology cannot
 * hold, or all, where an id is on both sides or such a name is somebody's id already.
 */
export function prefixRule(users: KeyIndex, items: KeyIndex): (id: string) => boolean {
  const isKnown = (id: string): boolean => users.rowOf(id) >= 0 || items.rowOf(id) >= 0
  const [few, many] = users.size < items.size ? [users, items] : [items, users]
  for (const id of few.keys()) if (many.rowOf(id) >= 0) return () => true
  for (const word of TAKEN) if (isKnown(word) && (isKnown(`user:${word}`) || isKnown(`item:${word}`))) return () => true
  return (id) => TAKEN.has(id)
}

/** graphology keeps neighbours in plain objects, where such words have a meaning. */
const TAKEN: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype))
