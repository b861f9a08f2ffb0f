import type { Adjacency } from '../network/adjacency.ts'
import { nodeDegrees } from '../network/adjacency.ts'
import type { NamedNetwork } from '../network/network.ts'
import type { AboutEdges, Crossing, Reach, Ties } from '../request/edges.ts'
import type { Product } from '../request/product.ts'
import type { Rank } from '../request/rank.ts'
import { askedBy, type Algorithm, type On, type Question } from '../request/request.ts'
import type { TopLists } from '../request/sweep.ts'
import { isAboutEdges } from '../run/edge-answers.ts'
import type { Watch } from '../run/protocol.ts'
import { driveAsync } from '../support/drive.ts'
import { RivuletError } from '../support/errors.ts'
import type { RunTables } from './run-tables.ts'
import { TableProducts } from './table-products.ts'
import type { Lenders } from './list-statements.ts'
import { ListsThatStay, type ListsAsked } from './lists-that-stay.ts'
import type { ResultTable } from './result-table.ts'
import { TableLists, type UsersAsked } from './table-lists.ts'
import { startsFromPanel, TablePanels } from './table-panels.ts'
import { sweepTables, type OnStep } from './table-sweep.ts'

/** Answers the requests of algorithms with queries on the tables of a run. Calls run one after the other, because they share table names. */
export class TableExecutor {
  readonly #network: NamedNetwork
  readonly #tables: RunTables
  readonly #products: TableProducts
  readonly #lists: TableLists
  readonly #staying: ListsThatStay
  readonly #panels: TablePanels
  #queue: Promise<unknown> = Promise.resolve()
  #components: Awaited<ReturnType<TableProducts['components']>> | null = null

  constructor(network: NamedNetwork, tables: RunTables) {
    this.#network = network
    this.#tables = tables
    this.#products = new TableProducts(tables, network.shape.rowCount, network.shape.columnCount)
    this.#lists = new TableLists(tables, this.#products, network.rows)
    this.#staying = new ListsThatStay(tables, this.#lists, network.rows)
    this.#panels = new TablePanels(tables, this.#products)
  }

  /** Runs an algorithm after the earlier ones have succeeded or failed. @param who the function that was called */
  async run<Result>(algorithm: Algorithm<Result>, watch: Watch, who: string): Promise<Result> {
    return this.#inTurn(async () => {
      const result = await this.#drive(algorithm, watch, who)
      await this.#panels.drop()
      return result
    }, watch)
  }

  /** Runs an algorithm up to its request of a product, and writes the lists of that product to a result table. */
  async leaveNeighbours(
    algorithm: Algorithm<unknown>,
    result: ResultTable,
    lenders: Lenders,
    watch: Watch,
    who: string,
  ): Promise<void> {
    const isLeft = new Error('the lists are written')
    const leave = async (asked: Product): Promise<never> => {
      await this.#staying.neighbours(asked, result, lenders, watch.signal, onStepOf(watch))
      throw isLeft
    }
    await this.#inTurn(async () => {
      await this.#drive(algorithm, watch, who, leave).catch((error: unknown) => {
        if (error !== isLeft) throw error
      })
    }, watch)
  }

  /** Ranks users by a table of neighbours, and writes the lists to a result table. */
  async leaveLists(asked: ListsAsked, result: ResultTable, watch: Watch): Promise<void> {
    return this.#inTurn(() => this.#staying.ofUsers(asked, result, watch.signal, onStepOf(watch)), watch)
  }

  async #inTurn<Result>(work: () => Promise<Result>, { signal }: Watch): Promise<Result> {
    signal?.throwIfAborted()
    const turn = this.#queue.then(() => this.#tables.orDropped(work))
    this.#queue = turn.catch(() => undefined)
    return turn
  }

  /** Resolves when all calls have ended. */
  async idle(): Promise<void> {
    await this.#queue
  }

  /** @param product answers a product of the pairs with themselves. Default: returns its lists */
  #drive<Result>(
    algorithm: Algorithm<Result>,
    watch: Watch,
    who: string,
    product = (asked: Product): Promise<unknown> => this.#lists.product(asked, watch.signal, onStepOf(watch)),
  ): Promise<Result> {
    const answer = async (given: Question): Promise<unknown> => {
      const asked = askedBy(who, given)
      if (asked.kind === 'on' && asked.network === this.#network) return this.#driveShare(asked, watch, who)
      if (isAboutEdges(asked)) return this.#answerAboutEdges(asked, watch.signal)
      const onStep = onStepOf(watch)
      if (asked.kind === 'sweep' && startsFromPanel(asked)) return this.#panels.answer(asked, watch.signal, onStep)
      if (asked.kind === 'sweep') return sweepTables(this.#tables, this.#products, asked, watch.signal, onStep)
      if (asked.kind === 'product' && isOfPairs(asked)) return product(asked)
      if (asked.kind === 'rank' && isOfNobody(asked)) return nothingLent(asked)
      const users = asked.kind === 'rank' ? usersAsked(asked) : null
      if (users !== null) return this.#lists.rank(users, watch.signal)
      throw notAsked(who, asked.kind)
    }
    return driveAsync(algorithm, answer, () => watch.signal?.throwIfAborted())
  }

  /** A share of a larger task reports progress when it ends, not at its own steps. */
  async #driveShare({ algorithm, who: asker, share }: On, watch: Watch, who: string): Promise<unknown> {
    const result = await this.#drive(algorithm, share === undefined ? watch : { signal: watch.signal }, asker ?? who)
    if (share !== undefined) watch.onProgress?.({ done: share.to, total: share.of })
    return result
  }

  async #answerAboutEdges(asked: AboutEdges, signal?: AbortSignal): Promise<unknown> {
    if (asked.kind === 'exact-product') {
      return this.#products.product(asked.middle ?? [], { width: asked.width, data: asked.z }, signal)
    }
    if (asked.kind === 'sendings') {
      const sums = await this.#products.sumsByItem(asked.rows, asked.sent, 'weight', signal)
      return sums.map((sum, item) => sum * asked.into[item])
    }
    if (asked.kind === 'crossing') return this.#crosses(asked, signal)
    if (asked.kind === 'rows') return this.#lists.rows(asked.rows, this.#network.shape.columnCount, signal)
    return asked.kind === 'reach' ? this.#reach(asked, signal) : this.#ties(asked, signal)
  }

  /** Counts the marked and the unmarked items of each user; an edge crosses if one of the other kind than the user is among them. */
  async #crosses({ marked }: Crossing, signal?: AbortSignal): Promise<boolean> {
    const { rowCount } = this.#network.shape
    const items = Float64Array.from(Array.from(marked.subarray(rowCount)).flatMap((mark) => [1 - mark, mark]))
    const found = await this.#products.sumsByUser({ width: 2, data: items }, signal, 'tie')
    return found.some((count, at) => count > 0 && marked[at >> 1] !== at % 2)
  }

  /** Components are computed at the first request. */
  async #reach({ sources }: Reach, signal?: AbortSignal): Promise<Uint8Array> {
    this.#components ??= await this.#products.components(signal)
    const { users, items } = this.#components
    const of = (node: number): number => (node < users.length ? users[node] : items[node - users.length])
    const met = new Set(Array.from(sources, of).filter((component) => component !== 0))
    const reached = Uint8Array.from({ length: users.length + items.length }, (_, node) => (met.has(of(node)) ? 1 : 0))
    for (const node of sources) reached[node] = 1
    return reached
  }

  async #ties({ known }: Ties, signal?: AbortSignal): Promise<Adjacency> {
    const { rowCount, columnCount } = this.#network.shape
    const isKnown = known ?? new Uint8Array(rowCount + columnCount)
    const users = Int32Array.from({ length: rowCount }, (_, user) => user).filter((user) => isKnown[user] === 0)
    const items = Int32Array.from({ length: columnCount }, (_, item) => item).filter(
      (item) => isKnown[rowCount + item] === 0,
    )
    const { user, item, weight } = await this.#products.pairsOf(users, items, signal)
    // A pair without a known end is there twice: as a pair of its user and of its item.
    const isSecond = (at: number, ofUsers: number): boolean => at >= ofUsers && isKnown[user[at]] === 0
    const ofUsers = users.reduce((sum, one) => sum + this.#network.rows.lengthOf(one), 0)
    const kept = Array.from(user.keys()).filter((at) => !isSecond(at, ofUsers))
    return adjacencyOfPairs(
      kept.map((at) => user[at]),
      kept.map((at) => rowCount + item[at]),
      weight && kept.map((at) => weight[at]),
      nodeDegrees(this.#network),
    )
  }
}

const onStepOf = ({ onProgress }: Watch): OnStep | undefined =>
  onProgress && ((done, total) => onProgress({ done, total }))

/** Whether a product is of the pairs with themselves. */
const isOfPairs = ({ less, given, weights }: Product): boolean =>
  less === undefined && given === undefined && weights === undefined

/** Whether all queries have empty profiles. */
const isOfNobody = ({ profiles }: Rank): boolean => profiles.kind === 'sparse' && profiles.indices.length === 0

function nothingLent({ k, filterOf }: Rank): TopLists {
  const entries = filterOf.length * k
  return { k, rows: new Int32Array(entries).fill(-1), scores: new Float32Array(entries).fill(-Infinity) }
}

/** A request to rank users of the table by item-item lists; `null` for other requests. */
function usersAsked({ table, profiles, filters, excluded, ...asked }: Rank): UsersAsked | null {
  const { lists, dimensions } = table
  const isPlain = filters.length === 1 && filters[0].walk === 1 && dimensions === 0 && excluded === undefined
  return isPlain && profiles.kind === 'rows' && lists?.indices ? { ...asked, rows: profiles.rows, lists } : null
}

/** The edges in both directions, neighbours ascending. */
function adjacencyOfPairs(
  from: readonly number[],
  to: readonly number[],
  weights: readonly number[] | null,
  degrees: Float64Array,
): Adjacency {
  const lists: (readonly [node: number, weight: number])[][] = Array.from(degrees, () => [])
  from.forEach((user, at) => {
    const weight = weights?.[at] ?? 1
    lists[user].push([to[at], weight])
    lists[to[at]].push([user, weight])
  })
  const pointers = new Uint32Array(degrees.length + 1)
  lists.forEach((list, node) => (pointers[node + 1] = pointers[node] + list.length))
  const ends = lists.flatMap((list) => list.sort(([a], [b]) => a - b))
  return {
    nodeCount: degrees.length,
    pointers,
    neighbours: Uint32Array.from(ends, ([node]) => node),
    weights: weights && Float32Array.from(ends, ([, weight]) => weight),
    degrees,
  }
}

function notAsked(who: string, kind: string): RivuletError {
  return new RivuletError('UNSUPPORTED_GRAPH', {
    who,
    expected: 'a method that runs in a database',
    got: `one that needs '${kind}'`,
    todo: 'Read the table into memory, and create an Engine from it.',
    details: { kind },
  })
}
