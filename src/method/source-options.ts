import type { NamedNetwork } from '../network/network.ts'
import { isSignals, type Signals } from '../data/signal-rules.ts'
import { edgeWeightOptions, graphOptions } from '../graph/mapping.ts'
import { isWeighted, openInSlices, readAs, type NetworkOptions, type Source, type Weighted } from '../network/open.ts'
import { relationsOption, type RelationOptions } from '../data/relation-options.ts'
import { withinMachine } from '../plan/machine.ts'
import type { Sliced } from '../support/pause.ts'
import { number, option, type Given, type Resolved } from '../support/spec.ts'

/** The option `memoryLimitBytes` everywhere: bytes, > 0. */
export const memoryLimit = number(Infinity, 0, Infinity, '(]')

const readingOptions = {
  /** Whether edge weights are used. Default 'auto': attribute `weight` does, `value` of a bipartite graph or table does not. */
  weighted: option<Weighted>('auto', isWeighted),
  /**
   * Weights of interactions by signal name, finite, below 0 for dislikes (`{ buy: 1, view: 0.2, dislike: -1 }`) if the method
   * supports them: the weight of a pair is the sum over its signals, each once, or times its values if `weighted`. A rule instead of a number gives more control
   * (`{ play: { transform: 'log1p', halfLife: 30 } }`); 'auto' uses the rules that `inferSignals` finds in the data. Interactions with other
   * signals are ignored; one with weight 0 counts as seen and nothing else. Default null: ignores signals.
   */
  signals: option<Signals | null>(null, isSignals),
  /** Memory limit in bytes for the matrix and the work on it. Default: what the machine has free. */
  memoryLimitBytes: memoryLimit,
}

/** Options for reading a source, and its memory limit. */
export const sourceOptions = { ...readingOptions, ...graphOptions, ...edgeWeightOptions }

/** As `sourceOptions`, for functions that take relations. */
export const relatedOptions = { ...sourceOptions, ...relationsOption }

export interface SourceOptions
  extends Given<typeof graphOptions>, Given<typeof edgeWeightOptions>, Given<typeof readingOptions> {}

/** Names of all of these options. */
export const SOURCE_OPTION_NAMES = Object.keys(relatedOptions)

/** Opens a source for one call. @throws {RivuletError} errors of the source, MEMORY_LIMIT */
export function openSource(
  who: string,
  source: Source,
  { signals, memoryLimitBytes, relations, ...reading }: Resolved<typeof sourceOptions> & RelationOptions,
  { direction = 'both', needsSides = false }: Partial<Pick<NetworkOptions, 'direction' | 'needsSides'>> = {},
): Sliced<NamedNetwork> {
  const { source: read, weighted } = readAs(who, source, reading)
  return openInSlices(who, read, {
    ...{ weighted, signals, relations, direction, needsSides },
    memoryLimitBytes: withinMachine(memoryLimitBytes),
  })
}
