/** Clusters in files: where the room that knows files and the one that knows clusters meet. */
import { clusterBytes, parseClusters } from './cluster/bytes.ts'
import type { Clusters } from './cluster/options.ts'
import { requireSameData } from './embed/data-facts.ts'
import { parseFile } from './io/read-bytes.ts'
import { writeBytesFile } from './io/write.ts'
import { fileLimits } from './plan/file-limits.ts'
import type { Source } from './network/network.ts'
import { show } from './support/errors.ts'
import { anything, numberBetween, resolveOptions } from './support/options.ts'

export interface ReadClustersOptions {
  /** The graph or table that the clusters are to be used with: those of other data are refused. Default: none is asked for. */
  readonly source?: Source | undefined
  /** Most bytes that the file may take unpacked, in (0, Infinity]: a larger one is refused, before memory is taken for it. Default: half of what the machine has free. */
  readonly memoryLimitBytes?: number | undefined
}

/**
 * Writes clusters to a file, whole or not at all; packed with gzip when the name ends in .gz.
 *
 * All of them is kept, every bit. The same clusters give the same bytes. The format carries a version and checksums.
 *
 * @throws {RivuletError} WRITE_FAILED naming the path, when the system refuses.
 */
export async function writeClusters(path: string, clusters: Clusters): Promise<void> {
  await writeBytesFile(path, clusterBytes(clusters))
}

/**
 * Reads what `writeClusters` wrote, unpacking it when it begins like gzip.
 *
 * @throws {RivuletError} READ_FAILED for a missing file, another kind of file, another version of the format, one that is cut off, damaged, forged or
 *   too large;
 *   INVALID_DATA when they were made of other data than `source`.
 */
export async function readClusters(path: string, options?: ReadClustersOptions): Promise<Clusters> {
  const who = `readClusters ${show(path)}`
  const checks = { source: anything, memoryLimitBytes: numberBetween(0, Infinity, '(]') }
  const { source, memoryLimitBytes } = resolveOptions<ReadClustersOptions>(who, options, {}, checks)
  const clusters = await parseFile(who, path, parseClusters(who, fileLimits(memoryLimitBytes)))
  if (source !== undefined) requireSameData(who, clusters, source)
  return clusters
}
