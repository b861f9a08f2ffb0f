/** Files of sections that somebody made up: any header, any sections, under checksums that hold. */
import { crc32 } from '../../src/support/content-hash.ts'

export interface Forgery {
  readonly magic: Uint8Array
  readonly version: number
  /** What is written as the JSON of the header. */
  readonly header: { facts: unknown; sections: { name: string; bytes: number; checksum: number }[] }
  readonly contents: readonly Uint8Array[]
}

const padded = (bytes: number): number => Math.ceil(bytes / 8) * 8

/** A file taken apart. */
export function openFile(file: Uint8Array): Forgery {
  const view = new DataView(file.buffer, file.byteOffset)
  let at = 24 + view.getUint32(12, true)
  const header = JSON.parse(new TextDecoder().decode(file.slice(24, at))) as Forgery['header']
  const contents = header.sections.map(({ bytes }) => {
    const content = file.slice(at, at + bytes)
    at += padded(bytes)
    return content
  })
  return { magic: file.slice(0, 8), version: view.getUint32(8, true), header, contents }
}

/** With places that tell of the contents. */
export function forge({ contents, header, ...rest }: Forgery): Uint8Array {
  const sections = header.sections.map(({ name }, at) => ({
    name,
    bytes: contents[at].length,
    checksum: crc32(contents[at]),
  }))
  return forgeAsTold({ ...rest, contents, header: { facts: header.facts, sections } })
}

/** With the places that the header tells. */
export function forgeAsTold({ magic, version, header, contents }: Forgery): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(header))
  const text = new Uint8Array(padded(json.length)).fill(0x20)
  text.set(json)
  const prelude = new Uint8Array(24)
  prelude.set(magic)
  const view = new DataView(prelude.buffer)
  view.setUint32(8, version, true)
  view.setUint32(12, text.length, true)
  view.setUint32(16, crc32(text), true)
  const parts = contents.flatMap((content) => [content, new Uint8Array(padded(content.length) - content.length)])
  return new Uint8Array(Buffer.concat([prelude, text, ...parts]))
}
