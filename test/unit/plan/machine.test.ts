import { availableParallelism } from 'node:os'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { readMachine } from '../../../src/plan/machine.ts'

afterEach(() => vi.unstubAllGlobals())

describe('readMachine', () => {
  it('sees what Node sees', () => {
    const machine = readMachine()
    expect(machine).toMatchObject({ parallelism: availableParallelism(), kernel: 'wasm-simd', threads: true })
    expect(machine.memoryBytes).toBeGreaterThan(1e6)
  })

  it('in a browser has no worker threads, and asks the navigator', () => {
    vi.stubGlobal('process', undefined)
    vi.stubGlobal('navigator', { hardwareConcurrency: 6 })
    const machine = readMachine()
    vi.unstubAllGlobals()
    expect(machine).toMatchObject({ parallelism: 6, memoryBytes: 2 ** 31, threads: false })
  })

  it('without shared memory falls back to the TypeScript kernel and one thread', () => {
    vi.stubGlobal('SharedArrayBuffer', undefined)
    const machine = readMachine()
    vi.unstubAllGlobals()
    expect(machine).toMatchObject({ kernel: 'typescript', threads: false })
  })
})
