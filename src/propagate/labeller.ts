import { isSignalWeights, type SignalWeights } from '../data/signal-weights.ts'
import type { AbstractGraph } from '../graph/check.ts'
import type { Normalization } from '../matrix/normalize.ts'
import { readMachine } from '../plan/machine.ts'
import { drive, type Algorithm } from '../run/drive.ts'
import { solveInThread } from '../run/in-thread.ts'
import {
  either,
  integerAtLeast,
  isIterable,
  isString,
  numberBetween,
  oneOf,
  resolveOptions,
} from '../support/options.ts'
import type { ClassPrior } from './decide.ts'
import { assignLabels, labelMap, labelNodes, requireGraph, type Labelling } from './labelling.ts'
import { isWeighted, openNetwork, requireUnsigned, type Network, type Source, type Weighted } from './network.ts'
import type { Label, SeedSource } from './seeds.ts'
import type { System } from './system.ts'

/** Options of every method that labels nodes from labelled nodes. */
export interface LabellerOptions {
  /** Labelled nodes: a node attribute's name, or [node, label] pairs (a Map, say). Default attribute 'label'. */
  readonly seeds?: SeedSource | undefined
  /** How degrees divide the weights. */
  readonly normalization?: Normalization | undefined
  /** Whether edge weights count. Default 'auto': attribute `weight` does, `value` of a bipartite graph or table does not. */
  readonly weighted?: Weighted | undefined
  /**
   * What the edges of a bipartite graph or table weigh by the names of their signals, finite, below 0 for dislikes: a pair counts with the sum
   * over its signals; edges with other signals are left out. Default null: signals do not matter.
   */
  readonly signals?: SignalWeights | null | undefined
  /** How class sizes enter the decision. Default 'none'. */
  readonly classPrior?: ClassPrior | undefined
  /** Wanted max |S F + base - F|, relative to the largest seed; in (0, 1]. Default 1e-6. */
  readonly tolerance?: number | undefined
  /** Most sweeps; integer >= 1. Not converging is a result, not an error. Default 1000. */
  readonly maxIterations?: number | undefined
  /** 'auto' takes the solver that needs fewer sweeps. Default 'auto'. */
  readonly solver?: 'auto' | 'power' | 'chebyshev' | undefined
  /** Most bytes that the matrix and the solve may take. Default: what the machine has free. */
  readonly memoryLimitBytes?: number | undefined
  /** Node attribute that `.assign` writes the label to. Default 'label'. */
  readonly nodeLabelAttribute?: string | undefined
  /** Node attribute that `.assign` writes the confidence to; null writes none. Default null. */
  readonly nodeConfidenceAttribute?: string | null | undefined
}

/** Every option with a value. */
export type Resolved<T> = { readonly [K in keyof T]-?: Exclude<T[K], undefined> }

/** A method that labels nodes, in graphology's style. */
export interface Labeller<Options extends LabellerOptions> {
  /** Node -> label. */
  (source: Source, options?: Options): Map<string, Label>
  /** Writes the labels onto the nodes of the graph. */
  assign(graph: AbstractGraph, options?: Options): void
  /** Labels with scores, confidence, `reached` and the convergence report. */
  detailed(source: Source, options?: Options): Labelling
  readonly defaults: Resolved<Options>
  /** The algorithm on an opened network, for any executor. */
  on(network: Network, options?: Options): Algorithm<Labelling>
}

export const LABELLER_DEFAULTS: Omit<Resolved<LabellerOptions>, 'normalization'> = Object.freeze({
  seeds: 'label',
  weighted: 'auto',
  signals: null,
  classPrior: 'none',
  tolerance: 1e-6,
  maxIterations: 1000,
  solver: 'auto',
  memoryLimitBytes: Infinity,
  nodeLabelAttribute: 'label',
  nodeConfidenceAttribute: null,
})

export const LABELLER_CHECKS = Object.freeze({
  seeds: either(isString, isIterable),
  normalization: oneOf('symmetric', 'row', 'column'),
  weighted: isWeighted,
  signals: isSignalWeights,
  classPrior: either(oneOf('none', 'seeds'), (value) =>
    value !== null && typeof value === 'object' ? null : 'shares per class',
  ),
  tolerance: numberBetween(0, 1, '(]'),
  maxIterations: integerAtLeast(1),
  solver: oneOf('auto', 'power', 'chebyshev'),
  memoryLimitBytes: numberBetween(0, Infinity, '(]'),
  nodeLabelAttribute: isString,
  nodeConfidenceAttribute: either(isString, oneOf(null)),
})

/** Makes a labeller from what is its own: options, defaults and the linear system that they mean. */
export function makeLabeller<Options extends LabellerOptions>(
  who: string,
  resolve: (options: Options | undefined) => Resolved<Options>,
  systemOf: (options: Resolved<Options>) => Pick<System, 'alpha' | 'clamped'>,
): Labeller<Options> {
  const on = (network: Network, given?: Options): Algorithm<Labelling> => {
    const options = resolve(given) as Resolved<Options> & Resolved<LabellerOptions>
    const { normalization, tolerance, maxIterations, solver } = options
    const system = { who, normalization, tolerance, maxIterations, solver, ...systemOf(options) }
    // Clamped labels are means of the neighbours' labels: with negative shares such means can grow without bound.
    if (system.clamped)
      requireUnsigned(who, network, 'Use labelSpreading, which takes weights below 0, or weighted: false.')
    return labelNodes(network, system, options.seeds, options.classPrior)
  }
  const detailed = (source: Source, given?: Options): Labelling => {
    const options = resolve(given) as Resolved<LabellerOptions>
    const memoryLimitBytes = Math.min(options.memoryLimitBytes, readMachine().memoryBytes)
    const { weighted, signals } = options
    const network = openNetwork(who, source, { weighted, signals, direction: 'both', memoryLimitBytes })
    return drive(on(network, given), solveInThread(network.prepared, { memoryLimitBytes, kernel: 'auto' }))
  }
  const assign = (graph: AbstractGraph, given?: Options): void => {
    assignLabels(requireGraph(who, graph), detailed(graph, given), resolve(given))
  }
  const label = (source: Source, given?: Options): Map<string, Label> => labelMap(detailed(source, given))
  return Object.assign(label, { assign, detailed, defaults: Object.freeze(resolve(undefined)), on })
}

/** Fills in and checks the options of a labeller. */
export function labellerResolver<Options extends LabellerOptions>(
  who: string,
  defaults: Resolved<Options>,
  checks: Parameters<typeof resolveOptions<Resolved<Options>>>[3],
): (options: Options | undefined) => Resolved<Options> {
  return (options) => resolveOptions(who, options, defaults, checks)
}
