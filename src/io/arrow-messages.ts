/**
 * Reads the messages of Arrow in order: the schema, dictionaries, batches of rows. A file holds the same messages as a stream, between its magic bytes and a footer, which
 * is not needed for reading in order.
 *
 * Format: https://arrow.apache.org/docs/format/Columnar.html#serialization-and-interprocess-communication-ipc
 */
import { insist } from './damage.ts'
import { FlatTable } from './flat-buffer.ts'
import type { Pieces } from './pieces.ts'

export const ARROW_FILE_MARK = 'ARROW1'

/** Type numbers of the format. */
export const ARROW_TYPE = {
  ...({
    null: 1,
    int: 2,
    float: 3,
    binary: 4,
    utf8: 5,
    bool: 6,
    date: 8,
    timestamp: 10,
    list: 12,
    struct: 13,
  } as const),
  ...({ union: 14, fixedList: 16, map: 17, largeBinary: 19, largeUtf8: 20, largeList: 21, runs: 22 } as const),
  ...({ binaryView: 23, utf8View: 24, listView: 25, largeListView: 26 } as const),
}

/** A column, or a child of a nested one. */
export interface ArrowField {
  readonly name: string
  readonly type: number
  /** The table of the type's parameters. */
  readonly facts: FlatTable | undefined
  readonly children: readonly ArrowField[]
  /** The dictionary of a column whose cells are indices into it. */
  readonly dictionary: { readonly id: number; readonly index: FlatTable | undefined } | undefined
}

/** Rows, or entries of a dictionary. */
export interface ArrowBatch {
  readonly facts: FlatTable
  readonly body: Buffer
}

export type ArrowMessage =
  | { readonly kind: 'schema'; readonly fields: readonly ArrowField[] }
  | ({ readonly kind: 'dictionary'; readonly id: number; readonly isDelta: boolean } & ArrowBatch)
  | ({ readonly kind: 'rows' } & ArrowBatch)
  | { readonly kind: 'other' }

const CONTINUES = 0xffffffff
const [SCHEMA, DICTIONARY, ROWS] = [1, 2, 3]

/** Schemas and lists of buffers are small; a larger length is damage. */
const MOST_FACTS_BYTES = 64 * 1024 * 1024
/** Largest body of a batch, which is held in memory. */
const MOST_BODY_BYTES = 2 ** 31 - 1

/** How a sequence of messages ended: with its end mark, or with the last byte. */
export type ArrowEnd = 'marked' | 'unmarked'

/** @throws {Error} for messages that are cut off or damaged */
export async function* messagesOf(pieces: Pieces): AsyncGenerator<ArrowMessage, ArrowEnd, undefined> {
  for (;;) {
    const start = await take(pieces, 4)
    if (start.length === 0) return 'unmarked'
    insist(start.length === 4, 'one that ends too early')
    let length = start.readUInt32LE(0)
    // Before version 0.15 nothing preceded the length.
    if (length === CONTINUES) length = (await takeAll(pieces, 4)).readUInt32LE(0)
    if (length === 0) return 'marked'
    insist(length <= MOST_FACTS_BYTES, `a message of ${length} bytes`)
    const message = FlatTable.root(await takeAll(pieces, length))
    const bodyBytes = message.long(3)
    insist(bodyBytes <= MOST_BODY_BYTES, `a batch of ${bodyBytes} bytes: write smaller ones`)
    yield messageOf(message, await takeAll(pieces, bodyBytes))
  }
}

function messageOf(message: FlatTable, body: Buffer): ArrowMessage {
  const [kind, facts] = [message.byte(1), message.table(2)]
  if (facts === undefined) return { kind: 'other' }
  if (kind === SCHEMA) {
    insist(facts.short(0) === 0, 'numbers whose first byte is the largest (big-endian)')
    return { kind: 'schema', fields: fieldsOf(facts, 1) }
  }
  if (kind === ROWS) return { kind: 'rows', facts, body }
  if (kind !== DICTIONARY) return { kind: 'other' }
  const data = facts.table(1)
  insist(data !== undefined, 'a dictionary without entries')
  return { kind: 'dictionary', id: facts.long(0), isDelta: facts.byte(2) !== 0, facts: data, body }
}

/** Limits of schemas; in a hostile one, fields may contain each other. */
const [DEEPEST, MOST_FIELDS, MOST_NAME_BYTES] = [64, 65_536, 16 * 1024 * 1024]

function fieldsOf(
  table: FlatTable,
  entry: number,
  left = { fields: MOST_FIELDS, bytes: MOST_NAME_BYTES },
  depth = 0,
): ArrowField[] {
  left.fields -= table.vector(entry, 4).length
  insist(depth < DEEPEST && left.fields >= 0, `more columns than ${MOST_FIELDS}, or deeper than ${DEEPEST} levels`)
  return table.tables(entry).map((field) => {
    left.bytes -= field.vector(0, 1).length
    insist(left.bytes >= 0, 'names of columns without end')
    const dictionary = field.table(4)
    return {
      name: field.text(0),
      type: field.byte(2),
      facts: field.table(3),
      children: fieldsOf(field, 5, left, depth + 1),
      dictionary: dictionary && { id: dictionary.long(0), index: dictionary.table(1) },
    }
  })
}

async function take(pieces: Pieces, bytes: number): Promise<Buffer> {
  const piece = await pieces.take(bytes)
  return Buffer.from(piece.buffer, piece.byteOffset, piece.length)
}

async function takeAll(pieces: Pieces, bytes: number): Promise<Buffer> {
  const taken = await take(pieces, bytes)
  insist(taken.length === bytes, `cut off: ${bytes} bytes were to come, ${taken.length} did`)
  return taken
}
