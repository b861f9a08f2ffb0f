import { show } from '../support/errors.ts'
import type { Interactions } from '../data/interactions.ts'
import { readAdjacencyLists } from './adjacency.ts'
import { readDelimited } from './delimited.ts'
import { detectFormat } from './detect.ts'
import { refuseForeignFormat } from './foreign-format.ts'
import { readJsonLines } from './json-lines.ts'
import { resolveReadOptions } from './read-options.ts'
import type { ReadInteractionsOptions } from './read-options.ts'
import { openSample } from './sample.ts'

/**
 * Reads interactions from a file: delimited text, adjacency lists or JSON lines, plain or gzip (told by content, not by name).
 *
 * The file streams through; held are only the columns (4 bytes a row for user and item each, 4 for value, 1 for signal, 8 for time) and
 * the distinct ids. Ids are kept letter by letter ('007' stays '007'). An empty time is unknown; any other cell must hold something.
 *
 * What is not said is found, and `onReading` tells what was found: header and columns by names and by a comparison of line 1 with those below,
 * comments at the top, the unit of times. What cannot be told is refused rather than guessed.
 *
 * @param path the file; one that grows meanwhile is read up to the size it had when opened
 * @throws {RivuletError} READ_FAILED for a missing or broken file; EMPTY_DATA without a row; INVALID_DATA naming line and column, both from 1;
 * INVALID_OPTION, UNKNOWN_OPTION
 * @example
 * ```ts
 * await readInteractions('ratings.csv.gz')
 * await readInteractions('log.txt', { delimiter: '|', columns: { user: 3, item: 0, time: 1 }, signalName: 'play' })
 * ```
 */
export async function readInteractions(path: string, options?: ReadInteractionsOptions): Promise<Interactions> {
  const given = resolveReadOptions(options)
  const who = `readInteractions(${show(path)})`
  const { sample, chunks, close } = await openSample(who, path)
  try {
    if (given.format === undefined) refuseForeignFormat(who, sample)
    const format = given.format ?? detectFormat(path, sample, given)
    if (format === 'adjacency') return await readAdjacencyLists(who, chunks, sample, given)
    if (format === 'json-lines') return await readJsonLines(who, chunks, sample, given)
    return await readDelimited(who, chunks, sample, given)
  } finally {
    await close()
  }
}
