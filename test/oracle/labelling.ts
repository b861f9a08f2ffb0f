/** The closed forms of the labellers, solved densely in float64. */
import type { Edge } from '../networks.ts'
import type { Normalization } from '../../src/matrix/normalize.ts'
import {
  identity,
  multiply,
  plus,
  scaled,
  solve,
  transposed,
  zeros,
  type Dense,
  type Vector,
} from './linear-algebra.ts'

/** A[i][j]: the weight of the edges from j to i; undirected edges both ways, a loop once. */
export function adjacencyOf(nodeCount: number, edges: readonly Edge[], directed = false): Dense {
  const a = zeros(nodeCount, nodeCount)
  for (const { from, to, weight } of edges) {
    a[to][from] += weight
    if (!directed && from !== to) a[from][to] += weight
  }
  return a
}

/** Of absolute values: what degrees are. */
const sums = (a: Dense): Vector => a.map((row) => row.reduce((total, value) => total + Math.abs(value), 0))

const power = (degrees: Vector, exponent: number): Vector =>
  degrees.map((degree) => (degree > 0 ? degree ** exponent : 0))

/** S of a symmetric adjacency. */
export function normalized(a: Dense, normalization: Normalization): Dense {
  const [left, right] = { symmetric: [-0.5, -0.5], row: [-1, 0], column: [0, -1] }[normalization]
  return scaled(power(sums(a), left), a, power(sums(a), right))
}

/** (1 - alpha) (I - alpha S)^-1 Y, a column at a time. */
export const spreadingFixedPoint = (s: Dense, alpha: number, y: Vector): Vector =>
  solve(
    identity(s.length).map((row, i) => plus(row, s[i], -alpha)),
    y.map((value) => (1 - alpha) * value),
  )

/** Nodes that a path joins to one of the sources. */
export function joined(a: Dense, sources: readonly number[]): Set<number> {
  const found = new Set(sources)
  for (const node of found) a.forEach((row, next) => row[node] !== 0 && found.add(next))
  return found
}

/** F_u = (I - P_uu)^-1 P_ul Y_l on what the seeds reach, Y on the seeds, 0 elsewhere. */
export function harmonic(a: Dense, seeds: readonly number[], y: Vector): Vector {
  const p = normalized(a, 'row')
  const reached = joined(a, seeds)
  const free = [...reached].filter((node) => !seeds.includes(node))
  const system = free.map((i) => free.map((j) => (i === j ? 1 : 0) - p[i][j]))
  const inflow = free.map((i) => seeds.reduce((sum, seed) => sum + p[i][seed] * y[seed], 0))
  const f = y.map((value, node) => (seeds.includes(node) ? value : 0))
  if (free.length > 0) solve(system, inflow).forEach((value, at) => (f[free[at]] = value))
  return f
}

/** The stationary walk, by many plain steps: dangling walkers restart. */
export function restartWalk(a: Dense, alpha: number, restart: Vector, steps = 600): Vector {
  const out = sums(transposed(a))
  const step = scaled(
    a.map(() => 1),
    a,
    power(out, -1),
  )
  let f = restart
  for (let n = 0; n < steps; n++) {
    const dangling = f.reduce((sum, value, node) => sum + (out[node] > 0 ? 0 : value), 0)
    f = multiply(step, f).map((value, node) => alpha * (value + dangling * restart[node]) + (1 - alpha) * restart[node])
  }
  return f
}

/** Potentials u of L u = source on one component, degrees times u summing to 0: (L + d d' / sum d) u = source. Sources sum to 0. */
export function poissonPotentials(a: Dense, members: readonly number[], source: Vector): Vector {
  const degrees = members.map((i) => members.reduce((sum, j) => sum + a[i][j], 0))
  const total = degrees.reduce((sum, degree) => sum + degree, 0)
  if (total === 0) return members.map(() => 0)
  const system = members.map((i, p) =>
    members.map((j, q) => (p === q ? degrees[p] : 0) - a[i][j] + (degrees[p] * degrees[q]) / total),
  )
  return solve(system, source)
}

/** U <- max(0, U + (D^-1 A U - U + s) / 2), so many times; nodes without neighbours stay. @param sources shape of `u` */
export function mboDiffusion(a: Dense, u: Dense, sources: Dense, times: number): Dense {
  const walk = normalized(a, 'row')
  let current = u
  for (let time = 0; time < times; time++) {
    const before = current
    current = before.map((row, i) => {
      if (walk[i].every((weight) => weight === 0)) return row
      const mean = row.map((_, c) => walk[i].reduce((sum, weight, j) => sum + weight * before[j][c], 0))
      return row.map((value, c) => Math.max(0, value + (mean[c] - value + sources[i][c]) / 2))
    })
  }
  return current
}

/**
 * Shares of label spreading, by many plain steps z <- alpha D^-1 W z + b in logarithms: no score is too small for them. Every node is reached.
 *
 * @param seeds the class of some nodes
 */
export function logarithmicShares(
  nodeCount: number,
  edges: readonly Edge[],
  alpha: number,
  seeds: ReadonlyMap<number, number>,
  steps: number,
): Dense {
  const ends = edges.flatMap(({ from, to, weight }) => [
    { at: from, from: to, weight },
    { at: to, from, weight },
  ])
  const degrees = Array<number>(nodeCount).fill(0)
  for (const { at, weight } of ends) degrees[at] += weight
  const classes = [...new Set(seeds.values())].sort((a, b) => a - b)
  const columns = classes.map((own) => {
    const base = degrees.map((degree, node) => (seeds.get(node) === own ? -0.5 * Math.log(degree) : -Infinity))
    let z = base
    for (let step = 0; step < steps; step++) {
      const next = [...base]
      for (const { at, from, weight } of ends) {
        next[at] = addLogarithms(next[at], Math.log((alpha * weight) / degrees[at]) + z[from])
      }
      z = next
    }
    return z
  })
  return degrees.map((_, node) => {
    const largest = Math.max(...columns.map((column) => column[node]))
    const row = columns.map((column) => Math.exp(column[node] - largest))
    const total = row.reduce((sum, value) => sum + value, 0)
    return row.map((value) => value / total)
  })
}

function addLogarithms(a: number, b: number): number {
  const [high, low] = a > b ? [a, b] : [b, a]
  return high === -Infinity ? high : high + Math.log1p(Math.exp(low - high))
}

/**
 * The harmonic function by eliminating one free node after the other without a subtraction, so that it keeps its digits however unlike weights
 * are. Grassmann, Taksar & Heyman 1985, 10.1287/opre.33.5.1107. Every node is reached.
 *
 * @param boundary values of some nodes
 */
export function harmonicByElimination(a: Dense, boundary: ReadonlyMap<number, number>): Vector {
  const w = a.map((row, i) => row.map((value, j) => (i === j ? 0 : value)))
  const free = w.map((_, node) => node).filter((node) => !boundary.has(node))
  const eliminated: { node: number; row: Vector }[] = []
  const left = new Set(w.map((_, node) => node))
  for (const node of free) {
    left.delete(node)
    const total = [...left].reduce((sum, j) => sum + w[node][j], 0)
    const row = w[node].map((value, j) => (left.has(j) ? value / total : 0))
    for (const i of left) for (const j of left) if (i !== j) w[i][j] += w[i][node] * row[j]
    eliminated.push({ node, row })
  }
  const values = w.map((_, node) => boundary.get(node) ?? 0)
  for (const { node, row } of eliminated.reverse()) {
    values[node] = row.reduce((sum, share, j) => (share > 0 ? sum + share * values[j] : sum), 0)
  }
  return values
}
