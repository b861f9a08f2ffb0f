/** Packed bytes, unpacked on the way, with an eye on how much they become. */
import { pipeline, type Duplex } from 'node:stream'
import * as zlib from 'node:zlib'
import { RivuletError } from '../support/errors.ts'

const CHUNK_BYTES = 256 * 1024

/** What rows of interactions never reach: packers make a tenth of them, and a thousandth of nothing but the same line. */
export const MOST_GROWTH = 200
/** Less does no harm, however it was packed. */
export const HARMLESS_BYTES = 64 * 1024 * 1024

/** Deflate is gzip without its head, as it stands in zip archives. */
export type Unpacking = 'gzip' | 'deflate' | 'zstd'

/** Of Node 22.15 and 23.8; the types here are those of Node 20. */
const { createZstdDecompress } = zlib as { createZstdDecompress?: (options: object) => Duplex }

/**
 * Unpacks bytes.
 *
 * @throws {RivuletError} READ_FAILED for bytes that are damaged or end too early, for a bomb (more than 64 MiB and 200 times what was read), and for
 * zstd where Node does not know it
 */
export async function* unpack(
  who: string,
  packing: Unpacking,
  chunks: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer, void, undefined> {
  let [read, made] = [0, 0]
  async function* counted(): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      read += chunk.length
      yield chunk
    }
  }
  const unpacker = makeUnpacker(who, packing)
  try {
    for await (const chunk of pipeline(counted(), unpacker, () => undefined) as AsyncIterable<Buffer>) {
      made += chunk.length
      if (made > HARMLESS_BYTES && made > MOST_GROWTH * read) throw bomb(who)
      yield chunk
    }
  } catch (error) {
    throw explained(who, packing, error as NodeJS.ErrnoException)
  } finally {
    unpacker.destroy()
  }
}

function makeUnpacker(who: string, packing: Unpacking): Duplex {
  const options = { chunkSize: CHUNK_BYTES }
  if (packing === 'gzip') return zlib.createGunzip(options)
  if (packing === 'deflate') return zlib.createInflateRaw(options)
  if (createZstdDecompress !== undefined) return createZstdDecompress(options)
  throw unknownZstd(who, ', or decompress it on the fly: zstd -dc FILE | rivulet inspect -')
}

/** The error for zstd where Node does not know it. @param otherwise what else can be done, behind a comma */
export function unknownZstd(who: string, otherwise = ''): RivuletError {
  return new RivuletError('READ_FAILED', {
    who,
    expected: 'a file that this version of Node can decompress',
    got: 'a file compressed with zstd',
    todo: `Use Node 22.15 or newer${otherwise === '' ? '.' : otherwise}`,
  })
}

const NAMES: Readonly<Record<Unpacking, string>> = { gzip: 'gzip', deflate: 'zip', zstd: 'zstd' }

function explained(who: string, packing: Unpacking, error: NodeJS.ErrnoException): unknown {
  const code = error instanceof RivuletError ? '' : (error.code ?? '')
  if (!/^(?:Z_|ZSTD_|ERR_ZLIB|ERR_STREAM_PREMATURE)/.test(code)) return error
  const isCut = /BUF_ERROR|PREMATURE|srcSize_wrong|incomplete/i.test(`${code} ${error.message}`)
  return new RivuletError('READ_FAILED', {
    who,
    expected: 'a readable file',
    got: isCut ? `${NAMES[packing]} data that ends too early` : `damaged ${NAMES[packing]} data`,
    todo: `${isCut ? 'The file is cut off: copy' : 'Copy'} or download it again.`,
    details: { system: code },
    cause: error,
  })
}

function bomb(who: string): RivuletError {
  return new RivuletError('READ_FAILED', {
    who,
    expected: `compressed data that grows at most ${MOST_GROWTH} times`,
    got: 'more, as in a decompression bomb',
    todo: 'If you trust the file, decompress it first.',
  })
}
