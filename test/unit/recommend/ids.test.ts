import { describe, expect, it } from 'vitest'
import * as rivulet from '../../../src/index.ts'
import type { Id } from '../../../src/index.ts'

const table = rivulet.fromRows(
  [1, 2, 3]
    .flatMap((user) => [10, 20, 30].map((item) => ({ user, item, value: ((user * item) / 10) % 5 })))
    .slice(0, 8),
  { user: 'user', item: 'item', value: 'value' },
)
const rated = { interaction: { role: 'label' } } as const

/** Everything that takes ids, asked by the same kind of id. */
const questions: Readonly<Record<string, (id: (number: number) => Id) => unknown>> = {
  recommend: (id) => [...rivulet.recommend(table, { users: [id(3)], allow: [id(20), id(30)], deny: [id(20)] })],
  recommendFor: (id) => rivulet.recommendFor(table, [id(10), { item: id(20) }]),
  explain: (id) => rivulet.explain(table, id(3), id(30)),
  compiled: (id) => {
    const compiled = rivulet.compile(table)
    return [compiled.explain([id(10)], id(30)), [...compiled.recommendAll(table, { users: [id(3)] })]]
  },
  engine: async (id) => {
    await using engine = await rivulet.Engine.create(table, { threads: 1 })
    return [
      await engine.recommend({ users: [id(3)] }),
      await engine.rank({ users: [id(3)], deny: [id(10)] }),
      await engine.similarItems(id(10)),
      await engine.similarUsers(id(1)),
      await engine.explain(id(1), id(10)),
    ]
  },
  predictRatings: (id) => rivulet.predictRatings(table, { pairs: [[id(3), id(30)]], signals: rated }),
  labelSpreading: (id) => [
    ...rivulet.labelSpreading(table, {
      seeds: [
        [id(1), 'x'],
        [id(30), 'y'],
      ],
    }),
  ],
  personalizedPageRank: (id) => [...rivulet.personalizedPageRank(table, { seeds: [id(1), [id(2), 0.5]] })],
  evaluate: (id) => rivulet.evaluate([[id(1), [id(10), { item: id(20) }]]], table, { k: 2 }),
}

describe.each(Object.entries(questions))('%s', (_name, ask) => {
  it('takes numbers and bigints as the texts that they spell', async () => {
    const answer = await ask(String)
    expect(await ask(Number)).toEqual(answer)
    expect(await ask(BigInt)).toEqual(answer)
  })
})
