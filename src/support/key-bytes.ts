/** Key indexes as bytes. Ids stand there as JSON, so that any text survives; ids that are the row numbers themselves take no room. */
import { DenseKeyIndex, type KeyIndex } from './key-index.ts'

export function keyBytes(index: KeyIndex): Uint8Array {
  return new TextEncoder().encode(index instanceof DenseKeyIndex ? '' : JSON.stringify([...index.keys()]))
}
