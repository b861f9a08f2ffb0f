import { InvalidArgumentError } from 'commander'
import { describe, expect, it } from 'vitest'
import { readOptionsArgument, readSpaceArgument } from '../../../src/cli/json-argument.ts'
import { readRecipeArgument } from '../../../src/cli/recipe-argument.ts'
import { temporaryFolder } from '../io/temporary.ts'

const folder = temporaryFolder()

describe('arguments in JSON', () => {
  const deep = `{"recipe":${'['.repeat(1e5)}${']'.repeat(1e5)}}`

  it.each([readOptionsArgument, readSpaceArgument, readRecipeArgument])(
    'are refused by %O when nested too deep',
    (read) => {
      for (const text of [deep, folder.write('deep.json', deep)]) {
        expect(() => read(text)).toThrow(InvalidArgumentError)
        expect(() => read(text)).toThrow('nested deeper than 500 levels')
      }
    },
  )
})
