/**
 * Vectors of users and items from the largest singular values and vectors of the normalised bipartite matrix.
 *
 *   X = D_u^-a W D_i^-e ~ U S V';   user vectors U S^p, item vectors V S^p
 *
 * W (users x items) weights, D_u and D_i degrees; p the value exponent. With p = 1/2 the product of a user's and an item's vector is the entry of the
 * best approximation of X of that rank (Eckart and Young 1936, 10.1007/BF02288367). With a = e = 1/2 these vectors, each times the root of
 * (sum of all degrees / its own), are the minimum of the spectral contrastive loss -2 E+[x'y] + E-[(x'y)^2], positives drawn as edges and negatives by
 * degree (HaoChen, Wei, Gaidon and Ma, NeurIPS 2021): no training reaches a lower one. With relations W also has rows for values of items and columns for values
 * of users, see mixed-relations.ts; the vectors of values are not returned.
 * Cost: see `singularVectors`; k = 64 on a million interactions takes seconds.
 */
import ndarray from 'ndarray'
import { requireWeights } from '../network/relations.ts'
import { mixed } from '../solve/mixed-relations.ts'
import { singularVectors, type SingularVectors } from '../solve/singular-vectors.ts'
import type { Algorithm } from '../request/request.ts'
import { RivuletError } from '../support/errors.ts'
import type { KeyIndex } from '../support/key-index.ts'
import { finiteNumber } from '../support/options.ts'
import { inSlices, type Sliced } from '../support/pause.ts'
import { integer, number, option, text, type Given, type Resolved } from '../support/spec.ts'
import { asEmbedding, factsOf, type StoredEmbedding } from './data-facts.ts'
import { embeddingFace, requireSides } from './embedding.ts'
import { type Method, defineMethod } from '../method/define-method.ts'
import type { RelationOptions } from '../data/relation-options.ts'
import { type SourceOptions, relatedOptions } from '../method/source-options.ts'
import type { NamedNetwork } from '../network/network.ts'

const ownOptions = {
  /** Length of the vectors; integer >= 1. Shorter if the rank of the matrix is smaller. Default 64. */
  dimensions: integer(64, 1),
  /** a: how much less the interactions of active users count, any number. Default 0.5. */
  userExponent: option(0.5, finiteNumber),
  /** e: how much less the interactions of popular items count, any number. Default 0.5. */
  itemExponent: option(0.5, finiteNumber),
  /** p: 0.5 splits each singular value between user and item; 0 makes all directions equally long. Default 0.5. */
  valueExponent: option(0.5, finiteNumber),
  /** Convergence tolerance: |X'X v - s^2 v| relative to the largest s^2, > 0; float32 does not go below about 3e-6. Default 1e-4. */
  tolerance: number(1e-4, 0, Infinity, '()'),
  /** Maximum number of iterations; integer >= 1. Not converging is a result, not an error. Default 40. */
  maxIterations: integer(40, 1),
  /** Seed of the first vectors; integer >= 0. Default 1. */
  seed: integer(1, 0),
  /** Node attribute that `.assign` writes an array of numbers to. Default 'embedding'. */
  nodeEmbeddingAttribute: text('embedding'),
}

export interface SpectralEmbeddingOptions extends SourceOptions, RelationOptions, Given<typeof ownOptions> {}

export const spectralOptions = { ...relatedOptions, ...ownOptions }

/** Vectors, and the accuracy of the singular vectors. */
export interface SpectralEmbedding extends StoredEmbedding {
  /** Singular values, descending; shape (dimensions). */
  readonly values: Float64Array
  /** |X'X v - s^2 v| over the largest s^2, shape (dimensions). */
  readonly residuals: Float64Array
  /** Number of iterations. */
  readonly iterations: number
  readonly converged: boolean
  /** Notes on deviations from the options: fewer dimensions. */
  readonly notes: readonly string[]
}

const WHO = 'spectralEmbedding'

function* embed(network: NamedNetwork, resolved: Resolved<typeof spectralOptions>): Algorithm<SpectralEmbedding> {
  const { dimensions, valueExponent, ...options } = resolved
  const { users, items } = requireSides(WHO, network)
  requireWeights(WHO, network.relations?.parts)
  const found = yield* singularVectors(WHO, yield* mixed(WHO, network, options), { ...options, k: dimensions })
  const { values, residuals, iterations, converged } = found
  // Values of relations follow after the users and after the items.
  const vectorsOf = (all: Float32Array, { size }: KeyIndex): Sliced<Float32Array> =>
    stretch(all.subarray(0, size * values.length), values, valueExponent)
  if (values.length === 0) throw nothingToEmbed()
  const notes =
    values.length < dimensions ? [`${values.length} of ${dimensions} dimensions: the matrix has no larger rank`] : []
  return asEmbedding({
    users,
    items,
    nodes: network.nodes,
    facts: yield* factsOf(network, 'spectral', resolved),
    dimensions: values.length,
    userVectors: ndarray(yield* vectorsOf(found.left, users), [users.size, values.length]),
    itemVectors: ndarray(yield* vectorsOf(found.right, items), [items.size, values.length]),
    values,
    residuals,
    iterations,
    converged,
    notes,
  })
}

/** Each column times its value^exponent. */
function* stretch(vectors: Float32Array, values: SingularVectors['values'], exponent: number): Sliced<Float32Array> {
  const factors = values.map((value) => value ** exponent)
  const width = factors.length
  const stretched = new Float32Array(vectors.length)
  const stretchRows = (from: number, to: number): void => {
    for (let at = from * width; at < to * width;) {
      for (let c = 0; c < width; c++, at++) stretched[at] = vectors[at] * factors[c]
    }
  }
  yield* inSlices(vectors.length / width, stretchRows, width)
  return stretched
}

/**
 * Node -> vector, such that the product of a user's and an item's vector is large if the user is likely to take the item.
 *
 * @throws {RivuletError} UNSUPPORTED_GRAPH without users and items, EMPTY_DATA without weights, INVALID_OPTION, UNKNOWN_OPTION, MEMORY_LIMIT.
 * @example
 * ```ts
 * import { fromRows, spectralEmbedding } from 'rivulet'
 *
 * const rows = [['ann', 'tea'], ['ann', 'milk'], ['bob', 'milk'], ['cid', 'oil']].map(([user, item]) => ({ user, item }))
 * const vectors = spectralEmbedding(fromRows(rows, { user: 'user', item: 'item' }), { dimensions: 2 })
 * console.log(vectors.get('ann')?.length) // 2
 * ```
 */
export const spectralEmbedding: Method<
  SpectralEmbeddingOptions,
  SpectralEmbedding,
  Map<string, Float32Array>
> = defineMethod({
  name: WHO,
  needsSides: true,
  takesRelations: true,
  options: spectralOptions,
  on: embed,
  face: embeddingFace,
})

function nothingToEmbed(): RivuletError {
  return new RivuletError('EMPTY_DATA', {
    who: WHO,
    expected: 'interactions with non-zero weights',
    got: 'none',
    todo: 'Check the data, and option signals.',
  })
}
