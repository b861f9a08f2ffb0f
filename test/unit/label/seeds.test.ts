import { describe, expect, it } from 'vitest'
import { openNetwork } from '../../../src/network/open.ts'
import { readSeeds } from '../../../src/label/seed-rows.ts'
import { ReadSeeds, readRestart, type Label, type SeedSource } from '../../../src/label/seeds.ts'
import { tableOf } from '../../oracle/tables.ts'
import { atOnce } from '../../../src/support/drive.ts'

const network = openNetwork('test', tableOf(['ann tea', 'bob milk']), {
  weighted: false,
  direction: 'both',
  memoryLimitBytes: 1e9,
})

const read = (seeds: unknown, unlabelled: readonly (Label | null)[] = []) =>
  atOnce(readSeeds('test', network, { seeds: seeds as SeedSource, unlabelled }))

const refused = (code: string, message: string) =>
  expect.objectContaining({ name: 'RivuletError', code, message: expect.stringContaining(message) as string }) as Error

describe('readSeeds', () => {
  it('shares a node out among its labels: equally, by a record, by a map', () => {
    const seeds = read([
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
    const seeds = read([
      ['milk', 'a', 0.5],
      ['ann', { a: 1, b: 3 }, 0.5],
      ['bob', 'b'],
    ])
    expect([...seeds.weights]).toEqual([0.125, 0.5, 0.375, 1])
    for (const weight of [0, -1, 2, NaN, 1e-40, '0.5', null]) {
      expect(() => read([['ann', 'a', weight]])).toThrow(
        refused('INVALID_DATA', "option 'seeds', weight of node 'ann': expected a number in (0, 1]"),
      )
    }
  })

  it('takes shares of any size', () => {
    for (const size of [1.7e308, 1e-300]) expect([...read([['ann', { a: size, b: size }]]).weights]).toEqual([0.5, 0.5])
  })

  it('takes what was read before as it is, and lists it again', () => {
    const columns = read([
      ['milk', 'a', 0.5],
      ['ann', { a: 1, b: 3 }, 0.5],
    ])
    const again = new ReadSeeds(columns, network.nodes)
    expect(read(again)).toBe(columns)
    expect(read([...again])).toEqual(columns)
  })

  it('refuses what is no pair of node and label', () => {
    for (const entry of ['ann', 7, null, undefined, ['ann'], ['ann', 'a', 1, 1], { node: 'ann' }]) {
      expect(() => read([entry])).toThrow(refused('INVALID_DATA', 'expected pairs of node and label'))
    }
    expect(() => read(new Set(['ann']))).toThrow(refused('INVALID_DATA', 'expected pairs of node and label'))
    for (const value of [NaN, true, [], {}, { a: 0 }, { a: -1, b: 2 }, { a: '1' }, [['a']], new Date(0), [NaN]]) {
      expect(() => read([['ann', value]])).toThrow(refused('INVALID_DATA', "option 'seeds', node 'ann'"))
    }
  })
})

describe('rows of one node', () => {
  it('of one label each are the list of them', () => {
    const list = read([
      ['ann', ['a', 'b', 7]],
      ['bob', 'a'],
    ])
    expect(
      read([
        ['ann', 'b'],
        ['bob', 'a'],
        ['ann', 7],
        ['ann', 'a'],
      ]),
    ).toEqual(list)
    const half = read([['ann', ['a', 'b'], 0.5]])
    expect(
      read([
        ['ann', 'a', 0.5],
        ['ann', 'b', 0.5],
      ]),
    ).toEqual(half)
  })

  it('weigh their mean, each label as its row', () => {
    expect([
      ...read([
        ['ann', 'a', 0.2],
        ['ann', 'b', 0.6],
      ]).weights,
    ]).toEqual([0.1, 0.3].map(Math.fround))
    expect([
      ...read([
        ['ann', ['a', 'b']],
        ['ann', 'c'],
      ]).weights,
    ]).toEqual([0.25, 0.25, 0.5])
  })

  it('that are there twice are one', () => {
    const once = read([
      ['ann', { a: 1, b: 3 }],
      ['bob', 'a', 0.5],
    ])
    expect(
      read([
        ['ann', { a: 1, b: 3 }],
        ['bob', 'a', 0.5],
        ['bob', ['a'], 0.5],
        ['ann', { b: 6, a: 2 }],
      ]),
    ).toEqual(once)
  })

  it.each([
    [
      ['ann', 'a'],
      ['ann', 'a', 0.2],
    ],
    [
      ['ann', 'a', 0.2],
      ['ann', 'a'],
    ],
    [
      ['ann', ['a', 'b']],
      ['ann', 'a'],
    ],
    [
      ['ann', { a: 1, b: 2 }],
      ['ann', { a: 2, b: 1 }],
    ],
    [
      ['ann', 'b'],
      ['ann', 'c'],
      ['ann', ['a', 'b']],
    ],
  ])('that differ over a label are refused: %j %j', (...rows) => {
    expect(() => read(rows)).toThrow(refused('INVALID_DATA', "node 'ann': expected one row for label"))
  })
})

describe('no label', () => {
  it.each([
    [[null, undefined, [null], [undefined, null]], []],
    [
      [-1, '', '-1', ['', -1], { '': 1 }, new Map([[-1, 2]]), { x: 0, '': 1 }],
      [-1, ''],
    ],
    [[NaN, 'NaN', null], [NaN]],
    [['none'], ['none', null]],
  ])('%j is none where unlabelled is %j', (values, unlabelled) => {
    const labelled = read([['tea', 'a']])
    for (const value of values) {
      expect(
        read(
          [
            ['ann', value],
            ['tea', 'a'],
          ],
          unlabelled,
        ),
      ).toEqual({ ...labelled, classes: expect.anything() as Label[] })
      expect(() => read([['ann', value]], unlabelled)).toThrow(refused('EMPTY_DATA', 'at least one labelled node'))
    }
  })

  it('is left out among several labels', () => {
    const seeds = read(
      [
        ['ann', ['a', '', null, 'b']],
        ['bob', { a: 1, '': 3 }],
      ],
      [''],
    )
    expect([seeds.classes, [...seeds.weights]]).toEqual([
      ['a', 'b'],
      [0.5, 1, 0.5],
    ])
    expect(
      read(
        [
          ['ann', 'a'],
          ['ann', ''],
          ['ann', null],
        ],
        [''],
      ),
    ).toEqual(read([['ann', 'a']]))
  })

  it('is a label where nothing says otherwise, and its node is known', () => {
    expect(
      read([
        ['ann', -1],
        ['bob', ''],
      ]).classes,
    ).toEqual([-1, ''])
    expect(() => read([['anne', null]])).toThrow(refused('UNKNOWN_KEY', "The nearest known id is 'ann'"))
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

  it('is the same at all nodes where none is named', () => {
    const { nodes, weights, largest } = readRestart('test', network, null)
    expect([[...nodes], [...weights], largest]).toEqual([[0, 1, 2, 3], Array(4).fill(0.25), 0.25])
  })

  it('refuses what is no node, or no weight', () => {
    const restart = (seeds: unknown) => () => readRestart('test', network, seeds as string[])
    for (const seed of [7, null, {}]) expect(restart([seed])).toThrow(refused('UNKNOWN_KEY', 'expected a node'))
    for (const weight of [-1, NaN, Infinity, '1', undefined]) {
      expect(restart([['ann', weight]])).toThrow(refused('INVALID_DATA', "weight of node 'ann'"))
    }
  })
})
