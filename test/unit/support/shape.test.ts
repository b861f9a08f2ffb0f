import { expect, it } from 'vitest'
import { isString } from '../../../src/support/options.ts'
import { fields, listOf } from '../../../src/support/shape.ts'

it('names a field within fields by its path', () => {
  const check = fields({ facts: fields({ facts: fields({ side: isString }) }) })
  expect(check({ facts: { facts: { side: 1 } } })).toBe("a string as 'facts.facts.side'")
  expect(check({ facts: { facts: { side: 'users' } } })).toBe(null)
  expect(fields({ all: listOf(fields({ name: isString })) })({ all: [{}] })).toBe("a list of a string as 'all.name'")
})
