import { describe, expect, it } from 'vitest'
import { Engine } from '../../../src/engine.ts'
import { fromColumns } from '../../../src/data/from-columns.ts'
import { inferSignals } from '../../../src/data/infer-signals.ts'
import { toGraph } from '../../../src/graph/to-graph.ts'
import { labelSpreading } from '../../../src/label/label-spreading.ts'
import { compile } from '../../../src/recommend/compile.ts'
import { explain } from '../../../src/recommend/explain.ts'
import { recommend, recommendFor } from '../../../src/recommend/recommend.ts'
import { coded } from '../../refusals.ts'

const table = fromColumns({
  user: ['ann', 'ann', 'bob', 'bob', 'cat', 'cat', 'dan'],
  item: ['tea', 'mug', 'tea', 'jug', 'mug', 'bun', 'bun'],
  signal: ['play', 'play', 'play', 'buy', 'buy', 'play', 'dislike'],
  value: [1, 90, 2, 1, 1, 3, 1],
})
const rules = inferSignals(table)

describe("signals: 'auto'", () => {
  it('is what the data says, in every function', () => {
    expect(Object.keys(rules)).toEqual(['play', 'buy', 'dislike'])
    expect(recommend(table, { signals: 'auto' })).toEqual(recommend(table, { signals: rules }))
    expect(recommend(table, { signals: 'auto' })).not.toEqual(recommend(table))
    expect(recommendFor(table, ['tea'], { signals: 'auto' })).toEqual(recommendFor(table, ['tea'], { signals: rules }))
    expect(explain(table, 'ann', 'jug', { signals: 'auto' })).toEqual(explain(table, 'ann', 'jug', { signals: rules }))
    const seeds = [['ann', 'red']] as const
    expect(labelSpreading(table, { seeds, signals: 'auto' })).toEqual(labelSpreading(table, { seeds, signals: rules }))
  })

  it('reads a graph as its table', () => {
    expect(recommend(toGraph(table), { signals: 'auto' })).toEqual(recommend(table, { signals: rules }))
    const plain = toGraph(table)
    plain.forEachNode((node) => plain.removeNodeAttribute(node, 'kind'))
    expect(() => labelSpreading(plain, { seeds: [['ann', 'red']], signals: 'auto' })).toThrow(coded('INVALID_OPTION'))
  })

  it('is settled when a recommender is compiled, so that other tables weigh alike', () => {
    const compiled = compile(table, { signals: 'auto' })
    expect(compiled.signals).toEqual(rules)
    const byRules = compile(table, { signals: rules })
    expect(compiled.rank(table, { k: 2 })).toEqual(byRules.rank(table, { k: 2 }))
  })

  it("is the engine's own by either name", async () => {
    await using engine = await Engine.create(table, { signals: 'auto', threads: 1 })
    expect(await engine.recommend()).toEqual(recommend(table, { signals: rules }))
    expect((await engine.compile()).signals).toEqual(rules)
    const seeds = [['ann', 'red']] as const
    const labels = (await engine.labelSpreading({ seeds, signals: 'auto' })).scores.data
    expect((await engine.labelSpreading({ seeds, signals: rules })).scores.data).toEqual(labels)
    await expect(engine.labelSpreading({ seeds, signals: { buy: 3 } })).rejects.toThrow(coded('INVALID_OPTION'))
  })
})

describe('rules that leave nothing to spread', () => {
  it('give popular items to everybody, marked as such', () => {
    const stars = { ...table, signal: new Uint8Array(7), signals: ['star'], value: new Float32Array(7).fill(3.3) }
    for (const star of [{ transform: 'centred' }, { weight: 0 }] as const) {
      const lists = recommend(stars, { signals: { star }, k: 2 })
      expect([...lists.values()].flat().every(({ prior }) => prior === true)).toBe(true)
      expect(lists.size).toBe(4)
    }
  })
})
