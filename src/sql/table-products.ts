/** Products with pairs in tables: a panel is written, a query sums over the pairs, and the result is a panel again. */
import { numbersOf, type Columns } from './connection.ts'
import type { Span } from './room.ts'
import type { RunTables } from './run-tables.ts'
import type { NumberKind } from './statement.ts'
import { columnsOf, panelColumns, type PairCount } from './statements.ts'
import { product } from './sweep-statements.ts'
import { itemComponents, type Extremes } from './table-components.ts'

/** Rows x width, row-major. */
export interface Panel {
  readonly width: number
  readonly data: Float32Array | Float64Array
}

export class TableProducts {
  readonly #tables: RunTables
  readonly #userCount: number
  readonly itemCount: number
  #middle: ArrayLike<number> | null = null

  constructor(tables: RunTables, userCount: number, itemCount: number) {
    this.#tables = tables
    this.#userCount = userCount
    this.itemCount = itemCount
  }

  /** W' (middle o (W z)) in double precision. */
  async product(middle: ArrayLike<number>, { width, data }: Panel, signal?: AbortSignal): Promise<Float64Array> {
    await this.writeMiddle(middle, signal)
    return this.#byBlocks(width, this.itemCount, async (first, columns) => {
      const panel = await this.#writePanel({ width, data }, first, columns, signal)
      return this.#tables.query(product(this.#tables.statements, panel, 'middle', columns), signal)
    })
  }

  /** W z in double precision. @param counts what a pair counts as. Default: its weight */
  async sumsByUser({ width, data }: Panel, signal?: AbortSignal, counts?: PairCount): Promise<Float64Array> {
    const sums = async (first: number, columns: number): Promise<Columns[]> => {
      const panel = await this.#writePanel({ width, data }, first, columns, signal)
      return this.#tables.query(this.#tables.statements.rowSums(panel, columns, counts), signal)
    }
    return this.#byBlocks(width, this.#userCount, sums, { number: 'u', letter: 'g' })
  }

  /** Numbers of the connected components of users and items; 0 for users without ties. */
  async components(signal?: AbortSignal): Promise<{ readonly users: Float64Array; readonly items: Float64Array }> {
    const { statements } = this.#tables
    const extremes = async (data: Float64Array): Promise<Extremes> => {
      const panel = await this.#writePanel({ width: 1, data }, 0, 1, signal)
      const blocks = await this.#tables.query(statements.extremesByItem(panel), signal)
      const [least, most] = [0, 1].map((column) => {
        const values = blocks.map((block) => ({ i: block.i, a0: block[`a${column}`] }))
        return scatter(values, { number: 'i', letter: 'a' }, 1, 0, 1, new Float64Array(this.itemCount))
      })
      return { least, most }
    }
    const items = await itemComponents(this.itemCount, extremes)
    const panel = await this.#writePanel({ width: 1, data: items }, 0, 1, signal)
    const blocks = await this.#tables.query(statements.leastByUser(panel), signal)
    await this.#tables.drop(['panel'])
    return { items, users: scatter(blocks, { number: 'u', letter: 'g' }, 1, 0, 1, new Float64Array(this.#userCount)) }
  }

  /** W' x for an x given at some users, each once. */
  async sumsByItem(
    users: Int32Array,
    values: ArrayLike<number>,
    counts: PairCount,
    signal?: AbortSignal,
  ): Promise<Float64Array> {
    await this.writeUsers('x', users, values, signal)
    const blocks = await this.#tables.query(this.#tables.statements.columnSums('x', counts), signal)
    await this.#tables.drop(['x'])
    return scatter(blocks, { number: 'i', letter: 'a' }, 1, 0, 1, new Float64Array(this.itemCount))
  }

  /** Pairs with an end among the given nodes; those with both ends among them come twice. */
  async pairsOf(
    users: Int32Array,
    items: Int32Array,
    signal?: AbortSignal,
  ): Promise<{ user: Float64Array; item: Float64Array; weight: Float64Array | null }> {
    const { statements } = this.#tables
    await this.writeUsers('x', users, new Float64Array(users.length), signal)
    const ofUsers =
      users.length === 0 ? [] : await this.#tables.query(statements.ties(statements.table('x'), 'u'), signal)
    const ones = { i: items, f0: new Float64Array(items.length) }
    const panel = await this.#writeRows(ones, panelColumns(1, 'double'), signal)
    const ofItems = items.length === 0 ? [] : await this.#tables.query(statements.ties(panel, 'i'), signal)
    await this.#tables.drop(['x'])
    const blocks = [...ofUsers, ...ofItems]
    const weight = statements.isWeighted ? numbersOf(blocks, 'w') : null
    return { user: numbersOf(blocks, 'u'), item: numbersOf(blocks, 'i'), weight }
  }

  /** Writes a number for every user to the server with that user's pairs, unless it is there already. */
  async writeMiddle(middle: ArrayLike<number>, signal?: AbortSignal): Promise<void> {
    const before = this.#middle
    const isThere = this.#tables.has('middle') && before?.length === middle.length
    if (isThere && every(middle, (value, at) => value === before[at])) return
    this.#middle = null
    await this.writeUsers(
      'middle',
      Int32Array.from({ length: middle.length }, (_, u) => u),
      middle,
      signal,
    )
    this.#middle = middle
  }

  /** Writes numbers for some users. */
  async writeUsers(name: string, users: Int32Array, values: ArrayLike<number>, signal?: AbortSignal): Promise<void> {
    const fill = async (insert: (columns: Columns) => Promise<void>): Promise<void> => {
      if (users.length > 0) await insert({ u: users, m: values })
    }
    await this.#tables.make(name, { u: 'int', m: 'double' }, 'u', 'by-user', fill, signal)
  }

  /** Writes some columns of a panel, without rows of zeros. @returns the table to join */
  async #writePanel({ width, data }: Panel, first: number, columns: number, signal?: AbortSignal): Promise<string> {
    const items: number[] = []
    for (let item = 0; item < this.itemCount; item++) {
      const row = data.subarray(item * width + first, item * width + first + columns)
      if (row.some((value) => value !== 0)) items.push(item)
    }
    const values = columnsOf('f', columns).map(
      (name, c) => [name, Float64Array.from(items, (item) => data[item * width + first + c])] as const,
    )
    const kind: NumberKind = data instanceof Float64Array ? 'double' : 'single'
    return this.#writeRows({ i: items, ...Object.fromEntries(values) }, panelColumns(columns, kind), signal)
  }

  async #writeRows(rows: Columns, columns: ReturnType<typeof panelColumns>, signal?: AbortSignal): Promise<string> {
    const fill = async (insert: (columns: Columns) => Promise<void>): Promise<void> => {
      if (rows.i.length > 0) await insert(rows)
    }
    await this.#tables.makeOnAll('panel', columns, fill, signal)
    return this.#tables.statements.table('panel')
  }

  async #byBlocks(
    width: number,
    rows: number,
    ask: (first: number, columns: number) => Promise<Columns[]>,
    names = { number: 'i', letter: 'a' },
  ): Promise<Float64Array> {
    const sums = new Float64Array(rows * width)
    const { room } = this.#tables
    const askSpan = async ({ first, width: columns }: Span): Promise<void> => {
      try {
        scatter(await ask(first, columns), names, width, first, columns, sums)
      } catch (error) {
        const half = room.narrow(columns, error)
        await askSpan({ first, width: half })
        await askSpan({ first: first + half, width: columns - half })
      }
    }
    for (const span of room.spansOf(width)) await askSpan(span)
    await this.#tables.drop(['panel'])
    return sums
  }
}

/** Writes columns of a result to the rows of a panel given by its number column. */
export function scatter<To extends Float32Array | Float64Array>(
  blocks: readonly Columns[],
  { number, letter }: { readonly number: string; readonly letter: string },
  width: number,
  first: number,
  columns: number,
  to: To,
): To {
  for (const block of blocks) {
    const rows = block[number]
    for (let c = 0; c < columns; c++) {
      const values = block[`${letter}${c}`]
      for (let at = 0; at < rows.length; at++) to[Number(rows[at]) * width + first + c] = Number(values[at])
    }
  }
  return to
}

function every(values: ArrayLike<number>, test: (value: number, at: number) => boolean): boolean {
  for (let at = 0; at < values.length; at++) if (!test(values[at], at)) return false
  return true
}
