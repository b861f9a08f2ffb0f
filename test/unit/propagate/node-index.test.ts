import { describe, expect, it } from 'vitest'
import { toGraph } from '../../../src/graph/to-graph.ts'
import { labelSpreading } from '../../../src/propagate/label-spreading.ts'
import { NodeIndex } from '../../../src/propagate/node-index.ts'
import { GrowingKeyIndex } from '../../../src/support/key-index.ts'
import { tableOf } from '../../oracle/tables.ts'

const index = (users: string[], items: string[]): NodeIndex =>
  new NodeIndex(GrowingKeyIndex.from(users), GrowingKeyIndex.from(items))

describe('NodeIndex', () => {
  it('numbers users, then items, by their ids', () => {
    const nodes = index(['ann', 'user:x'], ['tea'])
    expect([...nodes.keys()]).toEqual(['ann', 'user:x', 'tea'])
    expect([...nodes.keys()].map((key) => nodes.rowOf(key))).toEqual([0, 1, 2])
    expect([nodes.rowOf('bob'), nodes.rowOf('user:ann'), nodes.size]).toEqual([-1, -1, 3])
    expect(() => nodes.keyOf(3)).toThrow('keyOf')
  })

  it.each([
    [['7', 'ann'], ['7']],
    [['__proto__'], ['tea']],
    [['ann'], ['tea', 'hasOwnProperty']],
  ])('prefixes %o and %o, as the graph of that table does', (users, items) => {
    const nodes = index(users, items)
    const keys = [...users.map((id) => `user:${id}`), ...items.map((id) => `item:${id}`)]
    expect([...nodes.keys()]).toEqual(keys)
    expect(keys.map((key) => nodes.rowOf(key))).toEqual(keys.map((_, row) => row))
    expect([nodes.rowOf(users[0]), nodes.rowOf('item:'), nodes.rowOf('user:tea')]).toEqual([-1, -1, -1])
    const graph = toGraph(tableOf(users.flatMap((user) => items.map((item) => `${user} ${item}`))))
    expect(graph.nodes()).toEqual(keys)
  })

  it('is not asked about a graph that names its nodes itself', () => {
    const graph = toGraph(tableOf(['constructor tea', 'ann tea']))
    labelSpreading.assign(graph, { seeds: [['user:ann', 'kind']] })
    expect(graph.getNodeAttribute('user:constructor', 'label')).toBe('kind')
    expect([...labelSpreading(graph, { seeds: [['item:tea', 1]] }).keys()]).toEqual(graph.nodes())
  })
})
