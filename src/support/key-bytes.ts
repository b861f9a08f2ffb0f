/** Key indexes as bytes and back. Ids stand there as JSON, so that any text survives; ids that are the row numbers themselves take no room. */
import { DenseKeyIndex, GrowingKeyIndex, type KeyIndex } from './key-index.ts'

export function keyBytes(index: KeyIndex): Uint8Array {
  return new TextEncoder().encode(index instanceof DenseKeyIndex ? '' : JSON.stringify([...index.keys()]))
}

/** @param size of the index; one that holds an id twice comes out smaller. @throws {SyntaxError} for bytes that are no JSON. */
export function readKeyBytes(bytes: Uint8Array, size: number): KeyIndex {
  if (bytes.length === 0) return new DenseKeyIndex(size)
  return GrowingKeyIndex.from(JSON.parse(new TextDecoder().decode(bytes)) as string[])
}
