import { isSignals, type Signals } from './data/signal-rules.ts'
import { relationsOption, type RelationOptions, type GivenRelations } from './data/relation-options.ts'
import { edgeWeightOptions, graphOptions } from './graph/mapping.ts'
import { readMachine } from './plan/machine.ts'
import type { PlanOptions } from './plan/plan.ts'
import { isWeighted, type ReadingAs, type Weighted } from './network/open.ts'
import type { ExecutorOptions } from './run/executor.ts'
import { integerAtLeast, numberBetween, oneOf, either } from './support/options.ts'
import { choice, computed, number, option, resolve, type Given } from './support/spec.ts'

const ownOptions = {
  /** Number of worker threads; integer >= 1, or 'auto' for as many as the machine can run at once. With 1 the work blocks the calling thread. Default 'auto'. */
  threads: option<number | 'auto'>('auto', either(oneOf('auto'), integerAtLeast(1))),
  /** Memory limit in bytes for the matrix and one problem. Default: what the machine has free. */
  memoryLimitBytes: computed(() => readMachine().memoryBytes, numberBetween(0, Infinity, '(]')),
  /** Whether edge weights are used. Default 'auto': attribute `weight` does, `value` of a bipartite graph or table does not. */
  weighted: option<Weighted>('auto', isWeighted),
  /** Weights of interactions by signal name, as in `recommend`. Default null: ignores signals. */
  signals: option<Signals | null>(null, isSignals),
  /** 'typescript' runs without WebAssembly; its results are bit-identical, and it is several times slower. Default 'auto'. */
  kernel: choice<'auto' | 'wasm-simd' | 'typescript'>('auto', ['auto', 'wasm-simd', 'typescript']),
  /** How work is partitioned; 'auto' decides by size. Default 'auto'. */
  partition: choice<PlanOptions['partition']>('auto', ['auto', 'columns', 'rows']),
  /** Timeout in milliseconds: a call fails if the workers make no progress for this long. Default 60,000. */
  deadlineMs: number(60_000, 1, Infinity),
}

export const engineOptions = { ...ownOptions, ...relationsOption, ...graphOptions, ...edgeWeightOptions }

export interface EngineOptions
  extends Given<typeof ownOptions>, RelationOptions, Given<typeof graphOptions>, Given<typeof edgeWeightOptions> {}

/** How an engine reads its source and executes work. */
export interface ResolvedEngineOptions extends ExecutorOptions, ReadingAs {
  readonly weighted: Weighted
  readonly signals: Signals | null
  readonly relations?: GivenRelations | undefined
}

/** @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION */
export function resolveEngine(who: string, given: EngineOptions | undefined): ResolvedEngineOptions {
  const { threads, ...rest } = resolve(who, engineOptions, given)
  return { ...rest, threads: threads === 'auto' ? readMachine().parallelism : threads }
}
