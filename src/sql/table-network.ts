import { SparseRows, type RowWindow } from '../matrix/csr.ts'
import type { Weighing } from '../data/signal-weights.ts'
import { MemoryBudget } from '../memory/budget.ts'
import { keyIndexBytes } from '../memory/outside-bytes.ts'
import { NodeIndex } from '../network/node-index.ts'
import type { NamedNetwork, StoredMatrix } from '../network/network.ts'
import { RivuletError } from '../support/errors.ts'
import type { KeyIndex } from '../support/key-index.ts'
import type { Room } from './room.ts'
import { weighs } from './weighing.ts'

/**
 * A network whose pairs are in a database: only nodes with their keys and degrees are in memory. Everything else is answered by an executor on the database; methods
 * that read edges in memory are refused.
 */
export function tableNetwork(
  users: KeyIndex,
  items: KeyIndex,
  { rows, columns }: { readonly rows: SideFacts; readonly columns: SideFacts },
  { weighing, scale, room }: TableFound,
  memoryLimitBytes: number,
): NamedNetwork {
  const nnz = rows.lengths.reduce((sum, length) => sum + length, 0)
  const held = { table: keyIndexBytes(users) + keyIndexBytes(items), degrees: 8 * (users.size + items.size) }
  return {
    shape: {
      ...{ rowCount: users.size, columnCount: items.size, nnz },
      ...{ weighted: weighs(weighing), square: false, longestWindow: users.size },
    },
    degrees: { rows: rows.degrees, columns: columns.degrees },
    rows: new RowsElsewhere(rows.lengths, items.size, nnz),
    squares: columns.squares,
    scale,
    signed: rows.least < 0,
    budget: new MemoryBudget(memoryLimitBytes, () => 0, held),
    get stored(): StoredMatrix {
      throw elsewhere()
    },
    nodes: new NodeIndex(users, items),
    weighing,
    times: null,
    undirected: true,
    sides: {
      users,
      items,
      pairsWith: () => {
        throw elsewhere()
      },
    },
    attribute: () => [],
    // Includes earlier calls, because queries that became narrower stay so.
    get notes() {
      return room.notes
    },
  }
}

/** Facts about the table besides its nodes. */
export interface TableFound {
  readonly weighing: Weighing
  /** The factor of the weights, a power of four. */
  readonly scale: number
  readonly room: Room
}

/** Facts about the users or the items, by number. */
export interface SideFacts {
  /** Number of pairs. */
  readonly lengths: Float64Array
  /** Sums of |weight|, and of weight^2. */
  readonly degrees: Float64Array
  readonly squares: Float64Array
  /** The smallest weight of all. */
  readonly least: number
}

/** Rows whose lengths alone are known. */
class RowsElsewhere extends SparseRows {
  readonly rowCount: number
  readonly columnCount: number
  readonly nnz: number
  readonly #lengths: Float64Array

  constructor(lengths: Float64Array, columnCount: number, nnz: number) {
    super()
    this.rowCount = lengths.length
    this.columnCount = columnCount
    this.nnz = nnz
    this.#lengths = lengths
  }

  get windows(): readonly RowWindow[] {
    throw elsewhere()
  }

  windowOf(): RowWindow {
    throw elsewhere()
  }

  override get areHere(): boolean {
    return false
  }

  override lengthOf(row: number): number {
    return this.#lengths[row]
  }
}

const elsewhere = (): RivuletError =>
  new RivuletError('UNSUPPORTED_GRAPH', {
    who: 'a method that reads the edges',
    expected: 'edges in memory',
    got: 'a table in a database',
    todo: 'Read the table into memory, and create an Engine from it.',
  })
