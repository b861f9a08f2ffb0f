/** Embeddings in files: where the room that knows files and the one that knows embeddings meet. */
import { embeddingBytes, parseEmbedding } from './embed/embedding-bytes.ts'
import { requireSameData } from './embed/data-facts.ts'
import type { StoredEmbedding } from './embed/embedding-facts.ts'
import { parseFile } from './io/read-bytes.ts'
import { writeBytesFile } from './io/write.ts'
import { fileLimits } from './plan/file-limits.ts'
import type { Source } from './network/network.ts'
import { show } from './support/errors.ts'
import { anything, numberBetween, resolveOptions } from './support/options.ts'

export interface ReadEmbeddingOptions {
  /** The graph or table that the vectors are to be used with: those of other data are refused. Default: none is asked for. */
  readonly source?: Source | undefined
  /** Most bytes that the file may take unpacked, in (0, Infinity]: a larger one is refused, before memory is taken for it. Default: half of what the machine has free. */
  readonly memoryLimitBytes?: number | undefined
}

/**
 * Writes an embedding to a file, whole or not at all; packed with gzip when the name ends in .gz.
 *
 * Kept are `facts`, ids and vectors, every bit of them. The same embedding gives the same bytes. The format carries a version and checksums.
 *
 * @throws {RivuletError} WRITE_FAILED naming the path, when the system refuses.
 */
export async function writeEmbedding(path: string, embedding: StoredEmbedding): Promise<void> {
  await writeBytesFile(path, embeddingBytes(embedding))
}

/**
 * Reads what `writeEmbedding` wrote, unpacking it when it begins like gzip.
 *
 * @throws {RivuletError} READ_FAILED for a missing file, another kind of file, another version of the format, one that is cut off, damaged, forged or
 *   too large;
 *   INVALID_DATA when it was made of other data than `source`.
 */
export async function readEmbedding(path: string, options?: ReadEmbeddingOptions): Promise<StoredEmbedding> {
  const who = `readEmbedding ${show(path)}`
  const checks = { source: anything, memoryLimitBytes: numberBetween(0, Infinity, '(]') }
  const { source, memoryLimitBytes } = resolveOptions<ReadEmbeddingOptions>(who, options, {}, checks)
  const embedding = await parseFile(who, path, parseEmbedding(who, fileLimits(memoryLimitBytes)))
  if (source !== undefined) requireSameData(who, embedding, source)
  return embedding
}
