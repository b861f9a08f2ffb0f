import { describe, expect, it } from 'vitest'
import { fromRows, toGraph } from '../../../src/browser.ts'
import { project } from '../../../src/browser-advanced.ts'

const rows = ['a x', 'a y', 'b x', 'b y', 'b z', 'c z', 'c x', 'c x', 'd w'].map((row) => {
  const [user, item] = row.split(' ')
  return { user, item }
})
const table = fromRows(rows, { user: 'user', item: 'item' })
const weights = (graph: ReturnType<typeof project>): Record<string, number> =>
  Object.fromEntries(graph.mapEdges((_, { weight }, one, other) => [[one, other].sort().join(''), weight as number]))

describe('project', () => {
  it('joins items by the users that they share', () => {
    const shared = project(table, 'items', { weigh: 'shared' })
    expect(shared.nodes().sort()).toEqual(['w', 'x', 'y', 'z'])
    expect(weights(shared)).toEqual({ xy: 2, xz: 2, yz: 1 })
    const cosine = weights(project(table, 'items'))
    expect(cosine.xy).toBeCloseTo(2 / Math.sqrt(6), 12)
    expect(cosine.yz).toBeCloseTo(1 / 2, 12)
    expect(weights(project(table, 'users', { weigh: 'shared' }))).toEqual({ ab: 2, ac: 1, bc: 2 })
  })

  it('keeps the heaviest edges of each node', () => {
    // y's heaviest is x, z's is x, x's is the first of the two.
    expect(Object.keys(weights(project(table, 'items', { weigh: 'shared', neighbours: 1 }))).sort()).toEqual([
      'xy',
      'xz',
    ])
    expect(weights(project(table, 'items', { neighbours: null }))).toEqual(weights(project(table, 'items')))
  })

  it('reads graphs, and calls nodes as they are called there', () => {
    const both = fromRows([{ user: '1', item: '1' }, { user: '1', item: '2' }], { user: 'user', item: 'item' }) // prettier-ignore
    expect(project(toGraph(both), 'items').nodes()).toEqual(['item:1', 'item:2'])
    expect(weights(project(toGraph(table), 'items'))).toEqual(weights(project(table, 'items')))
  })

  it('refuses other sides and options', () => {
    expect(() => project(table, 'item' as never)).toThrow("'users', 'items'")
    expect(() => project(table, 'items', { neighbours: 0 })).toThrow('an integer >= 1')
    expect(() => project({} as never, 'items')).toThrow('graph')
  })
})
