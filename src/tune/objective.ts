import type { Detached } from '../request/request.ts'
import type { Metric } from './search.ts'
import type { Point, SearchSpace } from './search-space.ts'
import type { SearchFacts } from './trial-log.ts'
import type { Setting } from './trials.ts'
import type { NamedNetwork } from '../network/network.ts'

/** What a search of a source is given beside its options. */
export interface Run {
  readonly setting: Setting
  readonly memoryLimitBytes: number
  /** The source as it is opened already, if it is. */
  readonly network: NamedNetwork | null
}

/** What is held out, and how options of one method score on it. */
export interface Objective {
  readonly metric: Metric
  /** How many examples there are: users, draws of seeds. Candidates are scored on the first so many of them. */
  readonly examples: number
  /** Fewest that tell candidates apart; all of them where fewer would cost as much. */
  readonly leastExamples: number
  readonly validation: Validation
  /** What is searched when nothing else is asked for. */
  readonly space: SearchSpace
  /** What the method's options are when nothing is said, as far as they can be searched. */
  readonly defaults: Point
  /** What tells this objective from another. */
  readonly facts: SearchFacts
  /** The options at a point, as the method takes them. @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION */
  optionsAt(point: Point): object
  /** A score of each of the first examples. */
  scores(point: Point, examples: number): Detached<ArrayLike<number>>
}

/** How validation was held out, and how much of it there is. */
export interface Validation {
  /** 'time': the latest; 'leave-last-out': the last of every user; 'random': a share; 'table': what was given. */
  readonly by: 'time' | 'leave-last-out' | 'random' | 'table'
  /** Users whose lists are scored, or draws of seeds. */
  readonly examples: number
  /** Interactions, ratings or labels that are held out. */
  readonly heldOut: number
  /** Pairs of a validation table that the source holds, and that were left out therefore: no list can hit them. */
  readonly seenPairs: number
}
