/** Options and recipes as text. */
import type { Recipe, RecipeOperator } from '../index.ts'

/** Words for null, where it is a value. */
const WORDS_FOR_NULL: Readonly<Record<string, string>> = { neighbours: 'all', itemAlpha: '= alpha' }

/** 'k 20, alpha 0.7, recency (halfLife 7d, recency 1)', without the recipe, which is too long for a line. */
export function settingsText(options: object): string {
  return Object.entries(options)
    .filter(([name]) => name !== 'recipe')
    .map(([name, value]) => `${name} ${settingText(name, value)}`)
    .join(', ')
}

function settingText(name: string, value: unknown): string {
  if (value === null) return WORDS_FOR_NULL[name] ?? 'none'
  return typeof value === 'object' && !Array.isArray(value) ? `(${settingsText(value)})` : String(value)
}

/** A recipe in two lines: what is mixed, and the exponents. */
export function recipeLines(recipe: Recipe): [string, string] {
  const { operators, userExponent, itemExponent, profileExponent, popularityExponent, ...rest } = recipe
  const { degreeOffset, leaveOneOut, averageShare, sweeps } = rest
  return [
    operators.map(operatorText).join(' '),
    [
      `exponents: user ${userExponent}, item ${itemExponent}, profile ${profileExponent}, popularity ${popularityExponent}`,
      ...(degreeOffset === 0 ? [] : [`degrees + ${degreeOffset}`]),
      `leave-one-out ${leaveOneOut ?? 'none'}`,
      ...(averageShare === null ? [] : [`average user ${averageShare} an item`]),
      `${sweeps} sweeps`,
    ].join('; '),
  ]
}

/** '+ 0.4 resolvent (lambda 0.2)'; the first sign and a weight of 1 are omitted. */
function operatorText({ operator, weight, ...settings }: RecipeOperator, at: number): string {
  const sign = weight < 0 ? '-' : at > 0 ? '+' : ''
  const factor = Math.abs(weight) === 1 ? '' : String(Math.abs(weight))
  const numbers = Object.entries(settings).map(([name, value]) => `${name} ${String(value)}`)
  const told = numbers.length === 0 ? '' : `(${numbers.join(', ')})`
  return [sign, factor, operator, told].filter((part) => part !== '').join(' ')
}
