/** The interactions of a file that holds a graph. */
import { BadRows } from '../data/bad-rows.ts'
import type { Interactions } from '../data/interactions.ts'
import type { Relation } from '../data/relation-options.ts'
import { EDGE_ATTRIBUTES, NODE_ATTRIBUTES } from '../graph/attribute-names.ts'
import { visitData, type AbstractGraph } from '../graph/check.ts'
import { mapGraph, type GraphMapping } from '../graph/mapping.ts'
import { relationsOfGraph, withKinds } from '../graph/relations.ts'
import { interactionsInSlices } from '../graph/to-interactions.ts'
import { atOnce } from '../support/drive.ts'
import { show } from '../support/errors.ts'
import { refusedOption } from '../support/options.ts'
import type { GraphFormat } from './detect.ts'
import { parseGraph, readGraph } from './graph-files.ts'
import type { ReadInteractionsOptions } from './read-options.ts'
import type { Reading } from './reading.ts'

/** @throws {RivuletError} as `readGraph` and `toInteractions`; INVALID_OPTION for options of text */
export async function readGraphTable(
  who: string,
  format: GraphFormat,
  chunks: AsyncIterable<Buffer>,
  given: ReadInteractionsOptions,
): Promise<Interactions> {
  refuseOptionsOfRows(who, given)
  const graph = await parseGraph(who, format, chunks)
  const badRows = new BadRows(who, given.onBadRow)
  const table = atOnce(interactionsInSlices(who, mapGraph(graph, given.graph, who), badRows))
  const { notes } = table
  given.onReading?.({
    ...{ format, delimiter: null, header: null, timeUnit: null, comments: 0, notes },
    ...describe(graph, table, given.graph),
  })
  return table
}

/**
 * What a graph in a file says of users or items beside their interactions: edges to nodes of a kind, or between two users or items, as rows.
 *
 * @param mapping how the graph is read; default: by attribute 'kind' of its nodes
 * @throws {RivuletError} as `readGraph`, and for a kind that no user or item is joined to
 */
export async function readGraphRelation(
  path: string,
  name: string,
  relation: Pick<Relation, 'kind' | 'value'>,
  mapping: GraphMapping | undefined,
): Promise<Relation> {
  const who = `readGraph(${show(path)})`
  const asked = { [name]: relation }
  const mapped = withKinds(mapGraph(await readGraph(path), mapping, who), asked)
  const table = atOnce(interactionsInSlices(who, mapped))
  return atOnce(relationsOfGraph(who, mapped, table, asked)).relations[name]
}

/** Options for reading rows and their text. */
const OF_ROWS = ['columns', 'signalName', 'delimiter', 'header', 'quoted', 'encoding', 'comments'] as const

/** What is the default says nothing: the command line gives it always. */
const DEFAULTS: ReadInteractionsOptions = { quoted: true }

function refuseOptionsOfRows(who: string, given: ReadInteractionsOptions): void {
  const option = OF_ROWS.find((name) => given[name] !== undefined && given[name] !== DEFAULTS[name])
  if (option === undefined) return
  const todo = "Leave it out; option 'graph' sets the roles of attributes."
  throw refusedOption(who, option, { expected: 'no options for rows', got: 'some for a graph', todo })
}

/** What was read of nodes and edges, and which attributes of edges were not. */
function describe(
  graph: AbstractGraph,
  { value, time, signals }: Interactions,
  mapping: GraphMapping = {},
): Pick<Reading, 'columns' | 'ignored'> {
  const names = new Set<string>()
  visitData(graph, ({ attributes }) => {
    for (const name of Object.keys(attributes)) names.add(name)
  })
  const attributeOf = (field: unknown, ...usual: readonly string[]): string =>
    typeof field === 'string'
      ? field
      : field === undefined
        ? (usual.find((name) => names.has(name)) ?? '')
        : 'a function'
  const { value: weight, signal } = EDGE_ATTRIBUTES
  const { kind, user = 'user', item = 'item' } = mapping
  const saysKinds = [kind, mapping.user, mapping.item].some((one) => one !== undefined) || hasKinds(graph)
  const byEdges = kind === null || !saysKinds
  const columns = {
    user: byEdges ? 'nodes where edges start' : `nodes of kind '${user}'`,
    item: byEdges ? 'nodes where edges end' : `nodes of kind '${item}'`,
    ...(value && { value: attributeOf(mapping.value, weight, EDGE_ATTRIBUTES.weight) }),
    ...(signals.length > 1 && { signal: attributeOf(mapping.signal, signal) }),
    ...(time && { time: attributeOf(mapping.time, EDGE_ATTRIBUTES.time) }),
  }
  return { columns, ignored: [...names].filter((name) => !Object.values(columns).includes(name)) }
}

const hasKinds = (graph: AbstractGraph): boolean =>
  graph.someNode((_node, attributes) => (attributes[NODE_ATTRIBUTES.kind] ?? null) !== null)
