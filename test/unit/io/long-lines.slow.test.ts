import { describe, expect, it } from 'vitest'
import { readInteractions } from '../../../src/io/read-interactions.ts'
import { RivuletError } from '../../../src/support/errors.ts'
import { temporaryFolder } from './temporary.ts'

const folder = temporaryFolder()
const long = (part: string): string => part.repeat(1_000_000 / part.length)

/** Quadratic reading would take minutes for each. */
describe('lines of a million characters end in a table or an error', () => {
  const parts = [
    '1',
    ' ',
    ',',
    '\t',
    '{',
    '}',
    '[',
    '"',
    '#',
    '# ',
    '%',
    '/',
    '-',
    '.',
    '1.',
    '1e',
    '} ',
    ' x',
    '::',
    '|-',
    '\r',
    '<',
    'é',
  ]

  it.each(parts)('of %j', async (part) => {
    const lines = [
      `${long(part)}x\n`,
      `user,item,rating,time\na,b,${long(part)}x,1\n`,
      `a,b,1,${long(part)}x\n`,
      `a b\n${long(part)}\n`,
    ]
    for (const [at, text] of [...lines, `{"user":"a","item":"b","rating":"${long('1')}x"}\n`].entries()) {
      const path = folder.write(`long-${at}`, text)
      const outcome = await readInteractions(path).catch((error: unknown) => error)
      if (outcome instanceof Error) expect(outcome).toBeInstanceOf(RivuletError)
      else expect(outcome).toHaveProperty('length')
    }
  })
})
