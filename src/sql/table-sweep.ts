/** A sweep of tables: each step makes the state after it, so that a lost server costs one step. */
import { columnCount, type ScoresWanted, type Sweep, type SweepAnswer } from '../request/sweep.ts'
import { RivuletError } from '../support/errors.ts'
import { numbersOf, type Columns } from './connection.ts'
import type { RunTables } from './run-tables.ts'
import type { Statement } from './statement.ts'
import { columnsOf, panelColumns, rhsColumns, stateColumns } from './statements.ts'
import { MOST_COLUMNS, scatter, type TableProducts } from './table-products.ts'

/** Told after every step. */
export type OnStep = (done: number, total: number) => void

/** @throws {RivuletError} UNSUPPORTED_GRAPH for sweeps whose answer a database is not asked for */
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
  for (let first = 0; first < width; first += MOST_COLUMNS) {
    const columns = Math.min(MOST_COLUMNS, width - first)
    const block = new SweepBlock(tables, columns, signal)
    await block.begin(asked, rhs, width, first)
    const { iterations, residual } = await block.solve(asked, onStep)
    answer.iterations.fill(iterations, first, first + columns)
    answer.residuals.fill(residual, first, first + columns)
    scatter(await block.scores(), { number: 'i', letter: 'z' }, width, first, columns, answer.columnScores)
    if (answer.rowScores !== null) {
      scatter(await block.rowSums(), { number: 'u', letter: 'g' }, width, first, columns, answer.rowScores)
    }
    await block.end()
  }
  scaleRows(answer.columnScores, output.finish, width)
  if (answer.rowScores !== null && output.rowScale !== null) scaleRows(answer.rowScores, output.rowScale, width)
  return answer
}

/** Up to so many right-hand sides as one query takes. */
export class SweepBlock {
  readonly #tables: RunTables
  readonly #width: number
  readonly #signal: AbortSignal | undefined
  #state = 'state0'
  #iterations = 0
  #residual = Infinity

  constructor(tables: RunTables, width: number, signal?: AbortSignal) {
    this.#tables = tables
    this.#width = width
    this.#signal = signal
  }

  /** Writes right-hand sides and diagonals: z = rhs. */
  async begin({ operator }: Sweep, rhs: Float32Array, stride: number, first: number): Promise<void> {
    const { scale, weight } = operator
    const values = columnsOf('r', this.#width).map(
      (name, c) => [name, Float32Array.from(scale, (_, item) => rhs[item * stride + first + c])] as const,
    )
    const rows = { i: Int32Array.from(scale, (_, item) => item), scale, weight, ...Object.fromEntries(values) }
    const width = this.#width
    await this.#tables.make('rhs', rhsColumns(width), 'i', null, async (insert) => insert(rows), this.#signal)
    await this.#make(this.#state, [this.#tables.statements.begin('rhs', this.#state, width)])
    await this.#tables.drop(['rhs'])
  }

  /** The table with z. */
  get state(): string {
    return this.#state
  }

  /** Begins by a statement that writes the first state. */
  async beginWith(write: (state: string) => Statement): Promise<void> {
    await this.#make(this.#state, [write(this.#state)])
  }

  /** Goes on from where it is. @returns steps since it began, and how far z was from solved before the last one */
  async solve({ schedule, name }: Sweep, onStep?: OnStep): Promise<{ iterations: number; residual: number }> {
    const { steps, stopBelow } = schedule
    const { statements } = this.#tables
    for (const step of steps) {
      const next = `state${this.#iterations + 1}`
      const product = statements.product(await this.#panel(), 'middle', this.#width)
      await this.#make(next, [statements.step(this.#state, next, product, this.#width, step)])
      const residual = numbersOf(await this.#tables.query(statements.residual(next), this.#signal), 'worst')[0]
      if (!Number.isFinite(residual)) throw notANumber(name, this.#iterations)
      this.#residual = residual
      if (residual < stopBelow) {
        await this.#tables.drop([next])
        break
      }
      await this.#tables.drop([this.#state])
      this.#state = next
      this.#iterations++
      onStep?.(this.#iterations, schedule.enough ?? steps.length)
    }
    return { iterations: this.#iterations, residual: this.#residual }
  }

  async scores(): Promise<Columns[]> {
    return this.#tables.query(this.#tables.statements.read(this.#state, columnsOf('z', this.#width)), this.#signal)
  }

  async rowSums(): Promise<Columns[]> {
    return this.#tables.query(this.#tables.statements.rowSums(await this.#panel(), this.#width), this.#signal)
  }

  async end(): Promise<void> {
    await this.#tables.drop([this.#state, 'panel'])
  }

  async #make(name: string, fill: Parameters<RunTables['make']>[4]): Promise<void> {
    await this.#tables.make(name, stateColumns(this.#width), 'i', null, fill, this.#signal)
  }

  /** z where it is joined: copied to all servers, if there are several. */
  async #panel(): Promise<string> {
    const { statements, isShared } = this.#tables
    const width = this.#width
    if (!isShared) return statements.stateAsPanel(this.#state, width)
    const copy = statements.copy(this.#state, 'panel', columnsOf('z', width), columnsOf('f', width))
    await this.#tables.make('panel', panelColumns(width, 'single'), 'i', 'to-all', [copy], this.#signal)
    return statements.table('panel')
  }
}

/** Shape (columns of the matrix x right-hand sides), row-major; `null` for what does not come from here. */
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
    expected: 'a method that asks a database for scores of given seeds',
    got: `one that asks for ${output.kind} of ${seeds.kind} seeds`,
    todo: 'Read the table into this memory, and make an Engine of it.',
    details: { output: output.kind, seeds: seeds.kind },
  })
}

function notANumber(name: string, step: number): RivuletError {
  return new RivuletError('READ_FAILED', {
    who: name,
    expected: 'a residual of the database that is a number',
    got: `none after step ${step}`,
    todo: 'See whether somebody else changed or dropped tables of this run.',
  })
}
