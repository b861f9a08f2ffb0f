import { describe, expect, it } from 'vitest'
import type { CsrMatrix } from '../../../../src/matrix/csr.ts'
import { sumOf } from '../../../../src/memory/limit.ts'
import type { Network } from '../../../../src/network/network.ts'
import { prepareNetwork } from '../../../../src/network/prepared.ts'
import type { Model } from '../../../../src/recommend/methods/model.ts'
import { similarityModel } from '../../../../src/recommend/methods/similarity.ts'
import { product, type Question } from '../../../../src/request/request.ts'
import { solveInThread } from '../../../../src/run/in-thread.ts'
import { drive } from '../../../../src/support/drive.ts'
import { bipartite } from '../../../graphs.ts'

const [USERS, ITEMS] = [600, 400]
const coordinates = bipartite({ users: USERS, items: ITEMS, pairs: 9000, weighted: true })
const everybody = {
  kind: 'rows',
  rows: Int32Array.from({ length: USERS }, (_, user) => user),
  scale: new Float32Array(0),
} as const
const query = { k: 10, excludeSeeds: true, allowed: Uint8Array.from({ length: ITEMS }, (_, item) => item % 7) }

const open = (limitBytes = 1e9): Network => prepareNetwork('test', coordinates, false, limitBytes)

/** What every item lends to its nearest. */
const lent = ((): CsrMatrix => {
  const ones = (length: number) => new Float32Array(length).fill(1)
  const recipe = { name: 'test', middle: ones(USERS), left: ones(ITEMS), right: ones(ITEMS), neighbours: 200 }
  return drive(product(recipe), solveInThread(open())).lists
})()

/** The lists of everybody, and what was asked for them. */
function ranked(network: Network, model: Model, asked?: number) {
  const kinds: Question['kind'][] = []
  const solve = solveInThread(network)
  const lists = drive(model.rank(everybody, { ...query, ...(asked !== undefined && { asked }) }), (question) => {
    kinds.push(question.kind)
    return solve(question)
  })
  return { lists, kinds }
}

describe('a model that scores profiles itself', () => {
  it('asks for the lists of many, and makes those of few one by one, with the same bits', () => {
    const network = open()
    const model = similarityModel('test', network, lent)
    const many = ranked(network, model)
    const few = ranked(network, model, 1)
    expect([many.kinds, few.kinds]).toEqual([['rank'], []])
    expect(many.lists).toEqual(few.lists)
    expect(many.lists.rows.filter((row) => row >= 0).length).toBeGreaterThan(5000)
  })

  it('makes those of many one by one where the shared memory has no room for what they are made of', () => {
    const { stored, budget } = open()
    const network = open(stored.end + sumOf(budget.parts) + 8 * lent.nnz)
    const model = similarityModel('test', network, lent)
    const tight = ranked(network, model)
    expect(tight.kinds).toEqual(['rank'])
    expect(tight.lists).toEqual(ranked(network, model, 1).lists)
    expect(ranked(network, model).kinds).toEqual([])
  })
})
