import { Arena, type KernelName, layOut, openKernel, seededRandom } from '../../src/advanced.ts'
import { distance } from '../timing/agree.ts'
import { race } from '../timing/race.ts'
import type { Contestant, Ours } from '../timing/race.ts'
import type { Suite } from './suite.ts'

const K = 20
const COLUMNS = 16
const ITEMS = { smoke: 500, small: 40_000, medium: 200_000, large: 1_000_000 }

/** The 20 best of every column of a block of scores, as the worker picks them, against sorting. */
export const topKSuite: Suite = {
  about: 'the 20 best items of 16 users out of a block of scores: against sorting each column',
  run: async (bench) => {
    const { report, size, raceOptions } = bench
    const items = ITEMS[size]
    const random = seededRandom(1)
    // Few distinct scores, so that ties happen and their order is tested.
    const scores = Float32Array.from({ length: items * COLUMNS }, () => Math.floor(random.next() ** 4 * 5000))
    const ours = kernelTopK('wasm-simd', scores)
    const expected = Int32Array.from(ours.answer())
    const rivals = [kernelTopK('typescript', scores), sortColumns(scores)]
    const graph = `${items.toLocaleString('en')} items`
    const agreeing: Contestant[] = []
    for (const rival of rivals) {
      if (report.expect(`top-k, ${graph}, ${rival.name}`, distance(expected, await rival.answer()), 0))
        agreeing.push(rival)
    }
    const laps = await race([ours, ...agreeing], raceOptions)
    report.race({
      suite: 'top-k',
      graph,
      task: `${K} best of ${COLUMNS} columns`,
      laps,
      work: { amount: items * COLUMNS, unit: 'scores' },
    })
  },
}

function kernelTopK(name: KernelName, scores: Float32Array): Ours<Int32Array> {
  const items = scores.length / COLUMNS
  const { sections, end } = layOut({
    z: { type: 'float32', length: scores.length },
    scale: { type: 'float32', length: items },
    rows: { type: 'int32', length: K * COLUMNS },
    best: { type: 'float32', length: K * COLUMNS },
  })
  const arena = Arena.allocate(end)
  const kernel = openKernel(name, arena.memory)
  arena.float32(sections.z).set(scores)
  arena.float32(sections.scale).fill(1)
  const run = (): void => {
    arena.int32(sections.rows).fill(-1)
    arena.float32(sections.best).fill(-Infinity)
    kernel.topK(0, items, {
      ...{ width: COLUMNS, k: K, z: sections.z.offset, scale: sections.scale.offset },
      ...{ rows: sections.rows.offset, scores: sections.best.offset },
    })
  }
  return {
    name: name === 'wasm-simd' ? 'rivulet' : 'rivulet, TypeScript kernel',
    run,
    answer: () => (run(), arena.int32(sections.rows)),
  }
}

function sortColumns(scores: Float32Array): Contestant {
  const items = scores.length / COLUMNS
  const best = new Int32Array(K * COLUMNS)
  const run = (): void => {
    for (let column = 0; column < COLUMNS; column++) {
      const order = Int32Array.from({ length: items }, (_, item) => item)
      order.sort((a, b) => scores[b * COLUMNS + column] - scores[a * COLUMNS + column] || a - b)
      best.set(order.subarray(0, K), column * K)
    }
  }
  return { name: 'sort', run, answer: () => (run(), best) }
}
