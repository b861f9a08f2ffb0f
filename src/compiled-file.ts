/** Compiled recommenders in files: where the room that knows files and the one that knows recommenders meet. */
import { checkArgument, having } from './support/arguments.ts'
import { parseFile } from './io/read-bytes.ts'
import { writeBytesFile } from './io/write.ts'
import { fileLimits } from './plan/file-limits.ts'
import { parseCompiled } from './recommend/compiled-bytes.ts'
import { CompiledRecommender } from './recommend/compiled.ts'
import { show } from './support/errors.ts'
import { isFunction, numberBetween, resolveOptions } from './support/options.ts'

export interface ReadCompiledOptions {
  /** Most bytes that the file may take unpacked, in (0, Infinity]: a larger one is refused, before memory is taken for it. Default: half of what the machine has free. */
  readonly memoryLimitBytes?: number | undefined
}

/**
 * Writes a compiled recommender to a file, whole or not at all; packed with gzip when the name ends in .gz.
 *
 * The same recommender gives the same bytes. The format carries a version and checksums: what was cut off or damaged is never served.
 *
 * @throws {RivuletError} WRITE_FAILED naming the path, when the system refuses.
 */
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
export async function readCompiled(path: string, options?: ReadCompiledOptions): Promise<CompiledRecommender> {
  const who = `readCompiled ${show(path)}`
  const checks = { memoryLimitBytes: numberBetween(0, Infinity, '(]') }
  const { memoryLimitBytes } = resolveOptions<ReadCompiledOptions>(who, options, {}, checks)
  return new CompiledRecommender(await parseFile(who, path, parseCompiled(who, fileLimits(memoryLimitBytes))))
}
