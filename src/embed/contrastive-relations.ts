/**
 * Adds relations to vectors that were learnt from interactions, by one step of spreading.
 *
 *   Z <- Z + sum over relations of items of w_r / (1 - w) P_r / l_r Z,   x <- x + sum over relations of users of w_r / (1 - w) X_r X_r' / l_r x
 *
 * Z (items x dimensions) learnt vectors, x (users x dimensions) the sums of users' items, w the sum of all weights, P_r, X_r and l_r as in mixed-relations.ts. An item
 * without interactions starts at 0, so that it gets the direction of the items with the same values; likewise a user. Users and items with interactions are moved
 * by no more than the weight of a relation. Training on edges of relations would need negatives for them, and a weight relative to interactions in every batch.
 * Cost: one sweep of all dimensions for items, three for users.
 */
import type { Network } from '../network/network.ts'
import type { Algorithm } from '../request/request.ts'
import { degreesOfSide, type Exponents } from '../solve/mixed-relations.ts'
import { NormalProduct, ONCE } from '../solve/normal-product.ts'
import { inSlices, type Sliced } from '../support/pause.ts'

interface Vectors extends Exponents {
  readonly dimensions: number
}

/** @param vectors Z, shape (items x dimensions). @returns the same shape */
export function* spreadOverItems(
  who: string,
  network: Network,
  vectors: Float32Array,
  { dimensions, userExponent, itemExponent }: Vectors,
): Algorithm<Float32Array> {
  const degrees = yield* degreesOfSide(who, network, 'item', { userExponent, itemExponent })
  if (degrees === null) return vectors
  const product = new NormalProduct(who, { ...network, degrees }, userExponent, itemExponent)
  const spread = yield* product.apply(ONCE, lengthened(vectors, network.shape.columnCount * dimensions))
  return yield* plus(spread, vectors)
}

/** x of all users, shape (users x dimensions). @param summands of items, shape (items x dimensions) */
export function* sumsOfUsers(
  who: string,
  network: Network,
  summands: Float32Array,
  { dimensions, userExponent, itemExponent }: Vectors,
): Algorithm<Float32Array> {
  const { shape, relations } = network
  const userCount = relations?.userCount ?? shape.rowCount
  const sums = new NormalProduct(who, network, userExponent, itemExponent)
  const block = lengthened(summands, shape.columnCount * dimensions)
  const own = (yield* sums.left(block)).subarray(0, userCount * dimensions)
  const degrees = yield* degreesOfSide(who, network, 'user', { userExponent, itemExponent })
  if (degrees === null) return own
  const product = new NormalProduct(who, { ...network, degrees }, userExponent, itemExponent)
  const held = yield* product.apply(ONCE, block)
  held.fill(0, 0, summands.length)
  return yield* plus(yield* product.left(held), own)
}

/** Vectors followed by zeros for the values of relations. */
function lengthened(vectors: Float32Array, length: number): Float32Array {
  if (vectors.length === length) return vectors
  const longer = new Float32Array(length)
  longer.set(vectors)
  return longer
}

/** The sum, of the length of `more`. @param spread is written to */
function* plus(spread: Float32Array, more: Float32Array): Sliced<Float32Array> {
  const add = (from: number, to: number): void => {
    for (let at = from; at < to; at++) spread[at] += more[at]
  }
  yield* inSlices(more.length, add)
  return spread.subarray(0, more.length)
}
