import type { NdArray } from 'ndarray'
import { nodeFace } from '../method/define-method.ts'
import { RivuletError } from '../support/errors.ts'
import type { KeyIndex } from '../support/key-index.ts'
import type { NamedNetwork, Sides } from '../network/network.ts'

/** A vector for every user and every item; those without interactions have zeros. */
export interface Embedding {
  readonly users: KeyIndex
  readonly items: KeyIndex
  /** Users, then items: the keys of `.assign` and of the map. */
  readonly nodes: KeyIndex
  readonly dimensions: number
  /** Shape (users, dimensions). */
  readonly userVectors: NdArray<Float32Array>
  /** Shape (items, dimensions). */
  readonly itemVectors: NdArray<Float32Array>
}

/** Node key -> its vector, a copy, in node order; on a graph an array of numbers, which JSON can hold. */
export const embeddingFace = nodeFace('nodeEmbeddingAttribute', vectorsOf, (vector) => Array.from(vector))

function* vectorsOf({
  nodes,
  users,
  dimensions,
  userVectors,
  itemVectors,
}: Embedding): Generator<readonly [string, Float32Array]> {
  let node = 0
  for (const key of nodes.keys()) {
    const isUser = node < users.size
    const row = isUser ? node : node - users.size
    const { data } = isUser ? userVectors : itemVectors
    yield [key, data.slice(row * dimensions, (row + 1) * dimensions)]
    node++
  }
}

/** @throws {RivuletError} UNSUPPORTED_GRAPH when the network has no users and items. */
export function requireSides(who: string, { sides }: NamedNetwork): Sides {
  if (sides !== null) return sides
  throw new RivuletError('UNSUPPORTED_GRAPH', {
    who,
    expected: "a bipartite graph: every node with attribute kind 'user' or 'item'",
    got: 'a graph without the two kinds',
    todo: "Set the node attribute 'kind'.",
  })
}
