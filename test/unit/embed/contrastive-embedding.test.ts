import { describe, expect, it } from 'vitest'
import { contrastiveEmbedding, type ContrastiveEmbedding } from '../../../src/embed/contrastive-embedding.ts'
import { Engine } from '../../../src/engine.ts'
import { fromRows } from '../../../src/data/from-rows.ts'
import { seededRandom } from '../../../src/support/random.ts'
import { graphOf, randomNetwork, tableOfNetwork } from '../../networks.ts'

const network = randomNetwork({ users: 30, others: 18, edges: 200, seed: 3 })
const table = tableOfNetwork(network)
const SMALL = { dimensions: 6, layers: 1, epochs: 3, batchSize: 64, negatives: 15, temperature: 0.2 } as const

const cosine = (
  { users, items, dimensions, userVectors, itemVectors }: ContrastiveEmbedding,
  user: string,
  item: string,
): number => {
  const [u, i] = [users.rowOf(user), items.rowOf(item)]
  return Array.from({ length: dimensions }, (_, k) => userVectors.get(u, k) * itemVectors.get(i, k)).reduce(
    (a, b) => a + b,
  )
}

/** Two kinds of people and things; people take things of their own kind, but for a few. */
function twoKinds(): { user: string; item: string }[] {
  const random = seededRandom(4)
  return Array.from({ length: 60 }, (_, person) => person).flatMap((person) =>
    Array.from({ length: 8 }, () => {
      const kind = random.next() < 0.1 ? 1 - (person % 2) : person % 2
      return { user: `p${person}`, item: `t${2 * random.below(20) + kind}` }
    }),
  )
}

describe('contrastiveEmbedding', () => {
  it.each([
    { start: 'spectral' },
    { start: 'random' },
    { layers: 0 },
    { loss: 'bpr' },
    { views: 'noise' },
    { views: 'edge-drop' },
    { views: 'noise', loss: 'bpr', layers: 0, viewWeight: 0.5, viewStrength: 0.5 },
  ] as const)('brings people to the things of their kind: %j', (chosen) => {
    const rows = fromRows(twoKinds(), { user: 'user', item: 'item' })
    const run = contrastiveEmbedding.detailed(rows, { ...SMALL, epochs: 15, ...chosen })
    const mean = (sameKind: boolean): number => {
      const pairs = Array.from({ length: 60 * 40 }, (_, at) => [at % 60, Math.floor(at / 60)] as const)
      const of = pairs.filter(([person, thing]) => (person % 2 === thing % 2) === sameKind)
      return of.reduce((sum, [person, thing]) => sum + cosine(run, `p${person}`, `t${thing}`), 0) / of.length
    }
    expect(mean(true)).toBeGreaterThan(mean(false) + 0.5)
    expect(run.losses).toHaveLength(15)
    expect(run.losses[14]).toBeLessThan(run.losses[0])
  })

  it('keeps parts of a disconnected graph apart', () => {
    const apart = Array.from({ length: 400 }, (_, at) => ({
      user: `${at % 2}p${at % 40}`,
      item: `${at % 2}t${(at * at) % 22}`,
    }))
    const run = contrastiveEmbedding.detailed(fromRows(apart, { user: 'user', item: 'item' }), { ...SMALL, epochs: 10 })
    const mean = (part: 0 | 1): number => {
      const items = [...run.items.keys()].filter((item) => item.startsWith(String(part)))
      return items.reduce((sum, item) => sum + cosine(run, '0p0', item), 0) / items.length
    }
    expect(mean(0)).toBeGreaterThan(mean(1) + 0.3)
  })

  it('gives vectors of length one, and zeros where there is no interaction', () => {
    const run = contrastiveEmbedding.detailed(table, SMALL)
    for (const { data } of [run.userVectors, run.itemVectors]) {
      for (let start = 0; start < data.length; start += 6) {
        const square = data.subarray(start, start + 6).reduce((sum, entry) => sum + entry * entry, 0)
        expect(Math.abs(square * (square - 1))).toBeLessThan(1e-5)
      }
    }
  })

  it('has the same bits again, and on the threads of an engine; another seed has others', async () => {
    const run = contrastiveEmbedding.detailed(table, SMALL)
    expect(contrastiveEmbedding.detailed(table, SMALL).itemVectors.data).toEqual(run.itemVectors.data)
    const engine = await Engine.create(table, { threads: 3 })
    const threaded = await engine.contrastiveEmbedding(SMALL)
    await engine.close()
    expect(threaded.losses).toEqual(run.losses)
    expect(threaded.userVectors.data).toEqual(run.userVectors.data)
    const other = contrastiveEmbedding.detailed(table, { ...SMALL, seed: 2 })
    expect(other.itemVectors.data).not.toEqual(run.itemVectors.data)
  })

  it.each([0, 1])('stops when it is told to, with %d layers', async (layers) => {
    const engine = await Engine.create(table, { threads: 1 })
    const abort = new AbortController()
    setTimeout(() => abort.abort(new Error('enough')), 50)
    await expect(
      engine.contrastiveEmbedding({ ...SMALL, layers, epochs: 1e6 }, { signal: abort.signal }),
    ).rejects.toThrow('enough')
    await engine.close()
  })

  it('is a map, an assignment and a report of the same thing', () => {
    const run = contrastiveEmbedding.detailed(table, SMALL)
    const map = contrastiveEmbedding(table, SMALL)
    expect([...map.keys()]).toEqual(network.nodes)
    expect(map.get('u2')![1]).toBe(run.userVectors.get(2, 1))
    const graph = graphOf(network)
    contrastiveEmbedding.assign(graph, { ...SMALL, nodeEmbeddingAttribute: 'place' })
    expect(graph.getNodeAttribute('i3', 'place')[4]).toBe(run.itemVectors.get(3, 4))
  })

  it('does not learn dislikes as likes', () => {
    const rows = twoKinds().map((row) => ({ ...row, signal: 'like' }))
    const dislikes = Array.from({ length: 60 }, (_, person) => ({
      user: `p${person}`,
      item: person % 2 === 0 ? 't1' : 't0',
      signal: 'dislike',
    }))
    const source = fromRows([...rows, ...dislikes], { user: 'user', item: 'item', signal: 'signal' })
    const run = contrastiveEmbedding.detailed(source, { ...SMALL, epochs: 10, signals: { like: 1, dislike: -1 } })
    expect(cosine(run, 'p0', 't0')).toBeGreaterThan(cosine(run, 'p0', 't1'))
  })

  it.each([
    [{ epochs: -1 }, 'INVALID_OPTION'],
    [{ temperature: 0 }, 'INVALID_OPTION'],
    [{ batchSize: 1 }, 'INVALID_OPTION'],
    [{ epoch: 3 }, 'UNKNOWN_OPTION'],
    [{ ...SMALL, learningRate: 1e38, temperature: 1e-30 }, 'INVALID_OPTION'],
  ])('refuses %j', (options, code) => {
    expect(() => contrastiveEmbedding(table, options as never)).toThrow(expect.objectContaining({ code }))
  })
})
