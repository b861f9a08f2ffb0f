/** An embedding as bytes, and back: the same embedding gives the same bytes, and bytes that were tampered with are refused. */
import ndarray from 'ndarray'
import { NodeIndex } from '../propagate/node-index.ts'
import { RivuletError } from '../support/errors.ts'
import { keyBytes, readKeyBytes } from '../support/key-bytes.ts'
import { GrowingKeyIndex, type KeyIndex } from '../support/key-index.ts'
import { bytesOf, readSections, writeSections, type SectionFormat } from '../support/sections.ts'
import type { EmbeddingFacts, StoredEmbedding } from './embedding-facts.ts'

interface Header {
  readonly facts: EmbeddingFacts
  readonly dimensions: number
  readonly userCount: number
  readonly itemCount: number
}

const FORMAT: SectionFormat = { what: 'an embedding', magic: '\x89rivembd', version: 1 }

/** Bytes of a file: how the embedding came to be, ids and vectors. What a method tells beside them (losses, residuals) is not kept. */
export function embeddingBytes({
  facts,
  users,
  items,
  nodes,
  dimensions,
  userVectors,
  itemVectors,
}: StoredEmbedding): Uint8Array {
  const header: Header = { facts, dimensions, userCount: users.size, itemCount: items.size }
  return writeSections(FORMAT, header, {
    users: keyBytes(users),
    items: keyBytes(items),
    // Graphs may call their nodes as they like; otherwise keys follow from ids.
    nodes: haveSameKeys(nodes, new NodeIndex(users, items))
      ? new Uint8Array()
      : keyBytes(GrowingKeyIndex.from(nodes.keys())),
    'user vectors': bytesOf(userVectors.data),
    'item vectors': bytesOf(itemVectors.data),
  })
}

/**
 * @param who the reader and its path, for messages
 * @throws {RivuletError} READ_FAILED for bytes of another kind or version, cut off or damaged, naming the part.
 */
export function readEmbeddingBytes(who: string, bytes: Uint8Array): StoredEmbedding {
  const { facts: header, sections } = readSections(who, FORMAT, bytes)
  try {
    const { facts, dimensions, userCount, itemCount } = header as Header
    const section = (name: string): Uint8Array => sections.get(name) as Uint8Array
    const vectors = (name: string): Float32Array => new Float32Array(section(name).buffer as ArrayBuffer)
    const users = readKeyBytes(section('users'), userCount)
    const items = readKeyBytes(section('items'), itemCount)
    const named = section('nodes')
    const embedding = {
      facts,
      users,
      items,
      nodes: named.length === 0 ? new NodeIndex(users, items) : readKeyBytes(named, userCount + itemCount),
      dimensions,
      userVectors: ndarray(vectors('user vectors'), [userCount, dimensions]),
      itemVectors: ndarray(vectors('item vectors'), [itemCount, dimensions]),
    }
    if (users.size === userCount && items.size === itemCount && isWhole(embedding)) return embedding
  } catch {
    // Checksums that fit over sections that do not: written by something else. Told below.
  }
  throw new RivuletError('READ_FAILED', {
    who,
    expected: 'sections that fit together',
    got: 'others under checksums that hold',
    todo: 'Make the file anew with writeEmbedding.',
  })
}

/** Lengths fit together, numbers are finite, and it says of which data it is. */
function isWhole({ facts, users, items, nodes, dimensions, userVectors, itemVectors }: StoredEmbedding): boolean {
  return (
    Number.isInteger(dimensions) &&
    dimensions >= 1 &&
    nodes.size === users.size + items.size &&
    userVectors.data.length === users.size * dimensions &&
    itemVectors.data.length === items.size * dimensions &&
    [userVectors, itemVectors].every(({ data }) => data.every(Number.isFinite)) &&
    typeof facts.fingerprint.hash === 'string'
  )
}

function haveSameKeys(one: KeyIndex, other: KeyIndex): boolean {
  for (let row = 0; row < one.size; row++) if (one.keyOf(row) !== other.keyOf(row)) return false
  return one.size === other.size
}
