import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { optionsPage, PAGE } from '../../docs/reference/options-page.ts'

it('docs/reference/options.md is what npm run reference writes', async () => {
  expect(readFileSync(PAGE, 'utf8')).toBe(await optionsPage())
})
