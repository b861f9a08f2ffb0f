import { afterEach, describe, expect, it, vi } from 'vitest'
import { bestKernel, openKernel } from '../../../src/kernel/kernels.ts'
import { hasWasmSimd } from '../../../src/kernel/wasm/load.ts'
import { Arena } from '../../../src/memory/arena.ts'

afterEach(() => vi.unstubAllGlobals())

describe('bestKernel', () => {
  it('is SIMD where the platform can', () => {
    expect(hasWasmSimd()).toBe(true)
    expect(bestKernel()).toBe('wasm-simd')
  })

  it('is TypeScript where memory cannot be shared', () => {
    vi.stubGlobal('SharedArrayBuffer', undefined)
    expect(bestKernel()).toBe('typescript')
  })
})

describe('openKernel', () => {
  it.each(['wasm-simd', 'typescript'] as const)('opens %s over a memory and follows it as it grows', (name) => {
    const arena = Arena.allocate(64)
    const kernel = openKernel(name, arena.memory)
    expect(kernel.name).toBe(name)
    arena.reserve(200_000)
    const total = { type: 'float32', length: 4, offset: 180_032 } as const
    const part = { type: 'float32', length: 4, offset: 190_016 } as const
    arena.float32(part).fill(3)
    kernel.add(0, 4, { total: total.offset, part: part.offset })
    expect([...arena.float32(total), ...arena.float32(part)]).toEqual([3, 3, 3, 3, 0, 0, 0, 0])
  })

  it('runs the TypeScript kernel over a memory that is not shared', () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 2 })
    const floats = new Float32Array(memory.buffer)
    floats.set([1, 2], 16)
    openKernel('typescript', memory).add(0, 2, { total: 0, part: 64 })
    expect([...floats.subarray(0, 2)]).toEqual([1, 2])
  })
})
