import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { UndirectedGraph } from 'graphology'
// With the package installed: from 'rivulet'.
import { readRecords } from '../../src/index.ts'

/** A graph whose nodes carry `label` (the truth) and `split`: 'train' nodes are the candidates for seeds, 'test' nodes are scored. */
export interface LabelledGraph {
  readonly name: string
  readonly graph: UndirectedGraph
}

/** Cora (Planetoid split, Yang, Cohen & Salakhutdinov 2016) from the folder of data sets; null when it is not there. */
export async function readCora(folder: string): Promise<LabelledGraph | null> {
  const path = (name: string): string => join(folder, 'planetoid', `cora.${name}.tsv.gz`)
  if (!existsSync(path('nodes'))) return null
  const graph = new UndirectedGraph()
  for await (const { node, label, split } of readRecords(path('nodes'))) graph.addNode(node, { label, split })
  for await (const { source, target } of readRecords(path('edges'))) graph.mergeEdge(source, target)
  return { name: 'Cora', graph }
}

/**
 * A planted partition: groups of equal size, edges likelier inside than between. Twenty train nodes a group, the rest is test.
 *
 * @param inside chance of an edge between two nodes of a group, in [0, 1]; `between` the same across groups
 */
export function plantPartition(groups: number, size: number, inside: number, between: number): LabelledGraph {
  const graph = new UndirectedGraph()
  for (let node = 0; node < groups * size; node++) {
    graph.addNode(String(node), { label: String(node % groups), split: node < 20 * groups ? 'train' : 'test' })
  }
  // Numerical Recipes' linear congruential generator: enough for a drawing, and the same everywhere.
  let state = 1
  const uniform = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32
  for (let a = 0; a < graph.order; a++) {
    for (let b = a + 1; b < graph.order; b++) {
      if (uniform() < (a % groups === b % groups ? inside : between)) graph.addEdge(String(a), String(b))
    }
  }
  return { name: 'a planted partition', graph }
}
