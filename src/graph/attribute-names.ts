import type { AbstractGraph } from 'graphology-types'
import type { RivuletError } from '../support/errors.ts'
import { show } from '../support/errors.ts'
import { refusedOption } from '../support/options.ts'

/** Attributes that are read from a graph and must not be written: the next call would read results as data. */
export const NODE_ATTRIBUTES = Object.freeze({ kind: 'kind', id: 'externalId' })
export const EDGE_ATTRIBUTES = Object.freeze({ value: 'value', weight: 'weight', signal: 'signal', time: 'time' })

/** Edge attribute with the name of the `.assign` call that added the edge: results are never read as data. */
export const ANSWER_ATTRIBUTE = 'rivuletAnswer'

/** A name that sets an object's prototype: a value under it would be lost. */
const NO_ATTRIBUTE = '__proto__'

/**
 * Checks the attributes that `.assign` writes, before anything is computed: none may be one that is read, and all must differ.
 *
 * @param written names by option; null writes none
 * @param read other attributes that are read, by option; values other than text are ignored
 * @throws {RivuletError} INVALID_OPTION naming the option, and the other one that has the attribute.
 */
export function requireOwnAttributes(
  who: string,
  side: 'node' | 'edge',
  written: Readonly<Record<string, string | null>>,
  read: Readonly<Record<string, unknown>> = {},
): void {
  const taken: Record<string, unknown> = { ...read }
  for (const [option, attribute] of Object.entries(written)) {
    if (attribute === null) continue
    const reader = Object.keys(taken).find((name) => taken[name] === attribute)
    if (reader !== undefined) throw notOwn(who, option, attribute, `an attribute other than that of '${reader}'`)
    const own: readonly string[] = Object.values(side === 'node' ? NODE_ATTRIBUTES : EDGE_ATTRIBUTES)
    if (own.includes(attribute)) {
      throw notOwn(who, option, attribute, `an attribute that is not read from graphs (not ${own.join(', ')})`)
    }
    if (attribute === NO_ATTRIBUTE) throw notOwn(who, option, attribute, 'a valid property name')
    taken[option] = attribute
  }
}

function notOwn(who: string, option: string, attribute: string, expected: string): RivuletError {
  return refusedOption(`${who}.assign`, option, {
    expected,
    got: show(attribute),
    todo: `Use one for results only, or leave '${option}' out.`,
    details: { value: attribute },
  })
}

/** The nodes that have an attribute, with its value, in node order. */
export function nodeAttribute(graph: AbstractGraph, name: string): [node: string, value: unknown][] {
  const found: [string, unknown][] = []
  graph.forEachNode((node, attributes) => {
    const value: unknown = Object.hasOwn(attributes, name) ? attributes[name] : null
    if (value !== undefined && value !== null) found.push([node, value])
  })
  return found
}

/** Whether this attribute marks every node as a user or an item. */
export function isBipartite(graph: AbstractGraph, kindAttribute: string = NODE_ATTRIBUTES.kind): boolean {
  return graph.everyNode((_node, attributes) => {
    const kind: unknown = attributes[kindAttribute]
    return kind === 'user' || kind === 'item'
  })
}
