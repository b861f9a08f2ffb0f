import { describe, expect, it } from 'vitest'
import { toGraph } from '../../../src/graph/to-graph.ts'
import { labelSpreading } from '../../../src/label/label-spreading.ts'
import { NodeIndex } from '../../../src/network/node-index.ts'
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
    [['7', 'ann'], ['7'], ['user:7', 'user:ann', 'item:7']],
    [['__proto__'], ['tea'], ['user:__proto__', 'tea']],
    [['ann'], ['tea', 'hasOwnProperty'], ['ann', 'tea', 'item:hasOwnProperty']],
    [['constructor', 'item:constructor'], ['tea'], ['user:constructor', 'user:item:constructor', 'item:tea']],
  ])('names %o and %o as the graph of that table does', (users, items, keys) => {
    const nodes = index(users, items)
    expect([...nodes.keys()]).toEqual(keys)
    expect(keys.map((key) => nodes.rowOf(key))).toEqual(keys.map((_, row) => row))
    for (const unknown of ['user:', 'item:', 'user:tea', 'item:7ann', 'toString', 'user:toString']) {
      expect(nodes.rowOf(unknown)).toBe(-1)
    }
    const graph = toGraph(tableOf(users.flatMap((user) => items.map((item) => `${user} ${item}`))))
    expect(graph.nodes()).toEqual(keys)
  })

  it('is not asked about a graph that names its nodes itself', () => {
    const graph = toGraph(tableOf(['constructor tea', 'ann tea']))
    labelSpreading.assign(graph, { seeds: [['ann', 'kind']] })
    expect(graph.getNodeAttribute('user:constructor', 'rivuletLabel')).toBe('kind')
    expect([...labelSpreading(graph, { seeds: [['tea', 1]] }).keys()]).toEqual(graph.nodes())
  })
})
