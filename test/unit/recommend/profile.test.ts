import { describe, expect, it } from 'vitest'
import { compile, Engine, explain, fromRows, predictRatings, recommend, recommendFor } from '../../../src/index.ts'

const table = fromRows(
  [
    [1, 10, 5],
    [1, 20, 3],
    [2, 20, 4],
    [2, 30, 1],
    [3, 30, 2],
  ].map(([u, i, v]) => ({ u, i, v })),
  { user: 'u', item: 'i', value: 'v' },
)

const ODD: readonly (readonly [entry: unknown, code: string, message: string])[] = [
  [
    null,
    'INVALID_DATA',
    'entry 0 of the profile: expected the id of an item (text or a number), or { item, value }, got null',
  ],
  [undefined, 'INVALID_DATA', 'got undefined'],
  [NaN, 'INVALID_DATA', 'got NaN'],
  [1e300, 'INVALID_DATA', 'got 1e+300'],
  [['10', 1], 'INVALID_DATA', 'got an array of 2'],
  [{ id: '10' }, 'INVALID_DATA', 'got an object (id)'],
  [{ item: null }, 'INVALID_DATA', 'got an object (item)'],
  [{ item: Object.create(null) as object }, 'INVALID_DATA', 'got an object (item)'],
  [
    { item: 10, weight: 5 },
    'INVALID_DATA',
    "entry 0 of the profile: expected { item, value }, or the id alone, got a field 'weight'. Did you mean 'value'?",
  ],
  [{ item: 10, value: 5, title: 'Ten' }, 'INVALID_DATA', "got a field 'title'. Leave it out."],
  [Symbol('10'), 'INVALID_DATA', 'Symbol(10)'],
  [11, 'UNKNOWN_KEY', "got '11'. The nearest known id is '10'"],
  [{ item: 10, value: null }, 'INVALID_DATA', "item '10': expected a finite number, got null"],
  [{ item: 10, value: '5' }, 'INVALID_DATA', "got '5'"],
  [{ item: 10, value: NaN }, 'INVALID_DATA', 'got NaN'],
  [
    { item: 10, value: 1e39 },
    'INVALID_DATA',
    'in the range of single precision (0, or a size from 1.2e-38 to 3.4e38), got 1e+39',
  ],
  [{ item: 10, value: 1e-40 }, 'INVALID_DATA', 'got 1e-40'],
]

describe('a profile', () => {
  it('takes ids as numbers, alone and in entries', async () => {
    const lists = [[10], ['10'], [{ item: 10 }], [{ item: '10', value: 1 }], new Set([10])]
    const compiled = compile(table)
    await using engine = await Engine.create(table, { threads: 1 })
    const byText = recommendFor(table, ['10'], { k: 2 })
    expect(byText.map(({ item }) => item)).toEqual(['20', '30'])
    for (const list of lists) {
      expect(recommendFor(table, list, { k: 2 })).toEqual(byText)
      expect(compiled.recommendFor(list, { k: 1 })).toEqual(compiled.recommendFor(['10'], { k: 1 }))
      expect(await engine.recommendFor(list, { k: 2 })).toEqual(byText)
    }
    expect(await engine.similarItems(10, { k: 2 })).toEqual(await engine.similarItems('10', { k: 2 }))
    expect(explain(table, 1, 30)).toEqual(explain(table, '1', '30'))
    expect(compiled.explain([10], 30)).toEqual(compiled.explain(['10'], '30'))
  })

  it.each(ODD)('with an entry %j is refused with %s by all that read one', async (entry, code, message) => {
    const compiled = compile(table)
    await using engine = await Engine.create(table, { threads: 1 })
    const refusal = expect.objectContaining({
      name: 'RivuletError',
      code,
      message: expect.stringContaining(message) as string,
    }) as Error
    const profile = [entry] as never
    expect(() => recommendFor(table, profile)).toThrowError(refusal)
    expect(() => compiled.recommendFor(profile)).toThrowError(refusal)
    expect(() => compiled.explain(profile, '20')).toThrowError(refusal)
    await expect(engine.recommendFor(profile)).rejects.toThrowError(refusal)
  })

  it('leaves unknown items out where it is told to, and nothing else', () => {
    const compiled = compile(table)
    const answer = compiled.recommendFor([10, 11, 'x'], { unknownItems: 'drop', k: 1 })
    expect(answer).toEqual(compiled.recommendFor([10], { k: 1 }))
    expect(() => compiled.recommendFor([null] as never, { unknownItems: 'drop' })).toThrowError('got null')
  })

  it('refuses sums beyond single precision', () => {
    const twice = [
      { item: 10, value: 3e38 },
      { item: '10', value: 3e38 },
    ]
    expect(() => recommendFor(table, twice)).toThrowError(expect.objectContaining({ code: 'INVALID_DATA' }))
  })

  it.each([null, undefined, NaN, {}, Symbol('a'), Object.create(null)])('is asked for by id, not by %j', (given) => {
    const id = given as never
    const refusal = expect.objectContaining({ name: 'RivuletError', code: 'UNKNOWN_KEY' }) as Error
    expect(() => recommend(table, { users: [id] })).toThrowError(refusal)
    expect(() => recommend(table, { allow: [id] })).toThrowError(refusal)
    expect(() => explain(table, id, '10')).toThrowError(refusal)
    const ratings = { interaction: { role: 'label' } } as const
    expect(() => predictRatings(table, { signals: ratings, pairs: [[id, '10']] })).toThrowError(refusal)
  })
})
