import type { Memory } from '../../memory/arena.ts'
import type { Kernel } from '../kernel.ts'
import { KERNEL_WASM_BASE64 } from './kernel.generated.ts'
import { wasmTrainingLoops, type TrainingExports } from './load-training.ts'

/** The functions the AssemblyScript source exports. */
interface KernelExports extends TrainingExports {
  normal(
    width: number,
    rowStart: number,
    rowEnd: number,
    indptr: number,
    indices: number,
    data: number,
    middle: number,
    z: number,
    acc: number,
  ): void
  gather(
    width: number,
    rowStart: number,
    rowEnd: number,
    indptr: number,
    indices: number,
    data: number,
    scale: number,
    z: number,
    out: number,
  ): void
  add(start: number, end: number, total: number, part: number): void
  combine(
    width: number,
    start: number,
    end: number,
    acc: number,
    scale: number,
    weight: number,
    z: number,
    previous: number,
    rhs: number,
    a: number,
    b: number,
    c: number,
    d: number,
  ): number
  topK(
    width: number,
    rowStart: number,
    rowEnd: number,
    k: number,
    z: number,
    scale: number,
    rows: number,
    scores: number,
  ): void
  sortTop(start: number, end: number, rows: number, scores: number): void
  combineColumns(
    width: number,
    rowStart: number,
    rowEnd: number,
    columns: number,
    stride: number,
    a: number,
    coefficients: number,
    out: number,
  ): void
  crossProducts(
    width: number,
    rowCount: number,
    columns: number,
    columnStart: number,
    columnEnd: number,
    a: number,
    z: number,
    out: number,
  ): void
  scaleRows(
    width: number,
    rowStart: number,
    rowEnd: number,
    scale: number,
    from: number,
    fromStride: number,
    to: number,
    toStride: number,
  ): void
}

let compiled: WebAssembly.Module | undefined

function kernelModule(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(Uint8Array.from(atob(KERNEL_WASM_BASE64), (letter) => letter.charCodeAt(0)))
  return compiled
}

/** Whether this platform can run the SIMD kernel on shared memory. */
export function hasWasmSimd(): boolean {
  try {
    return typeof SharedArrayBuffer === 'function' && kernelModule() instanceof WebAssembly.Module
  } catch {
    return false
  }
}

/** The SIMD kernel over a shared memory. */
export function wasmKernel(memory: Memory): Kernel {
  const instance = new WebAssembly.Instance(kernelModule(), { env: { memory: memory as WebAssembly.Memory } })
  const exports = instance.exports as unknown as KernelExports
  return {
    name: 'wasm-simd',
    ...wasmTrainingLoops(exports),
    normal(width, rowStart, rowEnd, { indptr, indices, data }, middle, z, acc) {
      exports.normal(width, rowStart, rowEnd, indptr, indices, data, middle, z, acc)
    },
    gather(width, rowStart, rowEnd, { indptr, indices, data }, scale, z, out) {
      exports.gather(width, rowStart, rowEnd, indptr, indices, data, scale, z, out)
    },
    add(start, end, total, part) {
      exports.add(start, end, total, part)
    },
    combine(width, start, end, { acc, scale, weight, z, previous, rhs }, { a, b, c, d }) {
      return exports.combine(width, start, end, acc, scale, weight, z, previous, rhs, a, b, c, d)
    },
    topK(width, rowStart, rowEnd, k, z, scale, rows, scores) {
      exports.topK(width, rowStart, rowEnd, k, z, scale, rows, scores)
    },
    sortTop(start, end, rows, scores) {
      exports.sortTop(start, end, rows, scores)
    },
    combineColumns(width, rowStart, rowEnd, columns, stride, a, coefficients, out) {
      exports.combineColumns(width, rowStart, rowEnd, columns, stride, a, coefficients, out)
    },
    crossProducts(width, rowCount, columns, columnStart, columnEnd, a, z, out) {
      exports.crossProducts(width, rowCount, columns, columnStart, columnEnd, a, z, out)
    },
    scaleRows(width, rowStart, rowEnd, scale, from, fromStride, to, toStride) {
      exports.scaleRows(width, rowStart, rowEnd, scale, from, fromStride, to, toStride)
    },
  }
}
