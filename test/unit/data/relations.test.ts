import { describe, expect, it } from 'vitest'
import { isRelations, type Relation } from '../../../src/data/relation-options.ts'
import { readRelations } from '../../../src/data/relations.ts'
import { GrowingKeyIndex } from '../../../src/support/key-index.ts'

const sides = { users: GrowingKeyIndex.from(['ann', 'bob', 'cid']), items: GrowingKeyIndex.from(['tea', 'milk']) }
const read = (relation: Relation, unknown: 'add' | 'drop' = 'add') =>
  readRelations('test', sides, { own: relation }, unknown)
const of = (...cells: readonly (readonly [unknown, unknown, unknown?])[]) =>
  cells.map(([item, kind, much]) => ({ item, kind, much }))
const ITEM = { item: 'item', attribute: 'kind' } as const

describe('readRelations', () => {
  it('makes rows of length 1 of what each holds', () => {
    const rows = of(['tea', 'hot', 3], ['tea', 'drink', 4], ['milk', 'drink', 9], ['rum', 'hot', 1])
    const { items, held, notes } = read({ rows, ...ITEM, value: 'much' })
    expect([...items.keys()]).toEqual(['tea', 'milk', 'rum'])
    expect(notes).toEqual(["relation 'own': 1 items without interactions are added"])
    const [{ size, node, held: values, part, nameOf }] = held
    expect([size, [...node], [...values]]).toEqual([2, [0, 0, 1, 2], [0, 1, 1, 0]])
    expect([...part]).toEqual([0.6, 0.8, 1, 1])
    expect([0, 1].map((value) => nameOf(value, 0))).toEqual(['hot', 'drink'])
  })

  it('takes cells apart, and empty ones for nothing', () => {
    const rows = of(['tea', 'a|b|'], ['milk', 'b|a'], ['rum', ''], ['gin', null], ['ale', ['a', 'b']])
    const { held } = read({ rows, ...ITEM, separator: '|' })
    expect([...held[0].node]).toEqual([0, 0, 1, 1, 4, 4])
  })

  it('leaves ids the numbers that they were, and text where one is text', () => {
    const numbers = { users: GrowingKeyIndex.from(['1'], true), items: GrowingKeyIndex.from(['7'], true) }
    const numeric = (...items: unknown[]) =>
      readRelations('test', numbers, { own: { rows: items.map((item) => ({ item, kind: 'a' })), ...ITEM } }, 'add')
        .items.numeric
    expect([numeric(7, 8), numeric(7, 'x'), numeric('7', 8)]).toEqual([true, false, true])
  })

  it('says of pairs of one and the same that they connect nothing', () => {
    const rows = [{ a: 'ann', b: 'ann' }]
    expect(() => read({ rows, user: 'a', other: 'b' })).toThrow('1 pair of one and the same')
  })

  it('leaves out what only one holds', () => {
    const { held } = read({ rows: of(['tea', 'a'], ['milk', 'a'], ['milk', 'b']), ...ITEM })
    expect([held[0].size, [...held[0].part]]).toEqual([1, [1, 1]])
  })

  it('ties pairs both ways, whichever way they are told', () => {
    const rows = [
      { a: 'ann', b: 'bob' },
      { a: 'bob', b: 'ann' },
      { a: 'cid', b: 'cid' },
      { a: 'cid', b: 'bob' },
    ]
    const [{ size, node, nameOf }] = read({ rows, user: 'a', other: 'b' }).held
    expect([size, [...node]]).toEqual([2, [0, 1, 1, 2]])
    expect([nameOf(0, 0), nameOf(0, 1)]).toEqual(['bob', 'ann'])
    expect(read({ rows, user: 'a', other: 'b' }).notes).toEqual([
      "relation 'own': 1 rows that tie a user to itself are left out",
    ])
  })

  it('drops ids that are not in the data where it is told to, and counts them', () => {
    const { items, notes } = read({ rows: of(['tea', 'a'], ['milk', 'a'], ['rum', 'a']), ...ITEM }, 'drop')
    expect(items).toBe(sides.items)
    expect(notes).toEqual(["relation 'own': 1 rows with a item that is not in the data are left out"])
  })

  it('says of a property that is not there which is the nearest', () => {
    const rows = of(['tea', 'hot'], ['milk', 'hot'])
    const expected = "expected a property of this name, got 'item', 'kind', 'much'. The nearest name is"
    expect(() => read({ rows, item: 'itm', attribute: 'kind' })).toThrow(`row 0, property 'itm': ${expected} 'item'`)
    expect(() => read({ rows, item: 'item', attribute: 'kinds' })).toThrow(`property 'kinds': ${expected} 'kind'`)
    expect(() => read({ rows, item: 'item', other: 'kin' })).toThrow(`row 0, property 'kin': ${expected} 'kind'`)
    expect(() => read({ rows: [{ item: 'tea' }, ...rows], ...ITEM })).not.toThrow()
    expect(isRelations({ own: { ...ITEM, rows } })).toBeNull()
    expect(() => isRelations({ own: { ...ITEM, rows: 'kinds.tsv' as never } })).toThrow(
      'what readRecords reads of a file',
    )
  })

  it.each<[string, Relation, RegExp]>([
    [
      'nothing in common',
      { rows: of(['tea', 'a'], ['milk', 'b']), ...ITEM },
      /at least two have in common, got 2 of them/,
    ],
    [
      'other ids than those of the data',
      { rows: of(['x1', 'a'], ['x2', 'a']), ...ITEM },
      /items of the data, such as 'tea', got only unknown ids, such as 'x1'.*same ids as in the interactions/,
    ],
    ['a wrong property', { rows: of(['tea', 'a'], ['milk', 'a']), item: 'item', attribute: 'knd' }, /property 'knd'/],
    ['no id', { rows: of([undefined, 'a']), ...ITEM }, /row 0, property 'item'/],
    [
      'a weight below 0',
      { rows: of(['tea', 'a', -1]), ...ITEM, value: 'much' },
      /row 0, property 'much': expected a number >= 0/,
    ],
    ['a weight that is none', { rows: of(['tea', 'a', NaN]), ...ITEM, value: 'much' }, /row 0, property 'much'/],
    ['no rows', { rows: [1] as never, ...ITEM }, /row 0: expected an object/],
    ['both sides', { rows: [], ...ITEM, user: 'user' }, /one of 'user' and 'item', got both/],
    ['both kinds', { rows: [], ...ITEM, other: 'x' }, /one of 'attribute' and 'other', got both/],
    ['a separator of pairs', { rows: [], user: 'a', other: 'b', separator: '|' }, /separator/],
  ])('refuses %s', (_, relation, message) => {
    expect(() => read(relation)).toThrow(message)
  })

  it('refuses weights that leave nothing to interactions', () => {
    const one = { rows: [], ...ITEM, weight: 0.5 }
    expect(isRelations({ a: one })).toBeNull()
    expect(isRelations({ a: one, b: one })).toMatch(/less than 1/)
    expect(isRelations([])).toMatch(/name/)
  })
})
