import { adjacencyBytes, groundedBytes, uncollectedBytes } from '../memory/outside-bytes.ts'
import { endsOf, type Adjacency } from '../network/adjacency.ts'
import type { NamedNetwork } from '../network/network.ts'
import { aboutEdges, type Algorithm } from '../request/request.ts'
import type { Sliced } from '../support/pause.ts'

/** Takes the memory for conjugate gradients on some nodes. @throws {RivuletError} MEMORY_LIMIT @returns a function that releases it */
export type TakeSystem = (nodes: Int32Array) => () => void

/**
 * Solves on the adjacency, within its memory limit.
 *
 * @param known 1 where a node is known: ties between such nodes may be left out
 * @param left bytes that were released before, and may not have been collected
 * @throws {RivuletError} MEMORY_LIMIT before any of it is allocated
 */
export function* onAdjacency<Result>(
  who: string,
  network: NamedNetwork,
  classes: number,
  solve: (adjacency: Adjacency, take: TakeSystem) => Sliced<Result>,
  { known = null, left = 0 }: { readonly known?: Uint8Array | null; readonly left?: number } = {},
): Algorithm<Result> {
  const { nodes, sides } = network
  const { nnz, weighted } = network.shape
  const todo = 'Raise memoryLimitBytes, or label fewer classes at a time.'
  const release = network.budget.take({
    who,
    what: `the adjacency of ${nodes.size} nodes`,
    parts: {
      solving: sides === null ? 0 : adjacencyBytes(nodes.size, 2 * nnz, weighted),
      uncollected: uncollectedBytes(left),
    },
    todo,
  })
  try {
    const adjacency = yield* aboutEdges({ kind: 'ties', name: who, known })
    const take: TakeSystem = (part) => {
      const what = `conjugate gradients on ${part.length} nodes in ${classes} classes`
      return network.budget.take({
        ...{ who, what, todo },
        parts: { solving: groundedBytes(part.length, endsOf(adjacency, part), classes) },
      })
    }
    return yield* solve(adjacency, take)
  } finally {
    release()
  }
}
