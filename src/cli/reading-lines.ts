/** How a file was read, for people. */
import { printable } from '../advanced.ts'
import type { Reading } from '../index.ts'

/** 'user <- userId, item <- movieId, value <- rating, time <- timestamp (s), ignored: title, genres' */
export function readingLine({ columns, timeUnit, ignored }: Reading): string {
  const roles = Object.entries(columns).map(([role, column]) => {
    const unit = role === 'time' && timeUnit !== null ? ` (${timeUnit})` : ''
    return `${role} <- ${printable(column)}${unit}`
  })
  return [...roles, ...(ignored.length > 0 ? [ignoredText(ignored)] : [])].join(', ')
}

/** What was skipped, and what could have been read in another way; nothing of a file that is plain. */
export function noteLines({ comments, notes }: Reading): string[] {
  return [...(comments > 0 ? [`${comments} comment ${comments === 1 ? 'line' : 'lines'} skipped`] : []), ...notes]
}

/** What a command that does not show the reading has to say of it: what was left out, and the notes. */
export function warningLines(reading: Reading): string[] {
  return [...(reading.ignored.length > 0 ? [ignoredText(reading.ignored)] : []), ...noteLines(reading)]
}

/** Objects that are maps by id have names without end. */
const MOST_NAMES = 20

function ignoredText(names: readonly string[]): string {
  const more = names.length - MOST_NAMES
  return `ignored: ${names.slice(0, MOST_NAMES).map(printable).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
