import type { AbstractGraph, Attributes, EdgeEntry, NodeEntry } from 'graphology-types'
import { badRow } from '../data/bad-rows.ts'
import { RivuletError, show } from '../support/errors.ts'
import { visitInSlices, type Sliced } from '../support/pause.ts'
import { expectedSingle, isSingle, nearestOf } from '../support/options.ts'
import { ANSWER_ATTRIBUTE } from './attribute-names.ts'

/** Any graphology graph, for directories that use only its type. */
export type { AbstractGraph }

/** Whether a value is a graphology graph (of any type), as opposed to a table or rows. */
export function isGraph(source: unknown): source is AbstractGraph {
  if (source === null || typeof source !== 'object') return false
  const graph = source as Partial<AbstractGraph>
  return typeof graph.forEachEdge === 'function' && typeof graph.order === 'number' && typeof graph.multi === 'boolean'
}

/** Refuses other sources, which have no nodes to write to. */
export function requireGraph(who: string, source: unknown): AbstractGraph {
  if (isGraph(source)) return source
  throw new RivuletError('INVALID_DATA', {
    who: `${who}.assign`,
    expected: 'a graphology graph to write to',
    got: show(source),
    todo: `Call ${who} or ${who}.detailed on a table.`,
  })
}

/** An edge in messages. */
export function showEdge(source: string, target: string): string {
  return `the edge ${show(source)} - ${show(target)}`
}

/**
 * The weight of an edge.
 *
 * @param labelOf description of the edge, for messages
 * @throws {RivuletError} INVALID_DATA naming the edge, for anything but a number in the range of single precision
 */
export function edgeNumber(
  who: string,
  labelOf: (entry: EdgeEntry) => string,
  value: unknown,
  entry: EdgeEntry,
): number {
  if (isSingle(value)) return value
  const { source, target } = entry
  throw badRow({
    who: `${who}, ${labelOf(entry)}`,
    expected: expectedSingle(value),
    got: `${show(value)} on ${showEdge(source, target)}`,
    todo: 'Correct it or drop that edge.',
    details: { source, target },
  })
}

/** Operations per node or edge, because keys are looked up. */
const COST = 200

export const visitNodes = (graph: AbstractGraph, visit: (entry: NodeEntry) => void): Sliced<void> =>
  visitInSlices(graph.nodeEntries(), visit, COST)

/** Visits the edges with data, without those added by `.assign`. */
export const visitEdges = (graph: AbstractGraph, visit: (entry: EdgeEntry) => void): Sliced<void> => {
  const visitData = (entry: EdgeEntry): void => {
    if (!isAnswer(entry.attributes)) visit(entry)
  }
  return visitInSlices(graph.edgeEntries(), visitData, COST)
}

/** The same without pauses. */
export function visitData(graph: AbstractGraph, visit: (entry: EdgeEntry) => void): void {
  for (const entry of graph.edgeEntries()) if (!isAnswer(entry.attributes)) visit(entry)
}

/** Whether any edge with data has a value. */
export function anyEdgeHas(graph: AbstractGraph, read: (entry: EdgeEntry) => unknown): boolean {
  for (const entry of graph.edgeEntries())
    if (!isAnswer(entry.attributes) && (read(entry) ?? null) !== null) return true
  return false
}

/**
 * Refuses an attribute that does not occur, because a misspelt one would be read as never set.
 *
 * @param field an attribute; functions may return no value
 * @param usual its default, which need not occur
 * @throws {RivuletError} INVALID_OPTION proposing the nearest attribute, if no node, or no edge, has it
 */
export function requireAttribute(
  who: string,
  graph: AbstractGraph,
  side: 'node' | 'edge',
  field: unknown,
  usual: string,
): void {
  const [entries, count] = side === 'node' ? [graph.nodeEntries(), graph.order] : [graph.edgeEntries(), graph.size]
  if (typeof field !== 'string' || field === usual || count === 0) return
  const names = new Set<string>()
  for (const { attributes } of entries) {
    if (isAnswer(attributes)) continue
    if ((attributes[field] ?? null) !== null) return
    if (names.size < MOST_NAMES) for (const name of Object.keys(attributes)) names.add(name)
  }
  const isNamed = names.has(field)
  const nearest = isNamed ? null : nearestOf(field, names)
  throw new RivuletError('INVALID_OPTION', {
    who: `${who}, ${side} attribute ${show(field)}`,
    expected: `${side === 'node' ? 'a node' : 'an edge'} that has it`,
    got: 'none',
    todo:
      nearest !== null
        ? `Did you mean ${show(nearest)}?`
        : `${isNamed ? 'It is null everywhere' : `No ${side} has any attribute`}: leave it out.`,
    details: { attribute: field, nearest },
  })
}

/** Maximum number of attributes to search for the nearest. */
const MOST_NAMES = 1000

/** Whether an edge was added by `.assign`. */
export const isAnswer = (attributes: Attributes): boolean => (attributes[ANSWER_ATTRIBUTE] ?? null) !== null

/** The size of a graph when reading began: it may change while a reader pauses. */
export class GraphState {
  readonly #order: number
  readonly #size: number

  constructor({ order, size }: AbstractGraph) {
    this.#order = order
    this.#size = size
  }

  /** @throws {RivuletError} INVALID_DATA when nodes or edges have been added or dropped. */
  requireSame(who: string, { order, size }: AbstractGraph): void {
    if (order === this.#order && size === this.#size) return
    throw new RivuletError('INVALID_DATA', {
      who,
      expected: `a graph that does not change while it is read, of ${this.#order} nodes and ${this.#size} edges`,
      got: `${order} nodes and ${size} edges after reading`,
      todo: 'Wait for Engine.create before you change the graph.',
    })
  }
}
