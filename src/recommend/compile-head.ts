/** Compiling a spreading recipe as a head and a walk: the head is kept dense, the walk is cut to the largest entries of each item. */
import type { NamedNetwork, Network } from '../network/network.ts'
import { rankingCosts, walkThatPays } from '../plan/head-or-sweeps.ts'
import { productCost } from '../plan/product-plan.ts'
import type { Algorithm } from '../request/request.ts'
import { RivuletError } from '../support/errors.ts'
import type { Sliced } from '../support/pause.ts'
import { headItems, type CompiledHead } from './compiled-head.ts'
import type { Catalogue } from './catalogue.ts'
import { headOf, type Head } from './methods/head.ts'
import type { ModelCall } from './methods/item-vectors.ts'
import { headLength, percent, walkLength, walkLists, type WalkLists } from './methods/head-and-walk.ts'
import { asksForAverage, DEFAULT_RECIPE, readRecipe, type Recipe } from './methods/recipe.ts'
import { MOST_DISTANCE } from './methods/sweeps-or-head.ts'
import { packSigned, type PackedRows } from './packed-rows.ts'
import type { RecommenderRequest } from './request.ts'

/** Any speed-up suffices, because a head keeps more of the scores than rows do. */
const WORTH = { short: 3e9, gain: 1 }

/**
 * Default number of eigenvectors: none where sweeps compute all rows as fast, unless the recipe asks for the average user.
 *
 * @param isCut whether rows are cut, which leaves the average user out
 */
export function headByDefault(
  { network: { shape, rows, signed, relations } }: Catalogue,
  { method, methodOptions, embedding }: RecommenderRequest,
  isCut: boolean,
): number {
  const { recipe = DEFAULT_RECIPE, exact = false } = methodOptions
  if (method !== 'graph-filter' || embedding !== null || exact || signed || relations !== undefined) return 0
  const items = shape.columnCount
  const head = headLength(items)
  if (isCut && asksForAverage(recipe)) return head
  const work = { profiles: items, sweeps: recipe.sweeps, operations: productCost(rows), neighbours: walkLength(items) }
  return walkThatPays(rankingCosts(shape, { ...work, head }), WORTH) === 'lists' ? head : 0
}

/** Cost of a head and its walk, in the units of `plan/costs.ts`. */
export function costOfHead({ shape, rows }: NamedNetwork, head: number): number {
  const sizes = { profiles: 0, sweeps: 0, operations: productCost(rows), neighbours: 0 }
  return rankingCosts(shape, { ...sizes, head }).head.lists.making
}

/** The recipe that a head is computed from. @throws {RivuletError} INVALID_OPTION where a head is not available */
export function recipeWithHead({ signed, relations }: NamedNetwork, request: RecommenderRequest): Recipe {
  const { method, methodOptions, embedding } = request
  const { recipe = DEFAULT_RECIPE, exact = false } = methodOptions
  const got =
    method !== 'graph-filter'
      ? `method '${method}'`
      : exact
        ? 'exact: true'
        : embedding !== null
          ? 'an embedding'
          : signed
            ? 'weights below 0'
            : relations !== undefined
              ? 'relations'
              : null
  if (got === null) return readRecipe('recipe', recipe)
  throw new RivuletError('INVALID_OPTION', {
    who: `${request.who}, option 'head'`,
    expected: "0, or method 'graph-filter' with weights above 0, not exact, without an embedding or relations",
    got,
    todo:
      got === 'relations'
        ? 'Leave it out: eigenvectors describe large groups and capture little of a relation of few.'
        : 'Leave it out.',
    details: { option: 'head' },
  })
}

/** What to keep of a recipe. */
export interface HeadKept {
  /** Maximum number of eigenvectors. */
  readonly eigenvectors: number
  readonly entriesPerItem: number
}

/**
 * The parts of a compiled recommender.
 *
 * @throws {RivuletError} MEMORY_LIMIT; INVALID_OPTION where no walk can replace the remainder of the recipe's filter.
 */
export function* compileHead(
  who: string,
  network: Network,
  recipe: Recipe,
  { eigenvectors, entriesPerItem }: HeadKept,
  recent: Pick<ModelCall, 'factors' | 'shares'> = {},
): Algorithm<{ readonly rows: PackedRows; readonly head: CompiledHead }> {
  const items = network.shape.columnCount
  const release = network.budget.take({
    who,
    what: `a head of ${eigenvectors} eigenvectors and ${entriesPerItem} entries an item`,
    // Vectors unscaled, and twice scaled, the second time in order; entries unpacked and packed.
    parts: { compiled: items * (16 * eigenvectors + 12 * entriesPerItem + 40) },
    todo: "Raise memoryLimitBytes, or lower 'entriesPerItem' or 'head'.",
  })
  try {
    const head = yield* headOf(who, network, recipe, eigenvectors, recent)
    if (head.distance > MOST_DISTANCE) {
      throw new RivuletError('INVALID_OPTION', {
        who: `${who}, option 'head'`,
        expected: `enough eigenvectors that the filter is nearly linear below them, within ${percent(MOST_DISTANCE)}`,
        got: `${head.eigenvalues.length}, below which it deviates by up to ${percent(head.distance)}`,
        todo: 'Use more eigenvectors, or head: 0.',
        details: { option: 'head', value: eigenvectors },
      })
    }
    const walk = yield* walkLists(who, network, head, entriesPerItem)
    return { rows: yield* packSigned(who, walk.lists), head: yield* compiledHead(head, walk) }
  } finally {
    release()
  }
}

function* compiledHead(
  { eigenvalues, start: starts, finish, filters, average }: Head,
  { vectors: { right, dimensions } }: WalkLists,
): Sliced<CompiledHead> {
  const vectorOf = (item: number, into: Float32Array): void =>
    into.set(right.subarray(item * dimensions, (item + 1) * dimensions))
  // Vectors are already multiplied by `finish`.
  const startOf = (item: number): number => (finish[item] === 0 ? 0 : starts[item] / finish[item])
  const items = yield* headItems(starts.length, dimensions, vectorOf, startOf)
  const padded = (numbers: Float64Array): Float32Array => {
    const longer = new Float32Array(dimensions)
    longer.set(numbers)
    return longer
  }
  const kept = filters.map(({ line, gains, lent }) => ({
    // In single precision, as in a file.
    walk: Math.fround(line.slope),
    gains: padded(gains),
    lent: lent && padded(lent),
  }))
  const lends = Uint8Array.from(starts, (_, item) => (average !== null && average.items[item] > 0 ? 1 : 0))
  return { count: eigenvalues.length, dimensions, ...items, lends, filters: kept }
}
