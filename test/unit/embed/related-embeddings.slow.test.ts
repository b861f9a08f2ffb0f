import { describe, expect, it } from 'vitest'
import { fromRows } from '../../../src/data/from-rows.ts'
import type { Relations } from '../../../src/data/relation-options.ts'
import { contrastiveEmbedding } from '../../../src/embed/contrastive-embedding.ts'
import { spreadOverItems, sumsOfUsers } from '../../../src/embed/contrastive-relations.ts'
import { requireSameNetwork, type StoredEmbedding } from '../../../src/embed/data-facts.ts'
import { spectralEmbedding } from '../../../src/embed/spectral-embedding.ts'
import { Engine } from '../../../src/engine.ts'
import { openNetwork } from '../../../src/network/open.ts'
import { on } from '../../../src/request/request.ts'
import { answerInThread } from '../../../src/run/in-thread.ts'
import { drive } from '../../../src/support/drive.ts'
import { seededRandom } from '../../../src/support/random.ts'
import { product, symmetricEigenvalues, transposed, type Dense } from '../../oracle/linear-algebra.ts'
import { mixedMatrix } from '../../oracle/relations.ts'
import { ITEMS, related, USERS } from '../recommend/related-table.ts'

const { table, w, relations, dense, genres } = related()
const EXPONENTS = { userExponent: 0.5, itemExponent: 0.3 }

const rowsOf = ({ data, shape }: StoredEmbedding['userVectors']): Dense =>
  Array.from({ length: shape[0] }, (_, row) => Array.from(data.subarray(row * shape[1], (row + 1) * shape[1])))
/** Vectors of u0, u1 ..., or of i0, i1 ... */
const named = (embedding: StoredEmbedding, side: 'user' | 'item'): Dense => {
  const index = embedding[`${side}s`]
  const rows = rowsOf(embedding[`${side}Vectors`])
  return rows.map((_, number) => rows[index.rowOf(`${side[0]}${number}`)])
}
const products = (embedding: StoredEmbedding): Dense =>
  product(named(embedding, 'user'), transposed(named(embedding, 'item')))

/** The largest difference of two matrices of one shape. */
const apart = (one: Dense, other: Dense): number =>
  Math.max(...one.flatMap((row, at) => row.map((value, column) => Math.abs(value - other[at][column]))))

/** The same users, items and relations in another order. */
function shuffled(): { readonly table: typeof table; readonly relations: Relations } {
  const random = seededRandom(11)
  const order = random.shuffle(Int32Array.from(table.user.keys()))
  const rows = Array.from(order, (row) => ({
    user: table.users.keyOf(table.user[row]),
    item: table.items.keyOf(table.item[row]),
  }))
  const turned = Object.entries(relations).map(([name, relation]) => [
    name,
    { ...relation, rows: [...(relation.rows ?? [])].reverse() },
  ])
  return {
    table: fromRows(rows, { user: 'user', item: 'item' }),
    relations: Object.fromEntries(turned.reverse()) as Relations,
  }
}

describe('spectralEmbedding with relations', () => {
  const options = { relations, dimensions: 40, tolerance: 1e-5, ...EXPONENTS }

  it('is of the matrix that relations are mixed into: its values, and what users and items have of it', () => {
    const x = mixedMatrix(w, dense, EXPONENTS)
    const squares = symmetricEigenvalues(product(transposed(x), x)).reverse()
    const whole = spectralEmbedding.detailed(table, options)
    whole.values.forEach((value, at) => expect(value / Math.sqrt(squares[at])).toBeCloseTo(1, 3))
    expect([whole.userVectors.shape, whole.itemVectors.shape]).toEqual([
      [USERS, whole.dimensions],
      [ITEMS, whole.dimensions],
    ])
    // With all dimensions X comes back, and with value exponent 1 its products with itself.
    const ofUsersAndItems = (matrix: Dense): Dense => matrix.slice(0, USERS).map((row) => row.slice(0, ITEMS))
    expect(apart(products(whole), ofUsersAndItems(x))).toBeLessThan(2e-3)
    const stretched = named(spectralEmbedding.detailed(table, { ...options, valueExponent: 1 }), 'item')
    const among = product(transposed(x), x)
      .slice(0, ITEMS)
      .map((row) => row.slice(0, ITEMS))
    expect(apart(product(stretched, transposed(stretched)), among)).toBeLessThan(2e-3)
  })

  it('gives whoever has no interactions a place: among those that hold the same', () => {
    const vectors = named(spectralEmbedding.detailed(table, { ...options, valueExponent: 1 }), 'item')
    const likeness = vectors.map((row) => row.reduce((sum, value, k) => sum + value * vectors[ITEMS - 1][k], 0))
    const common = genres.map((own) => own.filter((genre) => genres[ITEMS - 1].includes(genre)).length)
    likeness.forEach((one, at) => (common[at] > 0 ? expect(one).toBeGreaterThan(0) : expect(one).toBeCloseTo(0, 6)))
    const users = named(spectralEmbedding.detailed(table, options), 'user')
    expect(Math.hypot(...users[USERS - 1])).toBeGreaterThan(0.01)
  })

  it('means the same in any order, of any scale, and nothing where relations weigh 0', () => {
    const few = { dimensions: 4, tolerance: 1e-6, ...EXPONENTS }
    const one = spectralEmbedding.detailed(table, { ...few, relations })
    const other = shuffled()
    const renumbered = spectralEmbedding.detailed(other.table, { ...few, relations: other.relations })
    const expected = products(one)
    expect(apart(products(renumbered), expected)).toBeLessThan(1e-3)
    const { genre } = relations
    const many = [...(genre.rows ?? [])].map((row) => ({ ...row, much: 1e6 }))
    const larger = { ...relations, genre: { ...genre, rows: [...many, ...many], value: 'much' } }
    expect(apart(products(spectralEmbedding.detailed(table, { ...few, relations: larger })), expected)).toBeLessThan(
      1e-3,
    )
    const without = { genre: { ...genre, weight: 0 } }
    expect(spectralEmbedding.detailed(table, { ...few, relations: without })).toEqual(
      spectralEmbedding.detailed(table, few),
    )
  })
})

describe('contrastiveEmbedding with relations', () => {
  const few = { dimensions: 6, epochs: 3, validationFraction: 0.2 }

  it('learns what it learns without them, and spreads it by one step as the dense definition says', () => {
    const network = openNetwork('test', table, {
      ...{ direction: 'both', weighted: false, memoryLimitBytes: 1e9 },
      relations,
    })
    const dimensions = 3
    const random = seededRandom(3)
    const learnt = Array.from({ length: ITEMS }, (_, item) =>
      Array.from({ length: dimensions }, () => (item < ITEMS - 2 ? random.next() - 0.5 : 0)),
    )
    const asked = { dimensions, ...EXPONENTS }
    const numberOf = (side: 'user' | 'item', row: number): number =>
      Number((side === 'user' ? network.sides!.users : network.sides!.items).keyOf(row).slice(1))
    const flat = Float32Array.from(learnt.flatMap((_, row) => learnt[numberOf('item', row)]))
    const inOrder = (side: 'user' | 'item', found: Float32Array): Dense => {
      const rows: Dense = []
      rowsOfFlat(found, dimensions).forEach((vector, row) => (rows[numberOf(side, row)] = vector))
      return rows
    }
    const x = mixedMatrix(w, dense, EXPONENTS)
    const x0 = mixedMatrix(w, [], EXPONENTS)
    const l0 = Math.max(...symmetricEigenvalues(product(transposed(x0), x0)))
    const byItems = product(transposed(x.slice(USERS)), x.slice(USERS)).map((row) => row.slice(0, ITEMS))
    const items = learnt.map((row, at) =>
      row.map((own, k) => own + learnt.reduce((sum, other, from) => sum + byItems[at][from] * other[k], 0) / l0),
    )
    const itemsFound = drive(on(network, spreadOverItems('test', network, flat, asked)), answerInThread)
    expect(apart(inOrder('item', itemsFound), items)).toBeLessThan(2e-3)

    const held = x.slice(0, USERS).map((row) => row.slice(ITEMS))
    const byUsers = product(held, transposed(held))
    const sums = product(x0, learnt)
    const users = sums.map((row, at) =>
      row.map((own, k) => own + sums.reduce((sum, other, from) => sum + byUsers[at][from] * other[k], 0) / l0),
    )
    const usersFound = drive(on(network, sumsOfUsers('test', network, flat, asked)), answerInThread)
    expect(apart(inOrder('user', usersFound), users)).toBeLessThan(2e-3)
    expect(Math.hypot(...users[USERS - 1])).toBeGreaterThan(0)
  })

  it('has the losses of interactions alone, and unit vectors for all', () => {
    const known = { ...table, ...sides() }
    const plain = contrastiveEmbedding.detailed(known, few)
    const own = contrastiveEmbedding.detailed(known, { ...few, relations })
    expect([own.losses, own.validation, own.bestEpoch]).toEqual([plain.losses, plain.validation, plain.bestEpoch])
    for (const vector of [...rowsOf(own.userVectors), ...rowsOf(own.itemVectors)])
      expect(Math.hypot(...vector)).toBeCloseTo(1, 5)
    const [before, after] = [rowsOf(plain.itemVectors), rowsOf(own.itemVectors)]
    for (const [at, vector] of before.entries())
      if (Math.hypot(...vector) > 0)
        expect(vector.reduce((sum, value, k) => sum + value * after[at][k], 0)).toBeGreaterThan(0.9)
    expect(own.facts.options).toMatchObject({ relations: { genre: 0.2, friend: 0.1 } })
    expect(own.facts.options).not.toHaveProperty('graph')
  })

  it('goes on from a checkpoint that was made without them', () => {
    let last: Parameters<NonNullable<Parameters<typeof contrastiveEmbedding.detailed>[1]>['onCheckpoint'] & object>[0]
    const keep = (checkpoint: typeof last): void => void (last = checkpoint)
    const known = { ...table, ...sides() }
    contrastiveEmbedding.detailed(known, { ...few, epochs: 1, onCheckpoint: keep })
    const resumed = contrastiveEmbedding.detailed(known, { ...few, relations, resume: last! })
    expect(resumed.itemVectors).toEqual(contrastiveEmbedding.detailed(known, { ...few, relations }).itemVectors)
  })
})

/** The users and items that relations know. */
function sides(): Pick<typeof table, 'users' | 'items'> {
  const { users, items } = spectralEmbedding.detailed(table, { relations, dimensions: 2 })
  return { users, items }
}

const rowsOfFlat = (flat: Float32Array, width: number): Dense =>
  Array.from({ length: flat.length / width }, (_, row) => Array.from(flat.subarray(row * width, (row + 1) * width)))

describe('embeddings with relations', () => {
  it('have the same bits on an engine, any number of threads, and both kernels', async () => {
    const options = { dimensions: 4, epochs: 2 }
    const expected = [
      spectralEmbedding.detailed(table, { relations, dimensions: 4 }),
      contrastiveEmbedding.detailed(table, { relations, ...options }),
    ]
    for (const executing of [{ threads: 2 }, { threads: 1, kernel: 'typescript' as const }]) {
      await using engine = await Engine.create(table, { relations, ...executing })
      const found = [await engine.spectralEmbedding({ dimensions: 4 }), await engine.contrastiveEmbedding(options)]
      found.forEach(({ userVectors, itemVectors }, at) => {
        expect(userVectors.data).toEqual(expected[at].userVectors.data)
        expect(itemVectors.data).toEqual(expected[at].itemVectors.data)
      })
      await expect(engine.spectralEmbedding({ relations: {} })).rejects.toThrow(/option 'relations'.*the engine's own/)
    }
  })

  it('are of these users, items and interactions', () => {
    const embedding = spectralEmbedding.detailed(table, { relations, dimensions: 2 })
    const reading = { direction: 'both', weighted: false, memoryLimitBytes: 1e9 } as const
    requireSameNetwork('test', embedding, openNetwork('test', table, { ...reading, relations }))
    const { friend } = relations
    const fewer = { relations: { friend }, ...reading }
    expect(() => requireSameNetwork('test', embedding, openNetwork('test', table, fewer))).not.toThrow()
  })

  it('refuse weights that are to be found, and exponents by which nothing could be weighed', () => {
    const { genre } = relations
    const open: Relations = { genre: { ...genre, weight: 'auto' } }
    for (const embed of [spectralEmbedding, contrastiveEmbedding]) {
      expect(() => embed(table, { relations: open })).toThrow(
        /relation 'genre': expected a number as 'weight', got 'auto'/,
      )
      expect(() => embed(table, { relations, userExponent: 0 })).toThrow(/relation 'genre': expected a userExponent/)
    }
    expect(() => contrastiveEmbedding(table, { relations, memoryLimitBytes: 5000 })).toThrow(
      /MEMORY_LIMIT|at most 5000/,
    )
  })
})
