/** Columns to be written to a binary file: their types, and batches of their cells. */
import { RivuletError, show } from '../support/errors.ts'

export type ColumnType = 'text' | 'boolean' | 'int32' | 'int64' | 'float32' | 'float64'

export interface ColumnShape {
  readonly name: string
  readonly type: ColumnType
  /** Whether cells may be empty: `null`. */
  readonly nullable: boolean
}

export type TypedColumn =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array

/** Cells of a column: typed arrays hold numbers of their width, arrays hold texts, numbers (float64) or booleans, and `null` for empty cells. */
export type ColumnCells =
  TypedColumn | readonly (string | null)[] | readonly (number | null)[] | readonly (boolean | null)[]

/** A table by the names of its columns, all of one length. */
export type NamedColumns = Readonly<Record<string, ColumnCells>>

/** Some rows, column by column: arrays if cells may be empty or hold text or booleans, otherwise typed arrays. */
export type ColumnBatch = readonly (TypedColumn | readonly unknown[])[]

/** Makes the bytes of a file from batches. */
export type ColumnEncoder = (
  shapes: readonly ColumnShape[],
  batches: AsyncIterable<ColumnBatch>,
) => AsyncIterable<Uint8Array>

/** Rows of a batch. */
export const BATCH_ROWS = 65_536

/**
 * The types of columns, from their arrays.
 *
 * @throws {RivuletError} INVALID_DATA naming column and row (from 0) of a cell whose kind differs from those before; without columns; for columns of
 * different lengths
 */
export function shapesOf(who: string, columns: NamedColumns): ColumnShape[] {
  const entries = Object.entries(columns)
  if (entries.length === 0) throw invalid(who, 'a column', 'none', 'Give { name: cells }.')
  const [[firstName, first]] = entries
  return entries.map(([name, cells]) => {
    if (!Array.isArray(cells) && !(ArrayBuffer.isView(cells) && typeOfArray(cells) !== undefined))
      throw invalid(`${who}, column ${show(name)}`, 'an array or a typed array', show(cells), 'Give { name: cells }.')
    if (cells.length !== first.length) {
      const expected = `${first.length} cells, as many as column ${show(firstName)} has`
      throw invalid(`${who}, column ${show(name)}`, expected, String(cells.length), 'Give columns of one length.')
    }
    return Array.isArray(cells)
      ? shapeOfCells(who, name, cells)
      : { name, type: typeOfArray(cells) ?? 'text', nullable: false }
  })
}

const ARRAY_TYPES: readonly (readonly [ColumnType, readonly (new (length: number) => object)[]])[] = [
  ['int32', [Int32Array, Int16Array, Uint16Array, Int8Array, Uint8Array, Uint8ClampedArray]],
  ['int64', [BigInt64Array, BigUint64Array, Uint32Array]],
  ['float32', [Float32Array]],
  ['float64', [Float64Array]],
]

const typeOfArray = (cells: object): ColumnType | undefined =>
  ARRAY_TYPES.find(([, classes]) => classes.some((one) => cells instanceof one))?.[0]

const CELL_TYPES: Readonly<Record<string, ColumnType>> = { string: 'text', number: 'float64', boolean: 'boolean' }

function shapeOfCells(who: string, name: string, cells: readonly unknown[]): ColumnShape {
  const first = cells.find((cell) => cell !== null)
  const kind = typeof (first ?? '')
  const stray = cells.findIndex((cell) => cell !== null && typeof cell !== kind)
  if (stray >= 0 || !Object.hasOwn(CELL_TYPES, kind)) {
    const where = `${who}, column ${show(name)}, row ${Math.max(0, stray)}`
    const expected = Object.hasOwn(CELL_TYPES, kind)
      ? `a ${kind} as in the rows before, or null`
      : 'a text, number or boolean'
    throw invalid(where, expected, show(cells[Math.max(0, stray)]), 'Give columns of one kind.')
  }
  return { name, type: CELL_TYPES[kind], nullable: cells.includes(null) }
}

/** The columns cut into batches. */
export function* batchesOf(columns: NamedColumns, shapes: readonly ColumnShape[]): Generator<ColumnBatch> {
  const all = Object.values(columns)
  for (let start = 0; start < all[0].length; start += BATCH_ROWS)
    yield all.map((cells, at) => toType(cells.slice(start, start + BATCH_ROWS), shapes[at]))
}

/** Rows gathered into batches. @param rows cells in the order of the columns, `null` where the shape allows it */
export async function* gatherRows(
  shapes: readonly ColumnShape[],
  rows: AsyncIterable<readonly unknown[]>,
): AsyncGenerator<ColumnBatch> {
  let held: unknown[][] = shapes.map(() => [])
  for await (const row of rows) {
    for (let column = 0; column < held.length; column++) held[column].push(row[column])
    if (held[0].length < BATCH_ROWS) continue
    yield held.map((cells, at) => toType(cells, shapes[at]))
    held = shapes.map(() => [])
  }
  if (held[0].length > 0) yield held.map((cells, at) => toType(cells, shapes[at]))
}

function toType(cells: ArrayLike<unknown>, { type, nullable }: ColumnShape): TypedColumn | readonly unknown[] {
  if (type === 'text' || type === 'boolean' || nullable) return cells as readonly unknown[]
  if (type === 'float32') return Float32Array.from(cells as ArrayLike<number>)
  if (type === 'float64') return Float64Array.from(cells as ArrayLike<number>)
  if (type === 'int32') return Int32Array.from(cells as ArrayLike<number>)
  return BigInt64Array.from(cells as ArrayLike<number | bigint>, BigInt)
}

function invalid(who: string, expected: string, got: string, todo: string): RivuletError {
  return new RivuletError('INVALID_DATA', { who, expected, got, todo })
}
