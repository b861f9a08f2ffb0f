/** Compiled recommenders in files: where the room that knows files and the one that knows recommenders meet. */
import { readAllBytes } from './io/read-bytes.ts'
import { writeBytesFile } from './io/write.ts'
import { CompiledRecommender } from './recommend/compiled.ts'
import { show } from './support/errors.ts'

/**
 * Writes a compiled recommender to a file, whole or not at all; packed with gzip when the name ends in .gz.
 *
 * The same recommender gives the same bytes. The format carries a version and checksums: what was cut off or damaged is never served.
 *
 * @throws {RivuletError} WRITE_FAILED naming the path, when the system refuses.
 */
export async function writeCompiled(path: string, compiled: CompiledRecommender): Promise<void> {
  await writeBytesFile(path, compiled.encode())
}

/**
 * Reads what `writeCompiled` wrote, unpacking it when it begins like gzip.
 *
 * @throws {RivuletError} READ_FAILED for a missing file, another kind of file, another version of the format, one that is cut off or damaged.
 */
export async function readCompiled(path: string): Promise<CompiledRecommender> {
  const who = `readCompiled ${show(path)}`
  return CompiledRecommender.decode(await readAllBytes(who, path), who)
}
