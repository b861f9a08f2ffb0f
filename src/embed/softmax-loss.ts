/**
 * The contrastive loss of a group of pairs: each user's own item against the items of the other pairs.
 *
 *   L = sum over b of -weight_b log( exp(s_bb) / sum over c of exp(s_bc) ),   s_bc = cos(x_b, y_c) / temperature - offset_c
 *
 * x, y (group x dimensions) vectors of the pairs' users and items. The offset takes back that popular items are drawn more often: with log(how often),
 * the loss estimates that over all items. InfoNCE: van den Oord, Li and Vinyals 2018 (arXiv 1807.03748); the correction: Bengio and Senecal 2008,
 * 10.1109/TNN.2007.912312; Yi et al., RecSys 2019, 10.1145/3298689.3346996.
 * Cost: 3 group^2 dimensions multiplications.
 */
export interface PairGroup {
  readonly size: number
  readonly dimensions: number
  /** x, shape (size x dimensions), row-major. */
  readonly users: Float64Array
  /** y, shape (size x dimensions), row-major. */
  readonly items: Float64Array
  /** How much each pair counts, >= 0; shape (size). */
  readonly weights: Float64Array
  /** Shape (size). */
  readonly offsets: Float64Array
  /** 1 where item c is no negative of user b although it is not her pair's: she has it too. Shape (size x size), row-major. */
  readonly excluded: Uint8Array
}

/** The loss, and how it changes with the vectors. */
export interface GroupLoss {
  readonly loss: number
  /** Shape of `users`. */
  readonly userGradient: Float64Array
  /** Shape of `items`. */
  readonly itemGradient: Float64Array
}

/** A vector shorter than this has no direction: its gradient is 0. */
const SHORTEST = 1e-12

/** @param temperature > 0; the smaller, the more the hardest negatives count */
export function softmaxLoss(group: PairGroup, temperature: number): GroupLoss {
  const { size, dimensions, weights, offsets, excluded } = group
  const users = unitRows(group.users, dimensions)
  const items = unitRows(group.items, dimensions)
  const slopes = productsOf(users.rows, items.rows, size, dimensions)
  let loss = 0
  for (let b = 0; b < size; b++) {
    const row = slopes.subarray(b * size, (b + 1) * size)
    for (let c = 0; c < size; c++) {
      const isOut = c !== b && excluded[b * size + c] === 1
      row[c] = isOut ? -Infinity : row[c] / temperature - offsets[c]
    }
    loss += weights[b] * softmaxInPlace(row, b)
    row[b] -= 1
    for (let c = 0; c < size; c++) row[c] *= weights[b] / temperature
  }
  const userGradient = combine(slopes, items.rows, size, dimensions)
  const itemGradient = combine(turned(slopes, size), users.rows, size, dimensions)
  throughLength(userGradient, users, dimensions)
  throughLength(itemGradient, items, dimensions)
  return { loss, userGradient, itemGradient }
}

interface UnitRows {
  readonly rows: Float64Array
  readonly lengths: Float64Array
}

function unitRows(vectors: Float64Array, dimensions: number): UnitRows {
  const lengths = Float64Array.from({ length: vectors.length / dimensions }, (_, row) => {
    const vector = vectors.subarray(row * dimensions, (row + 1) * dimensions)
    return Math.sqrt(dot(vector, vector, 0))
  })
  return { rows: vectors.map((entry, at) => scaled(entry, lengths[Math.floor(at / dimensions)])), lengths }
}

const scaled = (entry: number, length: number): number => (length < SHORTEST ? 0 : entry / length)

/** Scores become probabilities. @returns -log of that of `own` */
function softmaxInPlace(scores: Float64Array, own: number): number {
  const highest = scores.reduce((most, score) => Math.max(most, score), -Infinity)
  const ownScore = scores[own] - highest
  let total = 0
  for (let c = 0; c < scores.length; c++) {
    scores[c] = Math.exp(scores[c] - highest)
    total += scores[c]
  }
  for (let c = 0; c < scores.length; c++) scores[c] /= total
  return Math.log(total) - ownScore
}

/** The gradient of unit vectors becomes that of the vectors: (g - (g'u) u) / length. */
function throughLength(gradient: Float64Array, { rows, lengths }: UnitRows, dimensions: number): void {
  lengths.forEach((length, row) => {
    const own = gradient.subarray(row * dimensions, (row + 1) * dimensions)
    const along = dot(own, rows, row * dimensions)
    for (let k = 0; k < dimensions; k++) own[k] = scaled(own[k] - along * rows[row * dimensions + k], length)
  })
}

function dot(x: Float64Array, y: Float64Array, from: number): number {
  let sum = 0
  for (let k = 0; k < x.length; k++) sum += x[k] * y[from + k]
  return sum
}

/** x_b'y_c for all b and c, shape (size x size); four at a time, or every sum would wait for the one before. */
function productsOf(x: Float64Array, y: Float64Array, size: number, dimensions: number): Float64Array {
  const products = new Float64Array(size * size)
  for (let b = 0; b < size; b++) {
    const left = x.subarray(b * dimensions, (b + 1) * dimensions)
    let c = 0
    for (; c + 4 <= size; c += 4) {
      let [s0, s1, s2, s3] = [0, 0, 0, 0]
      for (let k = 0, from = c * dimensions; k < dimensions; k++, from++) {
        s0 += left[k] * y[from]
        s1 += left[k] * y[from + dimensions]
        s2 += left[k] * y[from + 2 * dimensions]
        s3 += left[k] * y[from + 3 * dimensions]
      }
      const at = b * size + c
      products[at] = s0
      products[at + 1] = s1
      products[at + 2] = s2
      products[at + 3] = s3
    }
    for (; c < size; c++) products[b * size + c] = dot(left, y, c * dimensions)
  }
  return products
}

/** Row b is the sum over c of factors_bc y_c; four at a time, so that it is read and written less. */
function combine(factors: Float64Array, y: Float64Array, size: number, dimensions: number): Float64Array {
  const sums = new Float64Array(size * dimensions)
  for (let b = 0; b < size; b++) {
    const sum = sums.subarray(b * dimensions, (b + 1) * dimensions)
    let c = 0
    for (; c + 4 <= size; c += 4) {
      const at = b * size + c
      const [f0, f1, f2, f3] = [factors[at], factors[at + 1], factors[at + 2], factors[at + 3]]
      for (let k = 0, from = c * dimensions; k < dimensions; k++, from++) {
        sum[k] +=
          f0 * y[from] + f1 * y[from + dimensions] + f2 * y[from + 2 * dimensions] + f3 * y[from + 3 * dimensions]
      }
    }
    for (; c < size; c++) {
      for (let k = 0; k < dimensions; k++) sum[k] += factors[b * size + c] * y[c * dimensions + k]
    }
  }
  return sums
}

function turned(matrix: Float64Array, size: number): Float64Array {
  const result = new Float64Array(size * size)
  for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) result[j * size + i] = matrix[i * size + j]
  return result
}
