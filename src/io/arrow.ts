import { ARROW_FILE_MARK, ARROW_TYPE, messagesOf, type ArrowField, type ArrowMessage } from './arrow-messages.ts'
import { ArrowCells } from './arrow-values.ts'
import type { CellBatch, ColumnFile, Field, RowGroup } from './cell-batches.ts'
import { attempt, damaged, insist } from './damage.ts'
import { isArrowFile } from './magic.ts'
import type { Values } from './parquet-values.ts'
import { Pieces } from './pieces.ts'

/**
 * Opens an Arrow file or stream, which is read a batch of rows at a time, without the footer of a file.
 *
 * @throws {RivuletError} INVALID_DATA for a damaged file
 */
export async function openArrow(who: string, chunks: AsyncGenerator<Buffer>, sample: Buffer): Promise<ColumnFile> {
  const pieces = new Pieces(chunks)
  const isFile = isArrowFile(sample)
  const notes: string[] = []
  const messages = messagesOf(pieces)
  const nextMessage = async (): Promise<ArrowMessage | null> => {
    try {
      const message = await messages.next()
      if (message.done !== true) return message.value
      const isMarked = message.value === 'marked'
      insist(isMarked || !isFile, 'cut off: without a mark of its end')
      if (!isMarked) notes.push('the stream has no end-of-stream marker and may be incomplete')
      return null
    } catch (error) {
      throw damaged(who, 'Arrow', error)
    }
  }
  if (isFile) await pieces.take(FILE_START_BYTES)
  let message = await nextMessage()
  while (message?.kind === 'other') message = await nextMessage()
  const read = attempt(who, 'Arrow', () => fieldsIn(message))
  const fields = attempt(who, 'Arrow', () => read.map(describe))
  const reader = new ArrowReader(who, read)
  return {
    ...{ format: 'arrow', fields, notes, close: () => Promise.resolve() },
    async *groups(needed) {
      for (let next = await nextMessage(); next !== null; next = await nextMessage()) {
        const one = next
        const group = attempt(who, 'Arrow', () => reader.take(one, needed))
        if (group !== null) yield group
      }
    },
  }
}

/** The magic bytes and two bytes of padding. */
const FILE_START_BYTES = ARROW_FILE_MARK.length + 2

function fieldsIn(message: ArrowMessage | null): readonly ArrowField[] {
  insist(message !== null, 'without columns')
  insist(message.kind === 'schema', 'rows before it says what the columns are')
  return message.fields
}

class ArrowReader {
  readonly #who: string
  readonly #dictionaries = new Map<number, Values>()
  readonly #fields: readonly ArrowField[]

  constructor(who: string, fields: readonly ArrowField[]) {
    this.#who = who
    this.#fields = fields
  }

  take(message: ArrowMessage, needed: readonly number[]): RowGroup | null {
    if (message.kind === 'dictionary') this.#learn(message)
    if (message.kind !== 'rows') return null
    const cells = new ArrowCells(this.#who, message, this.#fields, this.#dictionaries)
    // Read at once, because that checks the number of rows against the bytes.
    const read = new Map(needed.map((number) => [number, cells.read(this.#fields[number])]))
    return { rows: cells.rows, batchesOf: (number) => (read.has(number) ? [read.get(number) as CellBatch] : []) }
  }

  #learn({ id, isDelta, ...batch }: Extract<ArrowMessage, { kind: 'dictionary' }>): void {
    const field = this.#fields.find(({ dictionary }) => dictionary?.id === id)
    // The dictionary of a nested column, which is not read.
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
