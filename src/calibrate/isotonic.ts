/**
 * Isotonic regression: the non-decreasing step function nearest to the data by least squares.
 *
 *   min over f non-decreasing of sum_r (f(x_r) - y_r)^2
 *
 * x, y (n); f is constant on blocks, each the mean of its y. Pool adjacent violators: Ayer, Brunk, Ewing, Reid & Silverman 1955,
 * 10.1214/aoms/1177728423; as a calibrator Zadrozny & Elkan 2002, 10.1145/775047.775151. Time O(n log n), memory O(n).
 * Differs from the papers: f is linear between two blocks, so that it has no jump between values without observations.
 */

/** f is `value` over [from, to], linear between two blocks, and constant beyond the first and the last. */
export interface Block {
  readonly from: number
  readonly to: number
  readonly value: number
}

/** The blocks of the isotonic regression of y on x, ascending. Equal x are one observation. Equal lengths, at least 1; finite. */
export function isotonicBlocks(x: ArrayLike<number>, y: ArrayLike<number>): Block[] {
  const order = Int32Array.from(x, (_, row) => row).sort((a, b) => x[a] - x[b])
  const pools: Pool[] = []
  for (const row of order) {
    const last = pools.at(-1)
    if (last?.to === x[row]) {
      last.sum += y[row]
      last.count++
    } else {
      poolViolators(pools)
      pools.push({ from: x[row], to: x[row], sum: y[row], count: 1 })
    }
  }
  poolViolators(pools)
  return pools.map(({ from, to, sum, count }) => ({ from, to, value: sum / count }))
}

interface Pool {
  from: number
  to: number
  sum: number
  count: number
}

/** Joins the last pools until their means ascend. */
function poolViolators(pools: Pool[]): void {
  for (let last = pools.length - 1; last > 0; last--) {
    const [before, after] = [pools[last - 1], pools[last]]
    if (before.sum * after.count < after.sum * before.count) return
    before.to = after.to
    before.sum += after.sum
    before.count += after.count
    pools.pop()
  }
}

/** f(x) for the blocks of `isotonicBlocks`. Time O(log blocks). */
export function valueAt(blocks: readonly Block[], x: number): number {
  let [low, high] = [0, blocks.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (blocks[middle].to < x) low = middle + 1
    else high = middle
  }
  if (low === blocks.length) return blocks[low - 1].value
  const { from, value } = blocks[low]
  if (low === 0 || from <= x) return value
  const before = blocks[low - 1]
  return before.value + ((x - before.to) / (from - before.to)) * (value - before.value)
}
