/** An embedding as bytes, and back: the same embedding gives the same bytes, and bytes that were tampered with are refused. */
import { checkArgument, having, isKeys, isTypedArray } from '../support/arguments.ts'
import ndarray from 'ndarray'
import { fileLimits } from '../plan/file-limits.ts'
import { NodeIndex } from '../network/node-index.ts'
import { keyBytes } from '../support/key-bytes.ts'
import { GrowingKeyIndex, type KeyIndex } from '../support/key-index.ts'
import { FINITE } from '../support/section-contents.ts'
import {
  bytesOf,
  parseBytes,
  parseSections,
  writeSections,
  type Parsing,
  type SectionFormat,
  type SectionLimits,
} from '../support/sections.ts'
import { anyFields, fields, integerBetween } from '../support/shape.ts'
import { isEmbeddingFacts, type EmbeddingFacts, type StoredEmbedding } from './embedding-facts.ts'

interface Header {
  readonly facts: EmbeddingFacts
  readonly dimensions: number
  readonly userCount: number
  readonly itemCount: number
}

type Name = 'users' | 'items' | 'nodes' | 'user vectors' | 'item vectors'

const isCount = integerBetween(0, 2 ** 32 - 1)

const FORMAT: SectionFormat<Header, Name> = {
  what: 'an embedding',
  writer: 'writeEmbedding',
  magic: '\x89rivembd',
  version: 1,
  facts: fields<Header>({
    facts: isEmbeddingFacts,
    dimensions: integerBetween(1, 2 ** 32 - 1),
    userCount: isCount,
    itemCount: isCount,
  }),
  sections: ['users', 'items', 'nodes', 'user vectors', 'item vectors'],
}

const IS_EMBEDDING = having({
  facts: anyFields,
  users: isKeys,
  items: isKeys,
  nodes: isKeys,
  userVectors: having({ data: isTypedArray }),
  itemVectors: having({ data: isTypedArray }),
})

/** Bytes of a file: how the embedding came to be, ids and vectors. What a method tells beside them (losses, residuals) is not kept. */
export function embeddingBytes(embedding: StoredEmbedding): Uint8Array {
  checkArgument('writeEmbedding', 'embedding', embedding, IS_EMBEDDING)
  const { facts, users, items, nodes, dimensions, userVectors, itemVectors } = embedding
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

/** @throws {RivuletError} READ_FAILED for other bytes than `embeddingBytes` gave. @param who the reader, for messages */
export function readEmbeddingBytes(who: string, bytes: Uint8Array): StoredEmbedding {
  return parseBytes(who, parseEmbedding(who, fileLimits()), bytes)
}

/** Reads what `embeddingBytes` gave. @throws {RivuletError} READ_FAILED, naming the part. @param who the reader and its path, for messages */
export function* parseEmbedding(who: string, limits: SectionLimits): Parsing<StoredEmbedding> {
  const { facts: header, sections } = yield* parseSections(who, FORMAT, limits)
  const { facts, dimensions, userCount, itemCount } = header
  // Vectors first: they bear the counts out.
  const userVectors = sections.numbers('user vectors', 'float32', userCount * dimensions, FINITE)
  const itemVectors = sections.numbers('item vectors', 'float32', itemCount * dimensions, FINITE)
  const users = sections.keys('users', userCount)
  const items = sections.keys('items', itemCount)
  const nodes = sections.isEmpty('nodes') ? new NodeIndex(users, items) : sections.keys('nodes', userCount + itemCount)
  return {
    ...{ facts, users, items, nodes, dimensions },
    userVectors: ndarray(userVectors, [userCount, dimensions]),
    itemVectors: ndarray(itemVectors, [itemCount, dimensions]),
  }
}

function haveSameKeys(one: KeyIndex, other: KeyIndex): boolean {
  for (let row = 0; row < one.size; row++) if (one.keyOf(row) !== other.keyOf(row)) return false
  return one.size === other.size
}
