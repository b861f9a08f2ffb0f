import type { AbstractGraph } from 'graphology-types'
import { RivuletError, show } from '../support/errors.ts'
import { expectedSingle, isSingle } from '../support/single-precision.ts'

/** Any graphology graph, for rooms that name graphology by its type only. */
export type { AbstractGraph }

/** Whether a value is a graphology graph (of any type), as opposed to a table or rows. */
export function isGraph(source: unknown): source is AbstractGraph {
  if (source === null || typeof source !== 'object') return false
  const graph = source as Partial<AbstractGraph>
  return typeof graph.forEachEdge === 'function' && typeof graph.order === 'number' && typeof graph.multi === 'boolean'
}

/** Only a graph has nodes to write on. */
export function requireGraph(who: string, source: unknown): AbstractGraph {
  if (isGraph(source)) return source
  throw new RivuletError('INVALID_DATA', {
    who: `${who}.assign`,
    expected: 'a graphology graph to write on',
    got: show(source),
    todo: `Call ${who} or ${who}.detailed on a table.`,
  })
}

/** An edge as messages name it. */
export function showEdge(source: string, target: string): string {
  return `the edge ${show(source)} - ${show(target)}`
}

/**
 * The weight in an edge attribute.
 *
 * @throws {RivuletError} INVALID_DATA naming the edge, for anything but a number that single precision holds
 */
export function edgeNumber(who: string, name: string, value: unknown, source: string, target: string): number {
  if (isSingle(value)) return value
  throw new RivuletError('INVALID_DATA', {
    who: `${who}, edge attribute '${name}'`,
    expected: expectedSingle(value),
    got: `${show(value)} on ${showEdge(source, target)}`,
    todo: 'Correct the attribute or drop that edge.',
    details: { attribute: name, source, target },
  })
}
