/**
 * Vectors of users and items by contrastive learning: `ContrastiveTraining` from the spectral embedding or from chance.
 *
 *   item vectors Z / |Z|, user vectors X Z / |X Z|: products are cosines, and what was trained
 *
 * Nothing is drawn but the order of the pairs, and sums run in a fixed order: the same data, options and seed give the same bits on any number of threads.
 * Cost: epochs x pairs / batchSize steps.
 */
import ndarray from 'ndarray'
import { isSignals, type Signals } from '../data/signal-rules.ts'
import { assignNodes } from '../graph/assign.ts'
import type { AbstractGraph } from '../graph/check.ts'
import { readMachine } from '../plan/machine.ts'
import { requireGraph } from '../propagate/labelling.ts'
import { isWeighted, openNetwork, type Network, type Source, type Weighted } from '../propagate/network.ts'
import { NormalProduct } from '../propagate/normal-product.ts'
import { singularVectors } from '../propagate/singular-vectors.ts'
import { drive, type Algorithm } from '../run/drive.ts'
import { solveInThread } from '../run/in-thread.ts'
import { RivuletError } from '../support/errors.ts'
import { finiteNumber, integerAtLeast, isString, numberBetween, oneOf, resolveOptions } from '../support/options.ts'
import { seededRandom } from '../support/random.ts'
import { ContrastiveTraining } from './contrastive-training.ts'
import { embeddingMap, requireSides, type Embedding } from './embedding.ts'

export interface ContrastiveEmbeddingOptions {
  /** Length of the vectors; integer >= 1. Default 64. */
  readonly dimensions?: number | undefined
  /** Powers of the normalised matrix that item vectors are a mean over, beside the first; integer >= 0. Default 2. */
  readonly layers?: number | undefined
  /** How often every interaction is learnt from; integer >= 0. Default 20. */
  readonly epochs?: number | undefined
  /** Interactions of a step; integer >= 2. Default 2048. */
  readonly batchSize?: number | undefined
  /** Items of other interactions of the step that each one is held against; integer >= 1. Default 127. */
  readonly negatives?: number | undefined
  /** > 0; the smaller, the more the nearest negatives count. Default 0.1. */
  readonly temperature?: number | undefined
  /** About how far an entry moves in a step, > 0; entries begin at about 0.1. Default 0.01. */
  readonly learningRate?: number | undefined
  /** Share of log popularity that is taken from a negative's score, in [0, 1]: 1 as if all items were negatives, 0 pushes popular items away. Default 1. */
  readonly popularityCorrection?: number | undefined
  /** Where the item vectors begin. Default 'spectral'. */
  readonly start?: 'spectral' | 'random' | undefined
  /** Whether interaction values weigh. Default 'auto': not on a bipartite graph or table. */
  readonly weighted?: Weighted | undefined
  /** What interactions weigh by the names of their signals, as in `recommend`; those below 0 are no pairs to learn, but tell what a user is not. Default null. */
  readonly signals?: Signals | null | undefined
  /** How much less the interactions of active users count, any number. Default 0.5. */
  readonly userExponent?: number | undefined
  /** How much less the interactions of popular items count, any number. Default 0.5. */
  readonly itemExponent?: number | undefined
  /** Of the start and of the order; integer >= 0. Default 1. */
  readonly seed?: number | undefined
  /** Most bytes that the matrix and one product may take. Default: what the machine has free. */
  readonly memoryLimitBytes?: number | undefined
  /** Node attribute that `.assign` writes an array of numbers to. Default 'embedding'. */
  readonly nodeEmbeddingAttribute?: string | undefined
}

/** Vectors of length one, and how the training went. */
export interface ContrastiveEmbedding extends Embedding {
  /** Mean loss of an interaction, epoch by epoch, while its vectors were still moving; shape (epochs). */
  readonly losses: Float64Array
}

type Resolved = {
  readonly [K in keyof ContrastiveEmbeddingOptions]-?: Exclude<ContrastiveEmbeddingOptions[K], undefined>
}

const WHO = 'contrastiveEmbedding'
/** Root of the mean square of the entries at the start: Adam's steps are as long as the learning rate says, whatever the scale. */
const START_SIZE = 0.1

const DEFAULTS: Resolved = Object.freeze({
  dimensions: 64,
  layers: 2,
  epochs: 20,
  batchSize: 2048,
  negatives: 127,
  temperature: 0.1,
  learningRate: 0.01,
  popularityCorrection: 1,
  start: 'spectral',
  weighted: 'auto',
  signals: null,
  userExponent: 0.5,
  itemExponent: 0.5,
  seed: 1,
  memoryLimitBytes: Infinity,
  nodeEmbeddingAttribute: 'embedding',
})

const resolve = (options: ContrastiveEmbeddingOptions | undefined): Resolved =>
  resolveOptions(WHO, options, DEFAULTS, {
    dimensions: integerAtLeast(1),
    layers: integerAtLeast(0),
    epochs: integerAtLeast(0),
    batchSize: integerAtLeast(2),
    negatives: integerAtLeast(1),
    temperature: numberBetween(0, Infinity, '()'),
    learningRate: numberBetween(0, Infinity, '()'),
    popularityCorrection: numberBetween(0, 1),
    start: oneOf('spectral', 'random'),
    weighted: isWeighted,
    signals: isSignals,
    userExponent: finiteNumber,
    itemExponent: finiteNumber,
    seed: integerAtLeast(0),
    memoryLimitBytes: numberBetween(0, Infinity, '(]'),
    nodeEmbeddingAttribute: isString,
  })

function* on(network: Network, given?: ContrastiveEmbeddingOptions): Algorithm<ContrastiveEmbedding> {
  const options = resolve(given)
  const { dimensions, epochs, seed, userExponent, itemExponent } = options
  const { users, items } = requireSides(WHO, network)
  const { prepared } = network
  const product = new NormalProduct(WHO, prepared, userExponent, itemExponent)
  const start = yield* startingVectors(network, product, options)
  const training = new ContrastiveTraining(product, prepared, start, { ...options, groupSize: options.negatives + 1 })
  const random = seededRandom(seed)
  const losses = new Float64Array(epochs)
  for (let epoch = 0; epoch < epochs; epoch++) {
    losses[epoch] = yield* training.epoch(random)
    if (Number.isNaN(losses[epoch])) throw diverged(epoch, options)
  }
  const vectors = yield* training.encode()
  const userVectors = yield* product.left(vectors)
  return {
    users,
    items,
    nodes: network.nodes,
    dimensions,
    userVectors: ndarray(unitRows(userVectors, dimensions), [users.size, dimensions]),
    itemVectors: ndarray(unitRows(vectors, dimensions), [items.size, dimensions]),
    losses,
  }
}

/** Item vectors to start from, shape (items x dimensions); directions that the spectrum does not have are random. */
function* startingVectors(
  { prepared }: Network,
  { active }: NormalProduct,
  { dimensions, start, userExponent, itemExponent, seed }: Resolved,
): Algorithm<Float32Array> {
  const random = seededRandom(seed)
  const vectors = new Float32Array(active.length * dimensions)
  active.forEach((one, item) => {
    for (let k = 0; k < dimensions && one === 1; k++) vectors[item * dimensions + k] = random.next() - 0.5
  })
  scaleTo(START_SIZE, vectors)
  if (start === 'random') return vectors
  const spectrum = { k: dimensions, userExponent, itemExponent, seed }
  const { values, right } = yield* singularVectors(WHO, prepared, spectrum)
  scaleTo(START_SIZE, right)
  for (let item = 0; item < active.length; item++) {
    vectors.set(right.subarray(item * values.length, (item + 1) * values.length), item * dimensions)
  }
  return vectors
}

function scaleTo(size: number, vectors: Float32Array): void {
  const mean = vectors.reduce((sum, entry) => sum + entry * entry, 0) / vectors.length
  if (mean > 0) vectors.forEach((entry, at) => (vectors[at] = (entry * size) / Math.sqrt(mean)))
}

/** Each row over its length; rows of zeros stay. */
function unitRows(vectors: Float32Array, dimensions: number): Float32Array {
  const unit = new Float32Array(vectors.length)
  for (let start = 0; start < vectors.length; start += dimensions) {
    const row = vectors.subarray(start, start + dimensions)
    const length = Math.sqrt(row.reduce((sum, entry) => sum + entry * entry, 0))
    if (length > 0) row.forEach((entry, k) => (unit[start + k] = entry / length))
  }
  return unit
}

function detailed(source: Source, given?: ContrastiveEmbeddingOptions): ContrastiveEmbedding {
  const { weighted, signals, ...options } = resolve(given)
  const memoryLimitBytes = Math.min(options.memoryLimitBytes, readMachine().memoryBytes)
  const network = openNetwork(WHO, source, { weighted, signals, direction: 'both', memoryLimitBytes })
  return drive(on(network, given), solveInThread(network.prepared, { memoryLimitBytes, kernel: 'auto' }))
}

/**
 * Node -> vector of length one; the product of a user's and an item's vector is their cosine, large where she is likely to take it.
 *
 * @throws {RivuletError} UNSUPPORTED_GRAPH without users and items, INVALID_OPTION, also when the loss does not stay finite, UNKNOWN_OPTION, MEMORY_LIMIT.
 * @example
 * ```ts
 * import { contrastiveEmbedding, fromRows } from 'rivulet'
 *
 * const rows = [['ann', 'tea'], ['ann', 'milk'], ['bob', 'milk'], ['bob', 'tea']].map(([user, item]) => ({ user, item }))
 * const vectors = contrastiveEmbedding(fromRows(rows, { user: 'user', item: 'item' }), { dimensions: 4, epochs: 2 })
 * console.log(vectors.get('ann')?.length) // 4
 * ```
 */
export const contrastiveEmbedding = Object.assign(
  (source: Source, options?: ContrastiveEmbeddingOptions): Map<string, Float32Array> =>
    embeddingMap(detailed(source, options)),
  {
    /** Writes each vector onto its node, as an array of numbers that JSON can hold. */
    assign(graph: AbstractGraph, options?: ContrastiveEmbeddingOptions): void {
      const { nodeEmbeddingAttribute } = resolve(options)
      const vectors = embeddingMap(detailed(requireGraph(WHO, graph), options))
      const arrays = Array.from(vectors, ([node, vector]) => [node, Array.from(vector)] as const)
      assignNodes(graph, nodeEmbeddingAttribute, arrays)
    },
    detailed,
    defaults: DEFAULTS,
    on,
  },
)

function diverged(epoch: number, options: Resolved): RivuletError {
  return new RivuletError(
    'INVALID_OPTION',
    {
      who: `${WHO}, option 'learningRate'`,
      expected: 'a loss that stays finite',
      got: `none with ${options.learningRate}, in epoch ${epoch + 1}`,
      todo: 'Lower learningRate, or raise temperature.',
    },
    { option: 'learningRate', epoch: epoch + 1, options },
  )
}
