import type { BlockWidth } from './kernel.ts'

/**
 * Per column of a block, the k largest of z o scale, by insertion into a sorted list: after the first few rows nearly every row fails the
 * comparison with the list's last score, so the cost is one multiplication and one comparison a row.
 *
 * Offsets in elements. Ties go to the lower row because rows come in order and only a strictly larger score moves ahead.
 */
export function topK(
  floats: Float32Array,
  words: Uint32Array,
  width: BlockWidth,
  count: number,
  k: number,
  z: number,
  scale: number,
  rows: number,
  scores: number,
): void {
  for (let row = 0; row < count; row++) {
    const factor = floats[scale + row]
    for (let column = 0; column < width; column++) {
      const score = Math.fround(floats[z + row * width + column] * factor)
      const list = column * k
      if (!(score > floats[scores + list + k - 1])) continue
      let at = list + k - 1
      while (at > list && floats[scores + at - 1] < score) {
        floats[scores + at] = floats[scores + at - 1]
        words[rows + at] = words[rows + at - 1]
        at--
      }
      floats[scores + at] = score
      words[rows + at] = row
    }
  }
}
