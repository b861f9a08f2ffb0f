/** Entries excluded from each list, in shared memory. */
import type { Arena } from '../memory/arena.ts'
import type { Section } from '../memory/layout.ts'
import type { ColumnLists } from '../request/sweep.ts'

interface Sections {
  readonly excludedPointers: Section
  readonly excludedIndices: Section
}

export function writeExclusion(
  arena: Arena,
  { excludedPointers, excludedIndices }: Sections,
  excluded: ColumnLists | undefined,
): void {
  if (excluded === undefined) return
  arena.int32(excludedPointers).set(excluded.indptr)
  arena.int32(excludedIndices).set(excluded.indices)
}

/** Excluded entries of one list, as a view. */
export function excludedFrom(arena: Arena, { excludedPointers, excludedIndices }: Sections, list: number): Int32Array {
  const pointers = arena.int32(excludedPointers)
  return arena.int32(excludedIndices).subarray(pointers[list], pointers[list + 1])
}
