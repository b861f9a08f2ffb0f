import { seededRandom } from '../../src/advanced.ts'
import type { SeedEntry } from '../../src/index.ts'
import type { LabelledGraph } from './labelled-graphs.ts'

/** Shares of classes by their names. */
export type Shares = Readonly<Record<string, number>>

/** Nodes with their classes, as seeds or validation labels. */
export const labelsAt = ({ labels }: LabelledGraph, nodes: readonly number[]): SeedEntry[] =>
  nodes.map((node) => [String(node), labels[node]] as const)

/** Number of classes. */
export const classCount = ({ labels }: LabelledGraph): number =>
  labels.reduce((most, label) => Math.max(most, label), 0) + 1

/**
 * A draw of labels: so many nodes a class (fewer where a class has no more) of those that are neither validation nor test nodes.
 *
 * @param draw its number; the same number gives the same nodes
 */
export function drawLabels(given: LabelledGraph, perClass: number, draw: number): SeedEntry[] {
  const { validation, test, labels, nodeCount } = given
  const held = new Set([...validation, ...test])
  const random = seededRandom(1000 * perClass + draw)
  const drawn = Array.from({ length: classCount(given) }, (_, label) => {
    const members = Int32Array.from({ length: nodeCount }, (_node, node) => node).filter(
      (node) => labels[node] === label && !held.has(node),
    )
    return [...random.shuffle(members).subarray(0, perClass)]
  })
  return labelsAt(given, drawn.flat())
}

/** Shares of the classes among nodes; a class without a node counts a thousandth of one, so that it has a share. */
export function sharesAmong(given: LabelledGraph, nodes: readonly number[]): Shares {
  const counts = new Float64Array(classCount(given)).fill(1e-3)
  for (const node of nodes) counts[given.labels[node]]++
  return Object.fromEntries([...counts].map((count, label) => [label, count]))
}
