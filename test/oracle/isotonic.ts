/** Isotonic regression by its min-max formula, slow and obvious: f(x) = max over a <= x of min over b >= x of the mean of y over [a, b]. */
export function isotonicRegression(x: Float64Array, y: Float64Array): Float64Array {
  const meanOver = (low: number, high: number): number => {
    const inside = Array.from(y).filter((_, row) => x[row] >= low && x[row] <= high)
    return inside.reduce((a, b) => a + b, 0) / inside.length
  }
  return x.map((value) => {
    const lows = x.filter((other) => other <= value)
    const highs = x.filter((other) => other >= value)
    return Math.max(...Array.from(lows, (low) => Math.min(...Array.from(highs, (high) => meanOver(low, high)))))
  })
}
