/** The recommenders as dense matrices of items by items: score = profile M. */
import {
  multiply,
  product,
  scaled,
  solve,
  symmetricEigenvalues,
  identity,
  plus,
  transposed,
  type Dense,
  type Vector,
} from './linear-algebra.ts'

/** Of absolute values: what degrees are. */
const sums = (a: Dense): Vector => a.map((row) => row.reduce((total, value) => total + Math.abs(value), 0))

const power = (degrees: Vector, exponent: number): Vector =>
  degrees.map((degree) => (degree > 0 ? degree ** exponent : 0))

/** W' diag(middle) W with items scaled on both sides. */
function itemMatrix(w: Dense, left: Vector, middle: Vector, right: Vector): Dense {
  return scaled(
    left,
    product(
      transposed(w),
      scaled(
        middle,
        w,
        w[0].map(() => 1),
      ),
    ),
    right,
  )
}

/** (1 - alpha) (I - alpha^2 S'S)^-1 with S = D_u^-1/2 W D_i^-1/2: what label spreading gives items from items. */
export function spreadingResolvent(w: Dense, alpha: number): Dense {
  const side = power(sums(transposed(w)), -0.5)
  const squared = itemMatrix(w, side, power(sums(w), -1), side)
  const system = identity(squared.length).map((row, i) => plus(row, squared[i], -alpha * alpha))
  return identity(squared.length).map((unit, item) =>
    solve(
      system,
      unit.map((value) => (1 - alpha) * value * (side[item] > 0 ? 1 : 0)),
    ),
  )
}

/** The exponents of a three-step walk. */
export interface WalkExponents {
  readonly alpha: number
  readonly itemAlpha: number
  readonly beta: number
}

/** Row i: (w_ui / d_i)^itemAlpha times (w_uj / d_u)^alpha, summed over users, times d_j^-beta. */
export function walkMatrix(w: Dense, { alpha, itemAlpha, beta }: WalkExponents): Dense {
  const [users, items] = [sums(w), sums(transposed(w))]
  const step = (weight: number, degree: number, exponent: number): number =>
    weight > 0 ? (weight / degree) ** exponent : 0
  const out = transposed(w).map((column, i) => column.map((weight) => step(weight, items[i], itemAlpha)))
  const back = w.map((row, u) => row.map((weight) => step(weight, users[u], alpha)))
  const penalty = power(items, -beta)
  return product(out, back).map((row) => row.map((value, j) => value * penalty[j]))
}

/** Column j: the ridge regression of w's column j on the other columns, by its normal equations; zero on the diagonal. */
export function easeMatrix(w: Dense, lambda: number): Dense {
  const items = w[0].length
  const gram = product(transposed(w), w)
  const columns = identity(items).map((_, j) => {
    const others = identity(items).flatMap((_, i) => (i === j ? [] : [i]))
    const system = others.map((i) => others.map((k) => gram[i][k] + (i === k ? lambda : 0)))
    const weights = solve(
      system,
      others.map((i) => gram[i][j]),
    )
    const column = Array<number>(items).fill(0)
    others.forEach((i, at) => (column[i] = weights[at]))
    return column
  })
  return transposed(columns)
}

/** Cosine between columns. */
export function cosineMatrix(w: Dense): Dense {
  const norms = power(sums(transposed(w.map((row) => row.map((value) => value * value)))), -0.5)
  return itemMatrix(
    w,
    norms,
    w.map(() => 1),
    norms,
  )
}

/** Each row without its diagonal and with its `neighbours` largest entries; ties to the lower item. */
export function nearest(m: Dense, neighbours: number): Dense {
  return m.map((row, i) => {
    const order = row.map((_, j) => j).filter((j) => j !== i && row[j] > 0)
    const kept = new Set(order.sort((x, y) => row[y] - row[x] || x - y).slice(0, neighbours))
    return row.map((value, j) => (kept.has(j) ? value : 0))
  })
}

export const scoresOf = (m: Dense, profile: Vector): Vector => multiply(transposed(m), profile)

export interface FilterExponents {
  readonly userExponent: number
  readonly itemExponent: number
  readonly profileExponent: number
  readonly popularityExponent: number
  /** Added to what divides; default 0. */
  readonly degreeOffset?: number
}

/** (D_i + offset)^profile f(P / largest eigenvalue) D_i^popularity: f is told the scaled P, as a matrix, and its noise edge. */
export function filterMatrix(w: Dense, exponents: FilterExponents, f: (x: Dense, noise: number) => Dense): Dense {
  const { degreeOffset = 0 } = exponents
  const more = (degrees: Vector): Vector => degrees.map((degree) => (degree > 0 ? degree + degreeOffset : 0))
  const items = sums(transposed(w))
  const side = power(more(items), -exponents.itemExponent)
  const p = itemMatrix(w, side, power(more(sums(w)), -2 * exponents.userExponent), side)
  const largest = Math.max(...symmetricEigenvalues(p))
  const x = p.map((row) => row.map((value) => value / largest))
  const spread = f(x, noiseEdge(w, p) / largest)
  return scaled(power(more(items), exponents.profileExponent), spread, power(items, exponents.popularityExponent))
}

/** Marchenko and Pastur's upper edge for a P = X'X of that trace, from the users and items that have interactions. */
export function noiseEdge(w: Dense, p: Dense): number {
  const trace = p.reduce((sum, row, i) => sum + row[i], 0)
  const active = (side: Vector): number => side.filter((degree) => degree > 0).length
  return (Math.sqrt(trace / active(sums(w))) + Math.sqrt(trace / active(sums(transposed(w))))) ** 2
}

/** a (a + b)^-1 for matrices that commute. */
export function overSum(a: Dense, b: Dense): Dense {
  const sum = a.map((row, i) => plus(row, b[i]))
  return transposed(transposed(a).map((column) => solve(sum, column)))
}

/** x^exponent, an integer >= 1. */
export const matrixPower = (x: Dense, exponent: number): Dense =>
  exponent === 1 ? x : product(x, matrixPower(x, exponent - 1))

/** times I. */
export const multipleOfIdentity = (size: number, times: number): Dense =>
  identity(size).map((row) => row.map((value) => times * value))
