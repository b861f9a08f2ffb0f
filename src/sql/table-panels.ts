/** Panels that stay in the database from one sweep of an algorithm to the next: only products of panels are fetched. */
import { hashedUniform } from '../run/dense-blocks.ts'
import { columnCount, type KeptSeeds, type Output, type PanelNumber, type Sweep } from '../request/sweep.ts'
import { numbersOf } from './connection.ts'
import {
  beginFromBlock,
  crossProducts,
  DIAGONAL_COLUMNS,
  DIAGONALS,
  keep,
  measure,
  mix,
  type MixedBlock,
} from './panel-statements.ts'
import type { Span } from './room.ts'
import type { RunTables } from './run-tables.ts'
import { panelColumns } from './statements.ts'
import { scatter, type TableProducts } from './table-products.ts'
import { notInTables, scaleRows, SweepBlock, type OnStep, type Strip } from './table-sweep.ts'

/** A sweep that starts from kept panels. */
export type KeptSweep = Sweep & { readonly seeds: KeptSeeds }

export const startsFromPanel = (asked: Sweep): asked is KeptSweep => asked.seeds.kind === 'kept'

export class TablePanels {
  readonly #tables: RunTables
  readonly #products: TableProducts
  /** Tables to drop when the algorithm has ended. */
  readonly #kept = new Set<string>()
  /** The blocks of each kept panel. */
  readonly #blocks = new Map<PanelNumber, readonly Span[]>()
  #diagonals: readonly unknown[] = []

  constructor(tables: RunTables, products: TableProducts) {
    this.#tables = tables
    this.#products = products
  }

  /** @throws {RivuletError} UNSUPPORTED_GRAPH for sweeps that a database cannot answer */
  async answer(asked: KeptSweep, signal?: AbortSignal, onStep?: OnStep): Promise<unknown> {
    const { operator, output, seeds, schedule } = asked
    if (operator.middle === null || output.kind === 'probes' || output.kind === 'top-k') throw notInTables(asked)
    const { columns } = seeds
    const users = operator.middle.length
    const answer = new Answer(output, operator.scale.length, users, columns)
    await this.#products.writeMiddle(operator.middle, signal)
    await this.#writeDiagonals(asked, signal)
    const kept: Span[] = []
    for (const span of this.#tables.room.spansOf(columns)) {
      const from = await this.#select(seeds, span, signal)
      if (output.kind === 'cross-products' && output.seeds !== false) {
        await this.#multiply(seeds, { ...span, table: from, isState: false }, answer.seedProducts, signal)
      }
      if (output.kind === 'cross-products' && output.finish === null) continue
      const block = new SweepBlock(this.#tables, span.width, signal)
      await block.beginWith((strip) => beginFromBlock(this.#tables.statements, from, strip))
      const values = output.kind === 'kept' ? output.measure : null
      const cut = values === null ? 0 : 1
      const part = (steps: KeptSweep['schedule']['steps']): Sweep => ({ ...asked, schedule: { ...schedule, steps } })
      await block.solve(part(schedule.steps.slice(0, cut)), onStep)
      if (values !== null) await this.#measure(block, schedule.steps[0], values, answer, span.first, signal)
      const { iterations, residual } = await block.solve(part(schedule.steps.slice(cut)), onStep)
      answer.iterations.fill(iterations, span.first, span.first + span.width)
      answer.residuals.fill(residual, span.first, span.first + span.width)
      await block.each(async (strip) => {
        const own = { first: span.first + strip.first, width: strip.width, table: strip.table }
        await this.#finish(asked, block, strip, own, answer, signal)
        kept.push({ first: own.first, width: own.width })
      })
      await block.end()
    }
    if (output.kind === 'kept') this.#blocks.set(output.panel, kept)
    return answer.of(asked)
  }

  /** Drops the tables that an algorithm kept. */
  async drop(): Promise<void> {
    this.#diagonals = []
    await this.#tables.drop([...this.#kept])
    this.#kept.clear()
    this.#blocks.clear()
  }

  /** @param strip a part of the block. @param own its columns in the answer */
  async #finish(
    { output, seeds }: KeptSweep,
    block: SweepBlock,
    strip: Strip,
    own: Strip,
    answer: Answer,
    signal?: AbortSignal,
  ): Promise<void> {
    const { statements } = this.#tables
    const { first, width, table } = own
    if (output.kind === 'kept') {
      const name = blockName(output.panel, first)
      await this.#makeBlock(name, width, [keep(statements, table, name, width)], signal)
    } else if (output.kind === 'cross-products') {
      await this.#multiply(seeds, { ...own, isState: true }, answer.scoreProducts, signal)
    } else {
      scatter(await block.scores(strip), { number: 'i', letter: 'z' }, seeds.columns, first, width, answer.columnScores)
      if (answer.rowScores === null) return
      scatter(await block.rowSums(strip), { number: 'u', letter: 'g' }, seeds.columns, first, width, answer.rowScores)
    }
  }

  async #measure(
    block: SweepBlock,
    step: KeptSweep['schedule']['steps'][number],
    values: Float64Array,
    answer: Answer,
    offset: number,
    signal?: AbortSignal,
  ): Promise<void> {
    await block.each(async ({ first, width, table }) => {
      const own = [...values.subarray(offset + first, offset + first + width)]
      const sums = await this.#tables.query(measure(this.#tables.statements, table, step, own), signal)
      own.forEach((_, c) => {
        answer.squares[offset + first + c] = numbersOf(sums, `s${c}`)[0]
      })
    })
  }

  /** Products of the panel's blocks with one block: the part on and below the diagonal. */
  async #multiply(
    { columns, panel }: KeptSeeds,
    { first, width, ...second }: Strip & { readonly isState: boolean },
    products: Float64Array,
    signal?: AbortSignal,
  ): Promise<void> {
    for (const other of this.#blocksOf(panel)) {
      const own = Math.min(other.width, columns - other.first)
      // Above the diagonal, which is not read.
      if (own <= 0 || other.first + own <= first) continue
      const one = { table: blockName(panel, other.first), width: own }
      const asked = crossProducts(this.#tables.statements, one, { ...second, width })
      const sums = await this.#tables.query(asked, signal)
      for (let a = 0; a < own; a++) {
        for (let b = 0; b < width && first + b <= other.first + a; b++) {
          products[(other.first + a) * columns + first + b] = numbersOf(sums, `s${a * width + b}`)[0]
        }
      }
    }
  }

  /** The table with some columns of the seeds; it is created if no kept block has them. */
  async #select(seeds: KeptSeeds, { first, width }: Span, signal?: AbortSignal): Promise<string> {
    const { coefficients, panel, random } = seeds
    const firstRandom = Math.max(0, (random?.from ?? Infinity) - first)
    if (firstRandom < width) await this.#draw(seeds, { first, width }, firstRandom, signal)
    if (firstRandom === 0) return 'drawn'
    const kept = this.#blocksOf(panel)
    const isKept = kept.some((block) => block.first === first && block.width >= width)
    if (coefficients === null && firstRandom >= width && isKept) return blockName(panel, first)
    const blocks: MixedBlock[] = kept.map((span) => {
      const own = new Float64Array(span.width * width)
      for (let k = 0; k < span.width; k++) {
        for (let c = 0; c < Math.min(width, firstRandom); c++) {
          const [row, column] = [span.first + k, first + c]
          own[k * width + c] =
            coefficients === null ? Number(row === column) : coefficients[row * seeds.columns + column]
        }
      }
      return { table: blockName(panel, span.first), width: span.width, coefficients: own }
    })
    if (firstRandom < width) {
      const own = Float64Array.from({ length: width * width }, (_, at) => Number(at % (width + 1) === 0))
      blocks.push({ table: 'drawn', width, coefficients: own })
    }
    await this.#makeBlock('mixed', width, [mix(this.#tables.statements, 'mixed', width, blocks)], signal)
    return 'mixed'
  }

  #blocksOf(panel: PanelNumber): readonly Span[] {
    return this.#blocks.get(panel) ?? []
  }

  /** The same random numbers as of a sweep in memory; columns before `firstRandom` are 0. */
  async #draw({ random }: KeptSeeds, { first, width }: Span, firstRandom: number, signal?: AbortSignal): Promise<void> {
    const { itemCount } = this.#products
    const spread = 1 / Math.sqrt(itemCount)
    const columns = Array.from({ length: width }, (_, c) => {
      const draw = (item: number): number => (hashedUniform(random?.seed ?? 0, item, first + c) - 0.5) * spread
      const column = Float64Array.from({ length: itemCount }, (__, item) => (c < firstRandom ? 0 : draw(item)))
      return [`f${c}`, column] as const
    })
    const rows = { i: numbered(itemCount), ...Object.fromEntries(columns) }
    await this.#makeBlock('drawn', width, async (insert) => insert(rows), signal)
  }

  async #makeBlock(
    name: string,
    width: number,
    fill: Parameters<RunTables['make']>[4],
    signal?: AbortSignal,
  ): Promise<void> {
    this.#kept.add(name)
    await this.#tables.make(name, panelColumns(width, 'double'), 'i', null, fill, signal)
  }

  /** Writes the diagonals, unless they are there already. */
  async #writeDiagonals({ operator, seeds, output }: KeptSweep, signal?: AbortSignal): Promise<void> {
    const { scale, weight } = operator
    const finish = 'finish' in output ? output.finish : null
    const own = [scale, weight, seeds.scale, finish]
    const isThere = this.#tables.has(DIAGONALS) && own.every((diagonal, at) => diagonal === this.#diagonals[at])
    if (finish === null || isThere) return
    this.#diagonals = []
    const rows = { i: numbered(scale.length), scale, weight, seed_scale: seeds.scale, finish }
    this.#kept.add(DIAGONALS)
    await this.#tables.make(DIAGONALS, DIAGONAL_COLUMNS, 'i', null, async (insert) => insert(rows), signal)
    this.#diagonals = own
  }
}

const blockName = (panel: PanelNumber, first: number): string => `kept${panel}_${first}`

const numbered = (length: number): Int32Array => Int32Array.from({ length }, (_, at) => at)

/** The answer, filled block by block. */
class Answer {
  readonly iterations: Int32Array
  readonly residuals: Float32Array
  readonly squares: Float64Array
  readonly seedProducts: Float64Array
  readonly scoreProducts: Float64Array
  readonly columnScores: Float32Array
  readonly rowScores: Float32Array | null

  constructor(output: Output, items: number, users: number, columns: number) {
    const isScores = output.kind === 'scores'
    this.iterations = new Int32Array(columns)
    this.residuals = new Float32Array(columns)
    this.squares = new Float64Array(columns)
    this.seedProducts = new Float64Array(columns * columns)
    this.scoreProducts = new Float64Array(columns * columns)
    this.columnScores = new Float32Array(isScores ? items * columns : 0)
    this.rowScores = isScores && output.rowScale !== null ? new Float32Array(users * columns) : null
  }

  of({ output, seeds }: KeptSweep): unknown {
    const { iterations, residuals, squares, seedProducts, scoreProducts, columnScores, rowScores } = this
    const facts = { iterations, residuals }
    if (output.kind === 'kept') return { ...facts, squares }
    if (output.kind === 'cross-products') {
      return {
        ...facts,
        seedProducts: output.seeds === false ? null : seedProducts,
        scoreProducts: output.finish === null ? null : scoreProducts,
      }
    }
    if (output.kind !== 'scores') return facts
    scaleRows(columnScores, output.finish, columnCount(seeds))
    if (rowScores !== null && output.rowScale !== null) scaleRows(rowScores, output.rowScale, columnCount(seeds))
    return { ...facts, columnScores, rowScores }
  }
}
