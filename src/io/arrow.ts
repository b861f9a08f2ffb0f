import type { Interactions } from '../data/interactions.ts'
import { ARROW_FILE_MARK, ARROW_TYPE, messagesOf, type ArrowField, type ArrowMessage } from './arrow-messages.ts'
import { ArrowCells } from './arrow-values.ts'
import { BatchTable, type CellBatch, type Field } from './cell-batches.ts'
import { attempt, damaged, insist } from './damage.ts'
import { isArrowFile } from './magic.ts'
import type { Values } from './parquet-values.ts'
import { Pieces } from './pieces.ts'
import type { ReadInteractionsOptions } from './read-options.ts'

/** Reads an Arrow file or stream into a table, a batch of rows at a time; see `readInteractions`. What a file says at its end is not needed. */
export async function readArrow(
  who: string,
  chunks: AsyncGenerator<Buffer>,
  sample: Buffer,
  options: ReadInteractionsOptions,
): Promise<Interactions> {
  const pieces = new Pieces(chunks)
  const isFile = isArrowFile(sample)
  try {
    if (isFile) await pieces.take(FILE_START_BYTES)
    const messages = messagesOf(pieces)
    const reader = new ArrowReader(who, options)
    let message = await messages.next()
    while (message.done !== true) {
      const next = message.value
      attempt(who, 'Arrow', () => reader.take(next))
      message = await messages.next()
    }
    const isMarked = message.value === 'marked'
    insist(isMarked || !isFile, 'cut off: without a mark of its end')
    return reader.build(isMarked ? [] : ['the stream ends without a mark of its end: is it whole?'])
  } catch (error) {
    throw damaged(who, 'Arrow', error)
  }
}

/** The mark, and two bytes after it. */
const FILE_START_BYTES = ARROW_FILE_MARK.length + 2

class ArrowReader {
  readonly #who: string
  readonly #options: ReadInteractionsOptions
  readonly #dictionaries = new Map<number, Values>()
  #fields: readonly ArrowField[] = []
  #table: BatchTable | undefined

  constructor(who: string, options: ReadInteractionsOptions) {
    this.#who = who
    this.#options = options
  }

  take(message: ArrowMessage): void {
    if (message.kind === 'schema' && this.#table === undefined) {
      this.#fields = message.fields
      this.#table = new BatchTable(this.#who, message.fields.map(describe), this.#options)
    } else if (message.kind === 'dictionary') this.#learn(message)
    else if (message.kind === 'rows') {
      insist(this.#table !== undefined, 'rows before it says what the columns are')
      const cells = new ArrowCells(this.#who, message, this.#fields, this.#dictionaries)
      const needed = Object.values(this.#table.columns).filter((column) => column !== undefined)
      // Read first, which holds the number of rows against the bytes.
      const read = new Map(needed.map((number) => [number, cells.read(this.#fields[number])]))
      this.#table.add(cells.rows, (number) => [...(read.has(number) ? [read.get(number) as CellBatch] : [])])
    }
  }

  /** @throws {RivuletError} EMPTY_DATA without a row */
  build(notes: readonly string[]): Interactions {
    insist(this.#table !== undefined, 'without columns')
    return this.#table.build('arrow', notes)
  }

  #learn({ id, isDelta, ...batch }: Extract<ArrowMessage, { kind: 'dictionary' }>): void {
    const field = this.#fields.find(({ dictionary }) => dictionary?.id === id)
    // Of a nested column, which is not read.
    if (field === undefined || describe(field).refused !== undefined) return
    const entries: ArrowField = { ...field, dictionary: undefined }
    const { values, length, places } = new ArrowCells(this.#who, batch, [entries], this.#dictionaries).read(entries)
    const all = places === undefined ? values : Array.from(places, (place) => (place < 0 ? null : values[place]))
    const known = isDelta ? this.#dictionaries.get(id) : undefined
    insist(!isDelta || known !== undefined, 'more of a dictionary that is not there')
    this.#dictionaries.set(id, known === undefined ? all : [...Array.from(known), ...Array.from(all).slice(0, length)])
  }
}

const READ = new Set<number>([
  ...[ARROW_TYPE.int, ARROW_TYPE.float, ARROW_TYPE.utf8, ARROW_TYPE.largeUtf8, ARROW_TYPE.utf8View],
  ...[ARROW_TYPE.bool, ARROW_TYPE.date, ARROW_TYPE.timestamp],
])

const NAMES: Readonly<Record<number, string>> = {
  [ARROW_TYPE.list]: 'nested columns (a list)',
  [ARROW_TYPE.largeList]: 'nested columns (a list)',
  [ARROW_TYPE.fixedList]: 'nested columns (a list)',
  [ARROW_TYPE.struct]: 'nested columns (a struct)',
  [ARROW_TYPE.map]: 'nested columns (a map)',
  [ARROW_TYPE.null]: 'empty cells alone',
}

function describe({ name, type, facts }: ArrowField): Field {
  const isHalf = type === ARROW_TYPE.float && facts?.short(0) === 0
  const refused = isHalf ? 'numbers of 16 bits' : READ.has(type) ? undefined : (NAMES[type] ?? `type ${type} of Arrow`)
  return { name, isTime: type === ARROW_TYPE.date || type === ARROW_TYPE.timestamp, refused }
}
