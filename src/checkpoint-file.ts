/** Checkpoints of trainings in files: where the room that knows files and the one that trains meet. */
import { checkpointBytes, parseCheckpoint } from './embed/checkpoint-bytes.ts'
import type { ContrastiveCheckpoint } from './embed/contrastive-checkpoint.ts'
import { parseFile } from './io/read-bytes.ts'
import { writeBytesFileSync } from './io/write.ts'
import { fileLimits } from './plan/file-limits.ts'
import { show } from './support/errors.ts'
import { numberBetween, resolveOptions } from './support/options.ts'

export interface ReadCheckpointOptions {
  /** Most bytes that the file may take unpacked, in (0, Infinity]: a larger one is refused, before memory is taken for it. Default: half of what the machine has free. */
  readonly memoryLimitBytes?: number | undefined
}

/**
 * Writes a checkpoint to a file, whole or not at all; packed with gzip when the name ends in .gz. All of it is kept, every bit.
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
  writeBytesFileSync(path, checkpointBytes(checkpoint))
}

/**
 * Reads what `writeCheckpoint` wrote, for option `resume`; unpacks it when it begins like gzip. Whether it is of the same data and options is asked there.
 *
 * @throws {RivuletError} READ_FAILED for a missing file, another kind of file, another version of the format, one that is cut off, damaged, forged or
 *   too large.
 */
export async function readCheckpoint(path: string, options?: ReadCheckpointOptions): Promise<ContrastiveCheckpoint> {
  const who = `readCheckpoint ${show(path)}`
  const checks = { memoryLimitBytes: numberBetween(0, Infinity, '(]') }
  const { memoryLimitBytes } = resolveOptions<ReadCheckpointOptions>(who, options, {}, checks)
  return parseFile(who, path, parseCheckpoint(who, fileLimits(memoryLimitBytes)))
}
