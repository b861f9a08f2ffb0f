/** Files of edges for commands that are about nodes, and files that say something of nodes. */
import { toNodeGraph } from '../advanced.ts'
import { Engine, readRecords, type Interactions } from '../index.ts'
import type { Stage } from './command.ts'
import { choice, type Given } from './flags.ts'
import { openEngine, type EngineArguments, type ENGINE_FLAGS, type ReadingArguments } from './source.ts'
import { count } from './table.ts'
import { orAborted } from './terminal.ts'

export const NODE_FLAGS = {
  nodes: choice(
    '<kinds>',
    'one: both ends of an edge are nodes of one kind; two: users and items, called user:ID and item:ID where an id is both (default: two, unless an id is both)',
    ['one', 'two'],
  ),
}

type NodeArguments = Given<typeof NODE_FLAGS> & Given<typeof ENGINE_FLAGS> & EngineArguments

/** An engine on the nodes of a file of edges. Nobody but the caller knows whether an id on both sides is one node. */
export async function openNodes(table: Interactions, given: NodeArguments, stage: Stage): Promise<Engine> {
  const { nodes, threads, memoryLimit, weighted = false, signals } = given
  if (nodes === 'one' && signals !== undefined) stage.refuse('--signals belongs to --nodes two')
  if (nodes === undefined) {
    const shared = firstShared(table)
    if (shared !== null) {
      stage.refuse(
        `expected --nodes one, or --nodes two: '${shared}' is on both sides of an edge, as one node or as two of the same name`,
      )
    }
  }
  if (nodes !== 'one') return openEngine(table, given, stage)
  return Engine.create(toNodeGraph(table), { threads, memoryLimitBytes: memoryLimit, weighted })
}

function firstShared({ users, items }: Interactions): string | null {
  for (const id of users.keys()) if (items.rowOf(id) >= 0) return id
  return null
}

/**
 * Labels of nodes: the first two columns of a file, or `node` and `label` of JSON lines. A first line that names no node of the edges is its header.
 *
 * @throws {RivuletError} as `readRecords`
 */
export async function readSeeds(
  path: string,
  { users, items }: Interactions,
  { encoding, unknown }: Pick<ReadingArguments, 'encoding'> & { readonly unknown?: 'error' | 'drop' | undefined },
  stage: Stage,
): Promise<Map<string, string>> {
  const isNode = (id: string): boolean => {
    const plain = id.replace(/^(user|item):/, '')
    return [id, plain].some((key) => users.rowOf(key) >= 0 || items.rowOf(key) >= 0)
  }
  const seeds = new Map<string, string>()
  let [lines, dropped] = [0, 0]
  const read = async (): Promise<void> => {
    for await (const record of readRecords(path, { header: false, encoding })) {
      const [first, second] = Object.values(record)
      const [node, label] = [record.node ?? first, record.label ?? second]
      const isKnown = node !== undefined && isNode(node)
      if (lines++ === 0 && !isKnown) continue
      if (node === undefined || label === undefined) continue
      if (isKnown || unknown !== 'drop') seeds.set(node, label)
      else dropped++
    }
  }
  await orAborted(read(), stage.signal)
  if (dropped > 0) stage.remark([`${path}: ${count(dropped)} labels of nodes without an edge dropped`])
  return seeds
}
