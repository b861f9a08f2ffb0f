import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { adjustedRandIndex } from '../../../src/cluster/quality.ts'
import { clusterItems, clusterUsers } from '../../../src/cluster/cluster-users.ts'
import { spectralEmbedding } from '../../../src/embed/spectral-embedding.ts'
import { Engine } from '../../../src/engine.ts'
import { fromRows } from '../../../src/data/from-rows.ts'
import { toGraph } from '../../../src/graph/to-graph.ts'
import { seededRandom } from '../../../src/support/random.ts'
import { graphOf, randomNetwork, tableOfNetwork } from '../../networks.ts'

const GROUPS = 3
const ROLES = { user: 'user', item: 'item' }

interface Pair {
  readonly user: string
  readonly item: string
}

/** Users of three tastes: most of what they take is of their own; numbered by chance. */
function tastes(seed: number, own = 9, other = 2): Pair[] {
  const random = seededRandom(seed)
  const pairs: Pair[] = []
  for (let user = 0; user < 90; user++) {
    for (let draw = 0; draw < own + other; draw++) {
      const taste = draw < own ? user % GROUPS : random.below(GROUPS)
      pairs.push({ user: `u${user}`, item: `i${GROUPS * random.below(15) + taste}` })
    }
  }
  return random.shuffle(pairs)
}

const tasteOf = (key: string): number => Number(key.slice(1)) % GROUPS
const table = fromRows(tastes(1), ROLES)

const agreement = (found: ReadonlyMap<string, number>): number =>
  adjustedRandIndex([...found.values()], [...found.keys()].map(tasteOf))

describe('clusterUsers', () => {
  it.each(['louvain', 'k-means'] as const)('finds planted tastes, whatever the numbers of users: %s', (method) => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), (seed) => {
        const planted = fromRows(tastes(seed), ROLES)
        const count = method === 'k-means' ? GROUPS : null
        // Modularity now and then cuts a taste of thirty in two where each has half of it for neighbours.
        const options = { method, count, dimensions: 4, neighbours: 20 }
        expect(agreement(clusterUsers(planted, options))).toBeGreaterThan(0.9)
        expect(agreement(clusterItems(planted, options))).toBeGreaterThan(0.9)
      }),
      { numRuns: 6 },
    )
  })

  it('says how large, how apart and how stable clusters are, and names what is theirs', () => {
    const run = clusterUsers.detailed(table, { dimensions: 4, distinctive: 5 })
    expect(run.count).toBe(GROUPS)
    expect([...run.sizes]).toEqual([...run.sizes].sort((one, other) => other - one))
    expect(run.sizes.reduce((sum, size) => sum + size, 0)).toBe(90)
    expect(run.modularity).toBeGreaterThan(0.4)
    expect(run.silhouette).toBeGreaterThan(0.3)
    expect(run.stability).toBeGreaterThan(0.9)
    run.distinctive.forEach((list, cluster) => {
      const member = run.members.keyOf(run.clusters.indexOf(cluster))
      expect(list.map(({ key }) => tasteOf(key))).toEqual(Array(5).fill(tasteOf(member)))
      expect(list.map(({ z }) => z)).toEqual(list.map(({ z }) => z).sort((one, other) => other - one))
    })
    expect(clusterUsers.detailed(table, { dimensions: 4, runs: 1 }).stability).toBeNull()
  })

  it('takes as many clusters for k-means as Louvain finds, where no number is given', () => {
    const options = { dimensions: 4, runs: 2 }
    const { count } = clusterUsers.detailed(table, options)
    expect(clusterUsers.detailed(table, { ...options, method: 'k-means' }).count).toBe(count)
    expect(clusterUsers.detailed(table, { ...options, method: 'k-means', count: 7 }).count).toBe(7)
  })

  it('is the same for the same seed, as a map, an assignment, a report and on threads', async () => {
    const options = { dimensions: 5, method: 'k-means', seed: 3 } as const
    const run = clusterUsers.detailed(table, options)
    const map = clusterUsers(table, options)
    expect([...map]).toEqual(Array.from(table.users.keys(), (key, row) => [key, run.clusters[row]]))
    const graph = toGraph(table)
    clusterUsers.assign(graph, { ...options, nodeClusterAttribute: 'group' })
    clusterItems.assign(graph, options)
    expect(graph.getNodeAttribute('u7', 'group')).toBe(map.get('u7'))
    expect(graph.hasNodeAttribute('i7', 'group')).toBe(false)
    clusterUsers.assign(graph, options)
    expect([clusterUsers.defaults, clusterItems.defaults].map((one) => one.nodeClusterAttribute)).toEqual([
      'userCluster',
      'itemCluster',
    ])
    expect(graph.getNodeAttribute('u7', 'userCluster')).toBe(map.get('u7'))
    expect(graph.hasNodeAttribute('i7', 'userCluster')).toBe(false)
    expect(graph.getNodeAttribute('i7', 'itemCluster')).toBe(clusterItems(table, options).get('i7'))
    expect(() => clusterUsers.assign(table as never)).toThrow('clusterUsers.assign: expected a graph')
    const engine = await Engine.create(table, { threads: 2 })
    const threaded = await engine.clusterUsers(options)
    expect(threaded.clusters).toEqual(run.clusters)
    expect(threaded.distinctive).toEqual(run.distinctive)
    expect((await engine.clusterItems(options)).nodes).toEqual([...table.items.keys()])
    await expect(engine.clusterUsers({ weighted: true })).rejects.toThrow("expected the engine's own")
    await engine.close()
  })

  it('takes vectors of its caller, and refuses those of others', () => {
    const embedding = spectralEmbedding.detailed(table, {
      dimensions: 16,
      userExponent: 0.25,
      itemExponent: 0.25,
      valueExponent: 1,
    })
    expect(clusterUsers.detailed(table, { embedding }).clusters).toEqual(clusterUsers.detailed(table).clusters)
    const others = fromRows(tastes(2), ROLES)
    expect(() => clusterUsers(others, { embedding })).toThrow('vectors of the same users and items')
  })

  it('spreads over relations, and so clusters those without interactions', async () => {
    const friends = Array.from({ length: 30 }, (_, at) => ({ one: 'zoe', two: `u${GROUPS * at}` }))
    const kinds = Array.from({ length: 15 }, (_, at) => [{ id: `i${GROUPS * at}` }, { id: `new` }]).flat()
    const relations = {
      friend: { rows: friends, user: 'one', other: 'two', weight: 0.1 },
      kind: { rows: kinds.map((row) => ({ ...row, kind: 'first' })), item: 'id', attribute: 'kind', weight: 0.1 },
    }
    const options = { dimensions: 4, relations }
    const users = clusterUsers.detailed(table, options)
    const of = clusterUsers(table, options)
    expect(agreement(new Map([...of].filter(([key]) => key !== 'zoe')))).toBeGreaterThan(0.9)
    expect(of.get('zoe')).toBe(of.get('u0'))
    expect(users.facts.vectors?.options).toMatchObject({ relations: { friend: 0.1, kind: 0.1 } })
    for (const list of users.distinctive) for (const { key } of list) expect(key).toMatch(/^i\d/)
    const items = clusterItems(table, options)
    expect(items.get('new')).toBe(items.get('i0'))
    await using engine = await Engine.create(table, { relations, threads: 1 })
    expect((await engine.clusterUsers({ dimensions: 4 })).clusters).toEqual(users.clusters)
    const open = { friend: { ...relations.friend, weight: 'auto' as const } }
    expect(() => clusterUsers(table, { relations: open })).toThrow("clusterUsers, relation 'friend': expected a number")
  })

  it('keeps parts that nothing connects apart, and users without interactions out', () => {
    const parts = [0, 1].flatMap((part) =>
      Array.from({ length: 24 }, (_, at) => ({
        user: `u${part}-${at % 8}`,
        item: `i${part}-${((at % 8) + (at >> 3)) % 6}`,
      })),
    )
    const apart = fromRows(parts, ROLES)
    const clusters = clusterUsers(apart, { neighbours: 20 })
    const seen = (part: number): Set<number | undefined> =>
      new Set(Array.from({ length: 8 }, (_, at) => clusters.get(`u${part}-${at}`)))
    for (const cluster of seen(0)) expect(seen(1).has(cluster)).toBe(false)

    const network = randomNetwork({ users: 12, others: 9, edges: 30, seed: 2 })
    const lonely = tableOfNetwork({ ...network, edges: network.edges.filter(({ from }) => from !== 4) })
    const run = clusterUsers.detailed(lonely)
    expect(run.clusters[4]).toBe(-1)
    expect(run.sizes.reduce((sum, size) => sum + size, 0)).toBe(run.clusters.filter((cluster) => cluster >= 0).length)
  })

  it.each([
    [{ method: 'k-means', count: 91 }, 'INVALID_OPTION', 'at most the 90 users with interactions, got 91'],
    [{ count: 3 }, 'INVALID_OPTION', "null with method 'louvain'"],
    [{ method: 'dbscan' }, 'INVALID_OPTION', "'louvain', 'k-means'"],
    [{ method: 'k-means', count: 0 }, 'INVALID_OPTION', 'an integer >= 1'],
    [{ embedding: {} }, 'INVALID_OPTION', '.detailed of an embedding'],
    [{ resolution: 0 }, 'INVALID_OPTION', 'resolution'],
    [{ neighbors: 3 }, 'UNKNOWN_OPTION', "Did you mean 'neighbours'?"],
    [{ memoryLimitBytes: 1000 }, 'MEMORY_LIMIT', 'memoryLimitBytes'],
  ])('refuses %j', (options, code, message) => {
    expect(() => clusterUsers(table, options as never)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) as string }),
    )
  })

  it('refuses a graph of neighbours that does not fit', () => {
    const random = seededRandom(5)
    const rows = Array.from({ length: 6000 }, (_, at) => ({ user: `u${at % 2000}`, item: `i${random.below(40)}` }))
    expect(() => clusterUsers(fromRows(rows, ROLES), { memoryLimitBytes: 6.5e6, neighbours: 100 })).toThrow(
      expect.objectContaining({
        code: 'MEMORY_LIMIT',
        message: expect.stringMatching(/^clusterUsers: .*a graph of \d+ edges.*Lower 'neighbours'/) as string,
      }),
    )
  })

  it('refuses a graph without users and items', () => {
    const ties = graphOf(randomNetwork({ others: 9, edges: 20 }))
    expect(() => clusterUsers(ties)).toThrow(expect.objectContaining({ code: 'UNSUPPORTED_GRAPH' }))
  })
})
