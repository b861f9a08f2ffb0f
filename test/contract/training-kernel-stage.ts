/** A small memory with everything in it that the training loops touch, filled from a seed, so that two kernels can be shown the same. */
import {
  Arena,
  type CsrMatrix,
  type Kernel,
  layOut,
  type MatrixOffsets,
  openKernel,
  seededRandom,
} from '../../src/advanced.ts'
import type { KernelName } from '../../src/index.ts'
import type { Dense } from '../oracle/linear-algebra.ts'
import { tableOf } from './dense-stage.ts'
import { ITEMS, stageMatrix, USERS } from './kernel-stage.ts'

export interface TrainingStageOptions {
  readonly width: number
  /** Pairs of a batch, at most 37. */
  readonly count: number
  readonly weighted: boolean
}

const FLOATS = [
  'data',
  'scale',
  'z',
  'base',
  'finish',
  'sums',
  'users',
  'items',
  'taken',
  'noisy',
  'turned',
  'lengths',
  'scores',
  'offsets',
  'weights',
  'parts',
  'slotSums',
  'gradient',
  'free',
  'mean',
  'square',
] as const
const WORDS = ['indptr', 'indices', 'rows', 'pairs', 'slots', 'slotUsers', 'slotStarts', 'places', 'ids'] as const
type FloatName = (typeof FLOATS)[number]
type WordName = (typeof WORDS)[number]

export class TrainingStage {
  readonly kernel: Kernel
  readonly matrix: CsrMatrix
  readonly matrixOffsets: MatrixOffsets
  readonly offset: Readonly<Record<FloatName | WordName | 'marks', number>>
  readonly floats: Readonly<Record<FloatName, Float32Array>>
  readonly words: Readonly<Record<WordName, Int32Array>>
  readonly marks: Uint8Array
  readonly options: TrainingStageOptions
  /** Elements of a row of scores: a multiple of four. */
  readonly scoreRow: number
  readonly slotCount: number

  constructor(name: KernelName, options: TrainingStageOptions) {
    const { width, count, weighted } = options
    this.options = options
    this.matrix = stageMatrix(weighted)
    this.scoreRow = Math.ceil(count / 4) * 4
    const random = seededRandom(width + count)
    const words = batchOf(this.matrix, count, random)
    this.slotCount = words.slotUsers.length
    const [users, items, batch] = [USERS * width, ITEMS * width, count * width]
    const lengths: Record<FloatName, number> = {
      data: this.matrix.indices.length,
      scale: ITEMS,
      z: items,
      base: users,
      finish: USERS,
      sums: users,
      users: batch,
      items: batch,
      taken: batch,
      noisy: batch,
      turned: width * this.scoreRow,
      lengths: count,
      scores: count * this.scoreRow,
      offsets: count,
      weights: count,
      parts: 2 * count,
      slotSums: this.slotCount * width,
      gradient: items,
      free: items,
      mean: items,
      square: items,
    }
    const entries = [
      ...FLOATS.map((key) => [key, { type: 'float32', length: lengths[key] }] as const),
      ...WORDS.map((key) => [key, { type: 'int32', length: words[key].length }] as const),
      ['marks', { type: 'float32', length: ITEMS }] as const,
    ]
    const { sections, end } = layOut(Object.fromEntries(entries), 64)
    const arena = Arena.allocate(end)
    const pick = <K extends string, V>(keys: readonly K[], view: (key: K) => V): Record<K, V> =>
      Object.fromEntries(keys.map((key) => [key, view(key)])) as Record<K, V>
    this.offset = pick([...FLOATS, ...WORDS, 'marks'], (key) => sections[key].offset)
    this.floats = pick(FLOATS, (key) => arena.float32(sections[key]))
    this.words = pick(WORDS, (key) => arena.int32(sections[key]))
    this.marks = new Uint8Array(arena.memory.buffer, this.offset.marks, ITEMS)
    for (const key of FLOATS) this.floats[key].forEach((_, at, view) => (view[at] = 2 * random.next() - 1))
    for (const key of WORDS) this.words[key].set(words[key])
    for (const key of ['weights', 'square'] as const)
      this.floats[key].forEach((x, at, view) => (view[at] = Math.abs(x)))
    if (this.matrix.data !== null) this.floats.data.set(this.matrix.data)
    const { indptr, indices, data } = this.offset
    this.matrixOffsets = { indptr, indices, data: weighted ? data : 0 }
    this.kernel = openKernel(name, arena.memory)
  }

  /** The rows of vectors, or of scores, in float64. */
  table(name: FloatName, columns = this.options.width): Dense {
    return tableOf(this.floats[name], columns)
  }

  /** diag(1) W diag(scale) as a table. */
  get scaledMatrix(): Dense {
    const { indptr, indices } = this.matrix
    return Array.from({ length: USERS }, (_, row) => {
      const entries = Array<number>(ITEMS).fill(0)
      for (let edge = indptr[row]; edge < indptr[row + 1]; edge++) {
        entries[indices[edge]] = (this.matrix.data?.[edge] ?? 1) * this.floats.scale[indices[edge]]
      }
      return entries
    })
  }

  /** The user and the item of every pair. */
  get pairs(): { user: number; item: number }[] {
    const { pairs, slots, slotUsers } = this.words
    return Array.from(pairs, (edge, b) => ({ user: slotUsers[slots[b]], item: this.matrix.indices[edge] }))
  }

  /** All of the memory as raw words, section by section; every NaN is the same NaN. */
  bits(): Record<string, number[]> {
    const every = { ...this.floats, ...this.words }
    const plain = Object.entries(every).map(([key, view]): [string, number[]] => [
      key,
      Array.from(new Uint32Array(view.buffer, view.byteOffset, view.length), (word, at) =>
        Number.isNaN(view[at]) ? NaN : word,
      ),
    ])
    return { ...Object.fromEntries(plain), marks: Array.from(this.marks) }
  }
}

/** `count` stored entries, no two the same, with the slots of their users. */
function batchOf(matrix: CsrMatrix, count: number, random: { below(n: number): number }): Record<WordName, number[]> {
  const { indptr, indices } = matrix
  const edges = Array.from(indices, (_, edge) => edge)
  const pairs = Array.from({ length: count }, () => edges.splice(random.below(edges.length), 1)[0])
  const userOf = (edge: number): number => indptr.findIndex((_, row) => indptr[row + 1] > edge)
  const slotUsers = [...new Set(pairs.map(userOf))]
  const stored = slotUsers.map((user) =>
    Array.from(indices.subarray(indptr[user], indptr[user + 1]), (_, k) => indptr[user] + k),
  )
  return {
    indptr: Array.from(indptr),
    indices: Array.from(indices),
    rows: Array.from({ length: USERS }, (_, k) => (k * 7) % USERS),
    pairs,
    slots: pairs.map((edge) => slotUsers.indexOf(userOf(edge))),
    slotUsers,
    slotStarts: stored.reduce((starts, own) => [...starts, starts[starts.length - 1] + own.length], [0]),
    places: stored.flat().map((edge) => pairs.indexOf(edge)),
    ids: Array.from({ length: count }, () => random.below(ITEMS)),
  }
}
