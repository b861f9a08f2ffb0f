import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { compileKernel, moduleSource } from '../../src/kernel/wasm/build.ts'
import { root } from './sources.ts'

describe('the bytes of the wasm kernel', () => {
  let bytes: Uint8Array

  beforeAll(async () => {
    bytes = await compileKernel()
  }, 120_000)

  it('are what its AssemblyScript source compiles to (if not: npm run wasm)', () => {
    const kept = readFileSync(join(root, 'src', 'kernel', 'wasm', 'kernel.generated.ts'), 'utf8')
    expect(kept).toBe(moduleSource(bytes))
  })

  it('are few, and need nothing but a memory', () => {
    expect(bytes.length).toBeLessThan(64 * 1024)
    const imports = WebAssembly.Module.imports(new WebAssembly.Module(new Uint8Array(bytes)))
    expect(imports).toEqual([{ module: 'env', name: 'memory', kind: 'memory' }])
  })
})
