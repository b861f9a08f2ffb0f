/** Each row over its length; rows of zeros stay. */
export function unitRows(vectors: Float32Array, dimensions: number): Float32Array {
  const unit = new Float32Array(vectors.length)
  for (let start = 0; start < vectors.length; start += dimensions) {
    const row = vectors.subarray(start, start + dimensions)
    const length = Math.sqrt(row.reduce((sum, entry) => sum + entry * entry, 0))
    if (length > 0) row.forEach((entry, k) => (unit[start + k] = entry / length))
  }
  return unit
}
