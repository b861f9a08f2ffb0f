import type { Memory } from '../../memory/arena.ts'
import type { Kernel } from '../kernel.ts'
import type { OfferedPlaces, ServingLoops } from '../serving.ts'
import type { TrainingLoops } from '../training.ts'
import { KERNEL_WASM_HEX } from './kernel.generated.ts'

let compiled: WebAssembly.Module | undefined

function kernelModule(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(bytesOf(KERNEL_WASM_HEX))
  return compiled
}

/** The bytes of hexadecimal digits. */
const bytesOf = (hex: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length: hex.length / 2 }, (_, at) => parseInt(hex.slice(2 * at, 2 * at + 2), 16))

/** Whether this platform can run the SIMD kernel on shared memory. */
export function hasWasmSimd(): boolean {
  try {
    return typeof SharedArrayBuffer === 'function' && kernelModule() instanceof WebAssembly.Module
  } catch {
    return false
  }
}

const NOTHING_LESS = { left: 0, right: 0, leftSteps: 0, rightSteps: 0, dimensions: 0 }

type Loops = Readonly<Record<Exclude<keyof Kernel, 'name'>, (...numbers: number[]) => number>>

const opened = new WeakMap<Memory, Kernel>()

/** The SIMD kernel over a shared memory; cached, because an instance takes longer than a small problem. */
export function wasmKernel(memory: Memory): Kernel {
  const kernel = opened.get(memory) ?? instantiate(memory)
  opened.set(memory, kernel)
  return kernel
}

/** Its loops unpack records into the parameters of WebAssembly, in the order of the AssemblyScript source. */
function instantiate(memory: Memory): Kernel {
  const instance = new WebAssembly.Instance(kernelModule(), { env: { memory: memory as WebAssembly.Memory } })
  const loops = instance.exports as Loops
  return {
    name: 'wasm-simd',
    multiplySparse(start, end, { width, matrix, z, out, rows = 0, scale = 0, finish = 0, base = 0, drop, hasHoles }) {
      const { indptr, indices, data } = matrix
      const [seed, below, holes] = [drop?.seed ?? 0, drop?.below ?? 0, hasHoles === true ? 1 : 0]
      // prettier-ignore
      loops.multiplySparse(start, end, width, rows, indptr, indices, data, scale, z, base, finish, out, seed, below, holes)
    },
    multiplyDense(start, end, { columns, inner, a, aRow, aStep, b, bRow, out, outRow }) {
      loops.multiplyDense(start, end, columns, inner, a, aRow, aStep, b, bRow, out, outRow)
    },
    subtractDense(start, end, { columns, inner, a, aRow, aStep, b, bRow, out, outRow }) {
      loops.subtractDense(start, end, columns, inner, a, aRow, aStep, b, bRow, out, outRow)
    },
    crossProducts(start, end, { width, columnStart, columnEnd, a, aRow, z, out }) {
      loops.crossProducts(start, end, width, columnStart, columnEnd, a, aRow, z, out)
    },
    largestProducts(start, end, given) {
      const { k, columns, windows, matrix, turned, windowRows, middle, left, right, shrink } = given
      const { less, places, indices, data, counts, dropped, sums, met, scores, marks } = given
      const { left: lessLeft, right: lessRight, leftSteps, rightSteps, dimensions } = less ?? NOTHING_LESS
      // prettier-ignore
      loops.largestProducts(start, end, k, columns, windows, matrix.indptr, matrix.indices, matrix.data, turned.indptr, turned.indices, turned.data, windowRows, middle, left, right, shrink, lessLeft, lessRight, leftSteps, rightSteps, dimensions, places, indices, data, counts, dropped, sums, met, scores, marks)
    },
    normal(start, end, { matrix: { indptr, indices, data }, middle, z, acc }) {
      loops.normal(start, end, indptr, indices, data, middle, z, acc)
    },
    combine(start, end, { width, acc, scale, weight, z, previous, rhs, step: { a, b, c, d } }) {
      return loops.combine(start, end, width, acc, scale, weight, z, previous, rhs, a, b, c, d)
    },
    add(start, end, { total, part }) {
      loops.add(start, end, total, part)
    },
    scaleRows(start, end, { width, scale, from, fromRow, to, toRow }) {
      loops.scaleRows(start, end, width, scale, from, fromRow, to, toRow)
    },
    topK(start, end, { width, k, z, scale, rows, scores }) {
      loops.topK(start, end, width, k, z, scale, rows, scores)
    },
    sortTop(start, end, { rows, scores }) {
      loops.sortTop(start, end, rows, scores)
    },
    addLists(start, end, { stride, rows = 0, matrix, factors, lists, z }) {
      const { indptr, indices, data } = matrix
      // prettier-ignore
      loops.addLists(start, end, stride, rows, indptr, indices, data, factors, lists.indptr, lists.indices, lists.data, z)
    },
    offerItems(start, end, given) {
      const { k, dimensions, vectors, coefficients, lengths, rooms, z, stride, candidates } = given
      const { ids, rows, scores, bars } = given
      // prettier-ignore
      loops.offerItems(start, end, k, dimensions, vectors, coefficients, lengths, rooms, z, stride, candidates, ids, rows, scores, bars)
    },
    sumLists(start, end, { entries, lists, columns, sums }) {
      const { indices, data, factor } = entries
      loops.sumLists(start, end, indices, data, factor, columns, lists.indptr, lists.indices, lists.data, sums)
    },
    offerMet(start, end, { k, entries, lists, rooms, rows, scores, sums }) {
      loops.offerMet(start, end, k, entries.indices, lists.indptr, lists.indices, rooms, rows, scores, sums)
    },
    offerSums(start, end, { k, rooms, rows, scores, sums }) {
      loops.offerSums(start, end, k, rooms, rows, scores, sums)
    },
    ...servingLoops(loops),
    ...trainingLoops(loops),
  }
}

/** Loops for one profile. */
const servingLoops = (loops: Loops): ServingLoops => ({
  addPacked(start, end, { items, weights, indptr, words, steps, bits, signed, times, z, marks }) {
    loops.addPacked(start, end, items, weights, indptr, words, steps, bits, signed ? 1 : 0, times, z, marks)
  },
  offerLongest: (start, end, given) => offerPlaces(loops.offerLongest, start, end, given),
  offerMarked: (start, end, given) => void offerPlaces(loops.offerMarked, start, end, given),
})

function offerPlaces(loop: Loops['offerLongest'], start: number, end: number, given: OfferedPlaces): number {
  const { k, dimensions, vectors, levels, coefficients, coefficientLevels, length, slack } = given
  const { rooms, longest, z, marks, order, rows, scores } = given
  // prettier-ignore
  return loop(start, end, k, dimensions, vectors, levels, coefficients, coefficientLevels, length, slack, rooms, longest, z, marks, order, rows, scores)
}

/** Loops of a training. */
const trainingLoops = (loops: Loops): TrainingLoops => ({
  addEdges(start, end, edges) {
    const { width, member, members, users, slots, matrix, scale, places, sums } = edges
    const { userRows, itemRows, gradient, drop } = edges
    const { indptr, indices, data } = matrix
    const [seed, below] = [drop?.seed ?? 0, drop?.below ?? 0]
    // prettier-ignore
    loops.addEdges(start, end, width, member, members, users, slots, indptr, indices, data, scale, places, sums, userRows, itemRows, gradient, seed, below)
  },
  pairRows(start, end, { width, pairs, slots, matrix, scale, sums, z, users, items }) {
    loops.pairRows(start, end, width, pairs, slots, matrix.indices, matrix.data, scale, sums, z, users, items)
  },
  adam(start, end, { free, mean, square, gradient, rate, correction }) {
    loops.adam(start, end, free, mean, square, gradient, rate, correction)
  },
  takeRows(start, end, { width, ids, from, out }) {
    loops.takeRows(start, end, width, ids, from, out)
  },
  unitRows(start, end, { width, rows, lengths }) {
    loops.unitRows(start, end, width, rows, lengths)
  },
  throughLength(start, end, { width, rows, lengths, gradient }) {
    loops.throughLength(start, end, width, rows, lengths, gradient)
  },
  noisyRows(start, end, { width, rows, out, seed, first, noise }) {
    loops.noisyRows(start, end, width, rows, out, seed, first, noise)
  },
  transpose(start, end, { width, from, out, outRow }) {
    loops.transpose(start, end, width, from, out, outRow)
  },
  excludeKnown(start, end, { count, pairs, slots, users, matrix, marks, scores, scoreRow }) {
    const { indptr, indices } = matrix
    loops.excludeKnown(start, end, count, pairs, slots, users, indptr, indices, marks, scores, scoreRow)
  },
  excludeSame(start, end, { count, ids, scores, scoreRow }) {
    loops.excludeSame(start, end, count, ids, scores, scoreRow)
  },
  softmaxRows(start, end, { count, scores, scoreRow, offsets, weights, parts, inverseTemperature }) {
    loops.softmaxRows(start, end, count, scores, scoreRow, offsets, weights, parts, inverseTemperature)
  },
  rankingRows(start, end, { count, scores, scoreRow, offsets, weights, parts, inverseTemperature }) {
    loops.rankingRows(start, end, count, scores, scoreRow, offsets, weights, parts, inverseTemperature)
  },
})
