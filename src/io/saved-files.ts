/**
 * Saved files: compiled recommenders, embeddings, clusters, training checkpoints.
 *
 * A file is written completely or not at all, and compressed with gzip if its name ends in .gz. The same value gives the same bytes. Every format has a
 * version and checksums: truncated or damaged data is never used.
 */
import { CLUSTERS_FORMAT } from '../cluster/clusters-format.ts'
import type { Clusters } from '../cluster/options.ts'
import { CHECKPOINT_FORMAT } from '../embed/checkpoint-format.ts'
import type { ContrastiveCheckpoint } from '../embed/contrastive-checkpoint.ts'
import { requireSameData, type StoredEmbedding } from '../embed/data-facts.ts'
import { EMBEDDING_FORMAT } from '../embed/embedding-format.ts'
import type { Source } from '../network/open.ts'
import { fileLimits } from '../plan/file-limits.ts'
import { COMPILED_FORMAT } from '../recommend/compiled-format.ts'
import { CompiledRecommender } from '../recommend/compiled.ts'
import { checkArgument, having } from '../support/arguments.ts'
import { show } from '../support/errors.ts'
import { numberBetween, isFunction, anything } from '../support/options.ts'
import { optional, resolve, type Given } from '../support/spec.ts'
import { encodeSaved, parseSaved, type SavedFormat } from '../support/sections.ts'
import { parseFile } from './read-bytes.ts'
import { writeBytesFile, writeBytesFileSync } from './write.ts'

export const savedOptions = {
  /** Maximum uncompressed size of the file in bytes, in (0, Infinity]: a larger file is refused before memory is allocated. Default: half of what the machine has free. */
  memoryLimitBytes: optional<number>(numberBetween(0, Infinity, '(]')),
}

export const sameSourceOptions = {
  /** The graph or table to use the file with: a file made from other data is refused. Default: no check. */
  source: optional<Source>(anything),
}

export interface ReadSavedOptions extends Given<typeof savedOptions> {}

export interface ReadSavedForOptions extends ReadSavedOptions, Given<typeof sameSourceOptions> {}

/** @throws {RivuletError} WRITE_FAILED naming the path, if it cannot be written. */
export async function writeCompiled(path: string, compiled: CompiledRecommender): Promise<void> {
  checkArgument('writeCompiled', 'compiled', compiled, having({ encode: isFunction }))
  await writeBytesFile(path, compiled.encode())
}

/**
 * Reads a file of `writeCompiled`, also compressed with gzip.
 *
 * @throws {RivuletError} READ_FAILED for a missing file, another kind of file, another version of the format, one that is cut off, damaged, forged or
 *   too large.
 */
export async function readCompiled(path: string, options?: ReadSavedOptions): Promise<CompiledRecommender> {
  return new CompiledRecommender(await read('readCompiled', path, COMPILED_FORMAT, options))
}

/** Writes `facts`, ids and vectors without loss. @throws {RivuletError} WRITE_FAILED naming the path, if it cannot be written. */
export async function writeEmbedding(path: string, embedding: StoredEmbedding): Promise<void> {
  await writeBytesFile(path, encodeSaved(EMBEDDING_FORMAT, embedding))
}

/**
 * Reads a file of `writeEmbedding`, also compressed with gzip.
 *
 * @throws {RivuletError} READ_FAILED as `readCompiled`; INVALID_DATA if it was made from data other than `source`.
 */
export async function readEmbedding(path: string, options?: ReadSavedForOptions): Promise<StoredEmbedding> {
  return read('readEmbedding', path, EMBEDDING_FORMAT, options, requireSameData)
}

/** Writes it without loss. @throws {RivuletError} WRITE_FAILED naming the path, if it cannot be written. */
export async function writeClusters(path: string, clusters: Clusters): Promise<void> {
  await writeBytesFile(path, encodeSaved(CLUSTERS_FORMAT, clusters))
}

/**
 * Reads a file of `writeClusters`, also compressed with gzip.
 *
 * @throws {RivuletError} READ_FAILED as `readCompiled`; INVALID_DATA if they were made from data other than `source`.
 */
export async function readClusters(path: string, options?: ReadSavedForOptions): Promise<Clusters> {
  return read('readClusters', path, CLUSTERS_FORMAT, options, requireSameData)
}

/**
 * Writes a checkpoint without loss.
 *
 * It returns when everything is on disk, so that a training whose `onCheckpoint` calls it never runs ahead of its file: the file is always that of the last epoch
 * or, where that could not be written, of the one before, and then the training ends with this error.
 *
 * @throws {RivuletError} WRITE_FAILED naming the path, if it cannot be written.
 * @example
 * ```ts
 * import { contrastiveEmbedding, fromRows, readCheckpoint, writeCheckpoint } from 'rivulet'
 *
 * const rows = [['ann', 'tea'], ['ann', 'milk'], ['bob', 'milk'], ['bob', 'tea']].map(([user, item]) => ({ user, item }))
 * const table = fromRows(rows, { user: 'user', item: 'item' })
 * const options = { dimensions: 4, epochs: 2 }
 * contrastiveEmbedding(table, { ...options, onCheckpoint: (checkpoint) => writeCheckpoint('drinks.checkpoint', checkpoint) })
 * const resume = await readCheckpoint('drinks.checkpoint')
 * const longer = contrastiveEmbedding.detailed(table, { ...options, epochs: 3, resume })
 * console.log(longer.stoppedAt) // 3
 * ```
 */
export function writeCheckpoint(path: string, checkpoint: ContrastiveCheckpoint): void {
  writeBytesFileSync(path, encodeSaved(CHECKPOINT_FORMAT, checkpoint))
}

/**
 * Reads a file of `writeCheckpoint`, also compressed with gzip, for option `resume`, which checks that data and options are the same.
 *
 * @throws {RivuletError} READ_FAILED as `readCompiled`.
 */
export async function readCheckpoint(path: string, options?: ReadSavedOptions): Promise<ContrastiveCheckpoint> {
  return read('readCheckpoint', path, CHECKPOINT_FORMAT, options)
}

async function read<Value>(
  reader: string,
  path: string,
  format: SavedFormat<Value>,
  options: ReadSavedForOptions | undefined,
  requireSame?: (who: string, value: Value, source: Source) => void,
): Promise<Value> {
  const who = `${reader} ${show(path)}`
  const known: typeof savedOptions & Partial<typeof sameSourceOptions> = {
    ...(requireSame && sameSourceOptions),
    ...savedOptions,
  }
  const { source, memoryLimitBytes } = resolve(who, known, options)
  const value = await parseFile(who, path, parseSaved(who, format, fileLimits(memoryLimitBytes)))
  if (source !== undefined) requireSame?.(who, value, source)
  return value
}
