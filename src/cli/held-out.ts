import type { Command } from 'commander'
import { splitByTime, splitLeaveLastOut, splitRandom, type Interactions } from '../index.ts'
import { readTable, type ReadingArguments } from './option-groups.ts'
import type { Terminal } from './terminal.ts'

/** Where the held-out interactions come from: a file of their own, or a part of the one file. */
export interface SplitArguments extends ReadingArguments {
  readonly train?: string
  readonly test?: string
  readonly split?: SplitName
  readonly testFraction?: number
  readonly seed?: number
}

interface TrainAndTest {
  readonly train: Interactions
  readonly test: Interactions
}

type SplitName = 'random' | 'time' | 'leave-last-out'
export const SPLIT_NAMES: readonly SplitName[] = ['random', 'time', 'leave-last-out']

/** Reads training and test; what makes no sense together is wrong usage, told before anything is read. */
export async function readSplit(
  file: string | undefined,
  given: SplitArguments,
  command: Command,
  terminal: Terminal,
): Promise<TrainAndTest> {
  const { train, test, split } = given
  if (file === undefined) {
    if (train === undefined || test === undefined)
      command.error('error: expected --train and --test, or a file and --split')
    if (split !== undefined) command.error('error: --split cuts one file; --train and --test are cut already')
    return { train: await readTable(train, given, terminal), test: await readTable(test, given, terminal) }
  }
  if (train !== undefined || test !== undefined) command.error('error: expected either a file or --train and --test')
  if (split === undefined) command.error(`error: expected --split ${SPLIT_NAMES.join(' | ')} beside a file`)
  const { testFraction, seed } = given
  if (seed !== undefined && split !== 'random') command.error(`error: --seed belongs to --split random`)
  if (testFraction !== undefined && split === 'leave-last-out') {
    command.error('error: --test-fraction does not belong to --split leave-last-out')
  }
  return cutTable(await readTable(file, given, terminal), split, given)
}

/** Cuts a table in two. */
export function cutTable(table: Interactions, how: SplitName, { testFraction, seed }: SplitArguments): TrainAndTest {
  if (how === 'random') return splitRandom(table, { testFraction, seed })
  return how === 'time' ? splitByTime(table, { testFraction }) : splitLeaveLastOut(table)
}

/** Ids of the users that have something held out and are known to training. */
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
