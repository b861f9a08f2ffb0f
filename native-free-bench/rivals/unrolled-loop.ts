import type { CsrMatrix } from '../../src/advanced.ts'

/**
 * The sweep `plainSweep` as one writes it for speed in JavaScript: eight columns at a time, their sums in local variables and not in an array.
 *
 * @param z shape (matrix columns x width), row-major; the width a multiple of 8
 */
export function unrolledSweep(
  matrix: CsrMatrix,
  middle: Float32Array,
  z: Float32Array,
  width: number,
  acc: Float32Array,
): void {
  const { rowCount, indptr, indices } = matrix
  acc.fill(0)
  for (let row = 0; row < rowCount; row++) {
    const [start, end, scale] = [indptr[row], indptr[row + 1], middle[row]]
    for (let column = 0; column < width; column += 8) {
      let [a, b, c, d] = [0, 0, 0, 0]
      let [e, f, g, h] = [0, 0, 0, 0]
      for (let edge = start; edge < end; edge++) {
        const from = indices[edge] * width + column
        a += z[from]
        b += z[from + 1]
        c += z[from + 2]
        d += z[from + 3]
        e += z[from + 4]
        f += z[from + 5]
        g += z[from + 6]
        h += z[from + 7]
      }
      a *= scale
      b *= scale
      c *= scale
      d *= scale
      e *= scale
      f *= scale
      g *= scale
      h *= scale
      for (let edge = start; edge < end; edge++) {
        const to = indices[edge] * width + column
        acc[to] += a
        acc[to + 1] += b
        acc[to + 2] += c
        acc[to + 3] += d
        acc[to + 4] += e
        acc[to + 5] += f
        acc[to + 6] += g
        acc[to + 7] += h
      }
    }
  }
}

/** The same with one column: four edges at a time. */
export function unrolledSweepOfOne(matrix: CsrMatrix, middle: Float32Array, z: Float32Array, acc: Float32Array): void {
  const { rowCount, indptr, indices } = matrix
  acc.fill(0)
  for (let row = 0; row < rowCount; row++) {
    const end = indptr[row + 1]
    let [a, b, c, d] = [0, 0, 0, 0]
    let edge = indptr[row]
    for (; edge + 3 < end; edge += 4) {
      a += z[indices[edge]]
      b += z[indices[edge + 1]]
      c += z[indices[edge + 2]]
      d += z[indices[edge + 3]]
    }
    for (; edge < end; edge++) a += z[indices[edge]]
    const sum = (a + b + c + d) * middle[row]
    edge = indptr[row]
    for (; edge + 3 < end; edge += 4) {
      acc[indices[edge]] += sum
      acc[indices[edge + 1]] += sum
      acc[indices[edge + 2]] += sum
      acc[indices[edge + 3]] += sum
    }
    for (; edge < end; edge++) acc[indices[edge]] += sum
  }
}
