import { isUtf8 } from 'node:buffer'
import { badRow, type BadRows } from '../data/bad-rows.ts'
import type { RivuletError } from '../support/errors.ts'
import { isMark, type CommentFilter } from './comments.ts'
import { parseNumber } from './cell-kinds.ts'

/** Longest row: 16 MiB. Without a limit, one forgotten quote would bring a whole file into memory. */
const ROW_LIMIT_BYTES = 16 * 1024 * 1024

const LF = 10
const CR = 13
const QUOTE = 34
const BACKSLASH = 92

export type Encoding = 'utf8' | 'latin1'

/** Whether fields may stand in double quotes, and whether a backslash inside takes a quote or another backslash as it is. */
export type Quoting = boolean | 'backslash'

export interface RowScannerOptions {
  /** The reader and its path, for messages. */
  readonly who: string
  /** One or two ASCII characters, or '' when a row is one field. */
  readonly delimiter: string
  /** Whether a field may stand in double quotes (RFC 4180), with delimiters and line breaks inside; 'backslash': and `\"` inside is a quote, `\\` a backslash. */
  readonly quoted: Quoting
  readonly encoding: Encoding
  /** Asked about lines that begin with a mark; default: none is a comment. */
  readonly comments?: CommentFilter | undefined
  /** Told of lines with quotes astray, which it may leave out; default: they are refused. */
  readonly badRows?: BadRows | undefined
}

/**
 * Finds rows and fields in text that arrives in chunks of bytes, without making a string.
 *
 * Rows end with LF or CRLF, the last may end with the text. Empty lines are no rows, a byte order mark at the start is no text.
 * A field is quoted when its first character is a double quote; two of them inside mean one.
 *
 * ```ts
 * for await (const chunk of chunks) { scanner.push(chunk); while (scanner.next()) use(scanner.text(0)) }
 * scanner.finish(); while (scanner.next()) use(scanner.text(0))
 * ```
 */
export class RowScanner {
  /** Bytes that hold the current row; other rows stand around it. */
  bytes: Buffer = Buffer.alloc(0)
  /** Where each field of the current row begins and ends in `bytes`, quotes excluded. */
  starts = new Int32Array(64)
  ends = new Int32Array(64)
  /** Number of fields in the current row. */
  count = 0
  /** Line on which the current row begins, from 1. */
  line = 0

  readonly #who: string
  readonly #first: number
  readonly #second: number
  readonly #quoted: boolean
  readonly #escaped: boolean
  readonly #encoding: Encoding
  readonly #comments: CommentFilter | undefined
  readonly #badRows: BadRows | undefined
  /** 1 for a field with doubled quotes inside, 2 for one with a backslash where that escapes. */
  #doubled = new Uint8Array(64)
  #position = 0
  #nextLine = 1
  #finished = false
  #atStart = true

  constructor({ who, delimiter, quoted, encoding, comments, badRows }: RowScannerOptions) {
    this.#who = who
    this.#first = delimiter === '' ? LF : delimiter.charCodeAt(0)
    this.#second = delimiter.length > 1 ? delimiter.charCodeAt(1) : -1
    this.#quoted = quoted !== false
    this.#escaped = quoted === 'backslash'
    this.#encoding = encoding
    this.#comments = comments
    this.#badRows = badRows
  }

  /**
   * Takes the next bytes of the text. Ask for all rows before.
   *
   * @throws {RivuletError} INVALID_DATA when the row begun is longer than 16 MiB
   */
  push(chunk: Buffer): void {
    const rest = this.bytes.subarray(this.#position)
    if (rest.length > ROW_LIMIT_BYTES) {
      throw this.invalid(
        this.#nextLine,
        undefined,
        'a row of at most 16 MiB',
        'a longer one',
        'Is a quote never closed?',
      )
    }
    this.bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    this.#position = 0
  }

  /** Says that no more bytes come: what is left is the last row. */
  finish(): void {
    this.#finished = true
  }

  /**
   * Moves to the next row; false when more bytes are needed, or none is left.
   *
   * @throws {RivuletError} INVALID_DATA for a quote that is not closed or is closed inside a field, and for what may or may not be a comment
   */
  next(): boolean {
    if (this.#atStart) this.#skipMark()
    while (this.#position < this.bytes.length) {
      const start = this.#position
      const line = this.#nextLine
      if (this.#comments !== undefined && isMark(this.bytes, start)) {
        const skipped = this.#skipComment(this.#comments)
        if (skipped === undefined) return false
        if (skipped) continue
      }
      const found = this.#tryRow(line)
      if (found === 'part') {
        this.#nextLine = line
        return false
      }
      if (found === 'bad') continue
      if (this.count > 1 || this.ends[0] > this.starts[0] || this.bytes[start] === QUOTE) {
        this.line = line
        return true
      }
    }
    return false
  }

  /**
   * A field of the current row as text.
   *
   * @throws {RivuletError} INVALID_DATA for bytes that are not UTF-8 (unless read as latin1)
   */
  text(field: number): string {
    const start = this.starts[field]
    const end = this.ends[field]
    const text = this.bytes.toString(this.#encoding, start, end)
    if (this.#encoding === 'utf8' && text.includes('\ufffd') && !isUtf8(this.bytes.subarray(start, end))) {
      const todo = "Convert the file, or read it with encoding: 'latin1'."
      throw this.invalid(this.line, field, 'UTF-8 text', 'other bytes', todo)
    }
    if (this.#doubled[field] === 0) return text
    if (this.#doubled[field] === 1) return text.replaceAll('""', '"')
    return text.replaceAll(/\\(["\\])|""/g, (_, escaped: string | undefined) => escaped ?? '"')
  }

  /** A field of the current row as a number, or NaN when it does not spell one in decimal. */
  number(field: number): number {
    return parseNumber(this.bytes, this.starts[field], this.ends[field])
  }

  /** Whether a field of the current row can be taken from its bytes as they are. */
  isPlain(field: number): boolean {
    return this.#doubled[field] === 0
  }

  /** @throws {RivuletError} INVALID_DATA for bytes of the current row that are not UTF-8 (unless read as latin1) */
  requireText(): void {
    if (this.#encoding === 'utf8' && !isUtf8(this.bytes.subarray(this.starts[0], this.ends[this.count - 1])))
      this.texts()
  }

  /** All fields of the current row as text. */
  texts(): string[] {
    return Array.from({ length: this.count }, (_, field) => this.text(field))
  }

  /** The error for a row, or for a field (from 0) of it. */
  invalid(line: number, field: number | undefined, expected: string, got: string, todo: string): RivuletError {
    const column = field === undefined ? '' : `, column ${field + 1}`
    const who = `${this.#who}, line ${line}${column}`
    const details = { line, ...(field !== undefined && { column: field + 1 }) }
    return badRow({ who, expected, got, todo, details })
  }

  /** Moves over the line if it is a comment; `undefined` when its end is not there yet. */
  #skipComment(comments: CommentFilter): boolean | undefined {
    const end = this.bytes.indexOf(LF, this.#position)
    if (end < 0 && !this.#finished) return undefined
    const text = this.bytes.toString(this.#encoding, this.#position, end < 0 ? this.bytes.length : end)
    const skips = comments.skips(text, this.#nextLine, this.line === 0)
    if (!skips) return false
    this.#position = end < 0 ? this.bytes.length : end + 1
    this.#nextLine++
    return true
  }

  /** Reads one row; one with quotes astray is passed over up to the end of its line, where bad rows are left out. */
  #tryRow(line: number): 'whole' | 'part' | 'bad' {
    try {
      return this.#scanRow() ? 'whole' : 'part'
    } catch (error) {
      if (!this.#badRows?.skips) throw error
      const end = this.bytes.indexOf(LF, this.#position)
      if (end < 0 && !this.#finished) return 'part'
      this.#badRows.skip(error)
      this.#position = end < 0 ? this.bytes.length : end + 1
      this.#nextLine = line + 1
      return 'bad'
    }
  }

  #skipMark(): void {
    const { bytes } = this
    if (bytes.length < 3 && !this.#finished) return
    if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) this.#position = 3
    this.#atStart = false
  }

  /** Reads one row from the position on. False, with the position unmoved, when its end is not there yet. */
  #scanRow(): boolean {
    const bytes = this.bytes
    const limit = bytes.length
    const first = this.#first
    const second = this.#second
    let at = this.#position
    let count = 0
    for (;;) {
      if (count === this.starts.length) this.#widen()
      this.#doubled[count] = 0
      if (this.#quoted && bytes[at] === QUOTE) {
        const end = this.#scanQuoted(at, count)
        if (end < 0) return false
        at = end
      } else {
        this.starts[count] = at
        for (; at < limit; at++) {
          const byte = bytes[at]
          if (byte === LF || (byte === first && (second < 0 || bytes[at + 1] === second))) break
        }
        this.ends[count] = at
        // Only a carriage return that ends the row belongs to the line break.
        if ((at === limit || bytes[at] === LF) && at > this.starts[count] && bytes[at - 1] === CR)
          this.ends[count] = at - 1
      }
      count++
      if (at === limit && !this.#finished) return false
      if (at === limit || bytes[at] === LF) break
      at += second < 0 ? 1 : 2
    }
    this.count = count
    this.#position = at + 1
    this.#nextLine++
    return true
  }

  /** Reads a quoted field; its end is at a delimiter, a line break or the end. Negative when that is not there yet. */
  #scanQuoted(open: number, field: number): number {
    const bytes = this.bytes
    let at = open + 1
    for (;;) {
      at = bytes.indexOf(QUOTE, at)
      if (at < 0) {
        if (!this.#finished) return -1
        throw this.invalid(this.#nextLine, field, 'a closing quote', 'the end of the file', QUOTE_ADVICE)
      }
      if (this.#escaped && this.#isEscaped(at, open)) at++
      else if (bytes[at + 1] === QUOTE) {
        this.#doubled[field] = 1
        at += 2
      } else break
    }
    if (this.#escaped && bytes.subarray(open, at).includes(BACKSLASH)) this.#doubled[field] = 2
    this.starts[field] = open + 1
    this.ends[field] = at
    if (at + 2 >= bytes.length && !this.#finished) return -1
    const after = bytes[at + 1] === CR && (at + 2 >= bytes.length || bytes[at + 2] === LF) ? at + 2 : at + 1
    if (!this.#endsField(after)) {
      const todo = bytes[at - 1] === BACKSLASH && !this.#escaped ? ESCAPE_ADVICE : QUOTE_ADVICE
      throw this.invalid(this.#nextLine, field, 'a delimiter after the closing quote', 'more text', todo)
    }
    for (let lf = bytes.indexOf(LF, open); lf >= 0 && lf < at; lf = bytes.indexOf(LF, lf + 1)) this.#nextLine++
    return after
  }

  /** Whether the backslashes before a quote are odd in number. */
  #isEscaped(quote: number, open: number): boolean {
    let at = quote
    while (at - 1 > open && this.bytes[at - 1] === BACKSLASH) at--
    return (quote - at) % 2 === 1
  }

  #endsField(at: number): boolean {
    const { bytes } = this
    if (at >= bytes.length || bytes[at] === LF) return true
    return bytes[at] === this.#first && (this.#second < 0 || bytes[at + 1] === this.#second)
  }

  #widen(): void {
    const wider = (column: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> => {
      const copy = new Int32Array(column.length * 2)
      copy.set(column)
      return copy
    }
    this.starts = wider(this.starts)
    this.ends = wider(this.ends)
    const doubled = new Uint8Array(this.starts.length)
    doubled.set(this.#doubled)
    this.#doubled = doubled
  }
}

const QUOTE_ADVICE = 'Correct the quotes, or read the file with quoted: false if they are plain characters.'

/** What to do about a file that may write a quote inside quotes so. */
export const ESCAPE_ADVICE =
  "Does it write quotes inside quotes as \\\"? Read it with quoted: 'backslash' (--backslash-quotes)."

/** Feeds all chunks to the scanner and calls back on each row. A callback, because an async iterator costs more than the row itself. */
export async function scanRows(scanner: RowScanner, chunks: AsyncIterable<Buffer>, onRow: () => void): Promise<void> {
  for await (const chunk of chunks) {
    scanner.push(chunk)
    while (scanner.next()) onRow()
  }
  scanner.finish()
  while (scanner.next()) onRow()
}
