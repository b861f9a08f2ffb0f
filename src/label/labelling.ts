import ndarray, { type NdArray } from 'ndarray'
import { labellingBytes } from '../memory/outside-bytes.ts'
import type { Algorithm } from '../request/request.ts'
import type { Sliced } from '../support/pause.ts'
import { printable } from '../support/errors.ts'
import { counted, firstOf, shown, type Shown } from '../support/printed.ts'
import type { KeyIndex } from '../support/key-index.ts'
import { aboveLowest, decide, readPriors, type DecisionOptions } from './decide.ts'
import { readSeeds } from './seed-rows.ts'
import type { Label, SeedOptions } from './seeds.ts'
import type { Spread } from './spread-labels.ts'
import type { SeedColumns } from '../solve/system.ts'
import type { NamedNetwork } from '../network/network.ts'

/** Labels of all nodes, with scores and details. */
export interface Labelling {
  /** Node keys; their order is the order of all the columns here. */
  readonly nodes: KeyIndex
  /** Classes; their order is the order of the columns of `scores`. */
  readonly classes: readonly Label[]
  /** The label of every node. */
  readonly labels: readonly Label[]
  /** Shares of the classes at every node, rows sum to 1; shape (nodes, classes). */
  readonly scores: NdArray<Float32Array>
  /** The share of the chosen label, in [1 / classes, 1]; shape (nodes). Not calibrated: a share of mass, not yet a probability. */
  readonly confidence: Float32Array
  /** 1 if a path of edges with a weight leads to a seed, at any distance; 0 if only the class prior decides; shape (nodes). */
  readonly reached: Uint8Array
  readonly iterations: number
  /** Bound on the error of shares at reached nodes; Infinity if there is none. */
  readonly residual: number
  /** Whether shares are within the tolerance at every reached node. */
  readonly converged: boolean
  /** Notes on how the source was interpreted, and what was left out of it or of the seeds. */
  readonly notes: readonly string[]
}

/** Labels nodes: reads the seeds, spreads them, and chooses classes. */
export function* labelNodes(
  who: string,
  network: NamedNetwork,
  source: SeedOptions,
  options: DecisionOptions,
  spreadSeeds: (seeds: SeedColumns) => Algorithm<Spread>,
): Algorithm<Labelling> {
  const seeds = yield* readSeeds(who, network, source)
  // Checked before the work is done.
  readPriors(who, seeds, options)
  const release = takeLabelling(who, network, seeds.classes.length)
  try {
    return yield* labellingOf(who, network, seeds, yield* spreadSeeds(seeds), options)
  } finally {
    release()
  }
}

function* labellingOf(
  who: string,
  { nodes, signed, notes = [] }: NamedNetwork,
  seeds: SeedColumns,
  { iterations, residual, converged, ...spread }: Spread,
  options: DecisionOptions,
): Sliced<Labelling> {
  const { classes } = seeds
  const scores = signed ? aboveLowest(spread.scores, classes.length) : spread.scores
  const decision = yield* decide(who, { ...spread, scores }, seeds, options)
  return asLabelling({
    nodes,
    classes,
    labels: namesOf(decision.column, classes),
    scores: ndarray(decision.shares, [nodes.size, classes.length]),
    confidence: decision.confidence,
    reached: spread.reached,
    iterations,
    residual,
    converged,
    notes: [...notes, ...(seeds.notes ?? [])],
  })
}

/** Labels that print their sizes; the labels themselves are read by `toRows` and `toColumns`. */
export const asLabelling = <T extends Labelling>(labelling: T): T => shown<Labelling>(labelling, LABELLING) as T

const LABELLING: Shown<Labelling> = {
  line: ({ nodes, classes, iterations, converged }) =>
    printable(
      `Labelling { ${counted(nodes.size, 'node')}, ${counted(classes.length, 'class', 'classes')}: ${firstOf(classes)}, ` +
        `${counted(iterations, 'iteration')}${converged ? '' : ', not converged'} }`,
    ),
  document: ({ nodes, classes, iterations, residual, converged, notes }) => ({
    ...{ nodes: nodes.size, classes, iterations, residual, converged, notes },
  }),
}

function namesOf(column: Int32Array, classes: readonly Label[]): Label[] {
  const labels = new Array<Label>(column.length)
  for (let node = 0; node < column.length; node++) labels[node] = classes[column[node]]
  return labels
}

/** @throws {RivuletError} MEMORY_LIMIT before anything is spread, when labels do not fit. */
function takeLabelling(who: string, { nodes, budget }: NamedNetwork, classes: number): () => void {
  return budget.take({
    who,
    what: `labels of ${nodes.size} nodes in ${classes} classes`,
    parts: { labelling: labellingBytes(nodes.size, classes) },
    todo: 'Raise memoryLimitBytes, or label fewer classes at a time.',
  })
}
