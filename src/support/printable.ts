/**
 * What must not reach a terminal or a picture as it is: control characters (C0, DEL, C1), separators of lines, marks that turn the direction of
 * writing, characters that nobody sees (so that two ids would look alike), halves of surrogate pairs, and code points that are no characters.
 */
const UNSAFE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Noncharacter_Code_Point}\u00ad\u200b\u2060\ufeff]/gu

/**
 * Text that is safe to print: each such character as `\u` and four hexadecimal digits, a code point above U+FFFF as two of them.
 *
 * All of it is one line. JSON stays JSON that decodes to the same strings, as long as it stands on one line. What is printable already stays as it is.
 */
export function printable(text: string): string {
  return text.replaceAll(UNSAFE, escapeUnits)
}

/** The same for text of several lines: its line breaks are kept. */
export function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n')
}

function escapeUnits(character: string): string {
  return Array.from({ length: character.length }, (_, at) => {
    const digits = character.charCodeAt(at).toString(16).padStart(4, '0')
    return `\\u${digits}`
  }).join('')
}
