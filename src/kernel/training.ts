import type { MatrixOffsets } from './matrix-offsets.ts'

/**
 * The loops of a contrastive training, over one memory.
 *
 * Vectors are rows of `stride` float32, a multiple of four: entries beyond the dimensions are 0 and stay 0. Arguments named after arrays are byte offsets,
 * counts and strides are in elements. Every kernel does the same float32 operations in the same order, so all give the same bits. A scalar product is
 * four sums, of every fourth entry, added as (first + second) + (third + fourth).
 */
export interface TrainingLoops {
  /**
   * Sums over rows of a sparse matrix W, places [start, end): out_k = base_k + finish_k sum over c of w_rc scale_c z_c, r = rows_k.
   *
   * Without `rows` (0) r = k, without `base` nothing is added, without `finish` the factor is 1. Entries that `drop` says are left out.
   */
  sumRows(stride: number, start: number, end: number, sum: RowSum): void

  /** The vectors of pairs [0, count), pair b being a stored entry of W: users_b = sums_slot - w scale_c z_c, items_b = z_c. */
  pairRows(stride: number, count: number, pairs: PairRows): void

  /** out_b = from_row, row = ids_b. */
  takeRows(stride: number, count: number, ids: number, from: number, out: number): void

  /** Divides rows by their lengths, in place, and writes those: 0 for a row of no length, which becomes 0. */
  unitRows(stride: number, count: number, rows: number, lengths: number): void

  /** gradient_b = (gradient_b - (gradient_b' unit_b) unit_b) / length_b: from that of unit vectors to that of the vectors. 0 where the length is. */
  throughLength(stride: number, count: number, unit: number, lengths: number, gradient: number): void

  /** out = row + noise sign(row) o h / |h|, h uniform in [0, 1) where the row is not 0 (SimGCL); h depends on seed, first + b and the entry only. */
  noisyRows(stride: number, count: number, rows: number, out: number, seed: number, first: number, noise: number): void

  /** out = from', `outRow` elements a row. */
  transpose(stride: number, count: number, from: number, out: number, outRow: number): void

  /**
   * out_ic = sum over k < inner of a_ik b_kc, or that added to out; c < columns, which is a multiple of four.
   *
   * a_ik is element i aRow + k aStep of a: so a matrix can be read as its transpose.
   */
  multiply(rows: number, columns: number, inner: number, product: DenseProduct): void

  /**
   * scores_bc = -Infinity where the user of pair b has the item of pair c < count, c != b, for rows b in [start, end).
   *
   * `marks` is a byte a column of W, 0 before and after.
   */
  excludeKnown(start: number, end: number, count: number, known: KnownItems, scores: number, scoreRow: number): void

  /** scores_bc = -Infinity where ids_b = ids_c, c < count, c != b, for rows b in [start, end). */
  excludeSame(start: number, end: number, count: number, ids: number, scores: number, scoreRow: number): void

  /**
   * Scores s become slopes of the softmax loss -weight_b log(exp(v_bb) / sum over c of exp(v_bc)), v_bc = s_bc inverseTemperature - offset_c,
   * c < count, rows b in [start, end).
   *
   * Columns from `count` to the next multiple of four become 0. `parts` gets (max - v_bb, sum of exp(v - max)) a row, from which the loss is
   * weight (first + log(second)).
   */
  softmaxRows(start: number, end: number, count: number, loss: LossRows): void

  /**
   * Scores become slopes of the loss of Bayesian personalised ranking, -weight_b log sigmoid(v_bb - v_bc), c the next pair after b, in a circle,
   * that is not excluded, rows b in [start, end).
   *
   * `parts` gets (v_bb - v_bc, 1) a row, (Infinity, 1) where there is no such c.
   */
  rankingRows(start: number, end: number, count: number, loss: LossRows): void

  /** out_k = sum of `from` at the places of slot k, places below 0 left out; slots [start, end). */
  sumPlaces(stride: number, start: number, end: number, slots: number, places: number, from: number, out: number): void

  /**
   * The way back of `sumRows` and `pairRows` into the rows c of a gradient, those with c mod members = member:
   * gradient_c += w scale_c (sums_k - users_place) + items_place for every entry of every user k, in order; without a place (0, or below 0) only w scale_c sums_k.
   */
  addEdges(stride: number, slotCount: number, member: number, members: number, edges: EdgeGradients): void

  /** Elements [start, end): a step of Adam (Kingma and Ba 2015, arXiv 1412.6980), decays 0.9 and 0.999; see `AdamRows`. */
  adam(start: number, end: number, rows: AdamRows): void
}

/** Entries e are left out where the hash of (seed, e) is below `below` of 2^24; 0: none. */
export interface Drop {
  readonly seed: number
  readonly below: number
}

export interface RowSum {
  /** int32, or 0. */
  readonly rows: number
  readonly matrix: MatrixOffsets
  readonly scale: number
  readonly z: number
  readonly base: number
  readonly finish: number
  readonly out: number
  readonly drop: Drop
}

export interface PairRows {
  /** Which stored entries they are, int32. */
  readonly pairs: number
  /** Which row of `sums` is their users', int32. */
  readonly slots: number
  readonly matrix: MatrixOffsets
  readonly scale: number
  readonly sums: number
  readonly z: number
  readonly users: number
  readonly items: number
}

export interface DenseProduct {
  readonly a: number
  readonly aRow: number
  readonly aStep: number
  readonly b: number
  readonly bRow: number
  readonly out: number
  readonly outRow: number
  readonly adds: boolean
}

export interface KnownItems {
  readonly pairs: number
  readonly slots: number
  /** The row of W of every slot, int32. */
  readonly users: number
  readonly matrix: MatrixOffsets
  readonly marks: number
}

export interface LossRows {
  readonly scores: number
  readonly scoreRow: number
  /** 0 for none. */
  readonly offsets: number
  readonly weights: number
  readonly parts: number
  readonly inverseTemperature: number
}

export interface EdgeGradients {
  readonly users: number
  /** Where the places of a slot begin, int32. */
  readonly slots: number
  readonly matrix: MatrixOffsets
  readonly scale: number
  /** Of every stored entry of the slots' users, in order: which pair it is; -1 for none. int32, or 0. */
  readonly places: number
  readonly sums: number
  readonly userRows: number
  readonly itemRows: number
  readonly gradient: number
  readonly drop: Drop
}

/** free -= rate mean / (sqrt(square correction) + 1e-8), after mean and square have moved towards the gradient. */
export interface AdamRows {
  readonly free: number
  readonly mean: number
  readonly square: number
  readonly gradient: number
  readonly rate: number
  readonly correction: number
}
