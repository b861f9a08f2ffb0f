/** Embeddings in files: where the room that knows files and the one that knows embeddings meet. */
import { embeddingBytes, readEmbeddingBytes } from './embed/embedding-bytes.ts'
import { requireSameData } from './embed/data-facts.ts'
import type { StoredEmbedding } from './embed/embedding-facts.ts'
import { readAllBytes } from './io/read-bytes.ts'
import { writeBytesFile } from './io/write.ts'
import type { Source } from './propagate/network.ts'
import { show } from './support/errors.ts'
import { anything, resolveOptions } from './support/options.ts'

export interface ReadEmbeddingOptions {
  /** The graph or table that the vectors are to be used with: those of other data are refused. Default: none is asked for. */
  readonly source?: Source | undefined
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
 * @throws {RivuletError} READ_FAILED for a missing file, another kind of file, another version of the format, one that is cut off or damaged;
 *   INVALID_DATA when it was made of other data than `source`.
 */
export async function readEmbedding(path: string, options?: ReadEmbeddingOptions): Promise<StoredEmbedding> {
  const who = `readEmbedding ${show(path)}`
  const { source } = resolveOptions<ReadEmbeddingOptions>(who, options, {}, { source: anything })
  const embedding = readEmbeddingBytes(who, await readAllBytes(who, path))
  if (source !== undefined) requireSameData(who, embedding, source)
  return embedding
}
