/** The file format of embeddings: origin, ids and vectors. Other results of a method (losses, residuals) are not stored. */
import ndarray from 'ndarray'
import { NodeIndex } from '../network/node-index.ts'
import { having, isKeys, isTypedArray } from '../support/arguments.ts'
import type { KeyIndex } from '../support/key-index.ts'
import { FINITE } from '../support/section-contents.ts'
import type { SavedFormat } from '../support/sections.ts'
import { anyFields, fields, integerBetween } from '../support/shape.ts'
import { asEmbedding, isEmbeddingFacts, type EmbeddingFacts, type StoredEmbedding } from './data-facts.ts'

interface Header {
  readonly facts: EmbeddingFacts
  readonly dimensions: number
  readonly userCount: number
  readonly itemCount: number
}

type Name = 'users' | 'items' | 'nodes' | 'user vectors' | 'item vectors'

const isCount = integerBetween(0, 2 ** 32 - 1)
const isVectors = having({ data: isTypedArray })

export const EMBEDDING_FORMAT: SavedFormat<StoredEmbedding> = {
  what: 'an embedding',
  writer: 'writeEmbedding',
  argument: 'embedding',
  magic: '\x89rivembd',
  version: 1,
  value: having({
    facts: anyFields,
    users: isKeys,
    items: isKeys,
    nodes: isKeys,
    userVectors: isVectors,
    itemVectors: isVectors,
  }),
  facts: fields<Header>({
    facts: isEmbeddingFacts,
    dimensions: integerBetween(1, 2 ** 32 - 1),
    userCount: isCount,
    itemCount: isCount,
  }),
  sections: ['users', 'items', 'nodes', 'user vectors', 'item vectors'],

  take: ({ facts, users, items, nodes, dimensions, userVectors, itemVectors }) => ({
    facts: { facts, dimensions, userCount: users.size, itemCount: items.size },
    contents: {
      users,
      items,
      // Nodes of a graph may have any keys; otherwise they follow from the ids.
      nodes: haveSameKeys(nodes, new NodeIndex(users, items)) ? null : [...nodes.keys()],
      'user vectors': userVectors.data,
      'item vectors': itemVectors.data,
    },
  }),

  make({ facts, dimensions, userCount, itemCount }, sections) {
    // Vectors first, because their length proves the counts before memory is allocated for keys.
    const userVectors = sections.numbers('user vectors', 'float32', userCount * dimensions, FINITE)
    const itemVectors = sections.numbers('item vectors', 'float32', itemCount * dimensions, FINITE)
    const users = sections.keys('users', userCount)
    const items = sections.keys('items', itemCount)
    return asEmbedding({
      ...{ facts, users, items, dimensions },
      nodes: sections.isEmpty('nodes') ? new NodeIndex(users, items) : sections.keys('nodes', userCount + itemCount),
      userVectors: ndarray(userVectors, [userCount, dimensions]),
      itemVectors: ndarray(itemVectors, [itemCount, dimensions]),
    })
  },
} satisfies SavedFormat<StoredEmbedding, Header, Name>

function haveSameKeys(one: KeyIndex, other: KeyIndex): boolean {
  for (let row = 0; row < one.size; row++) if (one.keyOf(row) !== other.keyOf(row)) return false
  return one.size === other.size
}
