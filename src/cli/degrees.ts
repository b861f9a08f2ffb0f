/** How many items the users have, or how many users the items have: a distribution in a few numbers. */
export interface DegreeSummary {
  readonly mean: number
  /** 'min', '25%', 'median', '75%', '90%', '99%', 'max': the smallest degree that at least that part does not exceed. */
  readonly quantiles: Readonly<Record<string, number>>
  /** Counts in 0, 1, 2-3, 4-7, 8-15 ...; buckets before the first and after the last that holds any are left out. */
  readonly histogram: readonly { readonly from: number; readonly to: number; readonly count: number }[]
}

const PARTS = { min: 0, '25%': 0.25, median: 0.5, '75%': 0.75, '90%': 0.9, '99%': 0.99, max: 1 }

/** Degrees of `size` nodes from the node of each pair. */
export function degreesOf(nodes: Int32Array, size: number): Int32Array {
  const degrees = new Int32Array(size)
  for (const node of nodes) degrees[node]++
  return degrees
}

export function summariseDegrees(degrees: Int32Array): DegreeSummary {
  const ascending = degrees.slice().sort()
  const { length } = ascending
  const quantile = (part: number): number => ascending[Math.max(0, Math.ceil(part * length) - 1)]
  const counts: number[] = []
  for (const degree of degrees) {
    const bucket = degree === 0 ? 0 : 1 + Math.floor(Math.log2(degree))
    counts[bucket] = (counts[bucket] ?? 0) + 1
  }
  const histogram = Array.from(counts, (held = 0, bucket) =>
    bucket === 0 ? { from: 0, to: 0, count: held } : { from: 2 ** (bucket - 1), to: 2 ** bucket - 1, count: held },
  )
  return {
    mean: degrees.reduce((sum, degree) => sum + degree, 0) / length,
    quantiles: Object.fromEntries(Object.entries(PARTS).map(([name, part]) => [name, quantile(part)])),
    histogram: histogram.slice(histogram.findIndex((bucket) => bucket.count > 0)),
  }
}
