import { describe, expect, it, vi } from 'vitest'
import { Engine } from '../../../src/engine.ts'
import { MemoryBudget } from '../../../src/memory/budget.ts'
import type { NamedNetwork } from '../../../src/network/network.ts'
import { openNetwork } from '../../../src/network/open.ts'
import { Catalogue } from '../../../src/recommend/catalogue.ts'
import { KeptModels } from '../../../src/recommend/kept-models.ts'
import type { MethodName } from '../../../src/recommend/methods/methods.ts'
import type { Model } from '../../../src/recommend/methods/model.ts'
import { resolveList, resolveRecommender } from '../../../src/recommend/request.ts'
import type { Algorithm } from '../../../src/request/request.ts'
import { solveInThread } from '../../../src/run/in-thread.ts'
import { drive } from '../../../src/support/drive.ts'
import { randomNetwork, tableOfNetwork } from '../../networks.ts'

const table = tableOfNetwork(randomNetwork({ users: 60, others: 40, edges: 420, seed: 4 }))
const open = (): NamedNetwork =>
  openNetwork('test', table, { weighted: false, signals: null, direction: 'both', memoryLimitBytes: 2 ** 30 })

function listsOf(network: NamedNetwork, method: MethodName): Algorithm<unknown> {
  const catalogue = Catalogue.of('test', network)
  return catalogue.rankUsers(Int32Array.of(0, 1, 2, 3), resolveList('test', { method }, catalogue.items))
}

const ask = (network: NamedNetwork, method: MethodName): unknown =>
  drive(listsOf(network, method), solveInThread(network))

/** How often neighbours and regressions are made while something is done: each takes its room once. */
async function makings(work: () => unknown): Promise<number[]> {
  const take = vi.spyOn(MemoryBudget.prototype, 'take')
  try {
    await work()
    const taken = take.mock.calls.map(([{ what }]) => what)
    return ['the neighbours of', 'a dense matrix of'].map(
      (text) => taken.filter((what) => what.startsWith(text)).length,
    )
  } finally {
    take.mockRestore()
  }
}

describe('models of a network', () => {
  it('are made once each, by whichever methods it is asked in turn', async () => {
    const both = ['item-knn', 'ease'] as const
    const expected = both.map((method) => ask(open(), method))
    const network = open()
    const work = (): void => {
      for (let turn = 0; turn < 3; turn++) expect(both.map((method) => ask(network, method))).toEqual(expected)
    }
    expect(await makings(work)).toEqual([1, 1])
  })

  it('count as taken only while they are asked', () => {
    const network = open()
    ask(network, 'ease')
    const { model } = network.budget.parts
    expect(model).toBeGreaterThan(0)
    ask(network, 'popularity')
    expect(network.budget.parts.model).toBeUndefined()
    ask(network, 'ease')
    expect(network.budget.parts.model).toBe(model)
  })

  it('that were cancelled while they were made are made again, and leave nothing taken', () => {
    const expected = ask(open(), 'item-knn')
    const network = open()
    ask(network, 'ease')
    const cancelled = listsOf(network, 'item-knn')
    const solve = solveInThread(network)
    let step = cancelled.next()
    while (!step.done && typeof step.value === 'symbol') step = cancelled.next()
    expect(step.done).toBe(false)
    cancelled.return(undefined)
    expect(network.budget.parts.model).toBeUndefined()
    expect(drive(listsOf(network, 'item-knn'), solve)).toEqual(expected)
  })
})

describe('what is kept beside the model that is asked', () => {
  const requestOf = (method: MethodName) => resolveRecommender('test', { method })
  const made = (): Model => ({}) as Model

  function keep(names: readonly MethodName[]): { readonly budget: MemoryBudget; readonly models: KeptModels } {
    const budget = new MemoryBudget(1000, () => 0, {})
    const models = new KeptModels(budget)
    for (const name of names) {
      expect(models.take(requestOf(name))).toBeNull()
      budget.take({ who: 'test', what: name, parts: { model: 200 }, todo: '' })
      models.add(requestOf(name), made())
    }
    return { budget, models }
  }
  const found = ({ models }: { readonly models: KeptModels }, names: readonly MethodName[]): boolean[] =>
    names.map((name) => models.find(requestOf(name)) !== null)

  const names = ['item-knn', 'ease', 'p3alpha', 'rp3beta', 'label-spreading'] as const

  it('are the three that were asked last', () => {
    expect(found(keep(names), names)).toEqual([false, true, true, true, true])
  })

  it('leaves, the one that was asked longest ago first, where others want its room', () => {
    const kept = keep(names.slice(0, 3))
    kept.models.take(requestOf('item-knn'))
    expect(found(kept, names)).toEqual([true, true, true, false, false])
    kept.budget.require({ who: 'test', what: 'lists', parts: { lists: 500 }, todo: '' })
    expect(found(kept, names)).toEqual([true, false, true, false, false])
    expect(kept.budget.freeBytes).toBe(800)
    expect(found(kept, names)).toEqual([true, false, false, false, false])
  })

  it('refuses nobody, and is not there where there is no room from the beginning', () => {
    const kept = keep(['ease'])
    kept.budget.take({ who: 'test', what: 'lists', parts: { lists: 800 }, todo: '' })
    expect(kept.models.take(requestOf('item-knn'))).toBeNull()
    expect(found(kept, ['ease'])).toEqual([true])
    kept.budget.take({ who: 'test', what: 'item-knn', parts: { model: 200 }, todo: '' })
    expect(found(kept, ['ease'])).toEqual([false])
  })
})

describe('calls at the same time', () => {
  it('make a model once that both want, and none again that another call came between', async () => {
    const many = tableOfNetwork(randomNetwork({ users: 5000, others: 20, edges: 12_000, seed: 5 }))
    await using engine = await Engine.create(many, { threads: 1 })
    const asked = ['item-knn', 'ease', 'item-knn', 'ease'] as const
    const work = async (): Promise<void> => {
      const [a, b, c, d] = await Promise.all(asked.map(async (method) => (await engine.rank({ method, k: 3 })).items))
      expect([c, d]).toEqual([a, b])
    }
    expect(await makings(work)).toEqual([1, 1])
  })
})
