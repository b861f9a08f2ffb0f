import { describe, expect, it } from 'vitest'
import { RECIPES, recipesOf } from '../../native-free-bench/data/recipes.ts'
import { SET_NAMES, SETS_OF_SIZE } from '../../native-free-bench/data/splits.ts'
import { DenseKeyIndex, resolveList } from '../../src/advanced.ts'

describe('the recipes', () => {
  it.each(RECIPES.map((recipe) => [recipe.label, recipe] as const))('%s is one that the library takes', (_, recipe) => {
    expect(() => resolveList('recipes', recipe.options, new DenseKeyIndex(0))).not.toThrow()
    // It goes to another process and into a file.
    expect(JSON.parse(JSON.stringify(recipe.options))).toEqual(recipe.options)
  })

  it.each(SET_NAMES)('of %s have one name each, one that is ours for sparse users, and baselines', (set) => {
    const recipes = recipesOf(set)
    expect(new Set(recipes.map(({ label }) => label)).size).toBe(recipes.length)
    const forSparse = recipes.filter(({ sparseUsers }) => sparseUsers)
    expect(forSparse.filter(({ baseline }) => !baseline).map(({ label }) => label)).toEqual(['default'])
    expect(forSparse.length).toBeGreaterThanOrEqual(4)
  })

  it('call nothing a default that has options of its own', () => {
    const named = RECIPES.filter(({ chosen }) => chosen === 'default')
    // Popularity of all times has its row beside that of now, and the polynomial beside the head and the walk.
    const names = new Set(named.flatMap(({ options }) => Object.keys(options)))
    expect([...names].sort()).toEqual(['exact', 'method', 'recency'])
  })

  it('are measured on every set at size large', () => {
    expect([...SETS_OF_SIZE.large, 'demo'].sort()).toEqual([...SET_NAMES].sort())
  })
})
