/**
 * Searches how much recent interactions should count with a chosen recipe: rules of half-life and exponents are compared with 'auto', which looks at the times alone.
 *
 * Users' candidates are probed once: another rule only changes the factor of each item, and needs no sweep. Users that took no part in the search decide how far to go
 * from 'auto' to the best rule, as for recipes (`shareOf`). 'auto' finds another rule in every window, so the way starts from the rule of each window.
 */
import { spanOf, usualSpan, type TimedRows } from '../data/timed-rows.ts'
import type { PairedBootstrap } from '../evaluate/significance.ts'
import type { Recipe } from '../recommend/methods/recipe.ts'
import { itemRecency, ruleOf, type ItemRecency, type KnownRule, type Recency } from '../recommend/recency.ts'
import type { Detached } from '../request/request.ts'
import { seededRandom, type Random } from '../support/random.ts'
import type { Sliced } from '../support/pause.ts'
import { decide } from './decision.ts'
import { gaussian, oneOrTwo } from './recipe-climb.ts'
import type { RollingBench, RollingScores } from './rolling-bench.ts'
import { digits } from './search-space.ts'
import { shareOf } from './shrinkage.ts'
import { valueOf, type UserScores } from './user-scores.ts'
import type { BenchOptions, RecencyAt } from './validation-bench.ts'

/** Result of the search for a recency rule. Plain JSON. */
export interface RecencyTuning {
  /** The rule to use; 'auto' unless a rule is significantly better. */
  readonly recency: 'auto' | KnownRule
  /** How far `recency` lies from 'auto' to the best rule found: 0 is 'auto', 1 the rule itself. */
  readonly share: number
  /** The best rule found. */
  readonly found: KnownRule
  /** NDCG of the evaluated rule minus that of 'auto', paired by user, for users that took no part in the search. */
  readonly gain: PairedBootstrap
  /** How many rules were scored. */
  readonly tried: number
}

/** The decision by users that took no part in the search. */
export interface DecidedRecency extends RecencyTuning {
  readonly scores: UserScores
  /** The same in every window; undefined for 'auto'. */
  readonly recencyAt: RecencyAt | undefined
}

export interface RecencyQuestion {
  readonly recipe: Recipe
  readonly searching: RollingBench
  readonly deciding: RollingBench
  /** Scores of the recipe with 'auto', for the deciding users. */
  readonly byAuto: UserScores
  /** All timed rows of the source. */
  readonly times: TimedRows
}

/** `null` if all times are equal. */
export function* chooseRecency(
  who: string,
  { recipe, searching, deciding, byAuto, times }: RecencyQuestion,
  options: Pick<BenchOptions, 'k' | 'seed'>,
): Detached<DecidedRecency | null> {
  const span = yield* lengthOf(times)
  if (!(span > 0)) return null
  const { rule: found, tried } = yield* findRule(recipe, searching, span, seededRandom(options.seed))
  const ruleAt =
    (share: number): RecencyAt =>
    (own) =>
      partOfWay(own, found, share)
  const scoresAt = (share: number): Detached<UserScores> => deciding.ask('graph-filter', { recipe }, ruleAt(share))
  const byFound = yield* scoresAt(1)
  const share = shareOf(
    byFound.ndcg.map((value, user) => value - byAuto.ndcg[user]),
    0,
  )
  const isBetween = share > 0 && share < 1
  const judged = isBetween ? yield* scoresAt(share) : byFound
  const { decision, gain } = yield* decide(judged, byAuto, { ...options, mayBeTuned: share > 0 })
  const isTaken = decision === 'tuned'
  const auto = yield* itemRecency(who, times, { recency: 'auto', now: null })
  return {
    recency: isTaken ? partOfWay(auto, found, share) : 'auto',
    share: isTaken ? share : 0,
    ...{ found, gain, tried },
    scores: isTaken ? judged : byAuto,
    recencyAt: isTaken ? ruleAt(share) : undefined,
  }
}

function* lengthOf(times: TimedRows): Sliced<number> {
  const { from, to } = yield* usualSpan(times, yield* spanOf(times, Infinity))
  return to - from
}

/** The rule at a share of the way from 'auto': half-lives are interpolated geometrically, exponents linearly. */
export function partOfWay(auto: ItemRecency, rule: KnownRule, share: number): KnownRule {
  const from = ruleOf(auto) ?? { halfLife: rule.halfLife, recency: 0, popularity: 0 }
  const between = (axis: 'recency' | 'popularity'): number => digits((1 - share) * from[axis] + share * rule[axis])
  return {
    halfLife: digits(from.halfLife ** (1 - share) * rule.halfLife ** share),
    recency: between('recency'),
    popularity: between('popularity'),
  }
}

/** Half-lives tried: the span of the times over powers of two. Exponents tried: of recent popularity, and the negative of overall popularity. */
const [HALVINGS, EXPONENTS] = [10, [0.25, 0.5, 1]]
/** Moves from the best rule of the grid, scored among the candidates that this rule ranks high. */
const MOVES = 20

/** The best rule for the users of a bench. */
function* findRule(
  recipe: Recipe,
  bench: RollingBench,
  span: number,
  random: Random,
): Detached<{ readonly rule: KnownRule; readonly tried: number }> {
  const grid = Array.from({ length: HALVINGS }, (_, at) => digits(span / 2 ** (at + 1))).flatMap((halfLife) =>
    EXPONENTS.map((recency) => ({ halfLife, recency, popularity: -recency })),
  )
  const still = { halfLife: span, recency: 0, popularity: 0 }
  const best = yield* bestOf(yield* probedNear(bench, recipe, 'auto'), recipe, [still, ...grid])
  // The candidates of one rule lack items that another would find.
  const scoresOf = yield* probedNear(bench, recipe, best)
  let [rule, value] = [best, valueOf(yield* scoresOf(recipe, () => best))]
  for (let move = 0; move < MOVES; move++) {
    const next = moved(rule, random, 0.9 ** move)
    const nextValue = valueOf(yield* scoresOf(recipe, () => next))
    if (nextValue > value) [rule, value] = [next, nextValue]
  }
  return { rule, tried: 1 + grid.length + MOVES }
}

function* probedNear(bench: RollingBench, recipe: Recipe, recency: Recency): Detached<RollingScores> {
  return yield* (yield* bench.objectiveNear(recipe, () => recency))(recipe)
}

function* bestOf(scoresOf: RollingScores, recipe: Recipe, rules: readonly KnownRule[]): Detached<KnownRule> {
  let [best, most] = [rules[0], -Infinity]
  for (const rule of rules) {
    const value = valueOf(yield* scoresOf(recipe, () => rule))
    if (value > most) [best, most] = [rule, value]
  }
  return best
}

/** A rule with one or two of its numbers moved. @param stride length of the move, 1 at first */
function moved(rule: KnownRule, random: Random, stride: number): KnownRule {
  const change = {
    halfLife: (): number => rule.halfLife * 2 ** (stride * gaussian(random)),
    recency: (): number => Math.max(0, rule.recency + 0.3 * stride * gaussian(random)),
    popularity: (): number => Math.max(-2, rule.popularity + 0.3 * stride * gaussian(random)),
  }
  const axes = oneOrTwo(['halfLife', 'recency', 'popularity'] as const, random)
  return { ...rule, ...Object.fromEntries(axes.map((axis) => [axis, digits(change[axis]())])) }
}
