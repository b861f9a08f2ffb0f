/** Builds a table from batches of columns, as binary files have them, without an object per row or a repeated string. */
import { BadCells, BadRows, badRow } from '../data/bad-rows.ts'
import { RivuletError, show } from '../support/errors.ts'
import { idOf, timeOf, valueOf, type Where } from '../data/cells.ts'
import type { Interactions } from '../data/interactions.ts'
import { attempt } from './damage.ts'
import { TableBuilder } from '../data/table-builder.ts'
import { ROLES, type Role } from './column-names.ts'
import { timeUnitOf } from './cell-kinds.ts'
import { namedColumns, type Columns } from './columns.ts'
import { NumberKeys } from './number-keys.ts'
import type { ReadInteractionsOptions } from './read-options.ts'
import { describeColumns, timeNotes, type Reading } from './reading.ts'

/** A column of a binary file. */
export interface Field {
  readonly name: string
  /** Whether its cells are points in time, which arrive as seconds since 1970. */
  readonly isTime: boolean
  /** Why the column cannot be read, as 'a list'; undefined if it can. */
  readonly refused?: string | undefined
}

/** Consecutive cells of a column. */
export interface CellBatch {
  readonly length: number
  /** The values of the cells, indexed by `places` if there are any, otherwise one per cell. */
  readonly values: ArrayLike<unknown>
  /** Index in `values` of each cell; -1 for an empty one. */
  readonly places?: Int32Array | undefined
}

type Batches = Iterable<CellBatch>

/** Some rows of a file, column by column. */
export interface RowGroup {
  readonly rows: number
  /** The cells of a field, in one batch or several. */
  batchesOf(field: number): Batches
}

/** An open binary file of columns. */
export interface ColumnFile {
  readonly format: 'parquet' | 'arrow'
  readonly fields: readonly Field[]
  /** Notes on the file, after reading it. */
  readonly notes: readonly string[]
  /** All rows. @param needed numbers of the fields to read */
  groups(needed: readonly number[], onProgress?: ReadInteractionsOptions['onProgress']): AsyncIterable<RowGroup>
  close(): Promise<void>
}

const NAMES = { parquet: 'Parquet', arrow: 'Arrow' } as const

/** Reads a file into a table, a group of rows at a time, and closes it; see `readInteractions`. */
export async function readColumnFile(
  who: string,
  file: ColumnFile,
  options: ReadInteractionsOptions,
): Promise<Interactions> {
  const { format, fields, notes } = file
  try {
    const table = new BatchTable(who, fields, options)
    const needed = [...new Set(Object.values(table.columns).filter((column) => column !== undefined))]
    for await (const group of file.groups(needed, options.onProgress))
      attempt(who, NAMES[format], () => table.add(group))
    return table.build(format, notes)
  } finally {
    await file.close()
  }
}

/** Number of times from which their unit is detected. */
const SAMPLE_TIMES = 200

/** Builds a table from groups of rows. */
class BatchTable {
  /** Numbers of the fields that are read. */
  readonly columns: Columns
  readonly #who: string
  readonly #fields: readonly Field[]
  readonly #options: ReadInteractionsOptions
  readonly #table: TableBuilder
  readonly #users: BatchKeys
  readonly #items: BatchKeys
  readonly #signals: BatchKeys
  readonly #badRows: BadRows
  #firstTimes: string[] = []
  /** Rows of the file so far. */
  #row = 0

  /** @throws {RivuletError} INVALID_DATA if no field is known to hold users or items, or the field of a role cannot be read; INVALID_OPTION as `namedColumns` */
  constructor(who: string, fields: readonly Field[], options: ReadInteractionsOptions) {
    const names = fields.map(({ name }) => name)
    this.#who = who
    this.#fields = fields
    this.#options = options
    this.#badRows = new BadRows(who, options.onBadRow)
    this.columns = namedColumns(who, names, options.columns, BY_NAME)
    for (const role of ROLES) this.#requireReadable(role)
    const { value, signal, time } = this.columns
    const shape = { value: value !== undefined, signal: signal !== undefined, time: time !== undefined }
    const table = new TableBuilder({ ...shape, numeric: true, signalName: options.signalName })
    this.#table = table
    this.#users = new BatchKeys(
      (key) => table.users.add(key),
      () => table.users.meetText(),
    )
    this.#items = new BatchKeys(
      (key) => table.items.add(key),
      () => table.items.meetText(),
    )
    this.#signals = new BatchKeys((key) => table.signalNumber(key))
  }

  /**
   * Adds rows.
   *
   * @throws {RivuletError} INVALID_DATA naming row (from 0) and column, for a cell that cannot be used
   */
  add({ rows: length, batchesOf }: RowGroup): void {
    const { user, item, value, signal, time } = this.columns
    const bad = new BadCells(this.#badRows, length, this.#row)
    const users = this.#rows(this.#users, user, bad, length, batchesOf)
    const items = this.#rows(this.#items, item, bad, length, batchesOf)
    const values = value === undefined ? null : this.#numbers(value, bad, new Float32Array(length), batchesOf, valueOf)
    const signals = signal === undefined ? null : this.#rows(this.#signals, signal, bad, length, batchesOf)
    const times = time === undefined ? null : this.#numbers(time, bad, new Float64Array(length), batchesOf, timeOf)
    if (times !== null && this.#firstTimes.length === 0)
      this.#firstTimes = Array.from(times.subarray(0, SAMPLE_TIMES), (one) => (Number.isNaN(one) ? '' : String(one)))
    this.#row += length
    for (let row = 0; row < length; row++)
      if (!bad.has(row))
        this.#table.add(users[row], items[row], values?.[row] ?? 1, signals?.[row] ?? 0, times?.[row] ?? NaN)
  }

  /** @throws {RivuletError} EMPTY_DATA without a row */
  build(format: Reading['format'], notes: readonly string[] = []): Interactions {
    const { time } = this.columns
    const table = this.#table.build(this.#who, this.#badRows)
    const timeUnit = time === undefined ? null : this.#fields[time].isTime ? 'date' : timeUnitOf(this.#firstTimes)
    this.#options.onReading?.({
      ...{ format, delimiter: null, header: null, timeUnit, comments: 0 },
      ...describeColumns(
        this.#fields.map(({ name }) => name),
        this.columns,
      ),
      notes: [...notes, ...this.#badRows.notes, ...timeNotes(table)],
    })
    return table
  }

  #rows(
    keys: BatchKeys,
    field: number,
    bad: BadCells,
    length: number,
    batchesOf: (field: number) => Batches,
  ): Int32Array {
    const rows = new Int32Array(length)
    const where = this.#where(field)
    let at = 0
    for (const batch of batchesOf(field)) {
      keys.read(batch, rows, at, where, bad)
      at += batch.length
    }
    return rows
  }

  #numbers<T extends Float32Array | Float64Array>(
    field: number,
    bad: BadCells,
    numbers: T,
    batchesOf: (field: number) => Batches,
    read: (cell: unknown, where: Where) => number,
  ): T {
    const where = this.#where(field)
    let at = 0
    const here = (): string => where(at)
    const number = (cell: unknown): number => (bad.skips ? bad.read(at, () => read(cell, here)) : read(cell, here))
    for (const { length, values, places } of batchesOf(field)) {
      for (let cell = 0; cell < length; cell++, at++) {
        const found = places === undefined ? values[cell] : values[places[cell]]
        numbers[at] = number(typeof found === 'bigint' ? Number(found) : found)
      }
    }
    return numbers
  }

  #where(field: number): (row: number) => string {
    const first = this.#row
    return (row) => `${this.#who}, row ${first + row}, column ${show(this.#fields[field].name)}`
  }

  #requireReadable(role: Role): void {
    const { name, refused } = this.#fields[this.columns[role] ?? -1] ?? {}
    if (name === undefined || refused === undefined) return
    throw new RivuletError('INVALID_DATA', {
      who: `${this.#who}, column ${show(name)}`,
      expected: `a column of ids, numbers or times for the ${role}`,
      got: refused,
      todo: `Write it as a flat column, or name another: columns: { ${role}: ... }.`,
      details: { column: name },
    })
  }
}

const BY_NAME = { place: '', todo: (role: Role) => `Name the column: columns: { ${role}: ... }.` }

/** Numbers the keys of a column cell by cell; an entry of a dictionary is looked up once. */
class BatchKeys {
  readonly #add: (key: string) => number
  readonly #meetText: () => void
  readonly #numbers: NumberKeys
  /** The dictionary read last, and the rows of its entries met so far. */
  #values: ArrayLike<unknown> = []
  #known = new Int32Array(0)

  /** @param meetText called for keys that are text, or numbers that a double cannot hold */
  constructor(add: (key: string) => number, meetText: () => void = () => undefined) {
    this.#add = add
    this.#meetText = meetText
    this.#numbers = new NumberKeys(add)
  }

  /** @param at index in `rows` of the first cell */
  read(
    { length, values, places }: CellBatch,
    rows: Int32Array,
    at: number,
    where: (row: number) => string,
    bad: BadCells,
  ): void {
    const reader = this.#reader(values)
    // Only if bad rows are skipped: a closure per cell is slow.
    const rowOf: typeof reader = bad.skips ? (place, row) => bad.read(row, () => reader(place, row, where)) : reader
    if (places === undefined) {
      for (let cell = 0; cell < length; cell++) rows[at + cell] = rowOf(cell, at + cell, where)
      return
    }
    if (this.#values !== values) this.#known = new Int32Array(values.length).fill(-1)
    this.#values = values
    const known = this.#known
    for (let cell = 0; cell < length; cell++) {
      const place = places[cell]
      if (place >= 0 && known[place] >= 0) rows[at + cell] = known[place]
      else if (place < 0) bad.skip(emptyCell(where(at + cell)), at + cell)
      else {
        rows[at + cell] = rowOf(place, at + cell, where)
        if (!bad.has(at + cell)) known[place] = rows[at + cell]
      }
    }
  }

  #reader(values: ArrayLike<unknown>): (place: number, row: number, where: (row: number) => string) => number {
    if (values instanceof BigInt64Array || values instanceof BigUint64Array) return this.#long(values)
    const isSingle = values instanceof Float32Array
    let [last, lastRow] = ['', -1]
    return (place, row, where) => {
      const cell = values[place]
      if (typeof cell === 'number' && cell >= 0 && cell <= MOST_NUMBER && Number.isInteger(cell)) {
        if (isSingle && cell > MOST_SINGLE) throw roundedId(where(row), cell)
        return this.#numbers.rowOf(cell)
      }
      if (cell === null || cell === undefined || cell === '' || Number.isNaN(cell)) throw emptyCell(where(row))
      const id = idOf(cell, () => where(row))
      if (id !== last) {
        if (typeof cell !== 'number') this.#meetText()
        ;[last, lastRow] = [id, this.#add(id)]
      }
      return lastRow
    }
  }

  /** Numbers of up to 31 bits are read without making a bigint. */
  #long(values: BigInt64Array | BigUint64Array): (place: number) => number {
    const words = new Int32Array(values.buffer, values.byteOffset, 2 * values.length)
    return (place) => {
      const low = words[2 * place]
      if (low >= 0 && words[2 * place + 1] === 0) return this.#numbers.rowOf(low)
      if (!Number.isSafeInteger(Number(values[place]))) this.#meetText()
      return this.#add(String(values[place]))
    }
  }
}

const MOST_NUMBER = 2 ** 31 - 1
/** Single precision holds all whole numbers up to here. */
const MOST_SINGLE = 2 ** 24

function emptyCell(who: string): RivuletError {
  const todo = 'Correct or drop that row.'
  return badRow({ who, expected: 'an id', got: 'an empty cell', todo })
}

function roundedId(who: string, id: number): RivuletError {
  const todo = 'Write ids as integers or text.'
  return badRow({ who, expected: 'an exact id', got: `${id}, rounded`, todo })
}
