/** Which nodes of a graph are users and which are items: by an attribute of the nodes, or by the edges. */
import type { AbstractGraph, Attributes } from 'graphology-types'
import { RivuletError, show } from '../support/errors.ts'
import { GrowingKeyIndex } from '../support/key-index.ts'
import type { Sliced } from '../support/pause.ts'
import { NODE_ATTRIBUTES } from './attribute-names.ts'
import { visitEdges, visitNodes } from './check.ts'
import type { MappedGraph } from './mapping.ts'
import { proposeMapping } from './propose.ts'

export type Side = 'user' | 'item'

/** The side of a node; `null` for one that is left out. @throws {RivuletError} for a node that must not be left out */
export type SideOf = (node: string, attributes: Attributes) => Side | null

/** How the sides of nodes are determined, and notes on guesses. */
export interface SideReader {
  readonly sideOf: SideOf
  readonly guess: string | null
}

/**
 * Determines how to find the sides of a graph's nodes.
 *
 * @throws {RivuletError} UNSUPPORTED_GRAPH, proposing a mapping, when neither nodes nor edges define sides
 */
export function* sidesOf(who: string, mapped: MappedGraph): Sliced<SideReader> {
  const { graph, mapping } = mapped
  const { kind = NODE_ATTRIBUTES.kind } = mapping
  if (kind !== null && (mapped.asksForSides || !(yield* isRecognised(mapped))))
    return { sideOf: sideByKind(who, mapped), guess: null }
  const users = yield* usersByEdges(graph)
  if (users === null) throw notBipartite(who, graph)
  const guess =
    "no node says its kind: users are where edges start, items where they end (option 'graph' says otherwise)"
  return { sideOf: (node) => users.get(node) ?? null, guess }
}

/** Whether a graph without kinds is recognised as bipartite: no attribute of its nodes looks like a kind, and its edges have two sides. */
export function* isRecognised({ graph }: MappedGraph): Sliced<boolean> {
  const anySays = graph.someNode((_node, attributes) => (attributes[NODE_ATTRIBUTES.kind] ?? null) !== null)
  if (anySays || graph.size === 0 || proposeMapping(graph) !== null) return false
  return (yield* usersByEdges(graph)) !== null
}

function sideByKind(who: string, mapped: MappedGraph): SideOf {
  const { graph, asksForSides } = mapped
  const { user = 'user', item = 'item' } = mapped.mapping
  const kindOf = kindReader(mapped)
  return (node, attributes) => {
    const kind = kindOf(node, attributes)
    if (kind === user) return 'user'
    if (kind === item) return 'item'
    if (asksForSides) return null
    throw neitherSide(who, graph, node, kind)
  }
}

/** Reads the kind of a node. */
export function kindReader({ mapping: { kind } }: MappedGraph): (node: string, attributes: Attributes) => unknown {
  const field = kind ?? NODE_ATTRIBUTES.kind
  return typeof field === 'function' ? field : (_node, attributes) => attributes[field] as unknown
}

/**
 * The sides of nodes, by their edges: neighbours are on different sides, and edges start at users. Union-find with parity, one pass.
 *
 * @returns `null` if there are not two sides, or if edges of one of several parts start on both: then the sides are unknown
 */
function* usersByEdges(graph: AbstractGraph): Sliced<Map<string, Side> | null> {
  const keys = new GrowingKeyIndex()
  yield* visitNodes(graph, ({ node }) => void keys.add(node))
  const parts = new Parts(keys.size)
  let apart = true
  yield* visitEdges(graph, ({ source, target }) => {
    apart &&= parts.setApart(keys.rowOf(source), keys.rowOf(target))
  })
  if (!apart) return null
  const starts = Array.from({ length: 2 }, () => new Float64Array(keys.size))
  yield* visitEdges(graph, ({ source }) => {
    const { root, parity } = parts.find(keys.rowOf(source))
    starts[parity][root]++
  })
  const roots = Array.from(keys.keys(), (_key, row) => row).filter((row) => starts[0][row] + starts[1][row] > 0)
  if (roots.length > 1 && roots.some((root) => starts[0][root] > 0 && starts[1][root] > 0)) return null
  const sides = new Map<string, Side>()
  yield* visitNodes(graph, ({ node }) => {
    const { root, parity } = parts.find(keys.rowOf(node))
    if (starts[0][root] + starts[1][root] === 0) return
    const usersParity = starts[0][root] >= starts[1][root] ? 0 : 1
    sides.set(node, parity === usersParity ? 'user' : 'item')
  })
  return sides
}

/** Connected parts of nodes, each node on one of two sides of its part. */
class Parts {
  readonly #parent: Int32Array
  /** Whether a node is on a different side than its parent. */
  readonly #parity: Uint8Array

  constructor(size: number) {
    this.#parent = Int32Array.from({ length: size }, (_, node) => node)
    this.#parity = new Uint8Array(size)
  }

  /** The root of a node's part, and whether the node is on its side (0) or not (1). Halves the path. */
  find(node: number): { readonly root: number; readonly parity: 0 | 1 } {
    let parity = 0
    let at = node
    while (this.#parent[at] !== at) {
      const parent = this.#parent[at]
      this.#parity[at] ^= this.#parity[parent]
      this.#parent[at] = this.#parent[parent]
      parity ^= this.#parity[at]
      at = this.#parent[at]
    }
    return { root: at, parity: parity as 0 | 1 }
  }

  /** @returns whether the two can be on different sides */
  setApart(one: number, other: number): boolean {
    const [a, b] = [this.find(one), this.find(other)]
    if (a.root === b.root) return a.parity !== b.parity
    this.#parent[b.root] = a.root
    this.#parity[b.root] = 1 ^ a.parity ^ b.parity
    return true
  }
}

function neitherSide(who: string, graph: AbstractGraph, node: string, kind: unknown): RivuletError {
  return new RivuletError('UNSUPPORTED_GRAPH', {
    who,
    expected: `every node's attribute '${NODE_ATTRIBUTES.kind}' to be 'user' or 'item'`,
    got: `${show(kind)} on node ${show(node)}`,
    todo: proposeMapping(graph) ?? SAY_KINDS,
    details: { node, kind },
  })
}

const SAY_KINDS = "Set the attribute, or say by option 'graph' what nodes are: { kind: (node, attributes) => ... }."

const notBipartite = (who: string, graph: AbstractGraph): RivuletError =>
  new RivuletError('UNSUPPORTED_GRAPH', {
    who,
    expected: 'edges from users to items',
    got: 'edges that do not separate users from items',
    todo: proposeMapping(graph) ?? SAY_KINDS,
  })

/** @throws {RivuletError} EMPTY_DATA, listing the kinds, if a mapping finds no user or no item */
export function requireBoth(who: string, mapped: MappedGraph, users: number, items: number): void {
  if (users > 0 && items > 0) return
  const { graph, mapping } = mapped
  const { user = 'user', item = 'item' } = mapping
  const missing = users === 0 ? user : item
  const kinds = Array.from(new Set(graph.mapNodes(kindReader(mapped))), show)
  const more = kinds.length > MOST_SHOWN ? ` and ${kinds.length - MOST_SHOWN} more` : ''
  throw new RivuletError('EMPTY_DATA', {
    who,
    expected: `a node whose kind is ${show(missing)}`,
    got: kinds.length === 0 ? 'no node' : `kinds ${kinds.slice(0, MOST_SHOWN).join(', ')}${more}`,
    todo: proposeMapping(graph) ?? SAY_KINDS,
    details: { kind: missing },
  })
}

/** Maximum number of kinds in a message. */
const MOST_SHOWN = 6
