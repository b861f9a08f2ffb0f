import { LEVELS, toLevels } from '../kernel/levels.ts'
import type { LevelVectors } from '../request/product.ts'
import { inSlices, type Sliced } from '../support/pause.ts'

/** Quantises vectors to whole numbers, each at the largest scale. @param write writes the vector of a row over that of the row before, over zeros at first */
export function* levelVectors(
  count: number,
  dimensions: number,
  write: (row: number, into: Float32Array) => void,
): Sliced<LevelVectors> {
  const levels = new Int16Array(count * dimensions)
  const steps = new Float32Array(count)
  const vector = new Float32Array(dimensions)
  const round = (from: number, to: number): void => {
    for (let row = from; row < to; row++) {
      write(row, vector)
      let square = 0
      for (let at = 0; at < dimensions; at++) square += vector[at] * vector[at]
      const length = Math.sqrt(square)
      toLevels(vector, length, levels, row * dimensions)
      steps[row] = length / LEVELS
    }
  }
  yield* inSlices(count, round, dimensions)
  return { levels, steps }
}
