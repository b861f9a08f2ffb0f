import { describe, expect, it } from 'vitest'
import { methodOf, type MethodOptions } from '../../src/recommend/methods/methods.ts'
import { GRIDS } from '../../native-free-bench/data/grids.ts'

describe.each(Object.entries(GRIDS))('the grid of %s', (name, { values }) => {
  const { options } = methodOf('test', name)

  it('names options of the method, with values that it takes, each once', () => {
    for (const [option, choices] of Object.entries(values) as [keyof MethodOptions, readonly unknown[]][]) {
      expect(options[option], option).toBeDefined()
      expect(choices.map((choice) => options[option].check(choice)).filter((complaint) => complaint !== null)).toEqual(
        [],
      )
      expect(new Set(choices).size).toBe(choices.length)
    }
  })

  it('holds the defaults, so that tuning cannot lose against them', () => {
    for (const [option, choices] of Object.entries(values) as [keyof MethodOptions, readonly unknown[]][]) {
      expect(choices, option).toContain(options[option].fallback)
    }
  })
})
