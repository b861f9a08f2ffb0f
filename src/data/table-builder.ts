import { RivuletError } from '../support/errors.ts'
import { GrowingKeyIndex } from '../support/key-index.ts'
import type { BadRows } from './bad-rows.ts'
import { asTable, checkInteractions, type Interactions } from './interactions.ts'
import { keysInOrder } from './take-rows.ts'

/** Signal numbers are single bytes. */
export const SIGNAL_LIMIT = 256

/** The name of the only signal if the data have none. */
export const DEFAULT_SIGNAL = 'interaction'

export interface TableShape {
  readonly value: boolean
  readonly signal: boolean
  readonly time: boolean
  /** Whether ids are numbers, unless `meetText` is called. Default false. */
  readonly numeric?: boolean
  /** Name of the only signal when there is no signal column; default 'interaction'. */
  readonly signalName?: string | undefined
}

/**
 * Builds a table of interactions row by row, in typed columns without row objects.
 * Users, items and signals are numbered in order of first appearance.
 */
export class TableBuilder {
  readonly users: GrowingKeyIndex
  readonly items: GrowingKeyIndex
  readonly #signals = new GrowingKeyIndex()
  readonly #user = new GrowingColumn((length) => new Int32Array(length))
  readonly #item = new GrowingColumn((length) => new Int32Array(length))
  readonly #value?: GrowingColumn<Float32Array>
  readonly #signal?: GrowingColumn<Uint8Array>
  readonly #time?: GrowingColumn<Float64Array>

  constructor(shape: TableShape) {
    this.users = new GrowingKeyIndex(shape.numeric)
    this.items = new GrowingKeyIndex(shape.numeric)
    if (shape.value) this.#value = new GrowingColumn((length) => new Float32Array(length))
    if (shape.signal) this.#signal = new GrowingColumn((length) => new Uint8Array(length))
    else this.#signals.add(shape.signalName ?? DEFAULT_SIGNAL)
    if (shape.time) this.#time = new GrowingColumn((length) => new Float64Array(length))
  }

  get length(): number {
    return this.#user.length
  }

  /**
   * The number of a signal.
   *
   * @throws {RivuletError} INVALID_DATA for the 257th name.
   */
  signalNumber(name: string): number {
    const number = this.#signals.add(name)
    if (number < SIGNAL_LIMIT) return number
    throw new RivuletError('INVALID_DATA', {
      who: 'signal column',
      expected: `at most ${SIGNAL_LIMIT} different signals`,
      got: `one more, '${name.slice(0, 60)}'`,
      todo: 'Check that the signal column is the right one.',
    })
  }

  /** Adds one row; value, signal and time are ignored if the table has no such column. */
  add(user: number, item: number, value: number, signal: number, time: number): void {
    this.#user.push(user)
    this.#item.push(item)
    this.#value?.push(value)
    this.#signal?.push(signal)
    this.#time?.push(time)
  }

  /**
   * The table; the builder cannot be used afterwards.
   *
   * @param badRows rows that were left out: keys that occur only in them are removed
   * @throws {RivuletError} EMPTY_DATA when no row was added.
   */
  build(who: string, badRows?: BadRows): Interactions {
    const length = this.length
    const anyLeftOut = badRows !== undefined && badRows.count > 0
    if (anyLeftOut && length === 0) throw badRows.nothingLeft()
    const table = asTable({
      users: this.users,
      items: this.items,
      user: this.#user.toArray(),
      item: this.#item.toArray(),
      ...(this.#value && { value: this.#value.toArray() }),
      ...(this.#signal && { signal: this.#signal.toArray() }),
      signals: [...this.#signals.keys()],
      ...(this.#time && { time: this.#time.toArray() }),
      length,
    })
    checkInteractions(who, table)
    return anyLeftOut ? asTable({ ...keysInOrder(table), notes: badRows.notes }) : table
  }
}

/** Rows per chunk; a chunk of doubles is 512 KiB. */
const CHUNK_ROWS = 65_536

type Column = Int32Array | Float32Array | Float64Array | Uint8Array

/**
 * A typed column of unknown length. It grows by whole chunks, so rows are never copied until `toArray`:
 * the peak is twice the column, not three times as with a doubling array.
 */
export class GrowingColumn<T extends Column> {
  readonly #create: (length: number) => T
  readonly #full: T[] = []
  #chunk: T
  #used = 0

  constructor(create: (length: number) => T) {
    this.#create = create
    this.#chunk = create(CHUNK_ROWS)
  }

  get length(): number {
    return this.#full.length * CHUNK_ROWS + this.#used
  }

  push(value: number): void {
    if (this.#used === CHUNK_ROWS) {
      this.#full.push(this.#chunk)
      this.#chunk = this.#create(CHUNK_ROWS)
      this.#used = 0
    }
    this.#chunk[this.#used++] = value
  }

  /** The whole column, in one array of exactly its length. Chunks are released on the way: the column is then empty. */
  toArray(): T {
    const whole = this.#create(this.length)
    const chunks = this.#full.splice(0)
    chunks.forEach((chunk, number) => whole.set(chunk, number * CHUNK_ROWS))
    whole.set(this.#chunk.subarray(0, this.#used), chunks.length * CHUNK_ROWS)
    this.#used = 0
    return whole
  }
}
