import type { Fit } from '../index.ts'
import { recipeLines, settingsText } from './settings.ts'
import { count, figure, tableLines } from './table.ts'

/** A fit for people: everything that was tried beside each other, best first, what was decided and why, and the recipe. */
export function fitLines(fit: Fit): string[] {
  const { k, users, seenPairs, trials, decision, validation, defaultValidation, baselines, recipe } = fit
  const tried = [
    ...(decision === 'fitted' ? [{ name: 'fitted recipe', options: {}, ...validation }] : []),
    { name: 'default recipe', options: {}, ...defaultValidation },
    ...baselines.map(({ method, ...rest }) => ({ name: method, ...rest })),
  ].sort((a, b) => b.ndcg - a.ndcg)
  const rows = tried.map(({ name, recall, ndcg, options }) => [
    name,
    figure(recall),
    figure(ndcg),
    settingsText(options),
  ])
  return [
    `${count(trials)} trials, judged by held-out items of ${count(users)} users`,
    ...(seenPairs > 0 ? [`${count(seenPairs)} pairs of the validation are in the training data: left out`] : []),
    '',
    ...tableLines(['on validation', `recall@${k}`, `ndcg@${k}`, 'options'], rows, ['left', 'right', 'right', 'left']),
    '',
    decisionText(fit),
    '',
    ...recipeLines(recipe).map((line, at) => `${at === 0 ? 'recipe' : '      '}  ${line}`),
  ]
}

function decisionText({ decision, gain, k }: Fit): string {
  const { difference, low, high, level } = gain
  const interval = `${signed(low)} to ${signed(high)}, ${100 * level} % interval over the same users`
  return decision === 'fitted'
    ? `The fitted recipe is taken: ndcg@${k} ${signed(difference)} against the default (${interval}).`
    : `The default recipe is kept: the best one found is not better by more than chance, ndcg@${k} ${signed(difference)} (${interval}).`
}

function signed(value: number): string {
  return `${value < 0 ? '' : '+'}${figure(value)}`
}
