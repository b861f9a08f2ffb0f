import { gzipSync } from 'node:zlib'
import { InvalidArgumentError } from 'commander'
import { describe, expect, it } from 'vitest'
import { readOptionsArgument, readRecipeArgument, readSpaceArgument } from '../../../src/cli/json-argument.ts'
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

  it('may be packed, whatever the file is called', () => {
    expect(readOptionsArgument(folder.write('options.json.gz', gzipSync('{"k":3}')))).toEqual({ k: 3 })
    expect(readOptionsArgument(folder.write('options.bin', gzipSync('{"k":4}')))).toEqual({ k: 4 })
    expect(readOptionsArgument(folder.write('plain.gz', '{"k":5}'))).toEqual({ k: 5 })
    const cut = folder.write('cut.gz', gzipSync('{"k":3}').subarray(0, 15))
    expect(() => readOptionsArgument(cut)).toThrow('Expected a JSON file')
  })

  it('are read and unpacked no further than 64 MiB', () => {
    const bomb = folder.write('bomb.gz', gzipSync(Buffer.alloc(64 * 2 ** 20 + 1, ' '), { level: 1 }))
    for (const endless of [bomb, '/dev/zero']) {
      expect(() => readOptionsArgument(endless)).toThrow('at most 64 MiB uncompressed')
    }
  })
})
