import { isSignals, type Signals } from './data/signal-rules.ts'
import { readMachine } from './plan/machine.ts'
import type { PlanOptions } from './plan/plan.ts'
import { isWeighted, type Weighted } from './network/network.ts'
import type { ExecutorOptions } from './run/executor.ts'
import { either, integerAtLeast, numberBetween, oneOf, resolveOptions } from './support/options.ts'

export interface EngineOptions {
  /** Worker threads; integer >= 1, or 'auto' for as many as the machine can run at once. With 1 the work blocks the calling thread. Default 'auto'. */
  readonly threads?: number | 'auto' | undefined
  /** Most bytes that the matrix and one problem may take. Default: what the machine has free. */
  readonly memoryLimitBytes?: number | undefined
  /** Whether edge weights count. Default 'auto': attribute `weight` does, `value` of a bipartite graph or table does not. */
  readonly weighted?: Weighted | undefined
  /** What interactions weigh by the names of their signals, as in `recommend`. Default null: signals do not matter. */
  readonly signals?: Signals | null | undefined
  /** 'typescript' runs without WebAssembly, with the same bits, several times slower. Default 'auto'. */
  readonly kernel?: 'auto' | 'wasm-simd' | 'typescript' | undefined
  /** How work is cut; 'auto' decides by the sizes. Default 'auto'. */
  readonly partition?: PlanOptions['partition'] | undefined
  /** Without a sign of life from the workers for this long a call fails, in milliseconds. Default 60,000. */
  readonly deadlineMs?: number | undefined
}

/** How an engine reads its source, and how it works. */
export interface ResolvedEngineOptions extends ExecutorOptions {
  readonly weighted: Weighted
  readonly signals: Signals | null
}

/** @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION */
export function resolveEngine(who: string, given: EngineOptions | undefined): ResolvedEngineOptions {
  const machine = readMachine()
  const defaults = {
    threads: 'auto' as number | 'auto',
    memoryLimitBytes: machine.memoryBytes,
    weighted: 'auto' as Weighted,
    signals: null as Signals | null,
    kernel: 'auto',
    partition: 'auto',
    deadlineMs: 60_000,
  }
  const { threads, ...rest } = resolveOptions(who, given, defaults, {
    threads: either(oneOf('auto'), integerAtLeast(1)),
    memoryLimitBytes: numberBetween(0, Infinity, '(]'),
    weighted: isWeighted,
    signals: isSignals,
    kernel: oneOf('auto', 'wasm-simd', 'typescript'),
    partition: oneOf('auto', 'columns', 'rows'),
    deadlineMs: numberBetween(1, Infinity),
  })
  return { ...rest, threads: threads === 'auto' ? machine.parallelism : threads } as ResolvedEngineOptions
}
