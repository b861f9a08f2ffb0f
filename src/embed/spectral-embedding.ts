/**
 * Vectors of users and items from the largest singular values and vectors of the normalised bipartite matrix.
 *
 *   X = D_u^-a W D_i^-e ~ U S V';   user vectors U S^p, item vectors V S^p
 *
 * W (users x items) weights, D_u and D_i degrees; p the value exponent. With p = 1/2 the product of a user's and an item's vector is the entry of the
 * best approximation of X of that rank (Eckart and Young 1936, 10.1007/BF02288367). With a = e = 1/2 these vectors, each times the root of
 * (sum of all degrees / its own), are the minimum of the spectral contrastive loss -2 E+[x'y] + E-[(x'y)^2], positives drawn as edges and negatives by
 * degree (HaoChen, Wei, Gaidon and Ma, NeurIPS 2021): no training reaches a lower one.
 * Cost: see `singularVectors`; k = 64 on a million interactions takes seconds.
 */
import ndarray from 'ndarray'
import { isSignals, type Signals } from '../data/signal-rules.ts'
import { assignNodes } from '../graph/assign.ts'
import { requireOwnAttributes } from '../graph/attribute-names.ts'
import { requireGraph, type AbstractGraph } from '../graph/check.ts'
import { readMachine } from '../plan/machine.ts'
import { isWeighted, openNetwork, type Network, type Source, type Weighted } from '../network/network.ts'
import { singularVectors, type SingularVectors } from '../solve/singular-vectors.ts'
import type { Algorithm } from '../request/request.ts'
import { drive } from '../support/drive.ts'
import { solveInThread } from '../run/in-thread.ts'
import { RivuletError } from '../support/errors.ts'
import { finiteNumber } from '../support/options.ts'
import { inSlices, type Sliced } from '../support/pause.ts'
import { defaultsOf, integer, number, option, resolve, text, type Given, type Resolved } from '../support/spec.ts'
import { factsOf, type StoredEmbedding } from './embedding-facts.ts'
import { embeddingMap, requireSides } from './embedding.ts'

export const spectralOptions = {
  /** Length of the vectors; integer >= 1. Fewer where the matrix has a smaller rank. Default 64. */
  dimensions: integer(64, 1),
  /** Whether interaction values weigh. Default 'auto': not on a bipartite graph or table. */
  weighted: option<Weighted>('auto', isWeighted),
  /** What interactions weigh by the names of their signals, as in `recommend`; may be below 0. Default null: signals do not matter. */
  signals: option<Signals | null>(null, isSignals),
  /** a: how much less the interactions of active users count, any number. Default 0.5. */
  userExponent: option(0.5, finiteNumber),
  /** e: how much less the interactions of popular items count, any number. Default 0.5. */
  itemExponent: option(0.5, finiteNumber),
  /** p: 0.5 splits each singular value between user and item; 0 makes all directions equally long. Default 0.5. */
  valueExponent: option(0.5, finiteNumber),
  /** Wanted |X'X v - s^2 v| over the largest s^2, > 0; float32 does not go below about 3e-6. Default 1e-4. */
  tolerance: number(1e-4, 0, Infinity, '()'),
  /** Most rounds; integer >= 1. Not converging is a result, not an error. Default 40. */
  maxIterations: integer(40, 1),
  /** Of the first vectors; integer >= 0. Default 1. */
  seed: integer(1, 0),
  /** Most bytes that the matrix and one product may take. Default: what the machine has free. */
  memoryLimitBytes: number(Infinity, 0, Infinity, '(]'),
  /** Node attribute that `.assign` writes an array of numbers to. Default 'embedding'. */
  nodeEmbeddingAttribute: text('embedding'),
}

export interface SpectralEmbeddingOptions extends Given<typeof spectralOptions> {}

/** Vectors, and how near they are to the singular vectors. */
export interface SpectralEmbedding extends StoredEmbedding {
  /** Singular values, descending; shape (dimensions). */
  readonly values: Float64Array
  /** |X'X v - s^2 v| over the largest s^2, shape (dimensions). */
  readonly residuals: Float64Array
  /** Rounds taken. */
  readonly iterations: number
  readonly converged: boolean
  /** What is not as asked: fewer dimensions. */
  readonly notes: readonly string[]
}

const WHO = 'spectralEmbedding'

/** @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION. */
export const resolveSpectral = (options: SpectralEmbeddingOptions | undefined): Resolved<typeof spectralOptions> =>
  resolve(WHO, spectralOptions, options)

function* on(network: Network, given?: SpectralEmbeddingOptions): Algorithm<SpectralEmbedding> {
  const resolved = resolveSpectral(given)
  const { dimensions, valueExponent, ...options } = resolved
  const { users, items } = requireSides(WHO, network)
  const found = yield* singularVectors(WHO, network.prepared, { ...options, k: dimensions })
  const { values, residuals, iterations, converged } = found
  if (values.length === 0) throw nothingToEmbed()
  const notes =
    values.length < dimensions ? [`${values.length} of ${dimensions} dimensions: the matrix has no larger rank`] : []
  return {
    users,
    items,
    nodes: network.nodes,
    facts: yield* factsOf(network, 'spectral', resolved),
    dimensions: values.length,
    userVectors: ndarray(yield* stretch(found.left, values, valueExponent), [users.size, values.length]),
    itemVectors: ndarray(yield* stretch(found.right, values, valueExponent), [items.size, values.length]),
    values,
    residuals,
    iterations,
    converged,
    notes,
  }
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

function detailed(source: Source, given?: SpectralEmbeddingOptions): SpectralEmbedding {
  const { weighted, signals, ...options } = resolveSpectral(given)
  const memoryLimitBytes = Math.min(options.memoryLimitBytes, readMachine().memoryBytes)
  const network = openNetwork(WHO, source, { weighted, signals, direction: 'both', memoryLimitBytes })
  return drive(on(network, given), solveInThread(network.prepared))
}

/**
 * Node -> vector, such that the product of a user's and an item's vector is large where she is likely to take it.
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
export const spectralEmbedding = Object.assign(
  (source: Source, options?: SpectralEmbeddingOptions): Map<string, Float32Array> =>
    embeddingMap(detailed(source, options)),
  {
    /** Writes each vector onto its node, as an array of numbers that JSON can hold. */
    assign(graph: AbstractGraph, options?: SpectralEmbeddingOptions): void {
      const { nodeEmbeddingAttribute } = resolveSpectral(options)
      requireOwnAttributes(WHO, 'node', { nodeEmbeddingAttribute })
      const vectors = embeddingMap(detailed(requireGraph(WHO, graph), options))
      const arrays = Array.from(vectors, ([node, vector]) => [node, Array.from(vector)] as const)
      assignNodes(graph, nodeEmbeddingAttribute, arrays)
    },
    detailed,
    defaults: defaultsOf(spectralOptions),
    on,
  },
)

function nothingToEmbed(): RivuletError {
  return new RivuletError('EMPTY_DATA', {
    who: WHO,
    expected: 'interactions that weigh something',
    got: 'none',
    todo: 'Check the data, and option signals.',
  })
}
