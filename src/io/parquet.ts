import { open, stat } from 'node:fs/promises'
import { RivuletError } from '../support/errors.ts'
import type { ColumnFile } from './cell-batches.ts'
import { attempt } from './damage.ts'
import { readFooter, type ByteSource } from './parquet-file.ts'
import { cellsOf, type ParquetParts } from './parquet-pages.ts'
import { loadPeer } from './peer.ts'
import { isParquet, MAGIC_BYTES } from './magic.ts'
import { STANDARD_INPUT } from './read-bytes.ts'

/**
 * Opens a Parquet file, of which only the columns that are needed are read, a group of rows at a time.
 *
 * @param chunks all bytes, for a file from a pipe or a compressed one: it is held whole, because its metadata is at the end
 * @throws {RivuletError} READ_FAILED without a package, INVALID_DATA for a damaged file
 */
export async function openParquet(who: string, path: string, chunks: AsyncIterable<Buffer>): Promise<ColumnFile> {
  const parts = await loadParquet(who)
  const file = (await openFile(path)) ?? {
    ...(await collect(who, chunks)),
    close: () => Promise.resolve(),
    isHeld: true,
  }
  const close = (): Promise<void> => file.close()
  try {
    const { fields, groups } = await readFooter(who, file, parts.parquetMetadata)
    return {
      ...{ format: 'parquet', fields, notes: [], close },
      async *groups(needed, onProgress) {
        for (const { rows, chunkOf } of groups.filter((group) => group.rows > 0)) {
          const bytes = new Map<number, Uint8Array<ArrayBuffer>>()
          let done = 0
          for (const number of needed) {
            const { start, end } = attempt(who, 'Parquet', () => chunkOf(fields[number]))
            bytes.set(number, await file.read(start, end))
            done = Math.max(done, end)
          }
          // Up to the end of the last column; a file that is held whole was reported while it was read.
          if (!file.isHeld) onProgress?.({ done, total: file.size })
          const batchesOf = (number: number) => {
            const field = fields[number]
            return cellsOf(bytes.get(number) ?? new Uint8Array(), rows, field, chunkOf(field).facts, parts)
          }
          yield { rows, batchesOf }
        }
      },
    }
  } catch (error) {
    await close()
    throw error
  }
}

const PACKAGES = ['hyparquet', 'hyparquet-compressors']

const loadParquet = (who: string) =>
  loadPeer('READ_FAILED', who, 'Parquet', PACKAGES, async () => {
    const [{ parquetMetadata }, { parquetHeader }, { deltaBinaryUnpack }, { byteStreamSplit }, { compressors }] =
      await Promise.all([
        import('hyparquet'),
        import('hyparquet/src/column.js'),
        import('hyparquet/src/delta.js'),
        import('hyparquet/src/encoding.js'),
        import('hyparquet-compressors'),
      ])
    const parts: ParquetParts = { parquetHeader, deltaBinaryUnpack, byteStreamSplit, compressors }
    return { parquetMetadata, ...parts }
  })

/** Limit of a single read in Node. */
const MOST_READ_BYTES = 1024 * 1024 * 1024

/** A file that can be read at any place; `null` for pipes and compressed files. */
async function openFile(
  path: string,
): Promise<(ByteSource & { close(): Promise<void>; readonly isHeld: boolean }) | null> {
  // A named pipe must not be opened twice: that waits for a second writer.
  if (path === STANDARD_INPUT || !(await stat(path)).isFile()) return null
  const handle = await open(path)
  const read = async (start: number, end: number): Promise<Uint8Array<ArrayBuffer>> => {
    const bytes = new Uint8Array(end - start)
    let at = 0
    while (at < bytes.length) {
      const { bytesRead } = await handle.read(bytes, at, Math.min(bytes.length - at, MOST_READ_BYTES), start + at)
      if (bytesRead === 0) break
      at += bytesRead
    }
    return at === bytes.length ? bytes : bytes.slice(0, at)
  }
  const close = (): Promise<void> => handle.close()
  try {
    const { size } = await handle.stat()
    if (isParquet(Buffer.from(await read(0, MAGIC_BYTES)))) return { size, read, close, isHeld: false }
  } catch (error) {
    await close()
    throw error
  }
  await close()
  return null
}

/** Largest file that is held whole. */
const MOST_HELD_BYTES = 2 ** 31

async function collect(who: string, chunks: AsyncIterable<Buffer>): Promise<ByteSource> {
  const held: Buffer[] = []
  let size = 0
  for await (const chunk of chunks) {
    held.push(chunk)
    size += chunk.length
    if (size > MOST_HELD_BYTES) throw tooLarge(who)
  }
  const bytes = Buffer.concat(held)
  return { size, read: (start, end) => Promise.resolve(new Uint8Array(bytes.subarray(start, end))) }
}

function tooLarge(who: string): RivuletError {
  return new RivuletError('READ_FAILED', {
    who,
    expected: 'at most 2 GiB of Parquet from a pipe or compressed, because its metadata is at the end',
    got: 'more',
    todo: 'Give the path of the uncompressed file.',
  })
}
