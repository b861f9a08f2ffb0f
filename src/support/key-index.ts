import { printable, RivuletError, show } from './errors.ts'
import { nearestOf } from './options.ts'
import { counted, firstOf, INSPECT } from './printed.ts'

/** External ids <-> row numbers 0..size-1. Keys become numbers once on input, and keys again once on output. */
export interface KeyIndex {
  readonly size: number
  /** @throws {RivuletError} UNKNOWN_KEY when the row is out of range. */
  keyOf(row: number): string
  /** The row of a key, or -1 when it was never seen. */
  rowOf(key: string): number
  /** Every key, in row order. */
  keys(): IterableIterator<string>
  /** Whether every id was given as a number: then `toRows` and `toColumns` return numbers. */
  readonly numeric?: boolean
}

/** Whether something has the shape of a key index. */
export function isKeyIndex(value: unknown): value is KeyIndex {
  if (value === null || typeof value !== 'object') return false
  const { size, keyOf, rowOf, keys } = value as Partial<KeyIndex>
  return [keyOf, rowOf, keys].every((method) => typeof method === 'function') && Number.isInteger(size)
}

/** A key index that grows as keys arrive, in order of first appearance. */
export class GrowingKeyIndex implements KeyIndex {
  readonly #rows = new Map<string, number>()
  readonly #keys: string[] = []

  #numeric: boolean

  /** @param numeric whether ids are numbers, until `meetText` is called */
  constructor(numeric = false) {
    this.#numeric = numeric
  }

  static from(keys: Iterable<string>, numeric = false): GrowingKeyIndex {
    const index = new GrowingKeyIndex(numeric)
    for (const key of keys) index.add(key)
    return index
  }

  get size(): number {
    return this.#keys.length
  }

  get numeric(): boolean {
    return this.#numeric && this.size > 0
  }

  /** Records that an id was given as text: then ids are not numeric. */
  meetText(): void {
    this.#numeric = false
  }

  /** The row of the key, numbering it when it is new. */
  add(key: string): number {
    const known = this.#rows.get(key)
    if (known !== undefined) return known
    const row = this.#keys.length
    this.#rows.set(key, row)
    this.#keys.push(key)
    return row
  }

  keyOf(row: number): string {
    const key = this.#keys[row]
    if (key === undefined) throw rowOutOfRange(row, this.size)
    return key
  }

  rowOf(key: string): number {
    return this.#rows.get(key) ?? -1
  }

  keys(): IterableIterator<string> {
    return this.#keys[Symbol.iterator]()
  }

  toJSON(): object {
    return documentOf(this)
  }

  [INSPECT](): string {
    return lineOf(this)
  }
}

/** Keys that are the decimal row numbers themselves ('0', '1', ...): costs no memory at 50 million rows. */
export class DenseKeyIndex implements KeyIndex {
  readonly size: number
  readonly numeric = true

  constructor(size: number) {
    this.size = size
  }

  keyOf(row: number): string {
    if (!(Number.isInteger(row) && row >= 0 && row < this.size)) throw rowOutOfRange(row, this.size)
    return String(row)
  }

  rowOf(key: string): number {
    return /^(0|[1-9]\d{0,9})$/.test(key) && Number(key) < this.size ? Number(key) : -1
  }

  *keys(): IterableIterator<string> {
    for (let row = 0; row < this.size; row++) yield String(row)
  }

  toJSON(): object {
    return documentOf(this)
  }

  [INSPECT](): string {
    return lineOf(this)
  }
}

const documentOf = ({ size, numeric }: KeyIndex): object => ({ size, numeric })

const lineOf = (index: KeyIndex): string =>
  printable(`KeyIndex { ${counted(index.size, 'key')}: ${firstOf(index.keys())} }`)

/** Returns ids by row as they were given: numbers if all were. */
export const idsOf = (index: KeyIndex): ((row: number) => string | number) =>
  index.numeric ? (row) => Number(index.keyOf(row)) : (row) => index.keyOf(row)

/** An id as a caller may give it. Numbers stand for their decimal text: 10 is '10'; numbers beyond 2^53, which have lost digits, are refused. */
export type Id = string | number | bigint

/** The text of an id as a caller may give it; `null` for an invalid id. */
export function idText(id: unknown): string | null {
  if (typeof id === 'string') return id
  if (typeof id === 'bigint') return String(id)
  return typeof id === 'number' && Math.abs(id) <= Number.MAX_SAFE_INTEGER ? String(id) : null
}

/**
 * The row of a key that must exist.
 *
 * @param key an id as a caller gave it
 * @param advice what else to do about an id that is not known
 * @throws {RivuletError} UNKNOWN_KEY, naming the nearest known key when the index is small and the key short.
 */
export function requireRow(who: string, what: string, index: KeyIndex, key: unknown, advice = ''): number {
  const id = idText(key)
  const row = id === null ? -1 : index.rowOf(id)
  if (row >= 0) return row
  const isComparable = id !== null && index.size <= 10_000 && id.length <= 100
  const nearest = isComparable ? nearestOf(id, index.keys()) : null
  const check = nearest === null ? 'Check the id.' : `The nearest known id is '${nearest}'.`
  throw new RivuletError('UNKNOWN_KEY', {
    who,
    expected: `${what} known in this data (${index.size} in total)`,
    got: show(key),
    todo: id === null ? 'Give an id: text or a number.' : `${check}${advice}`,
    details: { key, nearest },
  })
}

function rowOutOfRange(row: number, size: number): RivuletError {
  return new RivuletError('UNKNOWN_KEY', {
    who: 'KeyIndex.keyOf',
    expected: `a row in [0, ${size})`,
    got: String(row),
    todo: 'Check the row number.',
    details: { row, size },
  })
}
