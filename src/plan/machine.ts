import { bestKernel } from '../kernel/kernels.ts'
import type { KernelName } from '../kernel/kernel.ts'
import { slownessOf } from './slowness.ts'

/** Facts about the machine that plans depend on. */
export interface Machine {
  /** Threads that can run at once. */
  readonly parallelism: number
  /** Memory that may be used, in bytes. */
  readonly memoryBytes: number
  readonly kernel: KernelName
  /** Whether worker threads with shared memory are available. */
  readonly threads: boolean
  /** Time of a kernel's loops on one thread, relative to the machine where costs were measured. */
  slowness(kernel: KernelName): number
}

/** The part of Node's process that is used; absent in a browser. */
interface ProcessLike {
  availableMemory?(): number
  constrainedMemory?(): number
}

/** Reads facts about the machine, in Node and in a browser. No other code does. */
export function readMachine(): Machine {
  const platform = globalThis as {
    navigator?: { hardwareConcurrency?: number }
    process?: ProcessLike & { versions?: { node?: string } }
  }
  const isNode = platform.process?.versions?.node !== undefined
  return {
    parallelism: availableParallelism(platform),
    memoryBytes: platform.process?.availableMemory?.() ?? 2 ** 31,
    kernel: bestKernel(),
    threads: isNode && typeof SharedArrayBuffer === 'function',
    slowness: slownessOf,
  }
}

/** Free heap in bytes before the process runs out of memory; 1 GiB if unknown. */
export function freeHeapBytes(): number {
  const platform = globalThis as { process?: { getBuiltinModule?: (id: string) => HeapStatistics | undefined } }
  const heap = platform.process?.getBuiltinModule?.('node:v8')?.getHeapStatistics()
  return heap === undefined ? 2 ** 30 : heap.heap_size_limit - heap.used_heap_size
}

interface HeapStatistics {
  getHeapStatistics(): { readonly heap_size_limit: number; readonly used_heap_size: number }
}

function availableParallelism(platform: { navigator?: { hardwareConcurrency?: number }; process?: object }): number {
  const builtin = (
    platform.process as { getBuiltinModule?: (id: string) => { availableParallelism(): number } } | undefined
  )?.getBuiltinModule?.('node:os')
  return builtin?.availableParallelism() ?? platform.navigator?.hardwareConcurrency ?? 1
}

/** A limit, and never more than the machine has free. */
export const withinMachine = (memoryLimitBytes: number): number => Math.min(memoryLimitBytes, readMachine().memoryBytes)
