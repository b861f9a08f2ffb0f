/** Products of vectors, alone or mixed with spreading on a common scale. */
import { rowsWhere } from '../data/take-rows.ts'
import type { Network } from '../network/network.ts'
import type { Algorithm } from '../request/request.ts'
import { RivuletError } from '../support/errors.ts'
import type { ItemVectors } from './methods/item-vectors.ts'
import type { Query } from './methods/model.ts'
import type { Recipe } from './methods/recipe.ts'
import { rank, type SpreadingRecipe } from './methods/spreading.ts'

/** Users whose lists are compared, and the compared length. */
const USERS = 64
const HEAD = 20

/** @throws {RivuletError} INVALID_OPTION if a recipe has operator 'embedding' without an embedding, or the other way round. */
export function requireBoth(who: string, { operators }: Recipe, vectors: ItemVectors | null): void {
  const asked = operators.some(({ operator }) => operator === 'embedding')
  if (asked === (vectors !== null)) return
  throw new RivuletError('INVALID_OPTION', {
    who: `${who}, option '${asked ? 'embedding' : 'recipe'}'`,
    expected: asked
      ? "an embedding for the recipe's operator 'embedding'"
      : "an operator 'embedding' for the embedding",
    got: asked ? 'none' : `operators ${operators.map(({ operator }) => operator).join(', ')}`,
    todo: asked
      ? 'Give one, spectralEmbedding.detailed(table) for example, or leave the operator out.'
      : 'Add it: mix([...DEFAULT_RECIPE.operators, embeddingProduct()]), or give no embedding.',
  })
}

/** A recipe without spreading: lists by products of vectors, exact to the bit. */
export function productsAlone({ shape }: Network, vectors: ItemVectors, factor: number): SpreadingRecipe {
  const finish = new Float32Array(shape.columnCount).fill(1)
  const nothing = new Float32Array(shape.columnCount)
  return {
    name: 'recommend',
    operator: { middle: new Float32Array(shape.rowCount), scale: nothing, weight: nothing },
    schedule: { solver: 'filter', steps: [], stopBelow: 0 },
    start: nothing,
    finish,
    products: { vectors, divided: vectors.over(finish), factors: vectors.alike(factor) },
  }
}

/**
 * The factor that brings products of vectors to the scale of spreading: the mean, over up to 64 evenly chosen users, of the sum of a user's 20 best scores
 * by spreading over that by products.
 *
 * Spreading gives a few large scores, products many of middle size: with equal mean squares, spreading alone would decide the head of a list.
 */
export function* embeddingScale(network: Network, spreading: SpreadingRecipe, vectors: ItemVectors): Algorithm<number> {
  const { columnCount } = network.shape
  const query: Query = {
    k: Math.min(HEAD, columnCount),
    excludeSeeds: true,
    allowed: new Uint8Array(columnCount).fill(1),
  }
  const profiles = { kind: 'rows', rows: evenlyChosen(network), scale: new Float32Array(0) } as const
  const headsOf = function* (recipe: SpreadingRecipe): Algorithm<number[]> {
    const { rows, scores } = yield* rank({ ...recipe, preliminary: true }, profiles, query)
    const reached = scores.map((score, at) => (rows[at] < 0 ? 0 : score))
    return Array.from(profiles.rows, (_, place) =>
      reached.subarray(place * query.k, (place + 1) * query.k).reduce((sum, score) => sum + score, 0),
    )
  }
  const spread = yield* headsOf(spreading)
  const products = yield* headsOf(productsAlone(network, vectors, 1))
  const ratios = spread.map((sum, place) => sum / products[place]).filter((ratio) => ratio > 0 && ratio < Infinity)
  return ratios.length === 0 ? 1 : ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length
}

/** Rows that have entries. */
function evenlyChosen({ rows: all }: Network): Int32Array {
  const rows = rowsWhere(all.rowCount, (row) => all.lengthOf(row) > 0)
  const count = Math.min(USERS, rows.length)
  return Int32Array.from({ length: count }, (_, at) => rows[Math.floor((at * rows.length) / count)])
}
