import { describe, expect, it } from 'vitest'
import type { Kernel } from '../../../src/kernel/kernel.ts'
import { openKernel } from '../../../src/kernel/kernels.ts'
import { Arena } from '../../../src/memory/arena.ts'
import { Control } from '../../../src/run/control.ts'
import { SLICE, Stopped } from '../../../src/run/pace.ts'
import { pacedKernel } from '../../../src/run/paced-kernel.ts'
import { seededRandom } from '../../../src/support/random.ts'

const control = (): Control =>
  new Control(new Int32Array(new SharedArrayBuffer(256)), new Int32Array(new SharedArrayBuffer(16)))

type Loop = Exclude<keyof Kernel, 'name'>

/** A kernel that does nothing but note its calls. */
function noting(): { kernel: Kernel; calls: unknown[][] } {
  const calls: unknown[][] = []
  const note = (...given: unknown[]): number => calls.push(given)
  const kernel = new Proxy({ name: 'typescript' }, { get: (_, name) => (name === 'name' ? 'typescript' : note) })
  return { kernel: kernel as unknown as Kernel, calls }
}

/** Ranges that follow one another without a gap. */
function expectTiles(ranges: readonly (readonly number[])[], start: number, end: number): void {
  expect(ranges[0][0]).toBe(start)
  expect(ranges.at(-1)![1]).toBe(end)
  for (let at = 1; at < ranges.length; at++) expect(ranges[at][0]).toBe(ranges[at - 1][1])
}

const MANY = 1_000_000
const arena = Arena.allocate(64)
const matrix = { indptr: 0, indices: 0, data: 0 }

/** Loops that need no memory to be cut: what they are given, and elements of one row. */
const cases: [Loop, number, number, object, number][] = [
  ['multiplyDense', 5, MANY, { columns: 16, inner: 300 }, 16 * 300],
  ['subtractDense', 5, MANY, { columns: 300, inner: 32 }, 300 * 32],
  ['add', 5, 40 * MANY, {}, 1],
  ['combine', 5, MANY, { width: 16 }, 16],
  ['topK', 5, MANY, { width: 16, k: MANY }, 16 * 32],
  ['scaleRows', 5, MANY, { width: 4 }, 4],
  ['pairRows', 5, MANY, { width: 64 }, 64],
  ['takeRows', 5, MANY, { width: 64 }, 64],
  ['unitRows', 5, MANY, { width: 64 }, 64],
  ['throughLength', 5, MANY, { width: 64 }, 64],
  ['noisyRows', 5, MANY, { width: 64 }, 64],
  ['transpose', 5, MANY, { width: 64 }, 64],
  ['excludeSame', 0, 30_000, { count: 30_000 }, 30_000],
  ['softmaxRows', 0, 30_000, { count: 30_000 }, 30_000],
  ['rankingRows', 0, 30_000, { count: 30_000 }, 30_000],
  ['adam', 5, 40 * MANY, {}, 1],
]

describe('a paced kernel', () => {
  it.each(cases)('cuts %s into slices of bounded work, and beats after each', (loop, start, stop, given, elements) => {
    const { kernel, calls } = noting()
    const own = control()
    pacedKernel(kernel, own, arena.memory)[loop](start, stop, given as never)
    const ranges = calls.map((call) => call.slice(0, 2) as number[])
    expectTiles(ranges, start, stop)
    for (const [from, to] of ranges) expect((to - from) * elements).toBeLessThanOrEqual(SLICE)
    expect(own.beats).toBe(calls.length)
    expect(calls.length).toBeGreaterThan(3)
  })

  it('sorts a heap from its end to its start', () => {
    const { kernel, calls } = noting()
    pacedKernel(kernel, control(), arena.memory).sortTop(0, MANY, { rows: 0, scores: 0 })
    expectTiles(calls.map((call) => call.slice(0, 2) as number[]).reverse(), 0, MANY)
  })

  it('ends at the next slice when the job was stopped', () => {
    const { kernel, calls } = noting()
    const own = control()
    own.stop()
    expect(() => pacedKernel(kernel, own, arena.memory).add(0, 40 * MANY, { total: 0, part: 0 })).toThrow(Stopped)
    expect(calls).toHaveLength(1)
  })
})

describe('rows with entries', () => {
  const ROWS = 300
  const memory = Arena.allocate(1 << 16).memory
  const pointers = new Uint32Array(memory.buffer, 64, ROWS + 1)
  // A user of a million items between users of a few.
  for (let row = 0; row < ROWS; row++)
    pointers[row + 1] = pointers[row] + (row === 100 ? MANY : row % 3 === 0 ? 0 : 5000)
  const IDS = 4096
  new Uint32Array(memory.buffer, IDS, ROWS).forEach((_, row, ids) => (ids[row] = row))
  const cost = (from: number, to: number): number => pointers[to] - pointers[from]

  it.each([
    ['multiplySparse', 16],
    ['multiplySparse by rows', 16],
    ['normal', 1],
  ] as const)('are cut by what they cost in %s, a row whole', (loop, width) => {
    const { kernel, calls } = noting()
    const own = control()
    const paced = pacedKernel(kernel, own, memory)
    const product = { width, matrix: { ...matrix, indptr: 64 }, z: 0, out: 0 }
    if (loop === 'normal') paced.normal(7, ROWS, { ...product, middle: 0, acc: 0 })
    else paced.multiplySparse(7, ROWS, loop === 'multiplySparse' ? product : { ...product, rows: IDS })
    const ranges = calls.map((call) => call.slice(0, 2) as number[])
    expectTiles(ranges, 7, ROWS)
    for (const [from, to] of ranges) if (to > from + 1) expect(cost(from, to) * width).toBeLessThanOrEqual(SLICE)
    expect(ranges.length).toBeLessThan(60)
    expect(own.beats).toBe(calls.length)
  })

  it.each(['sumLists', 'offerMet'] as const)('are cut in %s by the lists of the items of a profile', (loop) => {
    const { kernel, calls } = noting()
    const entries = { indices: IDS, data: 0, factor: 1 }
    const given = { entries, lists: { indptr: 64, indices: 1, data: 1 }, columns: 9 }
    pacedKernel(kernel, control(), memory)[loop](7, ROWS, given as never)
    const ranges = calls.map((call) => call.slice(0, 2) as number[])
    expectTiles(ranges, 7, ROWS)
    for (const [from, to] of ranges) if (to > from + 1) expect(cost(from, to)).toBeLessThanOrEqual(SLICE)
    calls.length = 0
    // Whole lists cost what the catalogue is wide.
    pacedKernel(kernel, control(), memory)[loop](0, 9, {
      ...given,
      lists: { ...given.lists, indices: 0 },
      columns: SLICE / 3,
    } as never)
    expect(calls.map((call) => call[1])).toEqual([3, 6, 9])
  })

  it('are cut in largestProducts by what each of them costs, which is told', () => {
    const { kernel, calls } = noting()
    const own = control()
    const COSTS = 8192
    const costs = new Float32Array(memory.buffer, COSTS, ROWS).map((_, row) => (row === 100 ? 40 * MANY : 70_000))
    new Float32Array(memory.buffer, COSTS, ROWS).set(costs)
    pacedKernel(kernel, own, memory).largestProducts(7, ROWS, { costs: COSTS } as never)
    const ranges = calls.map((call) => call.slice(0, 2) as number[])
    expectTiles(ranges, 7, ROWS)
    expect(ranges).toContainEqual([100, 101])
    for (const [from, to] of ranges) expect(to - from).toBeLessThanOrEqual(SLICE / 70_000)
    expect(own.beats).toBe(calls.length)
  })

  it('are none where there are none', () => {
    const { kernel, calls } = noting()
    const product = { width: 16, matrix: { ...matrix, indptr: 64 }, z: 0, out: 0 }
    pacedKernel(kernel, control(), memory).multiplySparse(7, 7, product)
    expect(calls).toEqual([])
  })
})

describe('bits of a paced kernel are those of the kernel', () => {
  /** What two kernels leave in a memory that begins the same. */
  function expectSame(bytes: number, act: (kernel: Kernel) => unknown, fill: (floats: Float32Array) => void): void {
    const made = [false, true].map((paced) => {
      const { memory } = Arena.allocate(bytes)
      fill(new Float32Array(memory.buffer))
      const kernel = openKernel('wasm-simd', memory)
      const answer = act(paced ? pacedKernel(kernel, control(), memory) : kernel)
      return { answer, words: Buffer.from(memory.buffer as ArrayBuffer) }
    })
    expect(made[1].answer).toEqual(made[0].answer)
    expect(made[1].words.equals(made[0].words)).toBe(true)
  }

  const noise = (floats: Float32Array): void => {
    for (let at = 0; at < floats.length; at++) floats[at] = ((at * 0.618) % 1) - 0.5
  }

  it('of crossProducts, whose slices are whole chunks', () => {
    const [rows, columns] = [3001, 66]
    const [z, out] = [4 * rows * columns, 4 * rows * (columns + 16)].map((at) => Math.ceil(at / 8) * 8)
    expectSame(
      out + 8 * columns * 16,
      (kernel) =>
        kernel.crossProducts(0, rows, { width: 16, columnStart: 1, columnEnd: columns, a: 0, aRow: columns, z, out }),
      noise,
    )
  })

  it('of multiplyDense, as it is and turned', () => {
    const count = 300
    const square = 4 * count * 304
    const common = { columns: 300, inner: 300, a: 0, b: square, bRow: 304, out: 2 * square, outRow: 304 }
    for (const [aRow, aStep] of [
      [304, 1],
      [1, 304],
    ]) {
      expectSame(3 * square, (kernel) => kernel.multiplyDense(0, count, { ...common, aRow, aStep }), noise)
    }
  })

  it('of combine, whose residual is the largest of all slices, and NaN where one is', () => {
    const rows = 70_000
    const at = (part: number): number => 4 * rows * (2 + 16 * part)
    const block = { acc: at(0), z: at(1), previous: at(2), rhs: at(3), scale: 0, weight: 4 * rows }
    const step = { a: 1.3, b: -0.4, c: 0.1, d: 0.7 }
    for (const spoilt of [false, true]) {
      const fill = (floats: Float32Array): void => {
        noise(floats)
        if (spoilt) floats[at(1) / 4 + 90] = NaN
      }
      expectSame(at(4), (kernel) => kernel.combine(0, rows, { width: 16, ...block, step }), fill)
    }
  })

  it('of the loops of a training, whose rows have entries', () => {
    const [users, items, stride] = [40, 3000, 64]
    const each = 1000
    const edges = users * each
    const floatsAt = 4 * (users + 1 + edges + users + (users + 1) + edges)
    const [indptr, indices, ids] = [0, 4 * (users + 1), 4 * (users + 1 + edges)]
    const [slots, places] = [ids + 4 * users, ids + 4 * users + 4 * (users + 1)]
    const base = Math.ceil(floatsAt / 16) * 16
    const section = (from: number): number => base + 4 * from
    const [scale, z, sums] = [section(0), section(items), section(items * (1 + stride))]
    const [rows, gradient] = [
      section(items * (1 + stride) + users * stride),
      section(items * (1 + stride) + 3 * users * stride),
    ]
    const end = gradient + 4 * items * stride
    const fill = (floats: Float32Array): void => {
      noise(floats.subarray(base / 4, end / 4))
      const words = new Int32Array(floats.buffer)
      const draw = seededRandom(3)
      for (let user = 0; user <= users; user++) words[indptr / 4 + user] = words[slots / 4 + user] = user * each
      for (let edge = 0; edge < edges; edge++) {
        words[indices / 4 + edge] = draw.below(items)
        words[places / 4 + edge] = draw.below(users + 20) - 20
      }
      for (let user = 0; user < users; user++) words[ids / 4 + user] = (user * 7) % users
    }
    const drop = { seed: 3, below: 3e6 }
    const own = { width: stride, matrix: { indptr, indices, data: 0 }, scale, drop }
    expectSame(end, (kernel) => kernel.multiplySparse(1, users, { ...own, rows: ids, z, out: sums }), fill)
    const placed = { width: stride, matrix: { indptr: slots, indices: places, data: 0 }, hasHoles: true }
    expectSame(end, (kernel) => kernel.multiplySparse(1, users, { ...placed, z: rows, out: sums }), fill)
    const edgeRows = { users: ids, slots, places, sums, userRows: rows, itemRows: rows + 4 * users * stride, gradient }
    const given = { ...own, ...edgeRows, member: 1, members: 2 }
    expectSame(end, (kernel) => kernel.addEdges(0, users, given), fill)
  })
})
