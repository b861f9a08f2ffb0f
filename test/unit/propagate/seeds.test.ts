import { describe, expect, it } from 'vitest'
import { openNetwork } from '../../../src/propagate/network.ts'
import { ReadSeeds, readRestart, readSeeds } from '../../../src/propagate/seeds.ts'
import { tableOf } from '../../oracle/tables.ts'

const network = openNetwork('test', tableOf(['ann tea', 'bob milk']), {
  weighted: false,
  direction: 'both',
  memoryLimitBytes: 1e9,
})

describe('readSeeds', () => {
  it('shares a node out among its labels: equally, by a record, by a map', () => {
    const seeds = readSeeds('test', network, [
      ['milk', ['b', 7, 'b']],
      ['ann', { b: 3, a: 1 }],
      ['bob', new Map([[7, 2]])],
    ])
    expect(seeds.classes).toEqual([7, 'a', 'b'])
    expect([...seeds.indptr]).toEqual([0, 2, 3, 5])
    expect([...seeds.nodes]).toEqual([1, 3, 0, 0, 3])
    expect([...seeds.weights]).toEqual([1, 0.5, 0.25, 0.75, 0.5])
    expect(seeds.largest).toBe(1)
  })

  it('lets a seed count less than others', () => {
    const seeds = readSeeds('test', network, [
      ['milk', 'a', 0.5],
      ['ann', { a: 1, b: 3 }, 0.5],
      ['bob', 'b'],
    ])
    expect([...seeds.weights]).toEqual([0.125, 0.5, 0.375, 1])
    for (const weight of [0, -1, 2, NaN]) {
      expect(() => readSeeds('test', network, [['ann', 'a', weight]])).toThrow(
        "weight of seed 'ann': expected a number in (0, 1]",
      )
    }
  })

  it('takes what was read before as it is, and lists it again', () => {
    const columns = readSeeds('test', network, [
      ['milk', 'a', 0.5],
      ['ann', { a: 1, b: 3 }],
    ])
    const again = new ReadSeeds(columns, network.nodes)
    expect(readSeeds('test', network, again)).toBe(columns)
    expect([...again]).toEqual([
      ['ann', 'a', 0.25],
      ['milk', 'a', 0.5],
      ['ann', 'b', 0.75],
    ])
  })
})

describe('readRestart', () => {
  it('sums repeated nodes and scales to 1', () => {
    const { nodes, weights } = readRestart('test', network, ['tea', ['ann', 2], ['tea', 1]])
    expect([[...nodes], [...weights]]).toEqual([
      [0, 2],
      [0.5, 0.5],
    ])
  })
})
