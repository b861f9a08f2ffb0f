import type { Interactions } from '../data/interactions.ts'
import { beginsLikeComment } from './comments.ts'

/**
 * One line of delimited text (RFC 4180): a field is quoted if it contains a character of the delimiter, a quote or a line break, and the first field also
 * if the line would look like a comment.
 */
export function delimitedLine(fields: readonly (string | number)[], delimiter = ','): string {
  return fields.map((field, at) => quote(String(field), delimiter, at === 0)).join(delimiter)
}

/** Beginnings of formulas in spreadsheets, including full-width forms; a line break before them is ignored there. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/

/**
 * One line for spreadsheets, in which no text is taken for a formula: texts are quoted, and an apostrophe is put before one that begins like a formula.
 * Other readers take the apostrophe as part of the text. Numbers are unchanged.
 */
export function spreadsheetLine(fields: readonly (string | number)[], delimiter = ','): string {
  return fields.map((field) => (typeof field === 'number' ? String(field) : quotedText(field))).join(delimiter)
}

const quotedText = (field: string): string => `"${FORMULA.test(field) ? "'" : ''}${field.replaceAll('"', '""')}"`

function quote(field: string, delimiter: string, isFirst: boolean): string {
  // Half of a two-character delimiter at the end of a field would join with the delimiter that follows.
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
