import type { LargestProducts } from '../kernel/kernel.ts'
import { columnBytes } from '../memory/outside-bytes.ts'
import type { Arena } from '../memory/arena.ts'
import { CsrMatrix, type RowWindow } from '../matrix/csr.ts'
import type { Machine } from '../plan/machine.ts'
import type { PlanOptions } from '../plan/plan.ts'
import { planProduct, type ProductPlan } from '../plan/product-plan.ts'
import type { Product, ProductAnswer } from '../request/product.ts'
import type { Network } from '../network/network.ts'
import { RivuletError } from '../support/errors.ts'
import { SCATTERED, type Sliced } from '../support/pause.ts'
import type { JobHead } from './control.ts'

/** A product written into memory, described in plain data: what a worker is sent. */
export interface ProductJob {
  readonly kind: 'product'
  readonly head: JobHead
  readonly plan: ProductPlan
  /** Offsets of the workspace are those of the first member. */
  readonly product: LargestProducts
  /** First row of each block, and the end of the last. */
  readonly blockRows: Int32Array
}

/** Cost of each row of a product in multiplications, shape (columns). */
export type RowCosts = Float64Array

/** Counts the cost of each row of a product, in one pass over the pairs. @throws {RivuletError} UNSUPPORTED_GRAPH for a square network without `given` */
export function* productCosts(
  { rows, shape }: Network,
  { name, given }: Pick<Product, 'name' | 'given'>,
): Sliced<RowCosts> {
  if (shape.square && given === undefined) throw noSides(name)
  const costs = new Float64Array(shape.columnCount)
  const count = (window: RowWindow, from: number, to: number): void => {
    for (let row = from; row < to; row++) {
      const [start, end] = [window.start(row), window.end(row)]
      for (let at = start; at < end; at++) {
        if (given === undefined) costs[window.indices[at]] += end - start
        else costs[row] += rows.lengthOf(window.indices[at])
      }
    }
  }
  yield* (given ?? rows).inSlices(count, SCATTERED)
  return costs
}

/** Plans a product over a prepared matrix. @throws {RivuletError} MEMORY_LIMIT */
export function planProductOn(
  { shape, budget, stored }: Network,
  { name, neighbours, given, weights, middle, left, right, less }: Product,
  costs: RowCosts,
  options: PlanOptions,
  machine: Machine,
): ProductPlan {
  const product = {
    ...{ name, neighbours, reweighed: weights !== undefined, givenEntries: given?.nnz ?? 0 },
    dimensions: less?.dimensions ?? 0,
    operations: costs.reduce((sum, cost) => sum + cost, 0),
    entries: costs.reduce((sum, cost) => sum + mostKept(cost, neighbours, shape.columnCount), 0),
  }
  const held = columnBytes([
    middle,
    left,
    right,
    weights,
    given?.indptr,
    given?.indices,
    given?.data,
    less?.left.levels,
    less?.right.levels,
  ])
  const outside = { ...budget.parts, given: held + costs.byteLength }
  return planProduct(shape, product, options, machine, stored.end, outside)
}

/** Largest number of entries of a row: limited by the request, the number of other columns, and the row's multiplications. */
const mostKept = (cost: number, neighbours: number, columns: number): number => Math.min(neighbours, columns - 1, cost)

/** Makes room for a product and writes it. */
export function writeProduct(network: Network, asked: Product, costs: RowCosts, plan: ProductPlan): ProductJob {
  const { arena, offsets, turned, windows } = network.stored
  const { columnCount, weighted } = network.shape
  const { given, weights, shrink = 0, less } = asked
  const { layout, blocks, threads, kernel } = plan
  const { sections } = layout
  arena.reserve(layout.end)
  for (const name of ['middle', 'left', 'right'] as const) arena.float32(sections[name]).set(asked[name])
  for (const name of ['control', 'blockState', 'windowRows'] as const) arena.int32(sections[name]).fill(0)
  const { dimensions } = plan.product
  arena.float32(sections.costs).set(costs.map((cost) => cost + Math.min(cost, columnCount) * dimensions))
  if (less !== undefined) {
    arena.int16(sections.lessLeft).set(less.left.levels)
    arena.int16(sections.lessRight).set(less.right.levels)
    arena.float32(sections.leftSteps).set(less.left.steps)
    arena.float32(sections.rightSteps).set(less.right.steps)
  }
  const places = arena.int32(sections.places).fill(0)
  for (let row = 1; row < columnCount; row++) {
    places[row] = places[row - 1] + mostKept(costs[row - 1], asked.neighbours, columnCount)
  }
  if (weights !== undefined) arena.float32(sections.weights).set(weights)
  const isGiven = given !== undefined && given.nnz > 0
  if (isGiven) {
    arena.int32(sections.givenPointers).set(given.indptr)
    arena.int32(sections.givenIndices).set(given.indices)
    arena.float32(sections.givenData).set(given.data ?? new Float32Array(given.nnz).fill(1))
  } else arena.int32(sections.windowRows).set(windows.map(({ rowStart }) => rowStart))
  const at = Object.fromEntries(Object.entries(sections).map(([name, { offset }]) => [name, offset]))
  const { givenPointers, givenIndices, givenData } = sections
  const steps = { leftSteps: at.leftSteps, rightSteps: at.rightSteps }
  return {
    kind: 'product',
    head: {
      ...{ name: asked.name, threads, blocks, kernel },
      ...{ control: sections.control, blockState: sections.blockState },
    },
    plan,
    product: {
      ...(at as Record<keyof typeof sections, number>),
      ...{ k: asked.neighbours, shrink, columns: columnCount },
      matrix: { ...offsets, data: weights !== undefined ? at.weights : weighted ? offsets.data : 0 },
      windows: isGiven ? 1 : given === undefined ? windows.length : 0,
      turned: isGiven ? { indptr: givenPointers.offset, indices: givenIndices.offset, data: givenData.offset } : turned,
      ...{ indices: at.keptIndices, data: at.keptData },
      less: less === undefined ? null : { ...steps, left: at.lessLeft, right: at.lessRight, dimensions },
    },
    blockRows: cutByCost(costs, blocks),
  }
}

/** Cuts rows into `blocks` consecutive blocks of about equal cost, where a row costs one more than its multiplications. */
function cutByCost(costs: RowCosts, blocks: number): Int32Array {
  const whole = costs.reduce((sum, cost) => sum + cost + 1, 0)
  const blockRows = new Int32Array(blocks + 1).fill(costs.length)
  blockRows[0] = 0
  for (let row = 0, block = 1, sum = 0; row < costs.length; row++) {
    for (; block < blocks && sum >= (whole * block) / blocks; block++) blockRows[block] = row
    sum += costs[row] + 1
  }
  return blockRows
}

/** Copies the kept entries of a product out of shared memory, row by row without gaps. */
export function* readProduct(arena: Arena, { plan }: ProductJob): Sliced<ProductAnswer> {
  const { sections } = plan.layout
  const [places, counts] = [arena.int32(sections.places), arena.int32(sections.counts)]
  const [items, scores] = [arena.uint32(sections.keptIndices), arena.float32(sections.keptData)]
  const indptr = new Uint32Array(counts.length + 1)
  counts.forEach((count, row) => (indptr[row + 1] = indptr[row] + count))
  const [indices, data] = [new Uint32Array(indptr[counts.length]), new Float32Array(indptr[counts.length])]
  const lists = new CsrMatrix(counts.length, { indptr, indices, data })
  const copy = (_: RowWindow, from: number, to: number): void => {
    for (let row = from; row < to; row++) {
      const [start, end] = [places[row], places[row] + counts[row]]
      indices.set(items.subarray(start, end), indptr[row])
      data.set(scores.subarray(start, end), indptr[row])
    }
  }
  yield* lists.inSlices(copy, 1)
  return { lists, dropped: arena.float32(sections.dropped).slice() }
}

function noSides(who: string): RivuletError {
  return new RivuletError('UNSUPPORTED_GRAPH', {
    who,
    expected: 'a bipartite network of users and items',
    got: 'one with the same nodes as rows and columns',
    todo: 'Give the left factor as well.',
  })
}
