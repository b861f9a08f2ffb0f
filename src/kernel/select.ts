import type { Memory } from '../memory/arena.ts'
import type { Kernel, KernelName } from './kernel.ts'
import { typescriptKernel } from './spread.ts'
import { hasWasmSimd, wasmKernel } from './wasm/load.ts'

/** The fastest kernel this platform can run. */
export function bestKernel(): KernelName {
  return hasWasmSimd() ? 'wasm-simd' : 'typescript'
}

/** A kernel by name, over a memory. */
export function openKernel(name: KernelName, memory: Memory): Kernel {
  return name === 'wasm-simd' ? wasmKernel(memory) : typescriptKernel(memory)
}
