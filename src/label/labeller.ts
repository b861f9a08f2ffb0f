import { isSignals, type Signals } from '../data/signal-rules.ts'
import { requireOwnAttributes } from '../graph/attribute-names.ts'
import { requireGraph, type AbstractGraph } from '../graph/check.ts'
import type { Normalization } from '../matrix/normalize.ts'
import { readMachine } from '../plan/machine.ts'
import type { Algorithm } from '../request/request.ts'
import { drive } from '../support/drive.ts'
import { solveInThread } from '../run/in-thread.ts'
import { either, isIterable, isString, oneOf, type Check } from '../support/options.ts'
import {
  choice,
  defaultsOf,
  integer,
  needed,
  number,
  option,
  resolve,
  text,
  type Given,
  type Spec,
} from '../support/spec.ts'
import { decisionOptions } from './decide.ts'
import { assignLabels, labelMap, labelNodes, type Labelling } from './labelling.ts'
import { isWeighted, openNetwork, type Network, type Source, type Weighted } from '../network/network.ts'
import { isUnlabelledList } from './seed-rows.ts'
import type { Label, SeedSource } from './seeds.ts'
import type { Spread } from './spread-labels.ts'
import type { SeedColumns } from '../solve/system.ts'

const isSeedSource: Check = (value) =>
  either(isString, isIterable)(value) && "labelled nodes: an attribute's name, or pairs of node and label"

const ownOptions = {
  /** Labelled nodes: a node attribute's name, or [node, label] pairs (a Map, say), with a weight in (0, 1] if wanted. Needed. */
  seeds: needed<SeedSource>(
    isSeedSource,
    "Name a node attribute that holds labels, or give [node, label] pairs: { seeds: [['ann', 'red'], ['bob', 'blue']] }.",
  ),
  /**
   * Values of seeds that mean 'no label', beside null and undefined: [-1, ''] after scikit-learn's habit. Compared as texts, so that -1 is '-1' too.
   * Default [].
   */
  unlabelled: option<readonly (Label | null)[]>(Object.freeze([]), isUnlabelledList),
  /** Whether edge weights count. Default 'auto': attribute `weight` does, `value` of a bipartite graph or table does not. */
  weighted: option<Weighted>('auto', isWeighted),
  /**
   * What the edges of a bipartite graph or table weigh by the names of their signals, finite, below 0 for dislikes: a pair counts with the sum
   * over its signals; edges with other signals are left out. Default null: signals do not matter.
   */
  signals: option<Signals | null>(null, isSignals),
  /** How far a share may be from the exact solution at any reached node, at any distance from the seeds; in (0, 1]. Default 1e-6. */
  tolerance: number(1e-6, 0, 1, '(]'),
  /** Most sweeps, or steps over all edges; integer >= 1. Not converging is a result, not an error: `converged` is false then. Default 1000. */
  maxIterations: integer(1000, 1),
  /**
   * How label spreading sweeps near the seeds; it never changes a label. 'auto' takes what needs fewer sweeps. What sweeps do not settle, and all of
   * `labelPropagation` and `poissonLearning`, is solved by conjugate gradients, whatever is named here. Default 'auto'.
   */
  solver: choice<'auto' | 'power' | 'chebyshev'>('auto', ['auto', 'power', 'chebyshev']),
  /** Most bytes that the matrix and the solve may take. Default: what the machine has free. */
  memoryLimitBytes: number(Infinity, 0, Infinity, '(]'),
  /** Node attribute that `.assign` writes the label to; not one that is read (of the seeds, `kind`, `externalId`). Default 'rivuletLabel'. */
  nodeLabelAttribute: text('rivuletLabel'),
  /** Node attribute that `.assign` writes the confidence to, another one still; null writes none. Default null. */
  nodeConfidenceAttribute: option<string | null>(null, either(isString, oneOf(null))),
}

/** Options of every method that labels nodes from labelled nodes. */
export const labellerOptions = { ...ownOptions, ...decisionOptions }

// Of what is spread into a spec the compiler writes no comments into declaration files: parts are joined by name.
export interface LabellerOptions extends Given<typeof ownOptions>, Given<typeof decisionOptions> {}

/** Of methods that can divide an edge's weight by the degrees of its ends in more than one way. */
export const normalizationOptions = {
  /** How degrees divide the weights. Default 'symmetric'; of `labelPropagation` 'row'. */
  normalization: choice<Normalization>('symmetric', ['symmetric', 'row', 'column']),
}

/** Every option with a value. */
export type Resolved<T> = { readonly [K in keyof T]-?: Exclude<T[K], undefined> }

/** What options are where they are not given; seeds have to be. */
export type Defaults<Options extends LabellerOptions> = Resolved<Omit<Options, 'seeds'>>

/** A method that labels nodes, in graphology's style. */
export interface Labeller<Options extends LabellerOptions, Result extends Labelling = Labelling> {
  /** Node -> label. */
  (source: Source, options: Options): Map<string, Label>
  /** Writes the labels onto the nodes of the graph. */
  assign(graph: AbstractGraph, options: Options): void
  /** Labels with scores, confidence, `reached` and the convergence report. */
  detailed(source: Source, options: Options): Result
  readonly defaults: Defaults<Options>
  /** The algorithm on an opened network, for any executor. */
  on(network: Network, options: Options): Algorithm<Result>
}

/** Fills in and checks the options of a labeller. */
export interface LabellerResolver<Options extends LabellerOptions> {
  (options: Options): Resolved<Options>
  readonly defaults: Defaults<Options>
}

/** Makes a labeller from what is its own: options, defaults and how seeds spread. */
export function makeLabeller<Options extends LabellerOptions>(
  who: string,
  resolve: LabellerResolver<Options>,
  spreadSeeds: (network: Network, seeds: SeedColumns, options: Resolved<Options>) => Algorithm<Spread>,
): Labeller<Options> {
  return faceOf(who, resolve, (network, options) => {
    const decision = options as Resolved<Options> & Resolved<LabellerOptions>
    return labelNodes(who, network, decision, decision, (seeds) => spreadSeeds(network, seeds, options))
  })
}

/** The faces of an algorithm that labels nodes: map, assignment, report. */
export function faceOf<Options extends LabellerOptions, Result extends Labelling>(
  who: string,
  resolve: LabellerResolver<Options>,
  label: (network: Network, options: Resolved<Options>) => Algorithm<Result>,
): Labeller<Options, Result> {
  const on = (network: Network, given: Options): Algorithm<Result> => label(network, resolve(given))
  const detailed = (source: Source, given: Options): Result => {
    const options = resolve(given) as Resolved<LabellerOptions>
    const memoryLimitBytes = Math.min(options.memoryLimitBytes, readMachine().memoryBytes)
    const { weighted, signals } = options
    const network = openNetwork(who, source, { weighted, signals, direction: 'both', memoryLimitBytes })
    return drive(on(network, given), solveInThread(network.prepared))
  }
  const assign = (graph: AbstractGraph, given: Options): void => {
    const options = resolve(given) as Resolved<LabellerOptions> & { readonly validation?: unknown }
    const { seeds, validation, nodeLabelAttribute, nodeConfidenceAttribute } = options
    const written = { nodeLabelAttribute, nodeConfidenceAttribute }
    requireOwnAttributes(who, 'node', written, { seeds, validation })
    assignLabels(requireGraph(who, graph), detailed(graph, given), options)
  }
  const map = (source: Source, given: Options): Map<string, Label> => labelMap(detailed(source, given))
  return Object.assign(map, { assign, detailed, defaults: resolve.defaults, on })
}

/** Fills in and checks the options of a labeller by their spec. */
export function labellerResolver<Options extends LabellerOptions>(who: string, spec: Spec): LabellerResolver<Options> {
  const resolver = (given: Options) => resolve(who, spec, given as never) as unknown as Resolved<Options>
  return Object.assign(resolver, { defaults: defaultsOf(spec) as Defaults<Options> })
}
