import { isSignals, type Signals } from './data/signal-rules.ts'
import { relationsOption, type RelationOptions, type Relations } from './data/relations.ts'
import { edgeWeightOptions, graphOptions } from './graph/mapping.ts'
import { readMachine } from './plan/machine.ts'
import type { PlanOptions } from './plan/plan.ts'
import { isWeighted, type ReadingAs, type Weighted } from './network/open.ts'
import type { ExecutorOptions } from './run/executor.ts'
import { integerAtLeast, numberBetween, oneOf, either } from './support/options.ts'
import { choice, computed, number, option, resolve, type Given } from './support/spec.ts'

const ownOptions = {
  /** Worker threads; integer >= 1, or 'auto' for as many as the machine can run at once. With 1 the work blocks the calling thread. Default 'auto'. */
  threads: option<number | 'auto'>('auto', either(oneOf('auto'), integerAtLeast(1))),
  /** Most bytes that the matrix and one problem may take. Default: what the machine has free. */
  memoryLimitBytes: computed(() => readMachine().memoryBytes, numberBetween(0, Infinity, '(]')),
  /** Whether edge weights count. Default 'auto': attribute `weight` does, `value` of a bipartite graph or table does not. */
  weighted: option<Weighted>('auto', isWeighted),
  /** What interactions weigh by the names of their signals, as in `recommend`. Default null: signals do not matter. */
  signals: option<Signals | null>(null, isSignals),
  /** 'typescript' runs without WebAssembly, with the same bits, several times slower. Default 'auto'. */
  kernel: choice<'auto' | 'wasm-simd' | 'typescript'>('auto', ['auto', 'wasm-simd', 'typescript']),
  /** How work is cut; 'auto' decides by the sizes. Default 'auto'. */
  partition: choice<PlanOptions['partition']>('auto', ['auto', 'columns', 'rows']),
  /** Without a sign of life from the workers for this long a call fails, in milliseconds. Default 60,000. */
  deadlineMs: number(60_000, 1, Infinity),
}

export const engineOptions = { ...ownOptions, ...relationsOption, ...graphOptions, ...edgeWeightOptions }

export interface EngineOptions
  extends Given<typeof ownOptions>, RelationOptions, Given<typeof graphOptions>, Given<typeof edgeWeightOptions> {}

/** How an engine reads its source, and how it works. */
export interface ResolvedEngineOptions extends ExecutorOptions, ReadingAs {
  readonly weighted: Weighted
  readonly signals: Signals | null
  readonly relations?: Relations | undefined
}

/** @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION */
export function resolveEngine(who: string, given: EngineOptions | undefined): ResolvedEngineOptions {
  const { threads, ...rest } = resolve(who, engineOptions, given)
  return { ...rest, threads: threads === 'auto' ? readMachine().parallelism : threads }
}
