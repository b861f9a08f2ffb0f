import type { AbstractGraph, EdgeEntry, NodeEntry } from 'graphology-types'
import { RivuletError } from '../support/errors.ts'
import { visitInSlices, type Sliced } from '../support/pause.ts'

/** Operations of reading a node or an edge: keys are looked up. */
const COST = 200

export const visitNodes = (graph: AbstractGraph, visit: (entry: NodeEntry) => void): Sliced<void> =>
  visitInSlices(graph.nodeEntries(), visit, COST)

export const visitEdges = (graph: AbstractGraph, visit: (entry: EdgeEntry) => void): Sliced<void> =>
  visitInSlices(graph.edgeEntries(), visit, COST)

/** What a graph was when reading began: others may change it while a reader pauses. */
export class GraphState {
  readonly #order: number
  readonly #size: number

  constructor({ order, size }: AbstractGraph) {
    this.#order = order
    this.#size = size
  }

  /** @throws {RivuletError} INVALID_DATA when nodes or edges have come or gone. */
  requireSame(who: string, { order, size }: AbstractGraph): void {
    if (order === this.#order && size === this.#size) return
    throw new RivuletError('INVALID_DATA', {
      who,
      expected: `a graph that nobody changes while it is read, of ${this.#order} nodes and ${this.#size} edges`,
      got: `${order} nodes and ${size} edges when it had been read`,
      todo: 'Wait for Engine.create before you change the graph.',
    })
  }
}
