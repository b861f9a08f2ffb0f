import { RivuletError, show } from '../support/errors.ts'

/** Marks that begin comments in edge lists and matrices: SNAP, NetworkX ('#'), KONECT, Matrix Market ('%'), others ('//'). */
const MARKS = ['#', '%', '//']

/** Characters that follow the mark in a comment, but not in an id. */
const AFTER_MARK = new Set(['', ' ', '\t', '\r', '#', '%', '/', '!'])

/**
 * Recognises comment lines.
 *
 * Unless option `comments` is given, lines at the top that begin with a mark and a blank are comments, and so are those below that begin with the same mark and a
 * blank. Any other line that begins with a mark is refused: it may be a row whose id begins with the mark, or a row that was commented out.
 */
export class CommentFilter {
  /** Lines that were skipped. */
  count = 0
  readonly #who: string
  readonly #allowed: boolean | undefined
  #mark: string | undefined

  /** @param allowed option `comments` */
  constructor(who: string, allowed: boolean | undefined) {
    this.#who = who
    this.#allowed = allowed
  }

  /**
   * Whether a line that begins with a mark is skipped.
   *
   * @param line its number, from 1. @param atTop whether no row came before
   * @throws {RivuletError} INVALID_DATA for an ambiguous line
   */
  skips(text: string, line: number, atTop: boolean): boolean {
    if (this.#allowed === false) return false
    const mark = markOf(text)
    if (mark === undefined) return false
    if (atTop && isClear(text, mark)) this.#mark = mark
    if (this.#allowed !== true && !(this.#mark === mark && isClear(text, mark))) throw unclear(this.#who, line, text)
    this.count++
    return true
  }
}

/** Whether a comment may begin at a byte. */
export function isMark(bytes: Buffer, at: number): boolean {
  const first = bytes[at]
  return first === 35 || first === 37 || (first === 47 && bytes[at + 1] === 47)
}

/** Whether a line that begins with this field may be taken for a comment. */
export function beginsLikeComment(field: string): boolean {
  return markOf(field) !== undefined
}

const markOf = (text: string): string | undefined => MARKS.find((mark) => text.startsWith(mark))

const isClear = (text: string, mark: string): boolean => AFTER_MARK.has(text.charAt(mark.length))

function unclear(who: string, line: number, text: string): RivuletError {
  return new RivuletError('INVALID_DATA', {
    who: `${who}, line ${line}`,
    expected: 'a row, or comments at the top of the file that begin with # and a space',
    got: show(text),
    todo: 'Set comments: true if such lines are comments, or comments: false if they start with ids.',
    details: { line },
  })
}
