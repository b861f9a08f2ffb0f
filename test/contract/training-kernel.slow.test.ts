import { describe, expect, it } from 'vitest'
import { exp } from '../../src/kernel/training-scores.ts'
import { dot, norm, product, transposed, type Dense } from '../oracle/linear-algebra.ts'
import { ITEMS, KERNELS, USERS } from './kernel-stage.ts'
import { TrainingStage } from './training-kernel-stage.ts'

/** float32 keeps 24 bits; sums here have at most a hundred terms of size 1. */
const expectNear = (actual: Dense, expected: Dense, within = 2e-5): void => {
  expect(actual.length).toBe(expected.length)
  actual.forEach((row, i) => {
    expect(row.length).toBe(expected[i].length)
    row.forEach((value, j) => expect(Math.abs(value - expected[i][j]), `row ${i}, column ${j}`).toBeLessThan(within))
  })
}

const EVERY_STAGE = [
  { width: 8, count: 5, weighted: true },
  { width: 100, count: 37, weighted: false },
  { width: 64, count: 37, weighted: true },
]

describe.each(KERNELS)('the training loops of %s', (name) => {
  describe.each(EVERY_STAGE)('width $width, $count pairs, weighted: $weighted', (options) => {
    const { width, count } = options
    const [dimensions, batch] = [Array.from({ length: width }, (_, k) => k), Array.from({ length: count }, (_, b) => b)]

    it('multiplySparse sums every row, finishes it and adds it to the base; no row but those asked for', () => {
      const stage = new TrainingStage(name, options)
      const { offset, words, floats, matrixOffsets: matrix } = stage
      const [before, base] = [stage.table('sums'), stage.table('base')]
      const sums = product(stage.scaledMatrix, stage.table('z'))
      const { scale, z, sums: out } = offset
      stage.kernel.multiplySparse(2, 9, { width, matrix, scale, z, out })
      expectNear(
        stage.table('sums'),
        before.map((row, k) => (k >= 2 && k < 9 ? sums[k] : row)),
      )
      const { rows, finish } = offset
      stage.kernel.multiplySparse(0, USERS, { width, rows, matrix, scale, z, base: offset.base, finish, out })
      const finished = base.map((row, k) => row.map((x, c) => x + floats.finish[k] * sums[words.rows[k]][c]))
      expectNear(stage.table('sums'), finished)
    })

    it('pairRows takes the item of a pair out of the sum of its user', () => {
      const stage = new TrainingStage(name, options)
      const { matrixOffsets: matrix, offset, words } = stage
      const { pairs, slots, scale, sums, z, users, items } = offset
      stage.kernel.pairRows(0, count, { width, pairs, slots, matrix, scale, sums, z, users, items })
      const [vectors, rows, w] = [stage.table('z'), stage.table('sums'), stage.scaledMatrix]
      expect(stage.table('items')).toEqual(stage.pairs.map(({ item }) => vectors[item]))
      const rest = stage.pairs.map(({ user, item }, b) =>
        rows[words.slots[b]].map((sum, k) => sum - w[user][item] * vectors[item][k]),
      )
      expectNear(stage.table('users'), rest)
    })

    it('takeRows copies, transpose turns', () => {
      const stage = new TrainingStage(name, options)
      const { kernel, offset, words, scoreRow } = stage
      kernel.takeRows(0, count, { width, ids: offset.ids, from: offset.z, out: offset.taken })
      expect(stage.table('taken')).toEqual(Array.from(words.ids, (row) => stage.table('z')[row]))
      kernel.transpose(0, count, { width, from: offset.taken, out: offset.turned, outRow: scoreRow })
      const turned = stage.table('turned', scoreRow).map((row) => row.slice(0, count))
      expect(turned).toEqual(transposed(stage.table('taken')))
    })

    it('unitRows divides by the lengths; throughLength is the slope of that', () => {
      const stage = new TrainingStage(name, options)
      const { kernel, offset, floats } = stage
      floats.users.fill(0, 0, width)
      const [vectors, slopes] = [stage.table('users'), stage.table('items')]
      const unit = { width, rows: offset.users, lengths: offset.lengths }
      kernel.unitRows(0, count, unit)
      expectNear([Array.from(floats.lengths)], [vectors.map(norm)])
      expectNear(
        stage.table('users'),
        vectors.map((row, b) => row.map((x) => (b === 0 ? 0 : x / norm(row)))),
      )
      kernel.throughLength(0, count, { ...unit, gradient: offset.items })
      // By differences: the slope of g'u(x) along each axis.
      const along = (row: number[], b: number, k: number, step: number): number => {
        const moved = row.map((x, c) => (c === k ? x + step : x))
        return dot(slopes[b], moved) / norm(moved)
      }
      const expected = vectors.map((row, b) =>
        dimensions.map((k) => (b === 0 ? 0 : (along(row, b, k, 1e-5) - along(row, b, k, -1e-5)) / 2e-5)),
      )
      expectNear(stage.table('items'), expected)
    })

    it('noisyRows moves every row by a step of the length asked for, away from 0, as its place says and not as the batch does', () => {
      const stage = new TrainingStage(name, options)
      const { kernel, offset, floats } = stage
      floats.users[width + 1] = 0
      const given = { width, rows: offset.users, out: offset.noisy, seed: 42, first: 10, noise: 0.25 }
      kernel.noisyRows(0, count, given)
      const rows = stage.table('users')
      const steps = stage.table('noisy').map((row, b) => row.map((x, k) => x - rows[b][k]))
      expectNear([steps.map(norm)], [steps.map(() => 0.25)])
      expect(steps.every((row, b) => row.every((step, k) => step * rows[b][k] >= 0))).toBe(true)
      expect(floats.noisy[width + 1]).toBe(0)
      expect(new Set(steps[0].map(Math.abs)).size).toBeGreaterThan(width / 2)
      const last = Array.from(floats.noisy.subarray((count - 1) * width))
      const own = { ...given, rows: offset.users + 4 * (count - 1) * width, first: 10 + count - 1 }
      kernel.noisyRows(0, 1, own)
      expect(Array.from(floats.noisy.subarray(0, width))).toEqual(last)
      kernel.noisyRows(0, 1, { ...own, seed: 43 })
      expect(Array.from(floats.noisy.subarray(0, width))).not.toEqual(last)
    })

    it('multiplyDense makes all scores; a may be read as its transpose', () => {
      const stage = new TrainingStage(name, options)
      const { kernel, offset, scoreRow } = stage
      const dense = { columns: scoreRow, inner: width, a: offset.users, aRow: width, aStep: 1, b: offset.turned }
      const sums = product(stage.table('users'), stage.table('turned', scoreRow))
      kernel.multiplyDense(0, count, { ...dense, bRow: scoreRow, out: offset.scores, outRow: scoreRow })
      expectNear(stage.table('scores', scoreRow), sums)
      const scores = stage.table('scores', scoreRow).map((row) => row.slice(0, count))
      const turned = { columns: width, inner: count, a: offset.scores, aRow: 1, aStep: scoreRow, b: offset.items }
      kernel.multiplyDense(0, count, { ...turned, bRow: width, out: offset.taken, outRow: width })
      expectNear(stage.table('taken'), product(transposed(scores), stage.table('items')), 2e-4)
    })

    it('excludeKnown leaves the items of a user out but for its own pair, excludeSame the pairs of one name', () => {
      const stage = new TrainingStage(name, options)
      const { kernel, offset, matrixOffsets: matrix, scoreRow, pairs, words, marks } = stage
      marks.fill(0)
      const w = stage.scaledMatrix
      const before = stage.table('scores', scoreRow)
      const known = { pairs: offset.pairs, slots: offset.slots, users: offset.slotUsers, matrix, marks: offset.marks }
      const scores = { count, scores: offset.scores, scoreRow }
      kernel.excludeKnown(0, count, { ...scores, ...known })
      const left = before.map((row, b) =>
        row.map((x, c) => (c < count && c !== b && w[pairs[b].user][pairs[c].item] !== 0 ? -Infinity : x)),
      )
      expect(stage.table('scores', scoreRow)).toEqual(left)
      expect(left.flat()).toContain(-Infinity)
      expect([...marks]).toEqual(Array<number>(ITEMS).fill(0))
      words.ids[count - 1] = words.ids[0]
      kernel.excludeSame(0, count, { ...scores, ids: offset.ids })
      const same = left.map((row, b) =>
        row.map((x, c) => (c !== b && words.ids[c] === words.ids[b] && c < count ? -Infinity : x)),
      )
      expect(stage.table('scores', scoreRow)).toEqual(same)
    })

    it.each([false, true])('softmaxRows: slopes and parts of the loss; with offsets: %s', (hasOffsets) => {
      const stage = new TrainingStage(name, options)
      const { kernel, offset, floats, scoreRow } = stage
      floats.scores[1] = -Infinity
      const [scores, weights, temperature] = [stage.table('scores', scoreRow), floats.weights, 0.05]
      const shifted = scores.map((row) => batch.map((c) => row[c] / temperature - (hasOffsets ? floats.offsets[c] : 0)))
      const { parts } = offset
      const loss = { scores: offset.scores, scoreRow, weights: offset.weights, parts, inverseTemperature: 20 }
      kernel.softmaxRows(0, count, { count, ...loss, offsets: hasOffsets ? offset.offsets : 0 })
      const sums = shifted.map((row) => row.reduce((sum, v) => sum + Math.exp(v), 0))
      const slopes = shifted.map((row, b) => [
        ...row.map((v, c) => (weights[b] / temperature) * (Math.exp(v) / sums[b] - (b === c ? 1 : 0))),
        ...Array<number>(scoreRow - count).fill(0),
      ])
      expectNear(stage.table('scores', scoreRow), slopes, 2e-4)
      expect(floats.scores[1]).toBe(0)
      const losses = stage.table('parts', 2).map(([first, second]) => first + Math.log(second))
      expectNear([losses], [shifted.map((row, b) => Math.log(sums[b]) - row[b])], 1e-4)
    })

    it('rankingRows: slopes and parts of the loss, against the next pair that is not excluded', () => {
      const stage = new TrainingStage(name, options)
      const { kernel, offset, floats, scoreRow } = stage
      floats.scores[1] = -Infinity
      floats.scores.fill(-Infinity, scoreRow, scoreRow + 1)
      floats.scores.fill(-Infinity, scoreRow + 2, scoreRow + count)
      const [scores, weights] = [stage.table('scores', scoreRow), floats.weights]
      const { parts, weights: weightsAt } = offset
      const loss = { scores: offset.scores, scoreRow, offsets: 0, weights: weightsAt, parts, inverseTemperature: 5 }
      kernel.rankingRows(0, count, { count, ...loss })
      const other = batch.map((b) => (b === 0 ? 2 : (b + 1) % count))
      const expected = scores.map((row, b) => {
        const slope = (5 * weights[b]) / (1 + Math.exp(5 * (row[b] - row[other[b]])))
        return row.map((_, c) => (b === 1 ? 0 : c === b ? -slope : c === other[b] ? slope : 0))
      })
      expectNear(stage.table('scores', scoreRow), expected)
      const leads = scores.map((row, b) => 5 * (row[b] - row[other[b]]))
      const found = stage.table('parts', 2)
      expect(found[1]).toEqual([Infinity, 1])
      expectNear(found.toSpliced(1, 1), leads.map((lead) => [lead, 1]).toSpliced(1, 1))
    })

    it('multiplySparse leaves holes out: the pairs of every slot', () => {
      const stage = new TrainingStage(name, options)
      const { kernel, offset, words, slotCount } = stage
      const [before, users] = [stage.table('slotSums'), stage.table('users')]
      const { slotStarts, places, slotSums } = offset
      const matrix = { indptr: slotStarts, indices: places, data: 0 }
      kernel.multiplySparse(1, slotCount, { width, matrix, hasHoles: true, z: offset.users, out: slotSums })
      const sums = before.map((row, slot) =>
        row.map((x, k) =>
          slot === 0 ? x : batch.filter((b) => words.slots[b] === slot).reduce((sum, b) => sum + users[b][k], 0),
        ),
      )
      expectNear(stage.table('slotSums'), sums)
    })

    it.each([1, 3])('addEdges is the way back of the sums and pairRows, by %i members', (members) => {
      const stage = new TrainingStage(name, options)
      const { kernel, offset, words, matrixOffsets: matrix, slotCount, pairs } = stage
      const { slotUsers, slotStarts, scale, places, slotSums, users, items, gradient } = offset
      const own = { width, users: slotUsers, slots: slotStarts, matrix, scale, sums: slotSums, gradient }
      const w = stage.scaledMatrix
      const expected = stage.table('gradient')
      const [rows, forUsers, forItems] = [stage.table('slotSums'), stage.table('users'), stage.table('items')]
      words.slotUsers.forEach((user, slot) =>
        expected.forEach((row, item) => dimensions.forEach((k) => (row[k] += w[user][item] * rows[slot][k]))),
      )
      const plain = expected.map((row) => [...row])
      pairs.forEach(({ user, item }, b) =>
        dimensions.forEach((k) => (expected[item][k] += forItems[b][k] - w[user][item] * forUsers[b][k])),
      )
      const start = stage.floats.gradient.slice()
      for (let member = 0; member < members; member++) {
        kernel.addEdges(0, slotCount, { ...own, member, members, places, userRows: users, itemRows: items })
      }
      expectNear(stage.table('gradient'), expected)
      stage.floats.gradient.set(start)
      kernel.addEdges(0, slotCount, { ...own, member: 1, members: 2, places: 0, userRows: 0, itemRows: 0 })
      const half = plain.map((row, item) =>
        item % 2 === 1 ? row : Array.from(start.subarray(item * width, (item + 1) * width)),
      )
      expectNear(stage.table('gradient'), half)
    })

    it('adam takes one step, of the elements asked for', () => {
      const stage = new TrainingStage(name, options)
      const { kernel, offset, floats } = stage
      const { free, mean, square, gradient } = offset
      const [start, end] = [3, floats.free.length - 2]
      const next = Array.from(floats.free, (x, at) => {
        const slope = floats.gradient[at]
        const [first, second] = [0.9 * floats.mean[at] + 0.1 * slope, 0.999 * floats.square[at] + 0.001 * slope ** 2]
        const moved = [x - (0.01 * first) / (Math.sqrt(1.3 * second) + 1e-8), first, second]
        return at >= start && at < end ? moved : [x, floats.mean[at], floats.square[at]]
      })
      kernel.adam(start, end, { free, mean, square, gradient, rate: 0.01, correction: 1.3 })
      expectNear(
        Array.from(floats.free, (x, at) => [x, floats.mean[at], floats.square[at]]),
        next,
        1e-6,
      )
    })
  })

  it('a drop leaves out a share of the entries, the same in both directions', () => {
    const stage = new TrainingStage(name, { width: 64, count: 37, weighted: false })
    const { kernel, floats, offset, matrixOffsets: matrix, slotCount, words } = stage
    const { scale, z, sums: out, slotUsers, slotStarts, slotSums, gradient } = offset
    floats.scale.fill(1)
    floats.z.forEach((_, at) => (floats.z[at] = Math.floor(at / 64) === at % 64 ? 1 : 0))
    floats.slotSums.forEach((_, at) => (floats.slotSums[at] = Math.floor(at / 64) === at % 64 ? 1 : 0))
    const kept = (drop: { seed: number; below: number }): Dense => {
      kernel.multiplySparse(0, USERS, { width: 64, matrix, scale, z, out, drop })
      const forth = stage.table('sums').map((row) => row.slice(0, ITEMS))
      floats.gradient.fill(0)
      const users = { width: 64, member: 0, members: 1, users: slotUsers, slots: slotStarts, matrix, scale }
      const rows = { places: 0, sums: slotSums, userRows: 0, itemRows: 0, gradient }
      kernel.addEdges(0, slotCount, { ...users, ...rows, drop })
      const back = transposed(stage.table('gradient').map((row) => row.slice(0, slotCount)))
      expect(back).toEqual(Array.from(words.slotUsers, (user) => forth[user]))
      return forth
    }
    const every = stage.scaledMatrix
    expect(kept({ seed: 0, below: 0 })).toEqual(every)
    const quarter = kept({ seed: 5, below: 2 ** 22 })
    expect(quarter.every((row, i) => row.every((x, c) => x <= every[i][c]))).toBe(true)
    const count = (table: Dense): number => table.flat().reduce((sum, x) => sum + x, 0)
    expect(count(quarter) / count(every)).toBeGreaterThan(0.65)
    expect(count(quarter) / count(every)).toBeLessThan(0.85)
    expect(kept({ seed: 6, below: 2 ** 22 })).not.toEqual(quarter)
    expect(count(kept({ seed: 5, below: 2 ** 24 }))).toBe(0)
  })
})

describe('exp', () => {
  it('is e^x to float32 over its range, 0 below and bounded above', () => {
    for (let x = -87; x <= 88; x += 0.0137) {
      const given = Math.fround(x)
      expect(Math.abs(exp(given) / Math.exp(given) - 1)).toBeLessThan(2e-7)
    }
    expect([exp(0), exp(-0), exp(-87.01), exp(-Infinity), exp(NaN)]).toEqual([1, 1, 0, 0, NaN])
    expect(exp(Infinity)).toBe(exp(88))
  })
})
