import { describe, expect, it } from 'vitest'
import { recipeLines, settingsText } from '../../../src/cli/settings.ts'
import { DEFAULT_RECIPE } from '../../../src/recommend/methods/recipe.ts'

describe('options as people read them', () => {
  it('stand on a line, and null says what it means', () => {
    const options = { k: [5, 20], itemAlpha: null, neighbours: null, weighted: false }
    expect(settingsText(options)).toBe('k 5,20, itemAlpha = alpha, neighbours all, weighted false')
    expect(settingsText({ neighbours: 50 })).toBe('neighbours 50')
    expect(settingsText({ recency: { halfLife: '7d', recency: 1 } })).toBe('recency (halfLife 7d, recency 1)')
    expect(settingsText({ recency: null })).toBe('recency none')
  })

  it('leave a recipe out', () => {
    expect(settingsText({ recipe: DEFAULT_RECIPE, k: 3 })).toBe('k 3')
    expect(settingsText({})).toBe('')
  })
})

describe('a recipe in two lines', () => {
  const recipe = {
    ...{ userExponent: 0.3, itemExponent: 0.35, profileExponent: -0.2, popularityExponent: 0, shortProfiles: 0 },
    ...{ leaveOneOut: 2, sweeps: 8 },
  }
  const mixed = (...operators: object[]): string =>
    recipeLines({ ...DEFAULT_RECIPE, ...recipe, operators: operators as never })[0]

  it('has the exponents in the second', () => {
    const exponents = 'exponents: user 0.3, item 0.35, profile -0.2, popularity 0'
    expect(recipeLines({ ...DEFAULT_RECIPE, ...recipe })[1]).toBe(`${exponents}; leave-one-out 2; 8 sweeps`)
    const offset = recipeLines({ ...DEFAULT_RECIPE, ...recipe, degreeOffset: 2.5 })[1]
    expect(offset).toBe(`${exponents}; degrees + 2.5; leave-one-out 2; 8 sweeps`)
    const completed = recipeLines({ ...DEFAULT_RECIPE, ...recipe, averageShare: 4 })[1]
    expect(completed).toBe(`${exponents}; leave-one-out 2; average user 4 an item; 8 sweeps`)
    const plain = { ...DEFAULT_RECIPE, ...recipe, leaveOneOut: null }
    expect(recipeLines(plain)[1]).toBe(`${exponents}; leave-one-out none; 8 sweeps`)
  })

  it('mixes with signs and weights in the first, but for the sign of the first and weights of 1', () => {
    const walk = { operator: 'walk', steps: 3 }
    expect(mixed({ ...walk, weight: 1 })).toBe('walk (steps 3)')
    expect(mixed({ ...walk, weight: -1 }, { ...walk, weight: 0.4 })).toBe('- walk (steps 3) + 0.4 walk (steps 3)')
    expect(mixed({ ...walk, weight: 2 }, { operator: 'embedding', weight: -0.5 })).toBe(
      '2 walk (steps 3) - 0.5 embedding',
    )
  })
})
