/** How results are printed: one line on a console, a small document as JSON. Neither adds visible properties or needs a module of Node. */

import { printable } from './errors.ts'

/** The symbol by which Node, Deno and Bun print an object. */
export const INSPECT = Symbol.for('nodejs.util.inspect.custom')

/** How a kind of result is printed. */
export interface Shown<T> {
  line(result: T): string
  /** The JSON document; large parts are represented by their sizes. */
  document(result: T): unknown
}

/** Adds the printed forms to an object, and returns it. */
export function shown<T extends object>(result: T, { line, document }: Shown<T>): T {
  return Object.defineProperties(result, {
    toJSON: { value: () => document(result), configurable: true },
    [INSPECT]: { value: () => line(result), configurable: true },
  })
}

const MOST_LISTED = 3

/** 'a, b, c, ...': the first of many. */
export function firstOf(values: Iterable<unknown>, most = MOST_LISTED): string {
  const first: string[] = []
  for (const value of values) {
    if (first.length === most) return `${first.join(', ')}, ...`
    first.push(String(value))
  }
  return first.join(', ')
}

/** '1 row', '2 rows'. */
export const counted = (count: number, noun: string, plural = `${noun}s`): string =>
  `${count} ${count === 1 ? noun : plural}`

const CELLS = Symbol('what a map holds for each node')

/** Name of the values of a map of nodes, in rows and columns. */
export type NodeCells = 'label' | 'score' | 'cluster' | 'vector'

/** Adds the printed forms to a map from nodes to values: the first of them on a console, all of them as JSON. */
export function asNodeMap<Value>(map: Map<string, Value>, cells: NodeCells): Map<string, Value> {
  shown<ReadonlyMap<string, unknown>>(map, {
    line(nodes) {
      const first = nodes.size === 0 ? '' : `: ${firstOf(linesOf(nodes))}`
      return printable(`${cells[0].toUpperCase()}${cells.slice(1)}s { ${counted(nodes.size, 'node')}${first} }`)
    },
    document: (nodes) =>
      Array.from(nodes, ([node, value]) => ({ node, [cells]: isVector(value) ? [...value] : value })),
  })
  return Object.defineProperty(map, CELLS, { value: cells })
}

/** Name of the values of a map of nodes; undefined for other maps. */
export const cellsOf = (map: ReadonlyMap<string, unknown>): NodeCells | undefined =>
  (map as { readonly [CELLS]?: NodeCells })[CELLS]

const isVector = (value: unknown): value is Float32Array => value instanceof Float32Array

function* linesOf(nodes: ReadonlyMap<string, unknown>): Generator<string> {
  for (const [node, value] of nodes) yield `${node} -> ${isVector(value) ? `[${firstOf(value)}]` : String(value)}`
}
