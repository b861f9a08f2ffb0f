/** The recommenders as dense matrices of items by items: score = profile M. */
import {
  multiply,
  product,
  scaled,
  solve,
  identity,
  plus,
  transposed,
  type Dense,
  type Vector,
} from './linear-algebra.ts'

const sums = (a: Dense): Vector => a.map((row) => row.reduce((total, value) => total + value, 0))

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

export function rp3betaMatrix(w: Dense, alpha: number, beta: number): Dense {
  const items = sums(transposed(w))
  return itemMatrix(w, power(items, -alpha), power(sums(w), -alpha), power(items, -beta))
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
