import { LEVELS, toLevels } from '../kernel/levels.ts'
import type { LevelVectors } from '../request/product.ts'
import { inSlices, type Sliced } from '../support/pause.ts'

/** Rows of vectors in whole numbers, each as long as they allow. @param rows shape (n x dimensions), row-major */
export function* levelVectors(rows: Float32Array, dimensions: number): Sliced<LevelVectors> {
  const levels = new Int16Array(rows.length)
  const steps = new Float32Array(rows.length / dimensions)
  const round = (from: number, to: number): void => {
    for (let row = from; row < to; row++) {
      const vector = rows.subarray(row * dimensions, (row + 1) * dimensions)
      const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0))
      toLevels(vector, length, levels, row * dimensions)
      steps[row] = length / LEVELS
    }
  }
  yield* inSlices(steps.length, round, dimensions)
  return { levels, steps }
}
