/** Files of edges for commands about nodes, and files of labels of nodes. */
import { readGraph, toNodeGraph } from '../advanced.ts'
import { Engine, type Interactions } from '../index.ts'
import { findFiles } from '../io/find-files.ts'
import { isGraphFile } from '../io/graph-files.ts'
import type { Files } from './command.ts'
import type { Stage } from './stage.ts'
import { choice, flagOf, type Given } from './flags.ts'
import {
  openEngine,
  READING_FLAGS,
  readTable,
  type EngineArguments,
  type ENGINE_FLAGS,
  type ReadingArguments,
} from './source.ts'
import { sideRecords, type SideArguments } from './side-file.ts'
import { count } from './table.ts'
import { orAborted } from './terminal.ts'

export const NODE_FLAGS = {
  nodes: choice(
    '<kinds>',
    'one: both ends of an edge are nodes of one kind; two: users and items, named user:ID and item:ID if an id is on both sides (default: two, unless an id is on both sides)',
    ['one', 'two'],
  ),
}

export const UNKNOWN_SEEDS_FLAG = choice(
  '<rule>',
  'what to do with seeds that are not nodes: fail, or skip them (default: error)',
  [...(['error', 'drop'] as const)],
)

type NodeArguments = Given<typeof NODE_FLAGS> & Given<typeof ENGINE_FLAGS> & EngineArguments & ReadingArguments

/** The nodes of a graph. */
export interface Nodes {
  /** Whether there is a node with this id. */
  has(id: string): boolean
  /** An engine on them. */
  open(): Promise<Engine>
}

/** The nodes of a file: of a graph, or of a table of edges. @throws {RivuletError} as `readGraph`, `readInteractions` */
export async function readNodes(file: Files, given: NodeArguments, stage: Stage): Promise<Nodes> {
  const [path, ...others] = await findFiles('readInteractions', typeof file === 'string' ? [file] : file)
  const mayBeGraph = others.length === 0 && given.format === undefined
  if (mayBeGraph && (await orAborted(isGraphFile(path), stage.signal))) return nodesOfGraph(path, given, stage)
  const table = await readTable(file, given, stage)
  return { ...nodesOf(table), open: () => openNodes(table, given, stage) }
}

/** Users and items as nodes. */
export function nodesOf({ users, items }: Sides): Pick<Nodes, 'has'> {
  const isKnown = (id: string): boolean => users.rowOf(id) >= 0 || items.rowOf(id) >= 0
  return { has: (id) => isKnown(id) || isKnown(id.replace(/^(user|item):/, '')) }
}

async function nodesOfGraph(path: string, given: NodeArguments, stage: Stage): Promise<Nodes> {
  if (given.nodes !== undefined) stage.refuse('--nodes applies to edge lists only: a graph file defines its nodes')
  const ofRows = Object.keys(READING_FLAGS).find((name) => name !== 'graph' && stage.isGiven(name))
  if (ofRows !== undefined) stage.refuse(`${flagOf(ofRows)} applies to rows, and a graph file has none`)
  const { threads, memoryLimit, weighted, signals, graph: mapping } = given
  const graph = await orAborted(readGraph(path), stage.signal)
  return {
    has: (id) => graph.hasNode(id),
    open: () => Engine.create(graph, { threads, memoryLimitBytes: memoryLimit, weighted, signals, graph: mapping }),
  }
}

/** An engine on the nodes of a file of edges. */
async function openNodes(table: Interactions, given: NodeArguments, stage: Stage): Promise<Engine> {
  const { nodes, threads, memoryLimit, weighted = false, signals } = given
  if (nodes === 'one' && signals !== undefined) stage.refuse('--signals requires --nodes two')
  requireKinds(table, given, stage)
  if (nodes !== 'one') return openEngine(table, given, stage)
  return Engine.create(toNodeGraph(table), { threads, memoryLimitBytes: memoryLimit, weighted })
}

/** Ids of nodes on both sides. */
type Sides = Pick<Interactions, 'users' | 'items'>

/** A table in a database has users and items. */
export function requireTwoKinds({ nodes }: Given<typeof NODE_FLAGS>, stage: Stage): void {
  if (nodes === 'one') stage.refuse('--nodes one: a table in a database has users and items, which are two kinds')
}

/** Requires --nodes if an id is on both sides: only the caller knows whether it is one node. */
export function requireKinds(sides: Sides, { nodes }: Given<typeof NODE_FLAGS>, stage: Stage): void {
  const shared = nodes === undefined ? firstShared(sides) : null
  if (shared === null) return
  stage.refuse(
    `give --nodes one or --nodes two: '${shared}' is on both sides of edges, as one node or as two nodes of the same name`,
  )
}

function firstShared({ users, items }: Sides): string | null {
  for (const id of users.keys()) if (items.rowOf(id) >= 0) return id
  return null
}

/** The node and label of each row of a file: the first two columns, or those called `node` and `label`; and whether the row may be a header, as the first row of unnamed columns may. */
async function* labelsOf(
  path: string,
  given: SideArguments,
  terminal: Pick<Stage, 'warn'>,
): AsyncGenerator<readonly [node: string | undefined, label: string | undefined, isHeader: boolean]> {
  let isFirst = true
  for await (const record of sideRecords(path, given, terminal, { header: false })) {
    const [first, second] = Object.values(record)
    yield [record.node ?? first, record.label ?? second, isFirst && '0' in record]
    isFirst = false
  }
}

/**
 * Labels of nodes: the first two columns of a file, or those called `node` and `label`. A first line of text that names no node of the edges is its header.
 *
 * @throws {RivuletError} as `readRecords`
 */
export async function readSeeds(
  path: string,
  nodes: Pick<Nodes, 'has'>,
  { unknown, ...given }: SideArguments & { readonly unknown?: 'error' | 'drop' | undefined },
  stage: Stage,
): Promise<Map<string, string>> {
  const seeds = new Map<string, string>()
  let dropped = 0
  const read = async (): Promise<void> => {
    for await (const [node, label, mayBeHeader] of labelsOf(path, given, stage)) {
      const isKnown = node !== undefined && nodes.has(node)
      if (mayBeHeader && !isKnown) continue
      if (node === undefined || label === undefined) continue
      if (isKnown || unknown !== 'drop') seeds.set(node, label)
      else dropped++
    }
  }
  await orAborted(read(), stage.signal)
  if (dropped > 0)
    stage.remark([`${path}: ${count(dropped)} ${dropped === 1 ? 'label' : 'labels'} of unknown nodes dropped`])
  return seeds
}

/** Number of different labels in a file, of any nodes; 'label' counts as the name of the column. */
export async function countClasses(path: string, given: SideArguments, stage: Stage): Promise<number> {
  const classes = new Set<string>()
  const read = async (): Promise<void> => {
    for await (const [, label] of labelsOf(path, given, stage)) if (label !== undefined) classes.add(label)
  }
  await orAborted(read(), stage.signal)
  if (classes.size > 1) classes.delete('label')
  return classes.size
}
