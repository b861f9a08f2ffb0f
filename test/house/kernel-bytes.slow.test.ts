import { describe, expect, it } from 'vitest'
import { compileKernel } from '../../src/kernel/wasm/build.ts'
import { KERNEL_WASM_HEX } from '../../src/kernel/wasm/kernel.generated.ts'

describe('the bytes of the wasm kernel', () => {
  it('are what its AssemblyScript source compiles to (if not: npm run wasm)', async () => {
    expect(Buffer.from(await compileKernel()).toString('hex')).toBe(KERNEL_WASM_HEX)
  }, 120_000)
})
