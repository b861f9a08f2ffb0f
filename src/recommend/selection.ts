import type { Query } from './methods/model.ts'

/** Which items may stand in a list, checked. */
export interface Selection {
  readonly k: number
  readonly minScore: number
  readonly priorUpTo: number
  readonly query: Query
}
