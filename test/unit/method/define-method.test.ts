import { describe, expect, it } from 'vitest'
import { Engine } from '../../../src/engine.ts'
import { defineFunction, type SourceFunction } from '../../../src/method/define-method.ts'
import { openNetwork } from '../../../src/network/open.ts'
import { Catalogue } from '../../../src/recommend/catalogue.ts'
import { compile } from '../../../src/recommend/compile.ts'
import { explain } from '../../../src/recommend/explain.ts'
import { recommend, recommendFor, similarItems } from '../../../src/recommend/recommend.ts'
import { similarUsers } from '../../../src/recommend/similar-users.ts'
import { on, type Algorithm } from '../../../src/request/request.ts'
import { PAUSE } from '../../../src/support/pause.ts'
import { integer, type Given } from '../../../src/support/spec.ts'
import { randomNetwork, tableOfNetwork } from '../../networks.ts'
import { coded } from '../../refusals.ts'

const table = tableOfNetwork(randomNetwork({ users: 20, others: 12, edges: 80, seed: 2 }))
const READING = { weighted: 'auto', direction: 'both', memoryLimitBytes: 1e9 } as const
const network = openNetwork('test', table, READING)

const options = { times: integer(2, 1) }

/** Nodes of the source, counted several times, and what it was asked about. */
const countNodes: SourceFunction<[first: string, second: string], Given<typeof options>, string> = defineFunction({
  name: 'countNodes',
  options,
  arity: 2,
  *on({ nodes }, { times }, about: readonly string[]) {
    yield PAUSE
    return `${about.join(' ')} ${times * nodes.size}`
  },
})

describe('a function of a source', () => {
  it('takes arguments before the options, and how the source is read among them', () => {
    expect(countNodes(table, 'a', 'b')).toBe('a b 64')
    expect(countNodes(table, 'a', 'b', { times: 3, weighted: false })).toBe('a b 96')
    expect(countNodes.name).toBe('countNodes')
    expect(countNodes.defaults).toMatchObject({ times: 2, weighted: 'auto' })
  })

  it('refuses in its name, and options before the source is read', () => {
    expect(() => countNodes(table, 'a', 'b', { times: 0 })).toThrow(/^countNodes, option 'times'/)
    expect(() => countNodes(5 as never, 'a', 'b', { time: 1 } as never)).toThrow("Did you mean 'times'?")
    expect(() => countNodes(5 as never, 'a', 'b')).toThrow(/^countNodes: expected a graphology graph or a table/)
  })

  it('is a task of those who have opened the source, who read no source again', () => {
    const { task } = countNodes
    expect(() => task.resolve({ weighted: true } as never)).toThrow(coded('UNKNOWN_OPTION'))
    expect(task.resolve({ times: 5 }, { k: integer(1, 1) })).toEqual({ times: 5, k: 1 })
    const [asked] = task.ask(network, ['a', 'b'], { times: 1 })
    expect(asked).toMatchObject({ kind: 'on', network, who: 'countNodes' })
  })

  it('may ask in rounds', () => {
    const inTwo: SourceFunction<[], Given<typeof options>, number[]> = defineFunction({
      name: 'inTwo',
      options,
      *inRounds(opened) {
        function* one(): Algorithm<number> {
          yield PAUSE
          return opened.nodes.size
        }
        return [yield* on(opened, one()), yield* on(opened, one())]
      },
    })
    expect(inTwo(table)).toEqual([32, 32])
  })
})

describe('functions of recommenders', () => {
  const all = { recommend, recommendFor, similarItems, similarUsers, explain, compile }

  it('know their names and defaults', () => {
    for (const [name, { defaults, name: own }] of Object.entries(all)) {
      expect(own).toBe(name)
      expect(Object.isFrozen(defaults)).toBe(true)
    }
    expect(recommend.defaults).toMatchObject({ method: 'graph-filter', k: 10, exclude: 'seen', edge: 'recommended' })
    expect(similarUsers.defaults).toEqual({
      ...{ k: 10, unknown: 'error' },
      ...{ weighted: 'auto', signals: null, memoryLimitBytes: Infinity },
    })
    expect(compile.defaults).not.toHaveProperty('k')
  })

  const large = tableOfNetwork(randomNetwork({ users: 2500, others: 300, edges: 12_000, seed: 2 }))
  const { sharedBytes, parts } = openNetwork('test', large, READING).budget
  // Room for the matrix and a short list, not for a sweep.
  const memoryLimitBytes = sharedBytes + Object.values(parts).reduce((sum, bytes) => sum + bytes, 10_000)
  const few = { memoryLimitBytes, method: 'label-spreading' } as const
  const calls: Record<string, () => unknown> = {
    recommend: () => recommend(large, { ...few, users: ['u1'] }),
    recommendFor: () => recommendFor(large, ['i1'], few),
    similarItems: () => similarItems(large, 'i1', few),
    similarUsers: () => similarUsers(large, 'u1', { memoryLimitBytes }),
    explain: () => explain(large, 'u1', 'i1', few),
    compile: () => compile(large, few),
  }

  it.each(Object.keys(calls))('%s is named by the plan that its memory does not do for', (name) => {
    expect(calls[name]).toThrow(coded('MEMORY_LIMIT', 'column(s)'))
    expect(calls[name]).toThrow(new RegExp(`^${name}:`))
  })

  it('share what they make of a network', () => {
    expect(Catalogue.of('a', network)).toBe(Catalogue.of('b', network))
    expect(Catalogue.of('a', openNetwork('test', table, READING))).not.toBe(Catalogue.of('b', network))
  })

  it('are named by an engine that was closed', async () => {
    const engine = await Engine.create(table, { threads: 1 })
    await engine.close()
    const asked: Record<string, Promise<unknown>> = {
      recommend: engine.recommend(),
      recommendAll: engine.recommendAll().next(),
      rank: engine.rank(),
      recommendFor: engine.recommendFor(['i1']),
      similarItems: engine.similarItems(['i1', 'i2']),
      similarUsers: engine.similarUsers('u1'),
      explain: engine.explain('u1', 'i1'),
      compile: engine.compile(),
      labelSpreading: engine.labelSpreading({ seeds: [['u1', 'x']] }),
      contrastiveEmbedding: engine.contrastiveEmbedding(),
      predictRatings: engine.predictRatings(),
    }
    for (const [name, call] of Object.entries(asked)) {
      await expect(call).rejects.toMatchObject({ code: 'CLOSED' })
      await expect(call).rejects.toThrow(new RegExp(`^${name}: expected an open engine`))
    }
  })
})
