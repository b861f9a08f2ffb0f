import type { NdArray } from 'ndarray'
import { nodeFace } from '../method/define-method.ts'
import type { NamedNetwork, TableSides } from '../network/network.ts'
import { RivuletError } from '../support/errors.ts'
import type { KeyIndex } from '../support/key-index.ts'

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

/** Node key -> a copy of its vector, in node order; as a graph attribute an array of numbers, for JSON. */
export const embeddingFace = nodeFace('nodeEmbeddingAttribute', 'vector', vectorsOf, (vector) => Array.from(vector))

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
export function requireSides(who: string, { sides, proposal }: NamedNetwork): TableSides {
  if (sides !== null) return sides
  throw new RivuletError('UNSUPPORTED_GRAPH', {
    who,
    expected: "a bipartite graph: every node with attribute kind 'user' or 'item'",
    got: 'a graph without these two kinds',
    todo:
      proposal?.() ??
      "Use option 'graph' to define users and items, or use labelSpreading or personalizedPageRank, which take any graph.",
  })
}

/** Each row divided by its length; rows of zeros stay. */
export function unitRows(vectors: Float32Array, dimensions: number): Float32Array {
  const unit = new Float32Array(vectors.length)
  for (let start = 0; start < vectors.length; start += dimensions) {
    const row = vectors.subarray(start, start + dimensions)
    const length = Math.sqrt(row.reduce((sum, entry) => sum + entry * entry, 0))
    if (length > 0) row.forEach((entry, k) => (unit[start + k] = entry / length))
  }
  return unit
}

/**
 * Item vectors of length |z|^1/2, of which users are the sums: a compromise between the lengths of training, which overfit, and unit vectors, which ignore
 * how informative an item is. Likewise popular items count less by half the exponent of the training.
 *
 * @param vectors Z, shape (items x dimensions)
 */
export function summands(vectors: Float32Array, dimensions: number): Float32Array {
  const rows = unitRows(vectors, dimensions)
  for (let start = 0; start < rows.length; start += dimensions) {
    const length = vectors.subarray(start, start + dimensions).reduce((sum, entry) => sum + entry * entry, 0) ** 0.25
    for (let k = start; k < start + dimensions; k++) rows[k] *= length
  }
  return rows
}

/** The exponent of popularity in these sums. @param itemExponent that of the training */
export const sumExponent = (itemExponent: number): number => itemExponent / 2
