/** Weights >= 0 as shares that sum to 1; zeros where no weight is above 0. */
export function scaleToOne(weights: Float64Array): Float64Array {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  if (total === 0) return weights
  if (total < Infinity) return weights.map((weight) => weight / total)
  const largest = weights.reduce((most, weight) => Math.max(most, weight), 0)
  return scaleToOne(weights.map((weight) => weight / largest))
}
