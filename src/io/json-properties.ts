import type { RowMapping } from '../data/from-rows.ts'
import { RivuletError, show } from '../support/errors.ts'
import { nearestOf, refusedOption } from '../support/options.ts'
import { timeUnitOf } from './cell-kinds.ts'
import { findByName, ROLES, type Role } from './column-names.ts'
import { namedColumns, type ColumnOptions, type Columns } from './columns.ts'
import type { ReadInteractionsOptions } from './read-options.ts'
import { describeColumns, type Reading } from './reading.ts'
import type { RowScanner } from './row-scanner.ts'

/** Names that are remembered: objects that are maps by id would bring one after the other. */
const MOST_NAMES = 1000

/**
 * Which properties of the objects in a file hold what: decided by the names in the first objects, and watched from then on. Objects need not have
 * the same properties, so one that would have been read had it come earlier may come late; that is refused, for the rows before would lack it unsaid.
 */
export class Properties {
  readonly mapping: RowMapping
  readonly #who: string
  readonly #asked: ColumnOptions
  readonly #columns: Columns
  /** Those that were met, in order, and the time's if it was asked for. */
  readonly #names: Set<string>
  readonly #timeUnit: Reading['timeUnit']
  #hasTime: boolean

  /** @throws {RivuletError} INVALID_DATA when no name is known to hold users or items, INVALID_OPTION for a property that is not there */
  constructor(who: string, first: readonly object[], { columns = {}, signalName }: ReadInteractionsOptions) {
    const { time: askedTime } = columns
    const met = new Set(first.flatMap((object) => Object.keys(object)))
    // Times may be unknown, so the first of them may be far down.
    const names = [...new Set([...met, ...(typeof askedTime === 'string' ? [askedTime] : [])])]
    const found = namedColumns(who, names, columns)
    const nameOf = (role: Role): string | undefined => (found[role] === undefined ? undefined : names[found[role]])
    const { user, item } = found
    const time = nameOf('time')
    this.mapping = {
      user: names[user],
      item: names[item],
      value: nameOf('value'),
      signal: nameOf('signal'),
      time,
      signalName,
    }
    for (const role of ROLES) requirePlain(who, role, nameOf(role), first)
    this.#who = who
    this.#asked = columns
    this.#columns = found
    this.#names = new Set(names)
    this.#hasTime = time === undefined || met.has(time)
    const times = time === undefined ? [] : first.map((object) => textOf((object as Record<string, unknown>)[time]))
    this.#timeUnit = timeUnitOf(times)
  }

  /**
   * Looks at one more object.
   *
   * @throws {RivuletError} INVALID_DATA when it brings a property for a role that has none
   */
  meet(object: object, scanner: RowScanner): void {
    for (const name of Object.keys(object)) {
      if (!this.#names.has(name)) this.#meetNew(name, scanner)
      else if (!this.#hasTime && name === this.mapping.time) this.#hasTime = true
    }
  }

  /** @throws {RivuletError} INVALID_OPTION when the property that was asked for times is in no object */
  reading(): Reading {
    if (!this.#hasTime) throw this.#timeless()
    // Of an object whose part is read not all is ignored.
    const { columns, ignored } = describeColumns([...this.#names], this.#columns)
    return {
      ...{ format: 'json-lines', delimiter: null, header: null, timeUnit: this.#timeUnit, comments: 0, notes: [] },
      columns,
      ignored: ignored.filter((name) => !Object.values(columns).some((read) => read.startsWith(`${name}.`))),
    }
  }

  #meetNew(name: string, scanner: RowScanner): void {
    if (this.#names.size < MOST_NAMES) this.#names.add(name)
    const role = ROLES.find((one) => this.#columns[one] === undefined && findByName([name], one) !== undefined)
    if (role === undefined || this.#asked[role] !== undefined) return
    const remedy = role === 'time' ? `name it: columns: { time: ${show(name)} }` : `give every row one`
    throw new RivuletError('INVALID_DATA', {
      who: `${this.#who}, line ${scanner.line}, property ${show(name)}`,
      expected: `a ${role} in the first lines too`,
      got: 'none before this line',
      todo: `If it is the ${role}, ${remedy}. If not, set columns: { ${role}: null }.`,
      details: { line: scanner.line },
    })
  }

  #timeless(): RivuletError {
    const { time = '' } = this.mapping
    const known = [...this.#names].filter((name) => name !== time)
    return refusedOption(this.#who, 'columns.time', {
      expected: `one of ${known.map(show).join(', ')}`,
      got: show(time),
      todo: `Did you mean ${show(nearestOf(time, known))}?`,
      details: { column: time },
    })
  }
}

/** @throws {RivuletError} INVALID_DATA for objects where ids, numbers or times are expected, naming their parts */
function requirePlain(who: string, role: Role, name: string | undefined, first: readonly object[]): void {
  if (name === undefined) return
  const values = first.map((object): unknown => (object as Record<string, unknown>)[name])
  const [value] = values
  if (value === null || typeof value !== 'object' || !values.every((one) => typeof one === 'object')) return
  const parts = Object.keys(value).map((part) => show(`${name}.${part}`))
  throw new RivuletError('INVALID_DATA', {
    who: `${who}, property ${show(name)}`,
    expected: `the ${role}`,
    got: show(value),
    todo: `Name one of its parts (${parts.slice(0, MOST_PARTS).join(', ')}): columns: { ${role}: ${parts[0] ?? "'a.b'"} } (--columns).`,
  })
}

/** Parts of an object that are named. */
const MOST_PARTS = 6

const textOf = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '')
