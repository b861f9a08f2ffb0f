/** What a file is by its first bytes: packed text, columns in binary, or something else that is not read here. Names prove nothing. */
import { RivuletError } from '../support/errors.ts'

/** What unpacks to the bytes of one file. */
export type Packing = 'gzip' | 'zstd' | 'zip'

/** Bytes that tell all kinds apart: a tape archive says what it is at 257. */
export const MAGIC_BYTES = 264

export function packingOf(start: Buffer): Packing | null {
  if (begins(start, '1f8b')) return 'gzip'
  // A frame, or one that is to be skipped, as parallel packers put in front.
  if (begins(start, '28b52ffd') || (begins(start.subarray(1), '2a4d18') && (start[0] & 0xf0) === 0x50)) return 'zstd'
  return begins(start, '504b0304') || begins(start, '504b0506') ? 'zip' : null
}

/** Whether a file is Parquet, encrypted or not, and no text that begins with the same letters. */
export const isParquet = (start: Buffer): boolean =>
  (begins(start, '50415231') || begins(start, '50415245')) && isBinary(start)

/** Whether a file is Arrow with its mark: 'ARROW1' and two bytes of nothing. */
export const isArrowFile = (start: Buffer): boolean => begins(start, '4152524f57310000')

/** Whether bytes are Arrow, a file or a stream of messages. */
export const isArrow = (start: Buffer): boolean => isArrowFile(start) || begins(start, 'ffffffff')

const begins = (start: Buffer, hex: string): boolean => start.toString('hex', 0, hex.length / 2) === hex

/** Whether bytes are there that no text holds. */
const isBinary = (start: Buffer): boolean => start.subarray(0, MAGIC_BYTES).some((byte) => byte < 9)

interface Foreign {
  readonly name: string
  /** In hexadecimal. */
  readonly magic: string
  /** Where it stands; default at the beginning. */
  readonly at?: number
  readonly todo: string
}

/** What a pipe into '-' looks like. */
const pipe = (unpack: string): string => `Unpack it on the way: ${unpack} FILE | rivulet inspect -`

const WRITE_TEXT = 'Write the table as CSV or Parquet.'

const FOREIGN: readonly Foreign[] = [
  { name: 'a bzip2 file', magic: '314159265359', at: 4, todo: pipe('bzip2 -dc') },
  { name: 'an xz file', magic: 'fd377a585a00', todo: pipe('xz -dc') },
  { name: 'an lz4 file', magic: '04224d18', todo: pipe('lz4 -dc') },
  { name: 'a Snappy file', magic: 'ff060000734e61507059', todo: 'Unpack it first.' },
  { name: 'a 7-Zip archive', magic: '377abcaf271c', todo: 'Unpack it first: 7z x FILE.' },
  { name: 'a RAR archive', magic: '526172211a07', todo: 'Unpack it first: unrar x FILE.' },
  { name: 'a tape archive (tar)', magic: '7573746172', at: 257, todo: 'Unpack it first: tar -xf FILE.' },
  {
    name: 'a database of SQLite',
    magic: '53514c69746520666f726d6174203300',
    todo: 'Export the table as CSV: sqlite3 -csv.',
  },
  { name: 'an HDF5 file', magic: '894844460d0a1a0a', todo: WRITE_TEXT },
  { name: 'a NumPy array', magic: '934e554d5059', todo: WRITE_TEXT },
  { name: 'a Python pickle', magic: '800495', todo: WRITE_TEXT },
  { name: 'a Python pickle', magic: '800595', todo: WRITE_TEXT },
  { name: 'an Avro file', magic: '4f626a01', todo: WRITE_TEXT },
  { name: 'an old Excel workbook', magic: 'd0cf11e0a1b11ae1', todo: 'Save the sheet as CSV.' },
  { name: 'a PDF', magic: '255044462d', todo: 'Write the table as CSV.' },
]

/** Refuses bytes in a format that is not read here. @throws {RivuletError} READ_FAILED naming it */
export function refuseForeignBytes(who: string, start: Buffer): void {
  const found = FOREIGN.find(({ magic, at = 0 }) => begins(start.subarray(at), magic))
  if (found === undefined) return
  const expected = 'text, Parquet or Arrow, plain or compressed with gzip, zstd or zip'
  throw new RivuletError('READ_FAILED', { who, expected, got: found.name, todo: found.todo })
}
