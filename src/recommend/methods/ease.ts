/**
 * EASE^R, the embarrassingly shallow autoencoder: item weights with zero diagonal that best reconstruct all profiles, by ridge regression.
 *
 *   B = argmin |W - W B|^2 + lambda |B|^2, diag B = 0:   B_ij = -P_ij / P_jj,   P = (W'W + lambda I)^-1;   scores = B' profile
 *
 * W (users x items), B and P (items x items). With far fewer users than items the same B comes from K = (W W' + lambda I)^-1 (users x users):
 *   B_ij = F_ij / (1 - F_jj),   F = W' K W = I - lambda P,   i != j
 * Steck, WWW 2019, 10.1145/3308558.3313710; the second form is the push-through identity and gives the same scores up to rounding.
 * Cost: n^3 / 2 multiplications on all threads, n = items or, when at most half as many, users (2,810 items: about 3 s of one thread); 12 n^2 bytes, by users
 * 16, of which 4 or 8 stay with the model. A list costs profile x items, on all threads for many, or users x users, on the calling one.
 */
import type { CsrMatrix, SparseRows, RowWindow } from '../../matrix/csr.ts'
import { transposeInSlices } from '../../matrix/turn.ts'
import { inverse, type Algorithm } from '../../request/request.ts'
import { inSlices, PAUSE, Slices, type Sliced } from '../../support/pause.ts'
import type { Model } from './model.ts'
import { scaledRidge } from './scaled-ridge.ts'
import { scoredModel, type Scorer } from './scored-model.ts'
import type { Network } from '../../network/network.ts'

/**
 * @param lambda the ridge, > 0
 * @throws {RivuletError} MEMORY_LIMIT for a large catalogue, before anything is allocated; INVALID_OPTION for a ridge that is too small or too large
 *   beside the weights for the precision.
 */
export function* easeModel(
  who: string,
  network: Network,
  lambda: number,
  factors: Float32Array | null = null,
): Algorithm<Model> {
  const { rows, scale, budget } = network
  const size = easeSize(rows)
  const byUsers = size < rows.columnCount
  const name = `${who}, method 'ease'`
  const ridge = scaledRidge(who, 'lambda', lambda, scale, largestSquares(rows, byUsers))
  const model = byUsers
    ? scorerByUsers(rows, yield* inverse({ name, side: 'rows', ridge, wanted: 'inverse' }), factors)
    : scorerByItems(rows, yield* inverse({ name, side: 'columns', ridge, wanted: 'regression' }), factors)
  const [what, todo] = [`a dense matrix of ${size} x ${size}`, 'Choose another method, or raise memoryLimitBytes.']
  budget.take({ who: name, what, parts: { model: (byUsers ? 8 : 4) * size * size }, todo })
  return scoredModel(name, network, yield* model)
}

/** The largest sum of squared weights of a user, or of an item. */
function largestSquares(rows: SparseRows, byUsers: boolean): number {
  const sums = new Float64Array(byUsers ? rows.rowCount : rows.columnCount)
  for (let user = 0; user < rows.rowCount; user++) {
    const weights = rows.weightsOf(user)
    rows.columnsOf(user).forEach((item, at) => (sums[byUsers ? user : item] += weights[at] * weights[at]))
  }
  return sums.reduce((most, sum) => Math.max(most, sum), 0)
}

/** Number of rows of the dense matrix that is inverted: items or, if there are at most half as many, users. */
export function easeSize({ rowCount, columnCount }: { rowCount: number; columnCount: number }): number {
  return 2 * rowCount <= columnCount ? rowCount : columnCount
}

/** @param weightsOf B, row-major */
function* scorerByItems(
  { columnCount }: SparseRows,
  weightsOf: Float32Array,
  factors: Float32Array | null,
): Sliced<Scorer> {
  if (factors !== null) yield* scaleWhole(weightsOf, factors)
  const scores = new Float64Array(columnCount)
  return {
    lists: { indptr: new Uint32Array(0), indices: null, data: weightsOf },
    *score(items, weights, offer) {
      const slices = new Slices()
      scores.fill(0)
      for (let at = 0; at < items.length; at++) {
        addRow(scores, weightsOf, items[at] * columnCount, weights[at])
        if (slices.full(columnCount)) yield PAUSE
      }
      scores.forEach((score, item) => offer(item, score))
    },
    // eslint-disable-next-line require-yield -- the same shape as scorers that take long
    *parts({ items, weights }, item) {
      return Float64Array.from(items, (from, at) => weights[at] * weightsOf[from * columnCount + item])
    },
  }
}

/** Columns of a square matrix, in place. */
function* scaleWhole(matrix: Float32Array, factors: Float32Array): Sliced<void> {
  const items = factors.length
  const scale = (from: number, to: number): void => {
    for (let row = from; row < to; row++) {
      for (let item = 0; item < items; item++) matrix[row * items + item] *= factors[item]
    }
  }
  yield* inSlices(items, scale, items)
}

/** sums += weight row, where row starts at `start` in a dense matrix as wide as the sums. */
function addRow(sums: Float64Array, rows: Float32Array | Float64Array, start: number, weight: number): void {
  for (let at = 0; at < sums.length; at++) sums[at] += weight * rows[start + at]
}

/** @param k K, row-major */
function* scorerByUsers(rows: SparseRows, k: Float64Array, factors: Float32Array | null): Sliced<Scorer> {
  const { rowCount, columnCount } = rows
  const byItem = yield* transposeInSlices(rows)
  const own = yield* diagonalOfF(byItem, k)
  const [profile, scores] = [new Float64Array(columnCount), new Float64Array(columnCount)]
  const [seeds, loads] = [new Float64Array(rowCount), new Float64Array(rowCount)]

  const factorOf = (item: number): number => factors?.[item] ?? 1

  /** scores = F profile. */
  function* fill(items: ArrayLike<number>, weights: ArrayLike<number>): Sliced<void> {
    const slices = new Slices()
    profile.fill(0)
    for (let at = 0; at < items.length; at++) profile[items[at]] = weights[at]
    yield* multiply(rows, profile, seeds)
    loads.fill(0)
    for (let user = 0; user < rowCount; user++) {
      if (seeds[user] !== 0) addRow(loads, k, user * rowCount, seeds[user])
      if (slices.full(rowCount)) yield PAUSE
    }
    yield* multiply(byItem, loads, scores)
  }

  return {
    *score(items, weights, offer) {
      yield* fill(items, weights)
      for (let item = 0; item < columnCount; item++) {
        offer(item, (factorOf(item) * (scores[item] - own[item] * profile[item])) / (1 - own[item]))
      }
    },
    *parts({ items, weights }, item) {
      yield* fill([item], [1])
      return Float64Array.from(items, (from, at) =>
        from === item ? 0 : (factorOf(item) * weights[at] * scores[from]) / (1 - own[item]),
      )
    },
  }
}

/** product = matrix vector. */
function multiply(rows: SparseRows, vector: Float64Array, product: Float64Array): Sliced<void> {
  const gather = (window: RowWindow, from: number, to: number): void => {
    const { indices, data } = window
    for (let row = from; row < to; row++) {
      let sum = 0
      for (let at = window.start(row), end = window.end(row); at < end; at++) {
        sum += (data === null ? 1 : data[at]) * vector[indices[at]]
      }
      product[row] = sum
    }
  }
  return rows.inSlices(gather, 1)
}

/** F_jj = w_j' K w_j for every item's column w_j. */
function* diagonalOfF(
  { rowCount, columnCount, indptr, indices, data }: CsrMatrix,
  inverse: Float64Array,
): Sliced<Float64Array> {
  const slices = new Slices()
  const diagonal = new Float64Array(rowCount)
  for (let item = 0; item < rowCount; item++) {
    for (let a = indptr[item]; a < indptr[item + 1]; a++) {
      const start = indices[a] * columnCount
      for (let b = indptr[item]; b < indptr[item + 1]; b++) {
        diagonal[item] += inverse[start + indices[b]] * (data === null ? 1 : data[a] * data[b])
      }
      if (slices.full(indptr[item + 1] - indptr[item])) yield PAUSE
    }
  }
  return diagonal
}
