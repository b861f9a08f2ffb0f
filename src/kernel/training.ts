import type { Drop, Loop, MatrixOffsets } from './loop.ts'

/**
 * The loops of a contrastive training, by the rules of `Kernel`.
 *
 * Vectors are rows of a block, its width a multiple of four: entries beyond the dimensions are 0 and stay 0. A scalar product is four sums, of every
 * fourth entry, added as (first + second) + (third + fourth).
 */
export interface TrainingLoops {
  /** The vectors of pairs b, each a stored entry of W: users_b = sums_slot - w scale_c z_c, items_b = z_c. */
  readonly pairRows: Loop<PairRows>
  /** out_b = from_row, row = ids_b. */
  readonly takeRows: Loop<TakenRows>
  /** Divides rows by their lengths, in place, and writes the lengths: 0 for a row without length, which becomes 0. */
  readonly unitRows: Loop<UnitRows>
  /** gradient_b = (gradient_b - (gradient_b' rows_b) rows_b) / length_b, of unit vectors: to the gradient before `unitRows`. 0 where the length is. */
  readonly throughLength: Loop<LengthGradients>
  /** out = row + noise sign(row) o h / |h|, h uniform in [0, 1) where the row is not 0 (SimGCL); h depends on seed, first + b and the entry only. */
  readonly noisyRows: Loop<NoisyRows>
  /** out = from', for the given rows of `from`. */
  readonly transpose: Loop<TurnedRows>
  /** scores_bc = -Infinity where the user of pair b has the item of pair c < count, c != b. */
  readonly excludeKnown: Loop<KnownItems>
  /** scores_bc = -Infinity where ids_b = ids_c, c < count, c != b. */
  readonly excludeSame: Loop<SameIds>
  /**
   * Scores s become slopes of the softmax loss -weight_b log(exp(v_bb) / sum over c of exp(v_bc)), v_bc = s_bc inverseTemperature - offset_c, c < count.
   *
   * Columns from `count` to the next multiple of four become 0. `parts` receives (max - v_bb, sum of exp(v - max)) per row; the loss is
   * weight (first + log(second)).
   */
  readonly softmaxRows: Loop<LossRows>
  /**
   * Scores become slopes of the loss of Bayesian personalised ranking, -weight_b log sigmoid(v_bb - v_bc), c the next pair after b, in a circle,
   * that is not excluded.
   *
   * `parts` receives (v_bb - v_bc, 1) per row, (Infinity, 1) if there is no such c.
   */
  readonly rankingRows: Loop<LossRows>
  /**
   * Propagates gradients of the users' sums and of `pairRows` back into the rows c of a gradient with c mod members = member:
   * gradient_c += w scale_c (sums_k - users_place) + items_place for every entry of the given users k, in order; without a place (0, or below 0)
   * only w scale_c sums_k.
   */
  readonly addEdges: Loop<EdgeGradients>
  /** Elements [start, end): a step of Adam (Kingma and Ba 2015, arXiv 1412.6980), decays 0.9 and 0.999; see `AdamRows`. */
  readonly adam: Loop<AdamRows>
}

export interface PairRows {
  readonly width: number
  /** Stored entries of the pairs, int32. */
  readonly pairs: number
  /** Row of `sums` of each pair's user, int32. */
  readonly slots: number
  readonly matrix: MatrixOffsets
  readonly scale: number
  readonly sums: number
  readonly z: number
  readonly users: number
  readonly items: number
}

export interface TakenRows {
  readonly width: number
  /** int32. */
  readonly ids: number
  readonly from: number
  readonly out: number
}

export interface UnitRows {
  readonly width: number
  readonly rows: number
  readonly lengths: number
}

export interface LengthGradients extends UnitRows {
  readonly gradient: number
}

export interface NoisyRows {
  readonly width: number
  readonly rows: number
  readonly out: number
  readonly seed: number
  readonly first: number
  readonly noise: number
}

/** Rows of `out` are `outRow` elements apart. */
export interface TurnedRows {
  readonly width: number
  readonly from: number
  readonly out: number
  readonly outRow: number
}

/** A matrix of scores, and the pairs that have a column in it. */
interface Scores {
  readonly count: number
  readonly scores: number
  /** Elements from row to row. */
  readonly scoreRow: number
}

export interface KnownItems extends Scores {
  readonly pairs: number
  readonly slots: number
  /** The row of W of every slot, int32. */
  readonly users: number
  readonly matrix: MatrixOffsets
  /** A byte per column of W, 0 before and after. */
  readonly marks: number
}

export interface SameIds extends Scores {
  readonly ids: number
}

export interface LossRows extends Scores {
  /** 0 for none. */
  readonly offsets: number
  readonly weights: number
  readonly parts: number
  readonly inverseTemperature: number
}

export interface EdgeGradients {
  readonly width: number
  readonly member: number
  readonly members: number
  readonly users: number
  /** Start of each user's places, int32. */
  readonly slots: number
  readonly matrix: MatrixOffsets
  readonly scale: number
  /** For every stored entry of the users, in order: number of its pair; -1 for none. int32, or 0. */
  readonly places: number
  readonly sums: number
  readonly userRows: number
  readonly itemRows: number
  readonly gradient: number
  readonly drop?: Drop
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
