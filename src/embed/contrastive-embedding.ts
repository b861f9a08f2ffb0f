/**
 * Vectors of users and items by contrastive learning: `ContrastiveTraining` from the spectral embedding or random vectors.
 *
 *   item vectors Y = Z / |Z|, user vectors the directions of W D^-e/2 |Z|^1/2 Y: products are cosines
 *
 * Relations are not part of the training; they spread the learnt vectors (see contrastive-relations.ts), so that users and items without interactions have vectors
 * too. Only the start, the order of the pairs and the validation users are random, and sums run in a fixed order: the same data, options and seed give the same bits
 * on any number of threads. Validation users are not learnt from, but they get vectors, as new users would.
 * Cost: epochs x pairs / batchSize steps.
 */
import ndarray from 'ndarray'
import { trainingBytes } from '../memory/outside-bytes.ts'
import { NormalProduct } from '../solve/normal-product.ts'
import { interactionsAlone, requireWeights } from '../network/relations.ts'
import { on, type Algorithm } from '../request/request.ts'
import type { ValidationScores } from './contrastive-checkpoint.ts'
import {
  contrastiveOptions,
  type ContrastiveEmbeddingOptions,
  type ResolvedContrastive,
} from './contrastive-options.ts'
import { trainContrastively } from './contrastive-run.ts'
import { layerMean } from './contrastive-training.ts'
import { spreadOverItems, sumsOfUsers } from './contrastive-relations.ts'
import { asEmbedding, factsOf, type StoredEmbedding } from './data-facts.ts'
import { embeddingFace, requireSides, sumExponent, summands, unitRows } from './embedding.ts'
import { type Method, defineMethod } from '../method/define-method.ts'
import type { NamedNetwork } from '../network/network.ts'

/** Vectors of length one, and how the training went. */
export interface ContrastiveEmbedding extends StoredEmbedding {
  /** Mean loss per interaction of each epoch, measured during training; shape (stoppedAt). */
  readonly losses: Float64Array
  /** Validation scores after every epoch, the start first; empty without `validationFraction`. */
  readonly validation: readonly ValidationScores[]
  /** The epoch of these vectors, 0 for the start: the one with the largest NDCG, or the last one without `validationFraction`. */
  readonly bestEpoch: number
  /** Number of epochs that were trained: fewer than `epochs` if none improved for `patience` epochs. */
  readonly stoppedAt: number
}

const WHO = 'contrastiveEmbedding'

/** The result of the training on interactions alone. */
interface Learnt extends Pick<ContrastiveEmbedding, 'losses' | 'validation' | 'bestEpoch' | 'stoppedAt'> {
  /** Shape (items x dimensions). */
  readonly vectors: Float32Array
}

function* embed(network: NamedNetwork, options: ResolvedContrastive): Algorithm<ContrastiveEmbedding> {
  requireWeights(WHO, network.relations?.parts)
  const alone = yield* interactionsAlone(WHO, network)
  const learning = learn(alone, options)
  const { vectors: learnt, ...training } = yield* alone === network ? learning : on(alone, learning, { who: WHO })
  return asEmbedding({ ...(yield* placed(network, learnt, options)), ...training })
}

function* learn(network: NamedNetwork, options: ResolvedContrastive): Algorithm<Learnt> {
  const { users, items } = requireSides(WHO, network)
  const { nnz } = network.shape
  const release = network.budget.take({
    who: WHO,
    what: `a training of ${options.dimensions} dimensions`,
    parts: { training: trainingBytes(users.size, items.size, nnz, options.dimensions) },
    todo: 'Raise memoryLimitBytes, or lower dimensions.',
  })
  try {
    const { epoch, losses, validation, best } = yield* trainContrastively(WHO, network, options)
    const product = new NormalProduct(WHO, network, options.userExponent, options.itemExponent)
    const vectors = yield* layerMean(product, options.layers, best.parameters)
    return { vectors, losses, validation, bestEpoch: best.epoch, stoppedAt: epoch }
  } finally {
    release()
  }
}

/** Vectors of all users and items from the learnt item vectors. */
function* placed(
  network: NamedNetwork,
  learnt: Float32Array,
  options: ResolvedContrastive,
): Algorithm<Omit<ContrastiveEmbedding, keyof Omit<Learnt, 'vectors'>>> {
  const { dimensions, userExponent, itemExponent } = options
  const { users, items } = requireSides(WHO, network)
  const vectors = yield* spreadOverItems(WHO, network, learnt, options)
  const itemVectors = unitRows(vectors, dimensions)
  const exponents = { userExponent, itemExponent: sumExponent(itemExponent) }
  const userVectors = yield* sumsOfUsers(WHO, network, summands(vectors, dimensions), { dimensions, ...exponents })
  return {
    users,
    items,
    nodes: network.nodes,
    facts: yield* factsOf(network, 'contrastive', options),
    dimensions,
    userVectors: ndarray(unitRows(userVectors, dimensions), [users.size, dimensions]),
    itemVectors: ndarray(itemVectors, [items.size, dimensions]),
  }
}

/**
 * Node -> vector of length one; the product of a user's and an item's vector is their cosine, large if the user is likely to take the item.
 *
 * @throws {RivuletError} UNSUPPORTED_GRAPH without users and items, UNKNOWN_OPTION, EMPTY_DATA if no user can be held out, MEMORY_LIMIT; INVALID_OPTION, also for a
 *   checkpoint of another training, and when the loss does not stay finite: `details.checkpoint` is then the checkpoint of the last good epoch.
 * @example
 * ```ts
 * import { contrastiveEmbedding, fromRows } from 'rivulet'
 *
 * const rows = [['ann', 'tea'], ['ann', 'milk'], ['bob', 'milk'], ['bob', 'tea']].map(([user, item]) => ({ user, item }))
 * const vectors = contrastiveEmbedding(fromRows(rows, { user: 'user', item: 'item' }), { dimensions: 4, epochs: 2 })
 * console.log(vectors.get('ann')?.length) // 4
 * ```
 */
export const contrastiveEmbedding: Method<
  ContrastiveEmbeddingOptions,
  ContrastiveEmbedding,
  Map<string, Float32Array>
> = defineMethod({
  name: WHO,
  needsSides: true,
  takesRelations: true,
  options: contrastiveOptions,
  on: embed,
  face: embeddingFace,
})
