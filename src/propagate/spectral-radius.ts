import type { Algorithm } from '../run/drive.ts'
import type { Operator, SparseSeeds } from '../run/problem.ts'

/** Power steps before the quotient is taken. The estimate may be low; that costs sweeps, never the answer. */
const STEPS = 24

const MULTIPLY = { a: 1, b: 0, c: 0, d: 0 } as const

/**
 * Estimates the largest |eigenvalue| of T among what the seeds can reach: how much 24 power steps from them still grow or shrink in one more.
 *
 * T = scale o (symmetric), so lengths are taken in the inner product weighted by 1 / scale, where T is symmetric and
 * |T z| / |z| is the square root of the Rayleigh quotient of T T. A component without a seed has eigenvalue 1 and does not matter.
 */
export function* spectralRadius(name: string, operator: Operator, seeds: SparseSeeds): Algorithm<number> {
  const { scale } = operator
  const all = { ...seeds, indptr: Int32Array.of(0, seeds.indices.length) }
  const power = function* (steps: number): Algorithm<Float32Array> {
    const solution = yield {
      name,
      operator,
      schedule: { solver: 'filter', steps: Array(steps).fill(MULTIPLY), stopBelow: 0 },
      seeds: all,
      output: { kind: 'scores', finish: new Float32Array(scale.length).fill(1), rowScale: null },
    }
    if (solution.columnScores === null) throw new TypeError('a solver left the scores out')
    return solution.columnScores
  }
  const here = yield* power(STEPS)
  const next = yield* power(STEPS + 1)
  let before = 0
  let after = 0
  for (let index = 0; index < scale.length; index++) {
    if (scale[index] === 0) continue
    before += (here[index] * here[index]) / scale[index]
    after += (next[index] * next[index]) / scale[index]
  }
  return before > 0 ? Math.sqrt(after / before) : 0
}
