import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { recommend } from '../../../src/recommend/recommend.ts'
import { isSingle } from '../../../src/support/options.ts'
import { fromColumns } from '../../../src/data/from-columns.ts'
import type { Interactions } from '../../../src/data/interactions.ts'
import { GrowingKeyIndex } from '../../../src/support/key-index.ts'
import { isGraph } from '../../../src/graph/check.ts'
import { toGraph } from '../../../src/graph/to-graph.ts'
import { toInteractions } from '../../../src/graph/to-interactions.ts'
import { tableRows } from '../data/table-rows.ts'

describe('toGraph', () => {
  it('makes users and items nodes, and rows labelled edges', () => {
    const rows = [
      { who: 'ann', what: 'tea', how: 'like', stars: 5, at: 9 },
      { who: 'bo', what: 'tea', how: 'view', stars: 1, at: null },
    ]
    const graph = toGraph(rows, { user: 'who', item: 'what', signal: 'how', value: 'stars', time: 'at' })
    expect(isGraph(graph)).toBe(true)
    expect([graph.type, graph.multi]).toEqual(['undirected', false])
    expect(graph.mapNodes((node, { kind }) => `${node} ${kind}`)).toEqual(['ann user', 'bo user', 'tea item'])
    expect(graph.getEdgeAttributes('ann', 'tea')).toEqual({ signal: 'like', value: 5, time: 9 })
    expect(graph.getEdgeAttributes('bo', 'tea')).toEqual({ signal: 'view', value: 1, time: NaN })
  })

  it('leaves out what the table does not have, and keeps nodes without an edge', () => {
    const users = GrowingKeyIndex.from(['a', 'idle', 'b'])
    const graph = toGraph(fromColumns({ user: ['a', 'b'], item: ['x', 'x'], users }))
    expect(graph.nodes()).toEqual(['a', 'idle', 'b', 'x'])
    expect(graph.getEdgeAttributes('a', 'x')).toEqual({ signal: 'interaction' })
  })

  it('is a multigraph when a pair has several rows', () => {
    const graph = toGraph(fromColumns({ user: [7, 7], item: ['x', 'x'], signal: ['view', 'buy'] }))
    expect(graph.multi).toBe(true)
    expect(graph.mapEdges((_edge, { signal }) => signal)).toEqual(['view', 'buy'])
  })

  it('prefixes all keys when an id is on both sides', () => {
    const graph = toGraph(fromColumns({ user: [1, 2], item: [2, 3] }))
    expect(graph.nodes()).toEqual(['user:1', 'user:2', 'item:2', 'item:3'])
    expect(graph.getNodeAttributes('item:2')).toEqual({ kind: 'item', externalId: '2' })
    const back = toInteractions(graph)
    expect([...back.users.keys()]).toEqual(['1', '2'])
    expect([...back.userNodes.keys()]).toEqual(['user:1', 'user:2'])
    expect(back.itemNodes.rowOf('item:3')).toBe(1)
  })

  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])(
    'prefixes %s alone, a word that graphology cannot hold',
    (word) => {
      const graph = toGraph(fromColumns({ user: ['a', 'b', word], item: ['x', 'y', 'x'] }))
      expect(graph.nodes()).toEqual(['a', 'b', `user:${word}`, 'x', 'y'])
      expect(graph.neighbors('x')).toEqual(['a', `user:${word}`])
      const back = toInteractions(graph)
      expect([...back.users.keys()]).toEqual(['a', 'b', word])
      expect([...recommend(graph, { k: 1 }).keys()]).toEqual(['a', 'b', word])
      const asItem = toGraph(fromColumns({ user: ['a', 'b'], item: [word, 'x'] }))
      expect(asItem.nodes()).toEqual(['a', 'b', `item:${word}`, 'x'])
    },
  )

  it("prefixes all keys when a word's own prefixed key is somebody's id", () => {
    const graph = toGraph(fromColumns({ user: ['constructor', 'user:constructor'], item: ['x', 'y'] }))
    expect(graph.nodes()).toEqual(['user:constructor', 'user:user:constructor', 'item:x', 'item:y'])
    expect([...toInteractions(graph).users.keys()]).toEqual(['constructor', 'user:constructor'])
  })

  it('refuses a table without rows', () => {
    expect(() => toGraph([], { user: 'u', item: 'i' })).toThrowError(expect.objectContaining({ code: 'EMPTY_DATA' }))
  })

  const id = fc.oneof(fc.nat(9).map(String), fc.constantFrom('__proto__', 'toString', 'user:1', 'item:1'), fc.string())
  const anyTable: fc.Arbitrary<Interactions> = fc
    .record({
      userIds: fc.uniqueArray(id, { minLength: 1, maxLength: 8 }),
      itemIds: fc.uniqueArray(id, { minLength: 1, maxLength: 8 }),
      signals: fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 3 }),
      rows: fc.array(
        fc.record({
          u: fc.nat(),
          i: fc.nat(),
          s: fc.nat(),
          v: fc.float({ noNaN: true, noDefaultInfinity: true }).filter(isSingle),
          t: fc.oneof(fc.constant(NaN), fc.double({ noDefaultInfinity: true })),
        }),
        {
          minLength: 1,
          maxLength: 30,
        },
      ),
      has: fc.record({ value: fc.boolean(), signal: fc.boolean(), time: fc.boolean() }),
    })
    .map(({ userIds, itemIds, signals, rows, has }) =>
      fromColumns({
        users: GrowingKeyIndex.from(userIds),
        items: GrowingKeyIndex.from(itemIds),
        user: Int32Array.from(rows, ({ u }) => u % userIds.length),
        item: Int32Array.from(rows, ({ i }) => i % itemIds.length),
        signals,
        ...(has.signal && { signal: Uint8Array.from(rows, ({ s }) => s % signals.length) }),
        ...(has.value && { value: rows.map(({ v }) => v) }),
        ...(has.time && { time: rows.map(({ t }) => t) }),
      }),
    )

  it('and back gives the same table: rows in order, idle users and items, absent columns (property)', () => {
    fc.assert(
      fc.property(anyTable, (table) => {
        const back = toInteractions(toGraph(table))
        expect(tableRows(back)).toEqual(tableRows(table))
        expect([...back.users.keys()]).toEqual([...table.users.keys()])
        expect([...back.items.keys()]).toEqual([...table.items.keys()])
        expect(back.signals).toEqual(table.signals)
        expect([back.value === undefined, back.time === undefined]).toEqual([
          table.value === undefined,
          table.time === undefined,
        ])
      }),
      { numRuns: 300 },
    )
  })
})
