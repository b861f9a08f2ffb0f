import { PRODUCT_CHUNK, type Kernel } from '../kernel/kernel.ts'
import type { Loop } from '../kernel/loop.ts'
import { ITEMS_TOGETHER, RANKED_TOGETHER, type SummedLists } from '../kernel/ranking.ts'
import type { Memory } from '../memory/arena.ts'
import type { Control } from './control.ts'
import { inSlices, inSlicesOfCost, inSlicesOfEntries, rowsOf, SLICE } from './pace.ts'

/** Largest cost of an entry of a list of `topK`, in elements: the depth of a heap, or the entries moved in a short list. */
const LIST_COST = 32

/**
 * A kernel that splits its calls into slices of bounded work, with a heartbeat after each, for any size.
 *
 * Results keep their bits: every loop is over rows or elements, and the next slice continues where the loop would. The sum of one row of the
 * matrix is never cut. Every call throws `Stopped` when the job was stopped.
 */
export function pacedKernel(kernel: Kernel, control: Control, memory: Memory): Kernel {
  const words = (offset: number): Uint32Array => new Uint32Array(memory.buffer, offset)

  /** Cuts a loop into slices of `most` rows. */
  const cut =
    <Given>(loop: Loop<Given>, most: (given: Given) => number): Loop<Given> =>
    (start, end, given) =>
      inSlices(control, start, end, most(given), (from, to) => loop(from, to, given))

  /** Cuts a loop by the cost of each row, in elements. */
  const cutByCost =
    <Given>(loop: Loop<Given>, cost: (given: Given) => (row: number) => number): Loop<Given> =>
    (start, end, given) =>
      inSlicesOfCost(control, start, end, cost(given), (from, to) => loop(from, to, given))

  const byWidth = <Given extends { readonly width: number }>(loop: Loop<Given>): Loop<Given> =>
    cut(loop, ({ width }) => rowsOf(width))
  const byCount = <Given extends { readonly count: number }>(loop: Loop<Given>): Loop<Given> =>
    cut(loop, ({ count }) => rowsOf(count))

  const multiplyRows = cutByCost(kernel.multiplySparse, ({ matrix, rows = 0, width }) => {
    const [pointers, ids] = [words(matrix.indptr), words(rows)]
    return (k) => (pointers[ids[k] + 1] - pointers[ids[k]] + 1) * width
  })

  return {
    name: kernel.name,
    multiplySparse(start, end, product) {
      if (product.rows) multiplyRows(start, end, product)
      else {
        inSlicesOfEntries(control, start, end, words(product.matrix.indptr), product.width, (from, to) =>
          kernel.multiplySparse(from, to, product),
        )
      }
    },
    // Kernels work on two rows at a time in the former, on four in the latter.
    multiplyDense: cut(kernel.multiplyDense, ({ columns, inner }) => 2 * rowsOf(2 * columns * inner)),
    subtractDense: cut(kernel.subtractDense, ({ columns, inner }) => 4 * rowsOf(4 * columns * inner)),
    crossProducts: cut(
      kernel.crossProducts,
      ({ width, columnStart, columnEnd }) => rowsOf(width * (columnEnd - columnStart) * PRODUCT_CHUNK) * PRODUCT_CHUNK,
    ),
    largestProducts: cutByCost(kernel.largestProducts, ({ costs }) => {
      const ofRows = new Float32Array(memory.buffer, costs)
      return (row) => ofRows[row]
    }),
    normal(start, end, product) {
      inSlicesOfEntries(control, start, end, words(product.matrix.indptr), 1, (from, to) =>
        kernel.normal(from, to, product),
      )
    },
    combine(start, end, recurrence) {
      let worst = 0
      inSlices(control, start, end, rowsOf(recurrence.width), (from, to) => {
        worst = Math.max(worst, kernel.combine(from, to, recurrence))
      })
      return worst
    },
    ...{ add: cut(kernel.add, () => SLICE), offerSums: cut(kernel.offerSums, () => SLICE) },
    scaleRows: byWidth(kernel.scaleRows),
    topK: cut(kernel.topK, ({ width }) => rowsOf(width * LIST_COST)),
    sortTop(start, end, list) {
      // The heap is sorted from its end.
      inSlices(control, 0, end - start, rowsOf(LIST_COST), (from, to) => kernel.sortTop(end - to, end - from, list))
    },
    addLists: cut(kernel.addLists, () => 1),
    offerItems: cut(kernel.offerItems, ({ dimensions }) => ITEMS_TOGETHER * rowsOf(itemsCost(dimensions))),
    sumLists: cutByCost(kernel.sumLists, costOfList(words)),
    offerMet: cutByCost(kernel.offerMet, costOfList(words)),
    ...{ addPacked: kernel.addPacked, offerLongest: kernel.offerLongest, offerMarked: kernel.offerMarked },

    pairRows: byWidth(kernel.pairRows),
    takeRows: byWidth(kernel.takeRows),
    unitRows: byWidth(kernel.unitRows),
    throughLength: byWidth(kernel.throughLength),
    noisyRows: byWidth(kernel.noisyRows),
    transpose: byWidth(kernel.transpose),
    excludeKnown: cutByCost(kernel.excludeKnown, (known) => {
      const [pointers, slots, users] = [words(known.matrix.indptr), words(known.slots), words(known.users)]
      return (b) => known.count + 2 * (pointers[users[slots[b]] + 1] - pointers[users[slots[b]]])
    }),
    excludeSame: byCount(kernel.excludeSame),
    ...{ softmaxRows: byCount(kernel.softmaxRows), rankingRows: byCount(kernel.rankingRows) },
    addEdges: cutByCost(kernel.addEdges, ({ matrix, users, width }) => {
      const [pointers, rows] = [words(matrix.indptr), words(users)]
      return (slot) => (pointers[rows[slot] + 1] - pointers[rows[slot]] + 1) * width
    }),
    adam: cut(kernel.adam, () => SLICE),
  }
}

/** Cost of each entry of a profile: the length of the item's list. */
const costOfList =
  (words: (offset: number) => Uint32Array) =>
  ({ entries, lists, columns }: SummedLists): ((entry: number) => number) => {
    if (lists.indices === 0) return () => columns
    const [items, pointers] = [words(entries.indices), words(lists.indptr)]
    return (entry) => pointers[items[entry] + 1] - pointers[items[entry]]
  }

/** Cost of ITEMS_TOGETHER items. */
const itemsCost = (dimensions: number): number => ITEMS_TOGETHER * RANKED_TOGETHER * (1 + dimensions)
