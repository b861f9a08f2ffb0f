/**
 * Projection of a bipartite graph to one side: two items are joined if users took both (Newman 2001, doi:10.1103/PhysRevE.64.016132, for counts).
 *
 *   shared = W' W,   cosine of i and j = shared_ij / sqrt(d_i d_j)
 *
 * W (users x items) has 1 for each pair, d its column sums. Time: the sum over users of their squared number of items; memory: one row and the edges that are kept.
 */
import { UndirectedGraph } from 'graphology'
import type { AbstractGraph } from 'graphology-types'
import { mergeDuplicates } from '../data/clean.ts'
import { rowNumbers, sortedByKey } from '../data/counting-sort.ts'
import { checkInteractions, isTable, type Interactions } from '../data/interactions.ts'
import { atOnce } from '../support/drive.ts'
import { checkOption, either, integerAtLeast, oneOf } from '../support/options.ts'
import { choice, option, resolve, type Given } from '../support/spec.ts'
import { EDGE_ATTRIBUTES } from './attribute-names.ts'
import { graphOptions, type MappedGraph } from './mapping.ts'
import { tableOfGraph, type SideNodes } from './to-interactions.ts'
import type { KeyIndex } from '../support/key-index.ts'

const ownOptions = {
  /** Edges that each node keeps, those that weigh most; an edge stays where one of its ends keeps it. Integer >= 1, or null for all. Default 50. */
  neighbours: option<number | null>(50, either(integerAtLeast(1), oneOf(null))),
  /** Weights of edges: the cosine of the two columns, or the number of shared nodes of the other side. Default 'cosine'. */
  weigh: choice<'cosine' | 'shared'>('cosine', ['cosine', 'shared']),
}

export const projectOptions = { ...ownOptions, ...graphOptions }

/** Options of `project`. */
export interface ProjectOptions extends Given<typeof ownOptions>, Given<typeof graphOptions> {}

/**
 * Projects a bipartite graph, or a table, onto one of its sides.
 *
 * @param side which nodes the result has: all of that side, including those without an edge
 * @returns an undirected graph; edges have attribute `weight`
 * @throws {RivuletError} as `toInteractions`, INVALID_OPTION, UNKNOWN_OPTION
 * @example
 * ```ts
 * import { fromRows } from 'rivulet'
 * import { project } from 'rivulet/advanced'
 *
 * const rows = [['ann', 'tea'], ['ann', 'milk'], ['bob', 'milk'], ['bob', 'tea'], ['cid', 'oil']].map(([user, item]) => ({ user, item }))
 * const graph = project(fromRows(rows, { user: 'user', item: 'item' }), 'items')
 * console.log(graph.order, graph.getEdgeAttribute(graph.edge('tea', 'milk'), 'weight')) // 3 1
 * ```
 */
export function project(
  source: AbstractGraph | MappedGraph | Interactions,
  side: 'users' | 'items',
  options?: ProjectOptions,
): AbstractGraph {
  const who = 'project'
  const { neighbours, weigh, graph: mapping } = resolve(who, projectOptions, options)
  checkOption(who, 'side', side, oneOf('users', 'items'))
  const table = isTable(source) ? checkInteractions(who, source) : tableOfGraph(who, source, mapping)
  const { users, items, user, item, signals, length } = table
  const pairs = mergeDuplicates({ users, items, user, item, signals, length })
  const [own, other] = side === 'items' ? [pairs.item, pairs.user] : [pairs.user, pairs.item]
  const keys = nodesOf(table, side)
  const others = side === 'items' ? table.users.size : table.items.size
  const members = listsBy(own, other, keys.size, others)
  const memberOf = listsBy(other, own, others, keys.size)
  const graph = new UndirectedGraph()
  const names = Array.from(keys.keys())
  for (const name of names) graph.addNode(name)
  const shared = new Float64Array(keys.size)
  for (let node = 0; node < keys.size; node++) {
    const met: number[] = []
    for (const user of members.of(node)) {
      for (const near of memberOf.of(user)) {
        if (near === node) continue
        if (shared[near]++ === 0) met.push(near)
      }
    }
    const weightOf = (near: number): number =>
      weigh === 'shared' ? shared[near] : shared[near] / Math.sqrt(members.count(node) * members.count(near))
    const weighed = met.map((near) => ({ near, weight: weightOf(near) }))
    // Ties go to the lower number, so that the result does not depend on the order of rows within a user.
    if (neighbours !== null && weighed.length > neighbours)
      weighed.sort((a, b) => b.weight - a.weight || a.near - b.near).splice(neighbours)
    for (const { near, weight } of weighed)
      graph.mergeEdge(names[node], names[near], { [EDGE_ATTRIBUTES.weight]: weight })
    for (const near of met) shared[near] = 0
  }
  return graph
}

/** Keys of the nodes, as in the original graph. */
function nodesOf(table: Interactions & Partial<SideNodes>, side: 'users' | 'items'): KeyIndex {
  return side === 'items' ? (table.itemNodes ?? table.items) : (table.userNodes ?? table.users)
}

/** The other side's nodes of each node, ascending. */
function listsBy(own: Int32Array, other: Int32Array, count: number, others: number) {
  const starts = new Int32Array(count + 1)
  for (const node of own) starts[node + 1]++
  for (let node = 0; node < count; node++) starts[node + 1] += starts[node]
  const byOther = atOnce(sortedByKey(other, others, atOnce(rowNumbers(own.length))))
  const partners = atOnce(sortedByKey(own, count, byOther)).map((row) => other[row])
  return {
    of: (node: number): Int32Array => partners.subarray(starts[node], starts[node + 1]),
    count: (node: number): number => starts[node + 1] - starts[node],
  }
}
