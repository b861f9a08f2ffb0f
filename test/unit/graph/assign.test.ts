import { MultiGraph } from 'graphology'
import type { AbstractGraph } from 'graphology-types'
import { describe, expect, it } from 'vitest'
import { assignNodes } from '../../../src/graph/assign.ts'
import { isGraph } from '../../../src/graph/check.ts'

function twoNodes(): AbstractGraph {
  const graph = new MultiGraph()
  graph.addNode('a', { genre: 'old' })
  graph.addNode('b')
  return graph
}

describe('assignNodes', () => {
  it('writes values and leaves other nodes alone', () => {
    const graph = twoNodes()
    assignNodes(graph, 'genre', new Map([['b', 'new']]))
    assignNodes(graph, 'score', [
      ['a', 1],
      ['a', 2],
    ])
    expect(graph.getNodeAttributes('a')).toEqual({ genre: 'old', score: 2 })
    expect(graph.getNodeAttributes('b')).toEqual({ genre: 'new' })
  })

  it('writes nothing when a node is unknown', () => {
    const graph = twoNodes()
    const values = [
      ['a', 'new'],
      ['z', 'new'],
    ] as const
    expect(() => assignNodes(graph, 'genre', values)).toThrowError(expect.objectContaining({ code: 'UNKNOWN_KEY' }))
    expect(graph.getNodeAttribute('a', 'genre')).toBe('old')
  })
})

describe('isGraph', () => {
  it('tells a graph from rows, tables and nothing', () => {
    expect(isGraph(twoNodes())).toBe(true)
    for (const other of [null, undefined, 'graph', [], new Map(), { length: 1, users: {} }])
      expect(isGraph(other)).toBe(false)
  })
})
