import type { NamedNetwork } from '../network/network.ts'
import type { Normalization } from '../matrix/normalize.ts'
import { defineMethod, keyed, type Face, type Method } from '../method/define-method.ts'
import { sourceOptions, type SourceOptions } from '../method/source-options.ts'
import type { Algorithm } from '../request/request.ts'
import type { SeedColumns } from '../solve/system.ts'
import { either, isIterable, isString, oneOf, type Check } from '../support/options.ts'
import { choice, integer, needed, number, option, text, type Given, type Resolved, type Spec } from '../support/spec.ts'
import { asNodeMap } from '../support/printed.ts'
import { unknownOptions } from '../support/unknown-ids.ts'
import { decisionOptions } from './decide.ts'
import { labelNodes, type Labelling } from './labelling.ts'
import { isUnlabelledList } from './seed-rows.ts'
import type { Label, SeedSource } from './seeds.ts'
import type { Spread } from './spread-labels.ts'

const isSeedSource: Check = (value) =>
  either(isString, isIterable)(value) && "labelled nodes: an attribute's name, or pairs of node and label"

const ownOptions = {
  /** Labelled nodes: the name of a node attribute, or [node, label] pairs (such as a Map), optionally with a weight in (0, 1]. Required. */
  seeds: needed<SeedSource>(
    isSeedSource,
    "Name a node attribute that holds labels, or give [node, label] pairs: { seeds: [['ann', 'red'], ['bob', 'blue']] }.",
  ),
  /**
   * Values of seeds that mean 'no label', in addition to null and undefined: [-1, ''] follows scikit-learn. Compared as text, so -1 also means '-1'.
   * Default [].
   */
  unlabelled: option<readonly (Label | null)[]>(Object.freeze([]), isUnlabelledList),
  /** Maximum error of a share at any reached node, at any distance from the seeds; in (0, 1]. Default 1e-6. */
  tolerance: number(1e-6, 0, 1, '(]'),
  /** Maximum number of sweeps, or steps over all edges; integer >= 1. Not converging is a result, not an error: `converged` is false then. Default 1000. */
  maxIterations: integer(1000, 1),
  /**
   * How label spreading sweeps near the seeds; it never changes a label. 'auto' chooses the one with fewer sweeps. The rest, and
   * all of `labelPropagation` and `poissonLearning`, is always solved by conjugate gradients. Default 'auto'.
   */
  solver: choice<'auto' | 'power' | 'chebyshev'>('auto', ['auto', 'power', 'chebyshev']),
  /** Node attribute that `.assign` writes the label to; it must not be an attribute that is read (that of the seeds, `kind`, `externalId`). Default 'rivuletLabel'. */
  nodeLabelAttribute: text('rivuletLabel'),
  /** Node attribute that `.assign` writes the confidence to, different from the others; null writes none. Default null. */
  nodeConfidenceAttribute: option<string | null>(null, either(isString, oneOf(null))),
}

/** Options of every method that labels nodes from labelled nodes. */
export const labellerOptions = { ...sourceOptions, ...ownOptions, ...unknownOptions, ...decisionOptions }

// Declaration files lose the comments of options that are spread into a spec, so the interface extends each part by name.
export interface LabellerOptions
  extends SourceOptions, Given<typeof ownOptions>, Given<typeof unknownOptions>, Given<typeof decisionOptions> {}

/** Option of methods with several ways to divide an edge's weight by the degrees of its ends. */
export const normalizationOptions = {
  /** How weights are normalized by degrees. Default 'symmetric'; of `labelPropagation` 'row'. */
  normalization: choice<Normalization>('symmetric', ['symmetric', 'row', 'column']),
}

/** A method that labels nodes. */
export type Labeller<Options extends LabellerOptions, Result extends Labelling = Labelling> = Method<
  Options,
  Result,
  Map<string, Label>
>

/** The node attributes of labels. */
export const labelFace: Face<Labelling, Map<string, Label>> = {
  value: ({ nodes, labels }) => asNodeMap(new Map(keyed(nodes.keys(), labels)), 'label'),
  attributes: {
    nodeLabelAttribute: ({ nodes, labels }) => keyed(nodes.keys(), labels),
    nodeConfidenceAttribute: ({ nodes, confidence }) => keyed(nodes.keys(), confidence),
  },
}

/** Defines a labeller by its options and its function that spreads seeds. */
export function defineLabeller<Options extends LabellerOptions, S extends typeof labellerOptions & Spec>(
  name: string,
  options: S,
  spreadSeeds: (network: NamedNetwork, seeds: SeedColumns, options: Resolved<S>) => Algorithm<Spread>,
): Labeller<Options> {
  return defineMethod<Options, S, Labelling, Map<string, Label>>({
    name,
    options,
    on: (network, resolved) =>
      labelNodes(name, network, resolved, resolved, (seeds) => spreadSeeds(network, seeds, resolved)),
    face: labelFace,
  })
}
