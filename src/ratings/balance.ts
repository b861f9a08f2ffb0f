/** Chooses the weight of evidence relative to labels for predicting ratings, on held-out labels. */
import type { Interactions } from '../data/interactions.ts'
import { rowNumbers } from '../data/counting-sort.ts'
import { takeInSlices, whereInSlices } from '../data/take-rows.ts'
import type { Sliced } from '../support/pause.ts'
import { seededRandom } from '../support/random.ts'
import { searchBalance, type Balance } from '../calibrate/balance.ts'
import { matrixOf, type RatingData } from './data.ts'
import type { Detached } from '../request/request.ts'
import { RatingFit, type Scale } from './fit.ts'
import type { RatingOptions } from './options.ts'

/** A balance, and a correction of the expected errors from the held-out labels. */
export interface RatingBalance extends Balance {
  /** Root mean squared error of the held-out labels over the expected error, shrunk to 1 by twenty labels; 1 if nothing was held out. */
  readonly errorFactor: number
}

/** A balance, and the memory taken to find it. */
interface Balanced {
  readonly balance: RatingBalance
  /** Bytes of shared memories that may not have been collected yet. */
  readonly memoryBytes: number
}

/** Candidate weights of evidence. */
const LAMBDAS = [0.1, 0.3, 1]

/** Pseudo-labels with the expected error, added to the held-out ones, because a few labels say little about errors. */
const PRIOR_LABELS = 20

const NO_EVIDENCE = 'the data hold no evidence'

/** The balance from the options, or from validation labels. */
export function* balanceRatings(
  who: string,
  { labels, evidence, held }: RatingData,
  scale: Scale,
  options: RatingOptions,
): Detached<Balanced> {
  const { balance, validationFraction, seed } = options
  if (balance !== 'auto') return evidence === null ? given(0, NO_EVIDENCE) : given(balance, 'given')
  if (labels.length < 2) return given(0, 'one label is too few to hold any out')
  const { train, test } = yield* holdOut(labels, validationFraction, seed)
  const validation = new Validation(test)
  const ratings = yield* matrixOf(train)
  const fits = new Map<number, RatingFit>()
  const lossesAt = function* (lambda: number): Detached<Float64Array> {
    const before = [...fits.values()].at(-1)
    const fit: RatingFit = yield* RatingFit.at(who, ratings, { evidence, held }, lambda, options, {
      ...{ start: before?.solution.weights ?? null, earlierBytes: before?.memoryBytes ?? 0 },
    })
    fits.set(lambda, fit)
    return yield* validation.losses(fit, scale)
  }
  const found = yield* searchBalance(lossesAt, { lambdas: evidence === null ? [0] : LAMBDAS, seed })
  const fit = fits.get(found.lambda)
  const reason = evidence === null ? NO_EVIDENCE : found.reason
  const errorFactor = fit === undefined ? 1 : yield* validation.errorFactor(fit, scale)
  return {
    balance: { ...found, reason, errorFactor },
    memoryBytes: [...fits.values()].at(-1)?.memoryBytes ?? 0,
  }
}

/**
 * Draws a share of the labels, at least one and never all. The only label of a user may be drawn too: it then represents users
 * without labels.
 */
function* holdOut(
  labels: Interactions,
  share: number,
  seed: number,
): Sliced<{ train: Interactions; test: Interactions }> {
  const drawn = yield* seededRandom(seed).shuffleInSlices(yield* rowNumbers(labels.length))
  const count = Math.min(labels.length - 1, Math.max(1, Math.round(share * labels.length)))
  const isTested = new Uint8Array(labels.length)
  for (let at = 0; at < count; at++) isTested[drawn[at]] = 1
  const rowsOf = (side: number): Sliced<Int32Array> => whereInSlices(labels.length, (row) => isTested[row] === side)
  return {
    train: yield* takeInSlices(labels, yield* rowsOf(0)),
    test: yield* takeInSlices(labels, yield* rowsOf(1)),
  }
}

function given(lambda: number, reason: string): Balanced {
  const decision = lambda > 0 ? 'semi-supervised' : 'supervised'
  const balance = { decision, lambda, reason, curve: [], gain: null, examples: 0, errorFactor: 1 } as const
  return { balance, memoryBytes: 0 }
}

/** The held-out labels. */
class Validation {
  readonly #test: Interactions
  readonly #value: Float32Array

  constructor(test: Interactions) {
    this.#test = test
    this.#value = test.value ?? new Float32Array(test.length).fill(1)
  }

  /** Squared errors, summed over each user's labels and scaled so that their mean is that of all labels: labels of one user are correlated. */
  *losses(fit: RatingFit, scale: Scale): Sliced<Float64Array> {
    const { user, users, length } = this.#test
    const sums = new Float64Array(users.size)
    const counts = new Int32Array(users.size)
    const predicted = yield* fit.predict(this.#test, scale)
    predicted.forEach((rating, row) => {
      sums[user[row]] += (rating - this.#value[row]) ** 2
      counts[user[row]]++
    })
    const measured = sums.filter((_, row) => counts[row] > 0)
    return measured.map((sum) => (sum * measured.length) / length)
  }

  *errorFactor(fit: RatingFit, scale: Scale): Sliced<number> {
    const predicted = yield* fit.predict(this.#test, scale)
    const found = meanSquare(predicted.map((rating, row) => rating - this.#value[row]))
    const expected = meanSquare(yield* fit.errors(this.#test, scale))
    const { length } = this.#test
    return expected > 0 ? Math.sqrt((length * (found / expected) + PRIOR_LABELS) / (length + PRIOR_LABELS)) : 1
  }
}

const meanSquare = (values: Float32Array): number =>
  values.reduce((sum, value) => sum + value * value, 0) / values.length
