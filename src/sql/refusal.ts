/** What a database's refusal means for the caller. */
import { RivuletError } from '../support/errors.ts'

/** What was expected, and what to do. */
const MEANINGS = {
  login: ['a user and a password that it knows', "Check the options 'user' and 'password'."],
  database: ['a database that is there', "Check the options 'database' and 'workspace'."],
  table: [
    'a table that is there',
    "Check the option 'table'. Tables of this run are there until it is closed, or until a server forgets them: nobody else may drop them.",
  ],
  columns: ['columns that are there', "Check the option 'columns'."],
  right: ['the right to do this', 'Give the user the right to make tables in that database.'],
  functions: ['functions that this version has', 'Ask a server of a later version.'],
  memory: ['enough memory for it', 'Raise max_memory_usage of the user, or ask for fewer columns a query.'],
  disk: ['enough room on its disk', 'Make room there.'],
  other: ['a statement that the server runs', 'Read what it says; the statement is among those of explain().'],
} as const

export type Meaning = keyof typeof MEANINGS

/** Longest part of a server's words that a message has. */
const MOST_LETTERS = 400

/** What a server says, on one line. */
export const oneLine = (text: string): string => text.trim().replaceAll(/\s+/g, ' ').slice(0, MOST_LETTERS)

/** @param what the step that was refused */
export function refusal(
  meaning: Meaning,
  what: string,
  host: string,
  said: string,
  details: Readonly<Record<string, unknown>>,
): RivuletError {
  const [expected, todo] = MEANINGS[meaning]
  return new RivuletError('READ_FAILED', {
    who: `the database at ${host}, ${what}`,
    expected,
    got: said,
    todo,
    details: { host, step: what, ...details },
  })
}
