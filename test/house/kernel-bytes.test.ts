import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { moduleSource } from '../../src/kernel/wasm/build.ts'
import { KERNEL_WASM_HEX } from '../../src/kernel/wasm/kernel.generated.ts'
import { root } from './sources.ts'

describe('the bytes of the wasm kernel', () => {
  const bytes = Buffer.from(KERNEL_WASM_HEX, 'hex')

  it('were made of the sources, flags and compiler that are here (if not: npm run wasm)', () => {
    const kept = readFileSync(join(root, 'src', 'kernel', 'wasm', 'kernel.generated.ts'), 'utf8')
    expect(kept).toBe(moduleSource(bytes))
  })

  it('are few, and need nothing but a memory', () => {
    expect(bytes.length).toBeLessThan(64 * 1024)
    const imports = WebAssembly.Module.imports(new WebAssembly.Module(bytes))
    expect(imports).toEqual([{ module: 'env', name: 'memory', kind: 'memory' }])
  })
})
