import type { Memory } from '../memory/arena.ts'
import type { Kernel, KernelName } from './kernel.ts'
import type { Loop } from './loop.ts'
import { crossProducts, multiplyDense, multiplySparse, normal, subtractDense } from './products.ts'
import { largestProducts } from './largest-products.ts'
import { offerMet, offerSums, sumLists } from './list-sums.ts'
import { add, combine, scaleRows } from './recurrence.ts'
import { addLists, offerItems } from './offered-items.ts'
import { addPacked, offerLongest, offerMarked } from './served-items.ts'
import { sortTop, topK } from './top-k.ts'
import { addEdges, pairRows } from './training-edges.ts'
import { adam, noisyRows, takeRows, throughLength, transpose, unitRows } from './training-rows.ts'
import { excludeKnown, excludeSame, rankingRows, softmaxRows } from './training-scores.ts'
import { viewsOf, type Views } from './loop.ts'
import { hasWasmSimd, wasmKernel } from './wasm/load.ts'

/** The fastest kernel this platform can run. */
export function bestKernel(): KernelName {
  return hasWasmSimd() ? 'wasm-simd' : 'typescript'
}

/** A kernel by name, over a memory. */
export function openKernel(name: KernelName, memory: Memory): Kernel {
  return name === 'wasm-simd' ? wasmKernel(memory) : typescriptKernel(memory)
}

const LOOPS = {
  ...{
    multiplySparse,
    multiplyDense,
    subtractDense,
    crossProducts,
    largestProducts,
    normal,
    combine,
    add,
    scaleRows,
    topK,
    sortTop,
  },
  ...{ addLists, offerItems, sumLists, offerMet, offerSums },
  ...{ addPacked, offerLongest, offerMarked },
  ...{ pairRows, takeRows, unitRows, throughLength, noisyRows, transpose },
  ...{ excludeKnown, excludeSame, softmaxRows, rankingRows, addEdges, adam },
} satisfies { [Name in Exclude<keyof Kernel, 'name'>]: (views: Views, ...given: Parameters<Kernel[Name]>) => unknown }

/**
 * The reference kernel, in TypeScript: the specification of the loops, and the fallback without WebAssembly SIMD. `Math.fround` after every
 * operation makes the bits equal to the SIMD kernel's.
 */
function typescriptKernel(memory: Memory): Kernel {
  let views = viewsOf(memory)
  const loops = Object.entries(LOOPS).map(([name, loop]): [string, Loop<never>] => [
    name,
    (start, end, given) => {
      if (views.floats.buffer !== memory.buffer) views = viewsOf(memory)
      return loop(views, start, end, given)
    },
  ])
  return { name: 'typescript', ...Object.fromEntries(loops) } as unknown as Kernel
}
