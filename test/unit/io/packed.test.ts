import { describe, expect, it } from 'vitest'
import { Readable } from 'node:stream'
import * as zlib from 'node:zlib'
import { readInteractions } from '../../../src/io/read-interactions.ts'
import { readRecords } from '../../../src/io/read-records.ts'
import { unpack } from '../../../src/io/unpack.ts'
import { temporaryFolder } from './temporary.ts'
import { zipOf, zstdOf } from './packed.ts'

const folder = temporaryFolder()
const text = 'user,item\nann,tea\nbob,jam\n'
const knowsZstd = 'createZstdDecompress' in zlib

const idsOf = async (name: string, bytes: Uint8Array): Promise<string[]> => {
  const { users, items } = await readInteractions(folder.write(name, bytes))
  return [...users.keys(), ...items.keys()]
}
const ids = ['ann', 'bob', 'tea', 'jam']

describe('a packed file', () => {
  it('is a zip archive of one file, packed or not, beside folders and what macOS adds', async () => {
    expect(await idsOf('a.csv', zipOf({ 'data/': '', 'data/a.csv': text, '__MACOSX/data/._a.csv': 'x' }))).toEqual(ids)
    expect(await idsOf('stored.zip', zipOf({ 'a.csv': text }, { stored: true }))).toEqual(ids)
  })

  it.runIf(knowsZstd)('is unpacked from zstd', async () => expect(await idsOf('a.zst', zstdOf(text))).toEqual(ids))

  it.runIf(knowsZstd)('is told to be cut', async () => {
    await expect(idsOf('cut.zst', zstdOf(text).subarray(0, -4))).rejects.toThrow(/zstd data that ends too early/)
  })

  it.runIf(!knowsZstd)('is refused where Node does not know zstd, with what to do', async () => {
    await expect(idsOf('a.zst', zstdOf(text))).rejects.toThrow(/Node 22\.15 or newer, or .*zstd -dc FILE \|/)
  })

  const archive = zipOf({ 'a.csv': text })
  const encrypted = Buffer.from(archive)
  encrypted[archive.lastIndexOf(Buffer.from('504b0102', 'hex')) + 8] |= 1
  const beyond = Buffer.from(archive)
  beyond.writeUInt32LE(0x7fffffff, archive.lastIndexOf(Buffer.from('504b0102', 'hex')) + 42)
  const wide = Buffer.from(archive)
  wide.writeUInt32LE(0x7fffffff, archive.length - 10)

  it.each([
    ['several files', zipOf({ 'a.csv': text, 'b.csv': text }), /'a\.csv', 'b\.csv'.*unzip -p FILE NAME/],
    ['no file', zipOf({ 'a/': '' }), /an archive of one file, got none/],
    ['a workbook', zipOf({ '[Content_Types].xml': '', 'xl/workbook.xml': '' }), /Save the sheet as CSV/],
    ['an archive without its end', archive.subarray(0, -30), /got no directory at its end.*cut off/],
    ['an encrypted file', encrypted, /'a\.csv': expected a file that is not encrypted/],
    ['a file that lies beyond the end', beyond, /parts that lie beyond its end/],
    ['a directory that lies beyond the end', wide, /a directory that is too large/],
  ])('is refused as a zip archive of %s', async (_name, bytes, message) => {
    await expect(idsOf('refused.zip', bytes)).rejects.toThrow(message)
  })

  it('is refused when it becomes more than 200 times as much', async () => {
    const bomb = zlib.deflateRawSync(Buffer.alloc(65 * 1024 * 1024))
    const unpackAll = async (): Promise<void> => {
      for await (const chunk of unpack('reader', 'deflate', Readable.from([bomb])))
        expect(chunk.length).toBeGreaterThan(0)
    }
    await expect(unpackAll()).rejects.toThrow(/at most 200 times/)
  })
})

describe('a file in another format', () => {
  const tar = Buffer.alloc(512)
  tar.write('ratings.csv', 0)
  tar.write('ustar', 257)
  const binaries: readonly (readonly [string, Uint8Array, RegExp])[] = [
    ['bzip2', Buffer.from('425a6839314159265359', 'hex'), /bzip2 -dc FILE \| rivulet inspect -/],
    ['tar', tar, /tar -xf FILE/],
    ['tar in gzip', zlib.gzipSync(tar), /tar -xf FILE/],
    ['SQLite', Buffer.from('SQLite format 3\0'), /sqlite3 -csv/],
    ['a pickle', Buffer.from('8004950100000000000000', 'hex'), /as CSV or Parquet/],
  ]
  it.each(binaries)('is refused with what to do: %s', async (_name, bytes, message) => {
    await expect(idsOf('x.csv', bytes)).rejects.toThrow(message)
    await expect(readRecords(folder.path('x.csv')).next()).rejects.toThrow(message)
  })
})
