/** What a propagation problem means, written down in dense float64. */
import type { RecurrenceStep } from '../../src/kernel/kernel.ts'
import type { CsrMatrix } from '../../src/matrix/csr.ts'
import { columnCount, type DenseSeeds, type Operator, type Sweep } from '../../src/request/sweep.ts'
import {
  denseOf,
  identity,
  multiply,
  plus,
  product,
  scaled,
  solve,
  transposed,
  type Dense,
  type Vector,
} from './linear-algebra.ts'

/** T: scale o (W' (middle o W)), or scale o W when there is no middle. */
export function operatorMatrix(matrix: CsrMatrix, { middle, scale }: Operator): Dense {
  const w = denseOf(matrix)
  const ones = Array<number>(matrix.columnCount).fill(1)
  if (middle === null) return scaled(scale, w, ones)
  return scaled(scale, product(transposed(w), scaled(middle, w, ones)), ones)
}

/** z of (I - T) z = rhs. */
export const fixedPoint = (t: Dense, rhs: Vector): Vector =>
  solve(
    identity(t.length).map((row, i) => plus(row, t[i], -1)),
    rhs,
  )

/** z after the steps of a schedule, and the residual T z + rhs - z there. */
export function runSteps(t: Dense, rhs: Vector, steps: readonly RecurrenceStep[]): { z: Vector; residual: Vector } {
  let z = [...rhs]
  let previous: Vector = z.map(() => 0)
  for (const { a, b, c, d } of steps) {
    const spread = multiply(t, z)
    const next = z.map((now, i) => a * spread[i] + b * now + c * previous[i] + d * rhs[i])
    previous = z
    z = next
  }
  return { z, residual: plus(plus(multiply(t, z), rhs), z, -1) }
}

/** The right-hand sides of a problem, one vector a column. */
export function rightHandSides(matrix: CsrMatrix, { seeds }: Sweep): Dense {
  const w = denseOf(matrix)
  return Array.from({ length: columnCount(seeds) }, (_, column) => {
    if (seeds.kind === 'rows') return w[seeds.rows[column]].map((weight, i) => weight * seeds.scale[i])
    if (seeds.kind === 'kept') throw new TypeError('panels are known to the arena only')
    if (seeds.kind === 'dense') return denseSide(seeds, column)
    const rhs = Array<number>(matrix.columnCount).fill(0)
    for (let at = seeds.indptr[column]; at < seeds.indptr[column + 1]; at++) rhs[seeds.indices[at]] += seeds.data[at]
    return rhs
  })
}

function denseSide({ columns, data, coefficients, scale }: DenseSeeds, column: number): Vector {
  const sources = data.length / scale.length
  const factor = (k: number): number =>
    coefficients === null ? Number(k === column) : coefficients[k * columns + column]
  return Array.from(scale, (value, i) => {
    const row = Array.from(data.subarray(i * sources, (i + 1) * sources))
    return value * row.reduce((sum, entry, k) => sum + entry * factor(k), 0)
  })
}

export interface Ranked {
  readonly row: number
  readonly score: number
}

/** The k largest, by a full sort; ties to the lower row; NaN and -Infinity never enter. */
export function topKBySort(scores: ArrayLike<number>, k: number): Ranked[] {
  return Array.from(scores, (score, row) => ({ row, score }))
    .filter(({ score }) => score > -Infinity)
    .sort((x, y) => y.score - x.score || x.row - y.row)
    .slice(0, k)
}
