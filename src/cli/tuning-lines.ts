import { momentText, spanText, type KnownSpan } from '../advanced.ts'
import type { BalanceTuning, OptionsTuning, RecipeTuning, SignalsTuning, Trial, Tuning, Validation } from '../index.ts'
import { recipeLines, settingsText } from './settings.ts'
import { count, figure, tableLines } from './table.ts'

/** A tuning as text: the trials side by side, the gain over the defaults, and the options as a flag. */
export function tuningLines(tuning: Tuning, top: number): string[] {
  const { metric, validation, best } = tuning
  const { seenPairs } = validation
  return [
    `${count(tuning.trials.length)} trials${howText(tuning)}, scored by ${metric} of ${count(validation.examples)} users, ` +
      `${count(validation.heldOut)} interactions held out (${validation.by})`,
    ...windowLines(validation),
    ...(seenPairs > 0 ? [`${count(seenPairs)} validation pairs are also in the training data: left out`] : []),
    '',
    ...triedLines(tuning, top),
    ...failedLines(tuning.trials),
    '',
    gainText(tuning),
    ...(tuning.search === 'recipe' ? recipeText(tuning) : []),
    '',
    `--options '${JSON.stringify(best)}'`,
  ]
}

/** The time spans of held-out data. */
function windowLines({ windows = [] }: Validation): string[] {
  if (windows.length === 0) return []
  const times = timesOfWindows(windows)
  const texts = windows.map(
    ({ from, to, examples }) => `${momentText(from, times)} to ${momentText(to, times)} (${count(examples)} users)`,
  )
  return [`each trained on everything before it: ${texts.join(', ')}`]
}

const timesOfWindows = (windows: NonNullable<Validation['windows']>): KnownSpan => ({
  oldest: windows[0].from,
  newest: windows[windows.length - 1].to,
})

function howText(tuning: Tuning): string {
  const strategy = tuning.search === 'options' ? ` (${tuning.strategy})` : ''
  return tuning.stopped === 'budget' ? `${strategy}, stopped by the budget` : strategy
}

function triedLines(tuning: Tuning, top: number): string[] {
  switch (tuning.search) {
    case 'options':
      return optionLines(tuning, top)
    case 'recipe':
      return recipeAndBaselines(tuning)
    case 'signals':
      return signalLines(tuning, top)
    case 'balance':
      return balanceLines(tuning)
  }
}

/** The best trials, and that of the defaults. */
function optionLines({ trials, metric }: OptionsTuning, top: number): string[] {
  const shown = trials.filter(({ error }) => error === null).slice(0, top)
  const byDefault = trials.find(({ trial }) => trial === 0)
  const rows = byDefault === undefined || shown.includes(byDefault) ? shown : [...shown, byDefault]
  const names = [...new Set(rows.flatMap(({ options }) => Object.keys(options)))]
  return tableLines(
    ['trial', metric, 'users', ...names],
    rows.map((trial) => cellsOf(trial, names)),
  )
}

function cellsOf(
  { trial, options, score, resource }: Trial<Readonly<Record<string, unknown>>>,
  names: readonly string[],
): string[] {
  const valueOf = (name: string): string => (Object.hasOwn(options, name) ? textOf(options[name]) : '')
  return [trial === 0 ? 'defaults' : String(trial), figure(score ?? NaN), count(resource), ...names.map(valueOf)]
}

/** null is a value: for example, all neighbours. */
const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

function recipeAndBaselines({ metric, decision, scores, defaultScores, baselines, leftOut }: RecipeTuning): string[] {
  const tried = [
    ...(decision === 'tuned' ? [{ name: 'tuned recipe', options: {}, ...scores }] : []),
    { name: 'default recipe', options: {}, ...defaultScores },
    ...baselines.map(({ method, ...rest }) => ({ name: method, ...rest })),
  ].sort((a, b) => b.ndcg - a.ndcg)
  const table = tableLines(
    ['on validation', metric.replace('ndcg', 'recall'), metric, 'options'],
    tried.map(({ name, recall, ndcg, options }) => [name, figure(recall), figure(ndcg), settingsText(options)]),
    ['left', 'right', 'right', 'left'],
  )
  return [...table, ...leftOut.map(({ method, why }) => `left out: ${method}, ${why}`)]
}

function signalLines({ trials }: SignalsTuning, top: number): string[] {
  const shown = trials.filter(({ error }) => error === null).slice(0, top)
  const names = Object.keys(trials[0].options.signals)
  const rows = shown.map(({ trial, score, options }) => [
    trial === 0 ? 'as given' : String(trial),
    figure(score ?? NaN),
    ...names.map((name) => ruleText(options.signals[name])),
  ])
  return tableLines(['trial', 'score', ...names], rows)
}

function ruleText({
  weight,
  transform,
  halfLife,
}: SignalsTuning['trials'][number]['options']['signals'][string]): string {
  return `${weight} ${transform}${halfLife === null ? '' : `, halved every ${halfLife}`}`
}

function balanceLines({ metric, balance }: BalanceTuning): string[] {
  const rows = balance.curve.map(({ lambda, loss, gain }) => [
    String(lambda),
    figure(1 - loss),
    gain === null ? '' : `${signed(gain.difference)} (${signed(gain.low)} to ${signed(gain.high)})`,
  ])
  return tableLines(['lambda', metric, 'gain'], rows)
}

function failedLines(trials: readonly Trial<unknown>[]): string[] {
  const failed = trials.filter(({ error }) => error !== null)
  return failed.length === 0
    ? []
    : ['', `${count(failed.length)} trials failed, the first with: ${String(failed[0].error)}`]
}

function gainText(tuning: Tuning): string {
  const { gain, metric, search, decision } = tuning
  if (search === 'balance')
    return `Evidence ${decision === 'tuned' ? 'helps' : 'is left out'}: ${tuning.balance.reason}.`
  if (gain === null) return 'The trial of the defaults failed, so there is no comparison.'
  const { difference, low, high, level } = gain
  const interval = `${signed(low)} to ${signed(high)}, ${100 * level} % interval over the same users`
  const kept = search !== 'options' && decision === 'default' ? ', and they are kept' : ''
  const told = `${low > 0 ? '' : 'not '}better than the defaults by more than chance${kept}`
  return `The best is ${told}: ${metric} gains ${signed(difference)} (${interval}).`
}

function recipeText({ share, gain, best, decision, recency, average, profile, validation }: RecipeTuning): string[] {
  const way = share > 0 ? [`It is ${100 * share} % of the way from the default recipe to the best one found.`] : []
  const doubt =
    decision === 'default' && gain.low > 0 ? ['Its gain depends on whether popular or rare items are held out.'] : []
  return [
    ...way,
    ...recencyText(recency, validation),
    ...profileText(profile),
    ...averageText(average),
    ...doubt,
    '',
    ...titled('recipe', recipeLines(best.recipe)),
  ]
}

function averageText(average: RecipeTuning['average']): string[] {
  if (average === null) return []
  const { averageShare, found, gain } = average
  const told =
    averageShare === null
      ? `The share of the average user stays as the past suggests: no other is better by more than chance. The best was ${found} of its items per profile item`
      : `Profiles are completed with ${found} items of the average user per profile item`
  return [`${told}: ${signed(gain.difference)} (${signed(gain.low)} to ${signed(gain.high)}).`]
}

function profileText(profile: RecipeTuning['profile']): string[] {
  if (profile === null) return []
  const { profileHalfLife, found, gain } = profile
  const told =
    profileHalfLife === null
      ? `All items of a profile count equally: no half-life is better by more than chance. The best was ${found} items`
      : `Recent items of a profile count more, with a half-life of ${found} items`
  return [`${told}: ${signed(gain.difference)} (${signed(gain.low)} to ${signed(gain.high)}).`]
}

/** The decision about recency, compared with 'auto'. */
function recencyText(recency: RecipeTuning['recency'], { windows }: Validation): string[] {
  if (recency === null) return []
  const { share, found, gain, tried } = recency
  const { difference, low, high } = gain
  const halfLife = windows?.length ? spanText(found.halfLife, timesOfWindows(windows)) : String(found.halfLife)
  const rule = `half-life ${halfLife}, exponents ${found.recency} for recent rows and ${found.popularity} for all rows`
  const told =
    share > 0
      ? `${100 * share} % of the way from 'auto' to the best rule`
      : "'auto', because no rule is better by more than chance; the best rule"
  return [
    `Recency follows ${told} of ${count(tried)} (${rule}): ${signed(difference)} (${signed(low)} to ${signed(high)}).`,
  ]
}

const titled = (title: string, lines: readonly string[]): string[] =>
  lines.map((line, at) => `${at === 0 ? title : ' '.repeat(title.length)}  ${line}`)

const signed = (value: number): string => `${value < 0 ? '' : '+'}${figure(value)}`
