/** A sweep with tables: each step creates the table of the next state, so that a lost server costs one step. */
import type { RecurrenceStep } from '../kernel/kernel.ts'
import { columnCount, type ScoresWanted, type Sweep, type SweepAnswer } from '../request/sweep.ts'
import { RivuletError } from '../support/errors.ts'
import { numbersOf, type Columns } from './connection.ts'
import type { Span } from './room.ts'
import type { RunTables } from './run-tables.ts'
import type { Statement } from './statement.ts'
import { columnsOf, panelColumns, rhsColumns, stateColumns } from './statements.ts'
import { begin, part, product, residual, step } from './sweep-statements.ts'
import { scatter, type TableProducts } from './table-products.ts'

/** Called after every step. */
export type OnStep = (done: number, total: number) => void

/** @throws {RivuletError} UNSUPPORTED_GRAPH for sweeps that a database cannot answer */
export async function sweepTables(
  tables: RunTables,
  products: TableProducts,
  asked: Sweep,
  signal?: AbortSignal,
  onStep?: OnStep,
): Promise<SweepAnswer<ScoresWanted>> {
  const { operator, output, seeds } = asked
  const rhs = rightHandSides(asked)
  if (output.kind !== 'scores' || rhs === null || operator.middle === null) throw notInTables(asked)
  await products.writeMiddle(operator.middle, signal)
  const width = columnCount(seeds)
  const [items, users] = [operator.scale.length, operator.middle.length]
  const answer = {
    iterations: new Int32Array(width),
    residuals: new Float32Array(width),
    columnScores: new Float32Array(items * width),
    rowScores: output.rowScale && new Float32Array(users * width),
  }
  for (const { first, width: columns } of tables.room.spansOf(width)) {
    const block = new SweepBlock(tables, columns, signal)
    await block.begin(asked, rhs, width, first)
    const { iterations, residual } = await block.solve(asked, onStep)
    answer.iterations.fill(iterations, first, first + columns)
    answer.residuals.fill(residual, first, first + columns)
    await block.each(async (strip) => {
      const at = first + strip.first
      scatter(await block.scores(strip), { number: 'i', letter: 'z' }, width, at, strip.width, answer.columnScores)
      if (answer.rowScores === null) return
      scatter(await block.rowSums(strip), { number: 'u', letter: 'g' }, width, at, strip.width, answer.rowScores)
    })
    await block.end()
  }
  scaleRows(answer.columnScores, output.finish, width)
  if (answer.rowScores !== null && output.rowScale !== null) scaleRows(answer.rowScores, output.rowScale, width)
  return answer
}

/** Columns of a block whose state is one table: the whole block, until servers run out of memory for it. */
export interface Strip extends Span {
  readonly table: string
}

type Halves = readonly [Strip, Strip]

const stripOf = (step: number, { first, width }: Span): Strip => ({
  ...{ first, width, table: `state${step}_${first}_${width}` },
})

/** The right-hand sides of one query. If servers run out of memory for a step, it is split in halves, and so are the steps after it. */
export class SweepBlock {
  readonly #tables: RunTables
  readonly #signal: AbortSignal | undefined
  #strips: readonly Strip[]
  #iterations = 0
  #residual = Infinity

  constructor(tables: RunTables, width: number, signal?: AbortSignal) {
    this.#tables = tables
    this.#signal = signal
    this.#strips = [stripOf(0, { first: 0, width })]
  }

  /** Writes the first state from right-hand sides and diagonals: z = rhs. */
  async begin({ operator }: Sweep, rhs: Float32Array, stride: number, first: number): Promise<void> {
    const { scale, weight } = operator
    const i = Int32Array.from(scale, (_, item) => item)
    await this.#beginStrips(async (strip) => {
      const values = columnsOf('r', strip.width).map((name, c) => {
        const column = first + strip.first + c
        return [name, Float32Array.from(scale, (_, item) => rhs[item * stride + column])] as const
      })
      const rows = { i, scale, weight, ...Object.fromEntries(values) }
      const columns = rhsColumns(strip.width)
      await this.#tables.make('rhs', columns, 'i', null, async (insert) => insert(rows), this.#signal)
      await this.#make(strip, begin(this.#tables.statements, 'rhs', strip.table, strip.width))
      await this.#tables.drop(['rhs'])
    })
  }

  /** Writes the first state by a statement for some columns. */
  async beginWith(write: (strip: Strip) => Statement): Promise<void> {
    await this.#beginStrips((strip) => this.#make(strip, write(strip)))
  }

  async #beginStrips(write: (strip: Strip) => Promise<void>): Promise<void> {
    const begun: Strip[] = []
    const keep = async (strip: Strip): Promise<void> => {
      await write(strip)
      begun.push(strip)
    }
    await this.#inParts(keep, async (strip, error) => {
      const halves = this.#halvesOf(strip, error)
      await this.#drop([strip])
      return halves
    })
    this.#strips = begun
  }

  /** Calls `work` for each strip, and for its halves if servers run out of memory. @param work idempotent */
  async each(work: (strip: Strip) => Promise<void>): Promise<void> {
    await this.#inParts(work, (strip, error) => this.#halve(strip, error))
  }

  async #inParts(
    work: (strip: Strip) => Promise<void>,
    halve: (strip: Strip, error: unknown) => Promise<Halves>,
  ): Promise<void> {
    const left = [...this.#strips]
    for (let strip = left.shift(); strip !== undefined; strip = left.shift()) {
      try {
        await work(strip)
      } catch (error) {
        const [first, second] = await halve(strip, error)
        left.unshift(first, second)
      }
    }
  }

  /** Continues from the current state. @returns all steps so far, and the residual before the last one */
  async solve({ schedule, name }: Sweep, onStep?: OnStep): Promise<{ iterations: number; residual: number }> {
    const { steps, stopBelow } = schedule
    for (const recurrence of steps) {
      const next = await this.#step(recurrence)
      this.#residual = await this.#residualOf(next)
      if (!Number.isFinite(this.#residual)) throw notANumber(name, this.#iterations)
      const isDone = this.#residual < stopBelow
      await this.#drop(isDone ? next : this.#strips)
      if (isDone) break
      this.#strips = next
      this.#iterations++
      onStep?.(this.#iterations, schedule.enough ?? steps.length)
    }
    return { iterations: this.#iterations, residual: this.#residual }
  }

  async #step(recurrence: RecurrenceStep): Promise<readonly Strip[]> {
    const { statements } = this.#tables
    const made: Strip[] = []
    await this.each(async (strip) => {
      const next = stripOf(this.#iterations + 1, strip)
      const swept = product(statements, await this.#panel(strip), 'middle', strip.width)
      await this.#make(next, step(statements, strip.table, next.table, swept, strip.width, recurrence))
      made.push(next)
    })
    return made
  }

  async #residualOf(strips: readonly Strip[]): Promise<number> {
    let most = -Infinity
    for (const { table } of strips) {
      const found = await this.#tables.query(residual(this.#tables.statements, table), this.#signal)
      most = Math.max(most, numbersOf(found, 'worst')[0])
    }
    return most
  }

  async scores({ table, width }: Strip): Promise<Columns[]> {
    return this.#tables.query(this.#tables.statements.read(table, columnsOf('z', width)), this.#signal)
  }

  async rowSums(strip: Strip): Promise<Columns[]> {
    return this.#tables.query(this.#tables.statements.rowSums(await this.#panel(strip), strip.width), this.#signal)
  }

  async end(): Promise<void> {
    await this.#drop(this.#strips)
    await this.#tables.drop(['panel'])
  }

  /** @throws the error itself if it is not about memory, or if the strip has one column */
  #halvesOf(strip: Strip, error: unknown): Halves {
    const half = this.#tables.room.narrow(strip.width, error)
    const second = { first: strip.first + half, width: strip.width - half }
    return [stripOf(this.#iterations, { first: strip.first, width: half }), stripOf(this.#iterations, second)]
  }

  /** Replaces a strip by two. */
  async #halve(strip: Strip, error: unknown): Promise<Halves> {
    const halves = this.#halvesOf(strip, error)
    for (const half of halves) {
      const columns = { first: half.first - strip.first, width: half.width }
      await this.#make(half, part(this.#tables.statements, strip.table, half.table, columns))
    }
    this.#strips = this.#strips.flatMap((one) => (one === strip ? halves : [one]))
    // Also the next state of the whole strip, which may have been created before the failure.
    await this.#drop([strip, stripOf(this.#iterations + 1, strip)])
    return halves
  }

  async #make({ table, width }: Strip, fill: Statement): Promise<void> {
    await this.#tables.make(table, stateColumns(width), 'i', null, [fill], this.#signal)
  }

  #drop(strips: readonly Strip[]): Promise<void> {
    return this.#tables.drop(strips.map(({ table }) => table))
  }

  /** z as a table to join: copied to all servers if there are several. */
  async #panel({ table, width }: Strip): Promise<string> {
    const { statements, isShared } = this.#tables
    if (!isShared) return statements.stateAsPanel(table, width)
    const copy = statements.copy(table, 'panel', columnsOf('z', width), columnsOf('f', width))
    await this.#tables.make('panel', panelColumns(width, 'single'), 'i', 'to-all', [copy], this.#signal)
    return statements.table('panel')
  }
}

/** Shape (columns of the matrix x right-hand sides), row-major; `null` for seeds that cannot be written from this process. */
function rightHandSides({ seeds, operator, addend }: Sweep): Float32Array | null {
  const [items, width] = [operator.scale.length, columnCount(seeds)]
  if (addend !== undefined) return null
  if (seeds.kind === 'sparse') {
    const rhs = new Float32Array(items * width)
    for (let c = 0; c < width; c++) {
      for (let at = seeds.indptr[c]; at < seeds.indptr[c + 1]; at++)
        rhs[seeds.indices[at] * width + c] += seeds.data[at]
    }
    return rhs
  }
  if (seeds.kind !== 'dense' || seeds.coefficients !== null) return null
  const rhs = seeds.data.slice()
  scaleRows(rhs, seeds.scale, width)
  return rhs
}

export function scaleRows(rows: Float32Array, factors: Float32Array, width: number): void {
  for (let at = 0; at < rows.length; at++) rows[at] *= factors[Math.floor(at / width)]
}

export function notInTables({ name, output, seeds }: Sweep): RivuletError {
  return new RivuletError('UNSUPPORTED_GRAPH', {
    who: name,
    expected: 'a method that needs scores of given seeds',
    got: `one that needs ${output.kind} of ${seeds.kind} seeds`,
    todo: 'Read the table into memory, and create an Engine from it.',
    details: { output: output.kind, seeds: seeds.kind },
  })
}

function notANumber(name: string, step: number): RivuletError {
  return new RivuletError('READ_FAILED', {
    who: name,
    expected: 'a numeric residual from the database',
    got: `none after step ${step}`,
    todo: 'Check whether another client changed or dropped tables of this run.',
  })
}
