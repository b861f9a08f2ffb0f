import type { Interactions } from '../data/interactions.ts'
import { beginsLikeComment } from './comments.ts'

/**
 * One line of delimited text (RFC 4180): a field is quoted when it holds a character of the delimiter, a quote or a line break, and the first one also
 * when the line would pass for a comment.
 */
export function delimitedLine(fields: readonly (string | number)[], delimiter = ','): string {
  return fields.map((field, at) => quote(String(field), delimiter, at === 0)).join(delimiter)
}

/** What spreadsheets take for the beginning of a formula, wide forms of East Asian scripts too; they pass over a break before it. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/

/**
 * The same for spreadsheets: no text of it is taken for a formula. Texts are quoted, and one that begins like a formula begins with an apostrophe instead,
 * which is part of it for every other reader. Numbers are as they are.
 */
export function spreadsheetLine(fields: readonly (string | number)[], delimiter = ','): string {
  return fields.map((field) => (typeof field === 'number' ? String(field) : quotedText(field))).join(delimiter)
}

const quotedText = (field: string): string => `"${FORMULA.test(field) ? "'" : ''}${field.replaceAll('"', '""')}"`

function quote(field: string, delimiter: string, isFirst: boolean): string {
  // Half a delimiter at the end of a field would make a whole one with the delimiter that follows.
  const needed = [...delimiter].some((character) => field.includes(character)) || /["\r\n]/.test(field)
  return needed || (isFirst && beginsLikeComment(field)) ? `"${field.replaceAll('"', '""')}"` : field
}

/**
 * A table as lines of delimited text, header first, that `readInteractions` reads back to the same rows. Columns that the table lacks are
 * left out, an unknown time is an empty field. Users and items without a row are not written.
 */
export function* interactionLines(table: Interactions, delimiter = ','): Generator<string, void, undefined> {
  const { users, items, user, item, value, signal, signals, time, length } = table
  const header = ['user', 'item', value && 'value', signal && 'signal', time && 'time']
  yield delimitedLine(
    header.filter((name) => name !== undefined),
    delimiter,
  )
  for (let row = 0; row < length; row++) {
    const fields: (string | number)[] = [users.keyOf(user[row]), items.keyOf(item[row])]
    if (value !== undefined) fields.push(value[row])
    if (signal !== undefined) fields.push(signals[signal[row]])
    if (time !== undefined) fields.push(Number.isNaN(time[row]) ? '' : time[row])
    yield delimitedLine(fields, delimiter)
  }
}
