/** The loss of one batch of a contrastive training in float64, term by term, straight from its definition. */
import type { CsrMatrix } from '../../src/matrix/csr.ts'
import type { Train } from '../../src/request/train.ts'
import { multiply, product, scaled, transposed, denseOf, type Dense } from './linear-algebra.ts'

/** @param free E, shape (items x dimensions) */
export function trainingLoss(matrix: CsrMatrix, training: Train, free: Float64Array): number {
  const { encoder, loss, views, batches } = training
  const { dimensions } = encoder
  const items = encoded(matrix, training, free)
  const batchWeight = sum(Array.from(batches.pairs, (pair) => weightOf(matrix, pair)))
  let total = 0
  for (let from = 0; from < batches.pairs.length; from += loss.groupSize) {
    const places = range(from, Math.min(from + loss.groupSize, batches.pairs.length))
    const users = places.map((place) =>
      userVector(matrix, training, items, batches.users[batches.pairUsers[place]], place),
    )
    const taken = places.map((place) => rowOf(items, itemOf(matrix, training, place), dimensions))
    const weights = places.map((place) => weightOf(matrix, batches.pairs[place]))
    places.forEach((place, b) => {
      const user = batches.users[batches.pairUsers[place]]
      const score = (c: number): number =>
        cosine(users[b], taken[c]) / loss.temperature - loss.offsets[itemOf(matrix, training, places[c])]
      const isRival = (c: number): boolean => c !== b && !has(matrix, user, itemOf(matrix, training, places[c]))
      const rivals = range(0, places.length).filter(isRival)
      total += weights[b] * (loss.kind === 'softmax' ? softmax(score(b), rivals.map(score)) : ranking(b, score, rivals))
    })
    if (views === null) continue
    for (const [one, other, ids] of viewsOf(matrix, training, items, places, users, taken)) {
      places.forEach((_, b) => {
        const score = (c: number): number => cosine(one[b], other[c]) / views.temperature
        const rivals = range(0, places.length).filter((c) => ids[c] !== ids[b])
        total += views.weight * weights[b] * softmax(score(b), rivals.map(score))
      })
    }
  }
  return total / batchWeight
}

type Vector = number[]

/** (1 + P + ... + P^layers) E. */
function encoded(matrix: CsrMatrix, { encoder }: Train, free: Float64Array): Float64Array {
  const { dimensions, layers, middle, scale } = encoder
  const w = denseOf(matrix)
  const inner = scaled(Float64Array.from(middle), w, Float64Array.from(scale))
  const p: Dense = product(
    transposed(scaled(new Float64Array(matrix.rowCount).fill(1), w, Float64Array.from(scale))),
    inner,
  )
  const result = free.slice()
  for (let k = 0; k < dimensions; k++) {
    let power = Array.from({ length: matrix.columnCount }, (_, item) => free[item * dimensions + k])
    for (let layer = 0; layer < layers; layer++) {
      power = multiply(p, power)
      power.forEach((value, item) => (result[item * dimensions + k] += value))
    }
  }
  return result
}

function userVector(
  matrix: CsrMatrix,
  { encoder, batches }: Train,
  items: Float64Array,
  user: number,
  place: number | null,
  drop: (edge: number) => boolean = () => false,
): Vector {
  const vector = new Array<number>(encoder.dimensions).fill(0)
  for (let edge = matrix.indptr[user]; edge < matrix.indptr[user + 1]; edge++) {
    if ((place !== null && batches.pairs[place] === edge) || drop(edge)) continue
    const item = matrix.indices[edge]
    const factor = weightOf(matrix, edge) * encoder.scale[item]
    rowOf(items, item, encoder.dimensions).forEach((entry, k) => (vector[k] += factor * entry))
  }
  return vector
}

function viewsOf(
  matrix: CsrMatrix,
  training: Train,
  items: Float64Array,
  places: number[],
  users: Vector[],
  taken: Vector[],
): [Vector[], Vector[], number[]][] {
  const { views, seed, state, batches } = training
  if (views === null) return []
  const owners = places.map((place) => batches.users[batches.pairUsers[place]])
  if (views.kind === 'edge-drop') {
    const below = Math.round(views.strength * 2 ** 24)
    const view = (own: number): Vector[] =>
      owners.map((user) => userVector(matrix, training, items, user, null, (edge) => hash(own, edge) < below))
    const own = seed + 2 * state.steps
    return [[view(own), view(own + 1), owners]]
  }
  const stride = Math.ceil(training.encoder.dimensions / 4) * 4
  const noisy = (vectors: Vector[], own: number): Vector[] =>
    vectors.map((vector, b) => {
      const unit = vector.map((entry) => (entry === 0 ? 0 : entry / Math.hypot(...vector)))
      const drawn = unit.map((entry, k) => (entry === 0 ? 0 : hash(own, Math.imul(places[b], stride) + k) / 2 ** 24))
      return unit.map((entry, k) =>
        entry === 0 ? 0 : entry + (Math.sign(entry) * views.strength * drawn[k]) / Math.hypot(...drawn),
      )
    })
  const draw = seed + 4 * state.steps
  return [
    [noisy(users, draw), noisy(users, draw + 1), owners],
    [noisy(taken, draw + 2), noisy(taken, draw + 3), places.map((place) => itemOf(matrix, training, place))],
  ]
}

/** The counter-based generator, written a second time. */
function hash(seed: number, counter: number): number {
  const fold = (x: bigint, shift: bigint, by: bigint): bigint => ((x ^ (x >> shift)) * by) & 0xffffffffn
  const x = (BigInt(seed) + BigInt(counter >>> 0) * 0x9e3779b9n) & 0xffffffffn
  const mixed = fold(fold(x, 16n, 0x21f0aaadn), 15n, 0x735a2d97n)
  return Number((mixed ^ (mixed >> 15n)) >> 8n)
}

const softmax = (own: number, rivals: number[]): number => Math.log(Math.exp(own) + sum(rivals.map(Math.exp))) - own

function ranking(b: number, score: (c: number) => number, rivals: number[]): number {
  if (rivals.length === 0) return 0
  const next = rivals.find((c) => c > b) ?? rivals[0]
  return Math.log(1 + Math.exp(score(next) - score(b)))
}

const cosine = (x: Vector, y: Vector): number => {
  const lengths = Math.hypot(...x) * Math.hypot(...y)
  return lengths === 0 ? 0 : sum(x.map((value, k) => value * y[k])) / lengths
}

const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0)
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, at) => from + at)
const rowOf = (vectors: Float64Array, row: number, width: number): Vector =>
  Array.from(vectors.subarray(row * width, (row + 1) * width))
const weightOf = ({ data }: CsrMatrix, edge: number): number => (data === null ? 1 : data[edge])
const itemOf = ({ indices }: CsrMatrix, { batches }: Train, place: number): number => indices[batches.pairs[place]]
const has = ({ indptr, indices }: CsrMatrix, user: number, item: number): boolean =>
  indices.subarray(indptr[user], indptr[user + 1]).includes(item)
