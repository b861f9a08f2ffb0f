import { splitByTime, splitLeaveLastOut, splitRandom, type Duration, type Interactions } from '../index.ts'
import { splitColdItems, splitRolling } from '../advanced.ts'
import { readNumber } from './argument-values.ts'
import type { Files } from './command.ts'
import type { Stage } from './stage.ts'
import { value } from './flags.ts'
import { readTable, type ReadingArguments } from './source.ts'

/** The source of held-out interactions: a separate file, or a part of the one file. */
export interface SplitArguments {
  readonly train: string | undefined
  readonly test: string | undefined
  readonly split: SplitName | undefined
  readonly testFraction: number | undefined
  readonly seed: number | undefined
  /** Windows of a split by time. */
  readonly folds: number | undefined
  /** Span of each. */
  readonly window: Duration | undefined
}

export interface TrainAndTest {
  readonly train: Interactions
  readonly test: Interactions
}

/** How pairs are held out. */
export const CUT_NAMES = ['random', 'time', 'leave-last-out'] as const
/** And items as a whole. */
export const SPLIT_NAMES = [...CUT_NAMES, 'cold-items'] as const
type SplitName = (typeof SPLIT_NAMES)[number]

/** How one file is cut. */
export const CUT_FLAGS = {
  testFraction: value('<share>', 'share held out by --split random, time or cold-items (default: 0.2)', readNumber),
  seed: value('<number>', 'random seed of --split random and cold-items (default: 1)', readNumber),
}

/** Reads training and test, or those of each window; refuses contradictory flags before reading. */
export async function readSplits(
  file: Files | undefined,
  given: SplitArguments & ReadingArguments,
  stage: Stage,
): Promise<readonly TrainAndTest[]> {
  const { train, test, split } = given
  refuseWindows(given, stage)
  if (file === undefined) {
    if (train === undefined || test === undefined) stage.refuse('give --train and --test, or a file and --split')
    if (split !== undefined) stage.refuse('--split splits one file; --train and --test are split already')
    return [{ train: await readTable(train, given, stage), test: await readTable(test, given, stage) }]
  }
  if (train !== undefined || test !== undefined) stage.refuse('give either a file or --train and --test')
  return cutWindows(() => readTable(file, given, stage), given, stage)
}

/** Reads one table and cuts it into training and test, or those of each window. */
export async function cutWindows(
  read: () => Promise<Interactions>,
  given: SplitArguments,
  stage: Stage,
): Promise<readonly TrainAndTest[]> {
  const { split, folds, window, testFraction } = given
  refuseWindows(given, stage)
  if (split === undefined) return stage.refuse(`a file needs --split ${SPLIT_NAMES.join(' | ')}`)
  refuseCut(split, given, stage)
  const table = await read()
  if ((folds ?? window) === undefined) return [cutTable(table, split, given)]
  return splitRolling(table, { folds: folds ?? 1, testFraction, window })
}

function refuseWindows({ split, folds, window, testFraction }: SplitArguments, stage: Stage): void {
  const ofTime = folds !== undefined ? '--folds' : '--window'
  if ((folds ?? window) !== undefined && split !== 'time') stage.refuse(`${ofTime} requires --split time`)
  if (testFraction !== undefined && window !== undefined)
    stage.refuse('give either --test-fraction or --window, not both')
}

function refuseCut(split: SplitName, { testFraction, seed }: SplitArguments, stage: Stage): void {
  if (seed !== undefined && split !== 'random' && split !== 'cold-items')
    stage.refuse('--seed requires --split random or cold-items')
  if (testFraction !== undefined && split === 'leave-last-out') {
    stage.refuse('--test-fraction does not apply to --split leave-last-out')
  }
}

/** Cuts a table in two. */
export function cutTable(
  table: Interactions,
  how: SplitName,
  { testFraction, seed }: Pick<SplitArguments, 'testFraction' | 'seed'>,
): TrainAndTest {
  if (how === 'cold-items') return splitColdItems(table, { testFraction, seed })
  if (how === 'random') return splitRandom(table, { testFraction, seed })
  return how === 'time' ? splitByTime(table, { testFraction }) : splitLeaveLastOut(table)
}

/** Ids of users with held-out items that are known to training. */
export function testedUsers({ train, test }: TrainAndTest): string[] {
  const tested = new Uint8Array(test.users.size)
  for (const row of test.user) tested[row] = 1
  const ids: string[] = []
  for (let row = 0; row < tested.length; row++) {
    const id = tested[row] === 1 ? test.users.keyOf(row) : undefined
    if (id !== undefined && train.users.rowOf(id) >= 0) ids.push(id)
  }
  return ids
}
