import { describe, expect, it } from 'vitest'
import { BLOCK_WIDTHS, type DenseProduct, type RecurrenceStep } from '../../src/advanced.ts'
import { denseOf, multiply, plus, product, transposed, type Vector } from '../oracle/linear-algebra.ts'
import { topKBySort } from '../oracle/propagation.ts'
import { DENSE_ROWS, DenseStage, tableOf } from './dense-stage.ts'
import { EVERY_STAGE, ITEMS, KERNELS, KernelStage, USERS } from './kernel-stage.ts'

const STEP: RecurrenceStep = { a: 1.3, b: -0.4, c: 0.1, d: 0.7 }

/** float32 keeps 24 bits; sums here have at most a few dozen terms of size 1. */
const expectNear = (actual: ArrayLike<number>, expected: Vector): void => {
  expect(actual.length).toBe(expected.length)
  expected.forEach((value, i) => expect(Math.abs(actual[i] - value)).toBeLessThan(1e-5))
}

/** A C of a stage. */
const denseProduct = ({ offset }: DenseStage, width: number, columns: number): DenseProduct => ({
  ...{ columns: width, inner: columns, a: offset.a, aRow: columns, aStep: 1 },
  ...{ b: offset.coefficients, bRow: width, out: offset.out, outRow: width },
})

const times = (x: ArrayLike<number>, y: Vector): Vector => y.map((value, i) => value * x[i])

describe.each(KERNELS)('the kernel %s', (name) => {
  describe.each(EVERY_STAGE)('with width $width, weighted: $weighted', (options) => {
    const { width } = options
    const everyColumn = Array.from({ length: width }, (_, c) => c)

    it('multiplySparse writes finish o (W z) of the rows asked for and no other', () => {
      const stage = new KernelStage(name, options)
      const { matrixOffsets: matrix, offset, blocks, vectors } = stage
      const w = denseOf(stage.matrix)
      const expected = everyColumn.map((c) => {
        const all = times(vectors.scale, multiply(w, stage.column(blocks.z, c, width)))
        return stage.column(blocks.out, c, width).map((kept, row) => (row >= 2 && row < 30 ? all[row] : kept))
      })
      stage.kernel.multiplySparse(2, 30, { width, matrix, finish: offset.scale, z: offset.z, out: offset.out })
      everyColumn.forEach((c) => expectNear(stage.column(blocks.out, c, width), expected[c]))
    })

    it('multiplySparse of a row without pairs is 0', () => {
      const { kernel, matrixOffsets: matrix, offset, blocks } = new KernelStage(name, options)
      kernel.multiplySparse(0, USERS, { width, matrix, z: offset.z, out: offset.out })
      expect([...blocks.out.subarray(0, width)].every((value) => value === 0)).toBe(true)
    })

    it('add moves the part over and leaves zeros, between start and end only', () => {
      const { kernel, offset, blocks } = new KernelStage(name, options)
      const [start, end] = [width === 1 ? 3 : width, blocks.acc.length - 3]
      const inside = (at: number): boolean => at >= start && at < end
      const total = Array.from(blocks.acc, (value, at) => (inside(at) ? Math.fround(value + blocks.z[at]) : value))
      const part = Array.from(blocks.z, (value, at) => (inside(at) ? 0 : value))
      kernel.add(start, end, { total: offset.acc, part: offset.z })
      expect([...blocks.acc]).toEqual(total)
      expect([...blocks.z]).toEqual(part)
    })

    it('combine takes one step of the recurrence, clears acc and measures the residual', () => {
      const stage = new KernelStage(name, options)
      const { blocks, vectors, offset } = stage
      const [start, end] = [1, ITEMS - 1]
      const { acc, z, previous, rhs } = blocks
      const before = Array.from(acc, (value, at) => {
        const row = Math.floor(at / width)
        return { row, spread: value * vectors.scale[row], now: z[at], last: previous[at], seed: rhs[at], acc: value }
      })
      const isInside = (row: number): boolean => row >= start && row < end
      const worst = stage.kernel.combine(start, end, { width, ...offset, step: STEP })
      const { a, b, c, d } = STEP
      expectNear(
        previous,
        before.map(({ row, spread, now, last, seed }) =>
          isInside(row) ? a * spread + b * now + c * last + d * seed : last,
        ),
      )
      expect([...acc]).toEqual(before.map((cell) => (isInside(cell.row) ? 0 : cell.acc)))
      const distances = before
        .filter(({ row }) => isInside(row))
        .map(({ row, spread, seed, now }) => Math.abs(spread + seed - now) * vectors.weight[row])
      expect(worst).toBeCloseTo(Math.max(...distances), 5)
    })

    it('combine reports NaN rather than hiding it', () => {
      const { kernel, blocks, offset } = new KernelStage(name, options)
      blocks.z[width * 4] = NaN
      expect(kernel.combine(0, ITEMS, { width, ...offset, step: STEP })).toBeNaN()
    })

    it.each([1, 5, ITEMS, ITEMS + 9])('topK with k = %i is the head of a full sort', (k) => {
      const stage = new KernelStage(name, { ...options, k })
      const { kernel, offset, blocks, vectors } = stage
      // A few values only, so that ties are everywhere; positive scales, as every finish is.
      blocks.z.forEach((value, at) => (blocks.z[at] = Math.round(value * 3)))
      vectors.scale.forEach((_, row) => (vectors.scale[row] = row % 3 === 0 ? 0.5 : 1))
      vectors.scale[7] = NaN
      blocks.z.fill(-Infinity, 5 * width, 6 * width)
      kernel.topK(0, ITEMS, { width, k, ...offset })
      everyColumn.forEach((c) => {
        const scores = stage.column(blocks.z, c, width).map((value, row) => Math.fround(value * vectors.scale[row]))
        const best = topKBySort(scores, k)
        const filling = Array<number>(k - best.length)
        const list = [c * k, (c + 1) * k] as const
        expect([...stage.rows.subarray(...list)]).toEqual([...best.map(({ row }) => row), ...filling.fill(-1)])
        expect([...stage.scores.subarray(...list)]).toEqual([
          ...best.map(({ score }) => score),
          ...filling.fill(-Infinity),
        ])
      })
    })

    it.each([1, 5, 6])(
      'multiplyDense multiplies a dense matrix of %i columns, in the rows asked for and no other',
      (columns) => {
        const stage = new DenseStage(name, { width, columns })
        const { kernel, a, coefficients, out } = stage
        const before = out.slice()
        const expected = product(tableOf(a, columns), tableOf(coefficients, width))
        kernel.multiplyDense(3, 90, denseProduct(stage, width, columns))
        tableOf(out, width).forEach((row, r) =>
          expectNear(row, r >= 3 && r < 90 ? expected[r] : Array.from(before.subarray(r * width, (r + 1) * width))),
        )
      },
    )

    it('multiplyDense leaves the columns out that are not asked for', () => {
      const columns = 6
      const stage = new DenseStage(name, { width, columns })
      const { kernel, a, coefficients, out } = stage
      const expected = product(
        tableOf(a, columns).map((row) => row.slice(0, 4)),
        tableOf(coefficients, width).slice(0, 4),
      )
      kernel.multiplyDense(0, DENSE_ROWS, { ...denseProduct(stage, width, columns), inner: 4 })
      tableOf(out, width).forEach((row, r) => expectNear(row, expected[r]))
    })

    it('scaleRows scales rows from one stride to another, between start and end only', () => {
      const stride = width + 3
      const { kernel, offset, a, z, out } = new DenseStage(name, { width, columns: stride })
      const scale = z.slice(0, 40)
      const [source, before] = [tableOf(a, stride), out.slice()]
      kernel.scaleRows(3, 40, {
        ...{ width, scale: offset.z, from: offset.a + 8, fromRow: stride, to: offset.out, toRow: width },
      })
      tableOf(out, width).forEach((row, r) => {
        const scaled = source[r].slice(2, 2 + width).map((value) => Math.fround(value * scale[r]))
        const kept = Array.from(before.subarray(r * width, (r + 1) * width))
        expect(row).toEqual(r >= 3 && r < 40 ? scaled : kept)
      })
      const target = tableOf(a, stride)
      kernel.scaleRows(5, 9, {
        ...{ width, scale: offset.z, from: offset.out, fromRow: width, to: offset.a + 4, toRow: stride },
      })
      tableOf(a, stride).forEach((row, r) => {
        const scaled = tableOf(out, width)[r].map((value) => Math.fround(value * scale[r]))
        const [first, last] = [target[r].slice(0, 1), target[r].slice(1 + width)]
        expect(row).toEqual(r >= 5 && r < 9 ? [...first, ...scaled, ...last] : target[r])
      })
    })

    it.each([1, 5, 6])('crossProducts adds products with the columns asked for, of %i', (columns) => {
      const stage = new DenseStage(name, { width, columns })
      const { kernel, offset, a, z, products } = stage
      const [start, end] = [Math.min(1, columns - 1), columns]
      const expected = product(transposed(tableOf(a, columns)), tableOf(z, width))
      kernel.crossProducts(0, DENSE_ROWS, {
        ...{ width, columnStart: start, columnEnd: end, a: offset.a, aRow: columns },
        ...{ z: offset.z, out: offset.products },
      })
      tableOf(products, width).forEach((row, i) =>
        expectNear(row, i >= start ? expected[i].map((value) => value + 1) : Array<number>(width).fill(1)),
      )
    })
  })
})

describe.each([false, true])('one column, weighted: %s', (weighted) => {
  const options = { width: 1, weighted } as const

  it.each(KERNELS)("normal of %s adds W' (middle o (W z)) of the rows asked for", (name) => {
    const stage = new KernelStage(name, options)
    const { matrixOffsets: matrix, offset, blocks, vectors } = stage
    const [rowStart, rowEnd] = [3, 31]
    const w = denseOf(stage.matrix).slice(rowStart, rowEnd)
    const spread = times(vectors.middle.slice(rowStart, rowEnd), multiply(w, [...blocks.z]))
    const expected = plus([...blocks.acc], multiply(transposed(w), spread))
    stage.kernel.normal(rowStart, rowEnd, { matrix, ...offset })
    expectNear(blocks.acc, expected)
  })

  it('normal gives the same bits on either kernel', () => {
    const [one, other] = KERNELS.map((name) => {
      const { kernel, matrixOffsets: matrix, offset, blocks } = new KernelStage(name, options)
      blocks.acc.forEach((value, at) => (blocks.acc[at] = value * (at % 2 === 0 ? 1e-42 : 3e38)))
      kernel.normal(0, USERS, { matrix, ...offset })
      return [...new Uint32Array(blocks.acc.buffer, blocks.acc.byteOffset, blocks.acc.length)]
    })
    expect(other).toEqual(one)
  })
})

describe.each(EVERY_STAGE)('both kernels, with width $width, weighted: $weighted', (options) => {
  const { width } = options

  /** Everything a kernel could have touched, as raw words: -0 is not 0, one last bit is a difference. */
  const words = ({ blocks, rows, scores }: KernelStage): number[][] =>
    [...Object.values(blocks), rows, scores].map((view) => [
      ...new Uint32Array(view.buffer, view.byteOffset, view.length),
    ])

  const afterwards = (act: (stage: KernelStage) => unknown): [unknown, number[][]][] =>
    KERNELS.map((name) => {
      const stage = new KernelStage(name, options)
      return [act(stage), words(stage)]
    })

  const loops: Record<string, (stage: KernelStage) => unknown> = {
    multiplySparse: ({ kernel, matrixOffsets: matrix, offset }) =>
      kernel.multiplySparse(0, USERS, { width, matrix, finish: offset.scale, z: offset.z, out: offset.out }),
    'multiplySparse, scaled and added to a base': ({ kernel, matrixOffsets: matrix, offset }) => {
      const { scale, z, acc: base, out } = offset
      kernel.multiplySparse(0, ITEMS, { width, matrix, scale, z, base, out })
    },
    add: ({ kernel, offset, blocks }) => kernel.add(0, blocks.acc.length, { total: offset.acc, part: offset.z }),
    combine: ({ kernel, offset }) => kernel.combine(0, ITEMS, { width, ...offset, step: STEP }),
    topK: ({ kernel, offset }) => kernel.topK(0, ITEMS, { width, k: 5, ...offset }),
    'twenty sweeps': ({ kernel, matrixOffsets: matrix, offset }) =>
      Array.from({ length: 20 }, (_, sweep) => {
        const [z, previous] = sweep % 2 === 0 ? [offset.z, offset.previous] : [offset.previous, offset.z]
        kernel.multiplySparse(0, ITEMS, { width, matrix, finish: offset.middle, z, out: offset.acc })
        const step = { a: 0.3, b: 0.4, c: -0.1, d: 0.7 }
        return kernel.combine(0, ITEMS, { width, ...offset, z, previous, step })
      }),
    'subnormal and huge numbers': ({ kernel, matrixOffsets: matrix, offset, blocks }) => {
      blocks.z.forEach((value, at) => (blocks.z[at] = value * (at % 2 === 0 ? 1e-42 : 3e38)))
      kernel.multiplySparse(0, USERS, { width, matrix, finish: offset.middle, z: offset.z, out: offset.out })
      blocks.out.forEach((value, at) => (blocks.out[at] = Number.isNaN(value) ? 0 : value))
    },
  }

  it.each(Object.keys(loops))('give the same bits: %s', (loop) => {
    const [[answer, memory], [otherAnswer, otherMemory]] = afterwards(loops[loop])
    expect(otherAnswer).toEqual(answer)
    expect(otherMemory).toEqual(memory)
  })
})

describe.each(BLOCK_WIDTHS)('both kernels, dense, with width %i', (width) => {
  it.each([1, 16, 21])('give the same bits with %i columns', (columns) => {
    const [one, other] = KERNELS.map((name) => {
      const stage = new DenseStage(name, { width, columns })
      const { kernel, offset } = stage
      kernel.multiplyDense(0, DENSE_ROWS, denseProduct(stage, width, columns))
      kernel.crossProducts(0, DENSE_ROWS, {
        ...{ width, columnStart: 0, columnEnd: columns, a: offset.a, aRow: columns },
        ...{ z: offset.out, out: offset.products },
      })
      const scaled = { width, scale: offset.z, from: offset.out, fromRow: width, to: offset.a, toRow: columns }
      if (width <= columns) kernel.scaleRows(0, DENSE_ROWS, scaled)
      return [Array.from(stage.out), Array.from(stage.products), Array.from(stage.a)]
    })
    expect(other).toEqual(one)
  })
})
