import { CsrMatrix } from '../matrix/csr.ts'
import { adjacencyOf, receiversOf } from '../network/adjacency.ts'
import { leadsOn, multiplyExactly, sendFrom } from '../network/edge-sums.ts'
import type { Network } from '../network/network.ts'
import { nodesByHops } from '../network/reach.ts'
import type { AboutEdges } from '../request/edges.ts'
import type { Question } from '../request/request.ts'
import { PAUSE, Slices, type Sliced } from '../support/pause.ts'

/** Whether a request is about edges: the calling thread answers these. */
export const isAboutEdges = (asked: Question): asked is AboutEdges => ABOUT_EDGES.has(asked.kind)

const ABOUT_EDGES: ReadonlySet<string> = new Set<AboutEdges['kind']>([
  'exact-product',
  'sendings',
  'crossing',
  'reach',
  'ties',
  'rows',
])

/** Answers a request about edges in memory. */
export function answerFromEdges(network: Network, asked: AboutEdges): Sliced<unknown> {
  if (asked.kind === 'exact-product') return multiplyExactly(network, asked.middle, asked.width, asked.z)
  if (asked.kind === 'sendings') return sendFrom(network, asked.rows, asked.sent, asked.into)
  if (asked.kind === 'crossing') return leadsOn(network, asked.marked)
  if (asked.kind === 'reach') return reachedFrom(network, asked.sources, asked.undirected)
  return asked.kind === 'rows' ? rowsOf(network, asked.rows) : adjacencyOf(network)
}

function* reachedFrom(network: Network, sources: Int32Array, undirected: boolean): Sliced<Uint8Array> {
  const adjacency = yield* receiversOf(network, undirected)
  const reached = new Uint8Array(adjacency.nodeCount)
  for (const node of yield* nodesByHops(adjacency, sources)) reached[node] = 1
  return reached
}

function* rowsOf({ rows, shape }: Network, asked: Int32Array): Sliced<CsrMatrix> {
  const indptr = new Uint32Array(asked.length + 1)
  asked.forEach((row, at) => (indptr[at + 1] = indptr[at] + rows.lengthOf(row)))
  const indices = new Uint32Array(indptr[asked.length])
  const data = shape.weighted ? new Float32Array(indices.length) : null
  const slices = new Slices()
  for (let at = 0; at < asked.length; at++) {
    indices.set(rows.columnsOf(asked[at]), indptr[at])
    data?.set(rows.weightsOf(asked[at]), indptr[at])
    if (slices.full(1 + indptr[at + 1] - indptr[at])) yield PAUSE
  }
  return new CsrMatrix(rows.columnCount, { indptr, indices, data })
}
