import type { Addition, Recurrence, ScaledRows } from './kernel.ts'
import type { Views } from './loop.ts'

/** The reference of `combine`. */
export function combine({ floats }: Views, start: number, end: number, recurrence: Recurrence): number {
  const { fround, abs, max } = Math
  const { width, step } = recurrence
  const [a, b, c, d] = [fround(step.a), fround(step.b), fround(step.c), fround(step.d)]
  const [acc, z, previous, rhs] = (['acc', 'z', 'previous', 'rhs'] as const).map((name) => recurrence[name] >>> 2)
  let worst = 0
  for (let row = start; row < end; row++) {
    const scale = floats[(recurrence.scale >>> 2) + row]
    const weight = floats[(recurrence.weight >>> 2) + row]
    for (let at = row * width; at < (row + 1) * width; at++) {
      const spread = fround(floats[acc + at] * scale)
      floats[acc + at] = 0
      const now = floats[z + at]
      const seed = floats[rhs + at]
      const last = floats[previous + at]
      const blend = fround(fround(spread * a) + fround(now * b))
      floats[previous + at] = fround(blend + fround(last * c)) + fround(seed * d)
      const distance = abs(fround(fround(spread + seed) - now))
      worst = max(worst, fround(distance * weight))
    }
  }
  return worst
}

/** The reference of `add`. */
export function add({ floats }: Views, start: number, end: number, { total, part }: Addition): void {
  for (let at = start; at < end; at++) {
    floats[(total >>> 2) + at] += floats[(part >>> 2) + at]
    floats[(part >>> 2) + at] = 0
  }
}

/** The reference of `scaleRows`. */
export function scaleRows({ floats }: Views, start: number, end: number, rows: ScaledRows): void {
  const { width, scale, from, fromRow, to, toRow } = rows
  for (let row = start; row < end; row++) {
    const factor = floats[(scale >>> 2) + row]
    const [source, target] = [(from >>> 2) + row * fromRow, (to >>> 2) + row * toRow]
    for (let c = 0; c < width; c++) floats[target + c] = floats[source + c] * factor
  }
}
