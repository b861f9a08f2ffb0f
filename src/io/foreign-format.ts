import { RivuletError } from '../support/errors.ts'

interface ForeignFormat {
  readonly name: string
  readonly beginning: RegExp
  readonly todo: string
}

/** Texts that would pass for rows, and what to do with them. */
const FORMATS: readonly ForeignFormat[] = [
  {
    name: 'a Matrix Market file, with a line of sizes above its rows',
    beginning: /^%%MatrixMarket/i,
    todo: "Drop the comments and the line of sizes, and read the rest with delimiter: ' ' and columns: { user: 0, item: 1, value: 2 }.",
  },
  {
    name: 'an array in JSON',
    beginning: /^\[\s*(?:[[{]|$)/,
    todo: "Write one object a line (jq -c '.[]'), or give the parsed array to fromRows.",
  },
  {
    name: 'a table drawn for people, with a line under its titles',
    beginning: /^[^\n]{1,400}\n *[-+|:][-+|: ]{2,400}\r?\n/,
    todo: 'Write it as CSV.',
  },
  {
    name: 'a page of HTML or XML',
    beginning: /^<(?:!doctype|html|\?xml)/i,
    todo: 'Was an error page saved in place of the file? Download it again.',
  },
]

/** Enough for any of the beginnings. */
const LOOKED_AT = 1024

/** Refuses text in a format that is not read here. @throws {RivuletError} INVALID_DATA naming it */
export function refuseForeignFormat(who: string, sample: Buffer): void {
  const text = sample
    .toString('utf8', 0, LOOKED_AT)
    .replace(/^\ufeff/, '')
    .trimStart()
  const found = FORMATS.find(({ beginning }) => beginning.test(text))
  if (found === undefined) return
  throw new RivuletError('INVALID_DATA', {
    who: `${who}, line 1`,
    expected: 'delimited text, adjacency lists or JSON lines',
    got: found.name,
    todo: found.todo,
    details: { line: 1 },
  })
}
