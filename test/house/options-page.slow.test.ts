import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { optionFiles } from '../../docs/reference/options-page.ts'

it('the reference of options, the tables of the command line and the help of flags are what npm run reference writes', async () => {
  for (const [path, text] of await optionFiles()) expect(readFileSync(path, 'utf8')).toBe(text)
})
