/**
 * The drift of a catalogue, estimated from its past: the half-life and the exponents that best predict which items are taken next.
 *
 *   counts of the next window ~ multinomial(lambda),   lambda_i = (d_i + 1/2)^popularity (r_i + e)^recency,
 *   r_i = sum over the item's rows of 2^-(age / halfLife),   e = EPSILON times the mean r
 *
 * d_i rows of item i so far; only items that were taken before count. Compared with the best static popularity (d_i + 1/2)^static. The log-likelihood is concave
 * in the exponents (a logit; McFadden 1974): Newton's method, for each half-life of a grid. Exponents are >= 0, because with negative ones a long half-life extrapolates. Windows are
 * the latest WINDOWS parts of the rows, each predicted from the rows before it. The gain is that of each window with the exponents of the others (by one Newton
 * step), and its error is taken over windows, because rows are not independent draws. A gain within its error is no drift. The likelihood is flat in the half-life, and
 * prefers longer half-lives than lists do: among those within one error of the best gain (Breiman's rule, 1984), the chosen one has the LISTED likeliest items with the most
 * interactions in the next windows. Cost: HALF_LIVES passes over at most ROWS rows, those of random items if there are more.
 */
import { orderStatistic } from '../support/order-statistic.ts'
import { inSlices, PAUSE, SCATTERED, Slices, type Sliced } from '../support/pause.ts'
import { seededRandom } from '../support/random.ts'
import { POWER_COST } from './signal-weights.ts'
import { EPSILON, LEAST_ROWS, type TimedRows, type TimeSpan, type UsualSpan } from './timed-rows.ts'

/** Drift estimated from the past. Plain JSON. */
export interface Drift {
  /** In the unit of the times. */
  readonly halfLife: number
  /** Exponents of recent counts and of all counts that best predict the next counts. */
  readonly recency: number
  readonly popularity: number
  /** Exponent of all counts that predicts best without recent ones. */
  readonly static: number
  /** Gain from recency, in nats per row: cross-validated mean over windows, and its standard error. */
  readonly gain: number
  readonly error: number
  readonly windows: number
}

const WINDOWS = 5
/** Fraction of the rows in a window. */
const WINDOW_SHARE = 1 / 20
/** Maximum numbers of rows and items in the sample. */
const [ROWS, ITEMS] = [2 ** 21, 2 ** 16]
/** Number of half-lives: the usual span of the data, halved again and again. */
const HALF_LIVES = 13
/** Errors by which a gain exceeds 0 by chance in one case of forty, by the number of windows: Student's t with one degree of freedom less. */
const BEYOND_CHANCE: Readonly<Record<number, number>> = { 3: 4.303, 4: 3.182, 5: 2.776 }
const NEWTON_STEPS = 12
/** Length of the lists that decide between half-lives. */
const LISTED = 20
const SEED = 1974

/**
 * @param until later rows are ignored; Infinity for all
 * @param span of the times until then
 * @param usual the same without mistaken times
 * @returns `null` if there is no evidence of drift
 */
export function* findDrift(rows: TimedRows, until: number, span: TimeSpan, usual: UsualSpan): Sliced<Drift | null> {
  if (span.known < LEAST_ROWS || span.newest === span.oldest) return null
  if (usual.to === usual.from) return null
  const sample = yield* sampleRows(rows, until, span)
  const windows = yield* windowsOf(sample)
  if (windows.length < 3) return null
  const still = yield* fit(windows, null, [1, 0])
  const fits: DriftFit[] = []
  let start = still.exponents
  for (let halvings = 0; halvings < HALF_LIVES; halvings++) {
    const halfLife = (usual.to - usual.from) / 2 ** halvings
    const recent = yield* recentLogs(sample, windows, halfLife)
    const found = yield* fit(windows, recent, start)
    start = found.exponents
    fits.push({ ...found, halfLife, served: windows.map((window, place) => served(window, recent[place], start)) })
  }
  return summarise(windows, still, fits)
}

/** Rows in the order of their windows; part 0 precedes the first. */
interface Sample {
  readonly item: Int32Array
  readonly time: Float64Array
  readonly itemCount: number
  /** End of the rows of each part. */
  readonly ends: readonly number[]
  /** End of each part in time. */
  readonly times: readonly number[]
}

function* sampleRows({ item, time, counts, itemCount }: TimedRows, until: number, span: TimeSpan): Sliced<Sample> {
  const share = Math.min(1, ROWS / (span.known + span.unknown), ITEMS / itemCount)
  const random = seededRandom(SEED)
  // Numbers of the sampled items.
  const numbers = new Int32Array(itemCount).fill(-1)
  let drawn = 0
  for (let at = 0; at < itemCount; at++) if (share === 1 || random.next() < share) numbers[at] = drawn++
  const isLooked = (row: number): boolean => !(time[row] > until) && numbers[item[row]] >= 0 && counts(row)
  const known: number = yield* countWhere(time.length, (row) => isLooked(row) && !Number.isNaN(time[row]))
  const sorted = new Float64Array(known)
  let next = 0
  const collect = (from: number, to: number): void => {
    for (let row = from; row < to; row++) if (isLooked(row) && !Number.isNaN(time[row])) sorted[next++] = time[row]
  }
  yield* inSlices(time.length, collect, SCATTERED)
  const times: number[] = []
  for (let window = WINDOWS; window > 0; window--) {
    const place = Math.floor(known * (1 - window * WINDOW_SHARE))
    times.push(known === 0 ? span.newest : yield* orderStatistic(sorted.slice(), Math.max(0, place - 1)))
  }
  times.push(span.newest)
  const partOf = (row: number): number => {
    const part = times.findIndex((end) => time[row] <= end)
    return Math.max(0, part)
  }
  const sizes = new Int32Array(times.length)
  const tally = (from: number, to: number): void => {
    for (let row = from; row < to; row++) if (isLooked(row)) sizes[partOf(row)]++
  }
  yield* inSlices(time.length, tally, SCATTERED)
  const ends: number[] = []
  sizes.forEach((size, part) => ends.push((ends[part - 1] ?? 0) + size))
  const places = ends.map((end, part) => end - sizes[part])
  const total = ends[ends.length - 1]
  const sample = { item: new Int32Array(total), time: new Float64Array(total), itemCount: drawn, ends, times }
  const put = (from: number, to: number): void => {
    for (let row = from; row < to; row++) {
      if (!isLooked(row)) continue
      const at = places[partOf(row)]++
      sample.item[at] = numbers[item[row]]
      sample.time[at] = time[row]
    }
  }
  yield* inSlices(time.length, put, SCATTERED)
  return sample
}

function* countWhere(length: number, holds: (row: number) => boolean): Sliced<number> {
  let count = 0
  const meet = (from: number, to: number): void => {
    for (let row = from; row < to; row++) if (holds(row)) count++
  }
  yield* inSlices(length, meet, SCATTERED)
  return count
}

/** The items known before a window, and their counts in it. */
interface Window {
  readonly part: number
  /** Shape (known items) each. */
  readonly items: Int32Array
  readonly next: Float64Array
  /** log(d + 1/2). */
  readonly logs: Float64Array
  /** Sum of `next`. */
  readonly total: number
}

function* windowsOf({ item, itemCount, ends, times }: Sample): Sliced<Window[]> {
  const windows: Window[] = []
  const sums = new Float64Array(itemCount)
  for (let part = 0; part < ends.length; part++) {
    const next = new Float64Array(itemCount)
    const start = ends[part - 1] ?? 0
    const count = (from: number, to: number): void => {
      for (let at = start + from; at < start + to; at++) next[item[at]]++
    }
    yield* inSlices(ends[part] - start, count, SCATTERED)
    const items = Int32Array.from(sums.keys()).filter((at) => sums[at] > 0)
    const taken = Float64Array.from(items, (at) => next[at])
    const total = taken.reduce((sum, one) => sum + one, 0)
    if (part > 0 && times[part] > times[part - 1] && items.length > 1 && total > 0)
      windows.push({
        part,
        items,
        next: taken,
        logs: Float64Array.from(items, (at) => Math.log(sums[at] + 0.5)),
        total,
      })
    next.forEach((one, at) => (sums[at] += one))
    yield PAUSE
  }
  return windows
}

/** log(r + e) of the known items of each window, r until the start of the window. */
function* recentLogs(sample: Sample, windows: readonly Window[], halfLife: number): Sliced<Float64Array[]> {
  const { item, time, itemCount, ends, times } = sample
  const recent = new Float64Array(itemCount)
  const logs: Float64Array[] = []
  for (let part = 0; part + 1 < ends.length; part++) {
    const [start, now] = [ends[part - 1] ?? 0, times[part]]
    const fade = part === 0 ? 1 : 2 ** ((times[part - 1] - now) / halfLife)
    for (let at = 0; at < itemCount; at++) recent[at] *= fade
    const add = (from: number, to: number): void => {
      for (let at = start + from; at < start + to; at++) {
        if (!Number.isNaN(time[at])) recent[item[at]] += 2 ** ((time[at] - now) / halfLife)
      }
    }
    yield* inSlices(ends[part] - start, add, SCATTERED + POWER_COST)
    const window = windows.find((one) => one.part === part + 1)
    if (window !== undefined) logs.push(logsOf(recent, window.items))
    yield PAUSE
  }
  return logs
}

function logsOf(recent: Float64Array, items: Int32Array): Float64Array {
  const mean = items.reduce((sum, at) => sum + recent[at], 0) / items.length
  return Float64Array.from(items, (at) => Math.log(recent[at] + EPSILON * mean))
}

type Exponents = readonly [popularity: number, recency: number]

/** The log-likelihood of a window at some exponents, with its gradient and the negative of its Hessian. */
export interface Likelihood {
  readonly value: number
  readonly gradient: readonly [number, number]
  /** (popularity, popularity), (popularity, recency), (recency, recency). */
  readonly curvature: readonly [number, number, number]
}

/** @param next counts, shape (items). @param logs of all counts. @param recent logs of recent counts; `null` for none */
export function likelihood(
  { next, logs, total }: Pick<Window, 'next' | 'logs' | 'total'>,
  recent: Float64Array | null,
  [popularity, recency]: Exponents,
): Likelihood {
  let most = -Infinity
  const powers = new Float64Array(next.length)
  for (let at = 0; at < powers.length; at++) {
    powers[at] = popularity * logs[at] + (recent === null ? 0 : recency * recent[at])
    if (powers[at] > most) most = powers[at]
  }
  let [sum, value, taken, takenRecent] = [0, 0, 0, 0]
  let [mean, meanRecent, square, product, squareRecent] = [0, 0, 0, 0, 0]
  for (let at = 0; at < powers.length; at++) {
    const [a, b] = [logs[at], recent === null ? 0 : recent[at]]
    const weight = Math.exp(powers[at] - most)
    sum += weight
    mean += weight * a
    meanRecent += weight * b
    square += weight * a * a
    product += weight * a * b
    squareRecent += weight * b * b
    value += next[at] * (powers[at] - most)
    taken += next[at] * a
    takenRecent += next[at] * b
  }
  const [m, n] = [mean / sum, meanRecent / sum]
  return {
    value: value - total * Math.log(sum),
    gradient: [taken - total * m, takenRecent - total * n],
    curvature: [total * (square / sum - m * m), total * (product / sum - m * n), total * (squareRecent / sum - n * n)],
  }
}

interface Fit {
  readonly exponents: Exponents
  readonly value: number
  /** The log-likelihood of each window, and that with the exponents of the other windows. */
  readonly own: readonly number[]
  readonly byOthers: readonly number[]
}

interface DriftFit extends Fit {
  readonly halfLife: number
  /** Fraction of each window that its likeliest items got, in [0, 1]. */
  readonly served: readonly number[]
}

/** Operations per item in a likelihood. */
const ITEM_COST = 40

/** The best exponents >= 0. @param recent `null`: popularity alone */
function* fit(windows: readonly Window[], recent: readonly Float64Array[] | null, start: Exponents): Sliced<Fit> {
  const slices = new Slices()
  function* parts(at: Exponents): Sliced<Likelihood[]> {
    const found: Likelihood[] = []
    for (const [place, window] of windows.entries()) {
      found.push(likelihood(window, recent?.[place] ?? null, at))
      if (slices.full(ITEM_COST * window.items.length)) yield PAUSE
    }
    return found
  }
  let exponents = start
  let terms = yield* parts(exponents)
  for (let step = 0; step < NEWTON_STEPS; step++) {
    const sum = sumOf(terms)
    let next = stepFrom(exponents, sum, recent !== null)
    let there = yield* parts(next)
    const least = sum.value - ROUNDING * Math.abs(sum.value)
    for (let halvings = 0; sumOf(there).value < least && halvings < 20; halvings++) {
      next = [(exponents[0] + next[0]) / 2, (exponents[1] + next[1]) / 2]
      there = yield* parts(next)
    }
    const isDone = Math.abs(next[0] - exponents[0]) + Math.abs(next[1] - exponents[1]) < 1e-6
    ;[exponents, terms] = [next, there]
    if (isDone) break
  }
  const byOthers: number[] = []
  for (const [place, window] of windows.entries()) {
    const others = sumOf(terms.filter((_, other) => other !== place))
    const at = stepFrom(exponents, others, recent !== null)
    byOthers.push(likelihood(window, recent?.[place] ?? null, at).value)
    if (slices.full(ITEM_COST * window.items.length)) yield PAUSE
  }
  const own = terms.map(({ value }) => value)
  return { exponents, value: sumOf(terms).value, own, byOthers }
}

const sumOf = (terms: readonly Likelihood[]): Likelihood =>
  terms.reduce((a, b) => ({
    value: a.value + b.value,
    gradient: [a.gradient[0] + b.gradient[0], a.gradient[1] + b.gradient[1]],
    curvature: [a.curvature[0] + b.curvature[0], a.curvature[1] + b.curvature[1], a.curvature[2] + b.curvature[2]],
  }))

/** Relative rounding error of a log-likelihood. */
const ROUNDING = 1e-12

/** Ridge of a step: undetermined exponents do not change. */
const RIDGE = 1e-9

/** One step of Newton; an exponent that would fall below 0 is set to 0, and the step changes only the other. */
function stepFrom([popularity, recency]: Exponents, { gradient, curvature }: Likelihood, both: boolean): Exponents {
  const [a, b, c] = [curvature[0] * (1 + RIDGE) + RIDGE, curvature[1], curvature[2] * (1 + RIDGE) + RIDGE]
  const determinant = a * c - b * b
  const next: Exponents = [
    popularity + (c * gradient[0] - b * gradient[1]) / determinant,
    recency + (a * gradient[1] - b * gradient[0]) / determinant,
  ]
  if (both && next[0] >= 0 && next[1] >= 0) return next
  // The best value of one exponent if the other is 0, to second order.
  const still: Exponents = [Math.max(0, popularity + (gradient[0] + b * recency) / a), 0]
  if (!both) return still
  const moving: Exponents = [0, Math.max(0, recency + (gradient[1] + b * popularity) / c)]
  const rise = ([p, q]: Exponents): number => {
    const [x, y] = [p - popularity, q - recency]
    return gradient[0] * x + gradient[1] * y - (a * x * x + 2 * b * x * y + c * y * y) / 2
  }
  return rise(moving) > rise(still) ? moving : still
}

/** Discounted counts of the next window at its LISTED likeliest items, over the maximum of any list. */
function served({ next, logs }: Window, recent: Float64Array, [popularity, recency]: Exponents): number {
  const likely = logs.map((log, at) => popularity * log + recency * recent[at])
  const gain = (best: Int32Array): number => best.reduce((sum, at, place) => sum + next[at] / Math.log2(place + 2), 0)
  return gain(largest(likely)) / gain(largest(next))
}

/** Places of the LISTED largest values, descending; ties by place. */
function largest(values: Float64Array): Int32Array {
  const best: number[] = []
  values.forEach((value, at) => {
    if (best.length === LISTED && !(value > values[best[LISTED - 1]])) return
    const place = best.findIndex((other) => value > values[other])
    best.splice(place < 0 ? best.length : place, 0, at)
    best.length = Math.min(best.length, LISTED)
  })
  return Int32Array.from(best)
}

const meanOf = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one, 0) / numbers.length

function errorOf(numbers: readonly number[]): number {
  const mean = meanOf(numbers)
  return Math.sqrt(numbers.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (numbers.length - 1) / numbers.length)
}

function summarise(windows: readonly Window[], still: Fit, fits: readonly DriftFit[]): Drift | null {
  const gainsOf = (fitFor: (place: number) => Fit): number[] =>
    windows.map(({ total }, place) => (fitFor(place).byOthers[place] - still.byOthers[place]) / total)
  const byRest = (place: number): Fit => {
    const rest = (one: Fit): number => one.value - one.own[place]
    return fits.reduce((a, b) => (rest(b) > rest(a) ? b : a))
  }
  const gains = gainsOf(byRest)
  const [gain, error] = [meanOf(gains), errorOf(gains)]
  if (!(gain > BEYOND_CHANCE[windows.length] * error)) return null
  const { halfLife, exponents } = halfLifeOf(fits.map((one) => ({ ...one, gains: gainsOf(() => one) })))
  if (exponents[1] === 0) return null
  // Uncertain exponents are shrunk.
  const certain = 1 - (error / gain) ** 2
  const [flat] = still.exponents
  return {
    ...{ halfLife, recency: certain * exponents[1], popularity: flat + certain * (exponents[0] - flat), static: flat },
    ...{ gain, error, windows: windows.length },
  }
}

/** Among the half-lives whose gain is within one error of the best, the one with the best lists. */
function halfLifeOf<Tried extends DriftFit & { readonly gains: readonly number[] }>(fits: readonly Tried[]): Tried {
  const best = fits.reduce((a, b) => (meanOf(b.gains) > meanOf(a.gains) ? b : a))
  const least = meanOf(best.gains) - errorOf(best.gains)
  const alike = fits.filter(({ gains }) => meanOf(gains) >= least)
  return alike.reduce((a, b) => (meanOf(b.served) > meanOf(a.served) ? b : a))
}
