/**
 * What the library made, in files: compiled recommenders, embeddings, clusters, checkpoints of trainings.
 *
 * A file is written whole or not at all, and packed with gzip when its name ends in .gz. The same value gives the same bytes. Every format carries a version
 * and checksums: what was cut off or damaged is never used.
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
  /** Most bytes that the file may take unpacked, in (0, Infinity]: a larger one is refused, before memory is taken for it. Default: half of what the machine has free. */
  memoryLimitBytes: optional<number>(numberBetween(0, Infinity, '(]')),
}

export const sameSourceOptions = {
  /** The graph or table that it is to be used with: what was made of other data is refused. Default: none is asked for. */
  source: optional<Source>(anything),
}

export interface ReadSavedOptions extends Given<typeof savedOptions> {}

export interface ReadSavedForOptions extends ReadSavedOptions, Given<typeof sameSourceOptions> {}

/** @throws {RivuletError} WRITE_FAILED naming the path, when the system refuses. */
export async function writeCompiled(path: string, compiled: CompiledRecommender): Promise<void> {
  checkArgument('writeCompiled', 'compiled', compiled, having({ encode: isFunction }))
  await writeBytesFile(path, compiled.encode())
}

/**
 * Reads what `writeCompiled` wrote, unpacking it when it begins like gzip.
 *
 * @throws {RivuletError} READ_FAILED for a missing file, another kind of file, another version of the format, one that is cut off, damaged, forged or
 *   too large.
 */
export async function readCompiled(path: string, options?: ReadSavedOptions): Promise<CompiledRecommender> {
  return new CompiledRecommender(await read('readCompiled', path, COMPILED_FORMAT, options))
}

/** Writes `facts`, ids and vectors, every bit of them. @throws {RivuletError} WRITE_FAILED naming the path, when the system refuses. */
export async function writeEmbedding(path: string, embedding: StoredEmbedding): Promise<void> {
  await writeBytesFile(path, encodeSaved(EMBEDDING_FORMAT, embedding))
}

/**
 * Reads what `writeEmbedding` wrote, unpacking it when it begins like gzip.
 *
 * @throws {RivuletError} READ_FAILED as `readCompiled`; INVALID_DATA when it was made of other data than `source`.
 */
export async function readEmbedding(path: string, options?: ReadSavedForOptions): Promise<StoredEmbedding> {
  return read('readEmbedding', path, EMBEDDING_FORMAT, options, requireSameData)
}

/** Writes all of it, every bit. @throws {RivuletError} WRITE_FAILED naming the path, when the system refuses. */
export async function writeClusters(path: string, clusters: Clusters): Promise<void> {
  await writeBytesFile(path, encodeSaved(CLUSTERS_FORMAT, clusters))
}

/**
 * Reads what `writeClusters` wrote, unpacking it when it begins like gzip.
 *
 * @throws {RivuletError} READ_FAILED as `readCompiled`; INVALID_DATA when they were made of other data than `source`.
 */
export async function readClusters(path: string, options?: ReadSavedForOptions): Promise<Clusters> {
  return read('readClusters', path, CLUSTERS_FORMAT, options, requireSameData)
}

/**
 * Writes all of a checkpoint, every bit.
 *
 * It returns when everything is on disk, so that a training whose `onCheckpoint` calls it never runs ahead of its file: the file is always that of the last epoch
 * or, where that could not be written, of the one before, and then the training ends with this error.
 *
 * @throws {RivuletError} WRITE_FAILED naming the path, when the system refuses.
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
 * Reads what `writeCheckpoint` wrote, for option `resume`; unpacks it when it begins like gzip. Whether it is of the same data and options is asked there.
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
