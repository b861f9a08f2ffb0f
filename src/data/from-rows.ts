import { RivuletError, show } from '../support/errors.ts'
import { isString } from '../support/options.ts'
import { needed, optional, resolve, type Given } from '../support/spec.ts'
import { badRow, BadRows, badRowOptions } from './bad-rows.ts'
import { absent, cellOf, idOf, timeOf, valueOf, type Cells } from './cells.ts'
import type { Interactions } from './interactions.ts'
import { TableBuilder } from './table-builder.ts'

const ownOptions = {
  /** Property with the user's id (text or a number). */
  user: needed<string>(isString, 'Say which property of a row holds the user.'),
  /** Property with the item's id (text or a number). */
  item: needed<string>(isString, 'Say which property of a row holds the item.'),
  /** Property with the weight, stars or count, a finite number (or its text). Default none: every row has weight 1. */
  value: optional<string>(isString),
  /** Property with the name of the signal ('view', 'buy' ...). Default none. */
  signal: optional<string>(isString),
  /** Name of the only signal when no property holds it. Default 'interaction'. */
  signalName: optional<string>(isString),
  /** Property with the time: a number in your unit, a `Date` or an ISO 8601 date (seconds since 1970); missing means unknown. Default none. */
  time: optional<string>(isString),
}

export const mappingOptions = { ...ownOptions, ...badRowOptions }

/** Names of the properties of row objects. */
export interface RowMapping extends Given<typeof ownOptions>, Given<typeof badRowOptions> {}

/** Names of properties: those of any kind of row if there are several, and any text if the type of rows is unknown. */
export type RowKey<Row> = [Row] extends [never]
  ? string
  : Row extends unknown
    ? keyof Row extends never
      ? string
      : Extract<keyof Row, string>
    : never

/** The roles of properties. */
export type RowRole = 'user' | 'item' | 'value' | 'signal' | 'time'

/** A mapping with the property names of a row type. */
export type MappingOf<Row> = RowMapping & { readonly [Role in RowRole]?: RowKey<Row> | undefined }

/** A mapping whose names must be properties of the rows; names known only at run time are not checked. */
export type CheckedMapping<Row, M> = {
  readonly [K in keyof M]: K extends RowRole
    ? string extends M[K]
      ? M[K]
      : Exclude<M[K], undefined> extends RowKey<Row>
        ? M[K]
        : RowKey<Row>
    : K extends keyof RowMapping
      ? M[K]
      : never
}

/**
 * Interactions from row objects, in their order; users and items are numbered in order of first appearance.
 *
 * @param rows any iterable of objects; it is read once and rows are not kept
 * @param mapping names of their properties
 * @throws {RivuletError} INVALID_DATA naming the row (from 0) and the property; EMPTY_DATA when there is no row; INVALID_OPTION for a bad mapping
 * @example
 * ```ts
 * fromRows([{ who: 'ann', what: 'tea', stars: 5 }], { user: 'who', item: 'what', value: 'stars' })
 * ```
 */
export function fromRows<Row extends object, const M extends RowMapping = MappingOf<Row>>(
  rows: Iterable<Row>,
  mapping: M & CheckedMapping<Row, M>,
): Interactions {
  const builder = new RowTableBuilder('fromRows', mapping)
  let number = 0
  for (const row of rows) {
    builder.addRow(row, `fromRows, row ${number}`)
    number++
  }
  return builder.build()
}

/** Converts row objects to table rows, for everything that reads row by row (arrays, JSON lines). */
export class RowTableBuilder {
  readonly #who: string
  readonly #mapping: RowMapping
  readonly #table: TableBuilder
  readonly #badRows: BadRows
  /** The last row, as long as none has a time; false afterwards. */
  #withoutTime: Cells | null | false = null

  /** @param badRows the rows that the caller has skipped, to continue counting */
  constructor(who: string, mapping: RowMapping, badRows?: BadRows) {
    this.#who = who
    this.#mapping = resolve(who, mappingOptions, mapping)
    this.#badRows = badRows ?? new BadRows(who, this.#mapping.onBadRow)
    const { value, signal, time, signalName } = this.#mapping
    const shape = {
      value: value !== undefined,
      signal: signal !== undefined,
      time: time !== undefined,
      signalName,
      numeric: true,
    }
    this.#table = new TableBuilder(shape)
  }

  /** @param place position of the row, for messages: 'fromRows, row 3' */
  addRow(row: unknown, place: string): void {
    try {
      this.#addRow(row, place)
    } catch (error) {
      this.#badRows.skip(error)
    }
  }

  #addRow(row: unknown, place: string): void {
    if (row === null || typeof row !== 'object') {
      throw badRow({
        who: place,
        expected: 'an object',
        got: show(row),
        todo: 'Correct or drop that row.',
      })
    }
    const cells = row as Cells
    const table = this.#table
    const { user, item, value, signal, time } = this.#mapping
    const userRow = table.users.add(idOf(cellOf(cells, user, place), () => `${place}, property '${user}'`))
    const itemRow = table.items.add(idOf(cellOf(cells, item, place), () => `${place}, property '${item}'`))
    table.add(
      userRow,
      itemRow,
      value === undefined ? 1 : valueOf(cellOf(cells, value, place), () => `${place}, property '${value}'`),
      signal === undefined
        ? 0
        : table.signalNumber(idOf(cellOf(cells, signal, place), () => `${place}, property '${signal}'`)),
      time === undefined ? NaN : timeOf(cells[time], () => `${place}, property '${time}'`),
    )
    if (time !== undefined && this.#withoutTime !== false) this.#withoutTime = time in cells ? false : cells
    if (typeof cells[user] !== 'number') table.users.meetText()
    if (typeof cells[item] !== 'number') table.items.meetText()
  }

  /** @throws {RivuletError} INVALID_DATA also if no row has the time property: times may be unknown, but the name may be misspelt */
  build(): Interactions {
    const { time } = this.#mapping
    if (time !== undefined && this.#withoutTime) {
      throw new RivuletError('INVALID_DATA', {
        who: `${this.#who}, property '${time}'`,
        ...absent(this.#withoutTime, time),
      })
    }
    return this.#table.build(this.#who, this.#badRows)
  }
}
