import { Arena, type KernelName, layOut, openKernel, seededRandom } from '../../src/advanced.ts'
import { distance } from '../timing/agree.ts'
import { race } from '../timing/race.ts'
import type { Contestant, Ours } from '../timing/race.ts'
import type { Suite } from './suite.ts'

const LENGTHS = [20, 1000, 5000]
/** Longer lists are heaps, which are sorted in the end. */
const INSERTED_MOST = 128
const COLUMNS = 16
const ITEMS = { smoke: 500, small: 40_000, medium: 200_000, large: 1_000_000 }

/** The best of every column of a block of scores, as the worker picks them, against sorting. */
export const topKSuite: Suite = {
  about: 'the 20, 1,000 and 5,000 best items of 16 users out of a block of scores: against sorting each column',
  run: async (bench) => {
    const { report, size, raceOptions } = bench
    const items = ITEMS[size]
    const random = seededRandom(1)
    // Few distinct scores, so that ties happen and their order is tested.
    const scores = Float32Array.from({ length: items * COLUMNS }, () => Math.floor(random.next() ** 4 * 5000))
    const graph = `${items.toLocaleString('en')} items`
    for (const k of LENGTHS.filter((length) => length <= items)) {
      const ours = kernelTopK('wasm-simd', scores, k)
      const expected = Int32Array.from(ours.answer())
      const rivals = [kernelTopK('typescript', scores, k), sortColumns(scores, k)]
      const agreeing: Contestant[] = []
      for (const rival of rivals) {
        if (report.expect(`top-k, ${graph}, k = ${k}, ${rival.name}`, distance(expected, await rival.answer()), 0))
          agreeing.push(rival)
      }
      const laps = await race([ours, ...agreeing], raceOptions)
      report.race({
        suite: 'top-k',
        graph,
        task: `${k} best of ${COLUMNS} columns`,
        laps,
        work: { amount: items * COLUMNS, unit: 'scores' },
      })
    }
  },
}

function kernelTopK(name: KernelName, scores: Float32Array, k: number): Ours<Int32Array> {
  const items = scores.length / COLUMNS
  const { sections, end } = layOut({
    z: { type: 'float32', length: scores.length },
    scale: { type: 'float32', length: items },
    rows: { type: 'int32', length: k * COLUMNS },
    best: { type: 'float32', length: k * COLUMNS },
  })
  const arena = Arena.allocate(end)
  const kernel = openKernel(name, arena.memory)
  arena.float32(sections.z).set(scores)
  arena.float32(sections.scale).fill(1)
  const { z, scale, rows, best } = sections
  const run = (): void => {
    arena.int32(rows).fill(-1)
    arena.float32(best).fill(-Infinity)
    const lists = { rows: rows.offset, scores: best.offset }
    kernel.topK(0, items, { width: COLUMNS, k, z: z.offset, scale: scale.offset, ...lists })
    if (k <= INSERTED_MOST) return
    for (let list = 0; list < 4 * COLUMNS * k; list += 4 * k)
      kernel.sortTop(0, k, { rows: lists.rows + list, scores: lists.scores + list })
  }
  return {
    name: name === 'wasm-simd' ? 'rivulet' : 'rivulet, TypeScript kernel',
    run,
    answer: () => (run(), arena.int32(rows)),
  }
}

function sortColumns(scores: Float32Array, k: number): Contestant {
  const items = scores.length / COLUMNS
  const best = new Int32Array(k * COLUMNS)
  const run = (): void => {
    for (let column = 0; column < COLUMNS; column++) {
      const order = Int32Array.from({ length: items }, (_, item) => item)
      order.sort((a, b) => scores[b * COLUMNS + column] - scores[a * COLUMNS + column] || a - b)
      best.set(order.subarray(0, k), column * k)
    }
  }
  return { name: 'sort', run, answer: () => (run(), best) }
}
