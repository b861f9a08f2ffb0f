import type { Detached } from '../request/request.ts'
import type { Metric } from './search.ts'
import type { Point, SearchSpace } from './search-space.ts'
import type { SearchFacts } from './trial-log.ts'

/** Judges options: returns a score of every example. */
export type Judging = Detached<ArrayLike<number>>

/** What is held out, and how options of one method are judged by it. */
export interface Exam {
  readonly metric: Metric
  /** How many examples there are: users, folds. Candidates are judged on the first so many of them. */
  readonly examples: number
  /** Fewest by whom candidates are told apart; all of them where fewer would cost as much. */
  readonly leastExamples: number
  /** By what is judged: how it was held out, and how much. */
  readonly validation: Validation
  /** What is searched when nothing else is asked for. */
  readonly space: SearchSpace
  /** What the method's options are when nothing is said, as far as they can be searched. */
  readonly defaults: Point
  /** What tells this exam from another. */
  readonly facts: SearchFacts
  /** The options at a point, as the method takes them. @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION */
  optionsAt(point: Point): object
  judge(point: Point, examples: number): Judging
}

/** How what is judged by was held out. */
export interface Validation {
  /** 'time': the latest; 'leave-last-out': the last of every user; 'random': a share; 'table': what was given; 'folds': every seed once. */
  readonly by: 'time' | 'leave-last-out' | 'random' | 'table' | 'folds'
  /** Users who are judged by, or seeds. */
  readonly examples: number
  /** Interactions, ratings or labels that are held out. */
  readonly heldOut: number
  /** Pairs of a validation table that the source holds, and that were left out therefore. */
  readonly seenPairs: number
}
