import type { Algorithm } from '../run/drive.ts'
import type { Operator } from '../run/problem.ts'
import { seededRandom } from '../support/random.ts'

/** Power steps before the quotient is taken. The estimate may be low; that costs sweeps, never the answer. */
const STEPS = 24

const MULTIPLY = { a: 1, b: 0, c: 0, d: 0 } as const

/**
 * Estimates the largest eigenvalue of T by the Rayleigh quotient after a few power steps on a positive random vector.
 *
 * T = scale o (symmetric), so the quotient is taken in the inner product weighted by 1 / scale, where T is symmetric.
 */
export function* spectralRadius(name: string, operator: Operator): Algorithm<number> {
  const { scale } = operator
  const random = seededRandom(1)
  const start = Float32Array.from(scale, () => 0.5 + random.next())
  const after = function* (steps: number): Algorithm<Float32Array> {
    const solution = yield {
      name,
      operator,
      schedule: { solver: 'filter', steps: Array(steps).fill(MULTIPLY), stopBelow: 0 },
      seeds: {
        kind: 'sparse',
        indptr: Int32Array.of(0, start.length),
        indices: Int32Array.from(start, (_, index) => index),
        data: start,
      },
      output: { kind: 'scores', finish: new Float32Array(scale.length).fill(1), rowScale: null },
    }
    return solution.columnScores ?? start
  }
  const here = yield* after(STEPS)
  const next = yield* after(STEPS + 1)
  let along = 0
  let square = 0
  for (let index = 0; index < scale.length; index++) {
    if (scale[index] === 0) continue
    along += (here[index] * next[index]) / scale[index]
    square += (here[index] * here[index]) / scale[index]
  }
  return square > 0 ? along / square : 0
}
