import { describe, expect, it } from 'vitest'
import { drive, openNetwork, solveInThread, type Adjacency, type Question } from '../../../src/advanced.ts'
import { fromRows, labelSpreading, type Labelling } from '../../../src/index.ts'

/** A chain u0 i0 u1 i1 ... whose far end scores less than single precision holds, and a star beside it. */
const rows = [
  ...Array.from({ length: 200 }, (_, at) => [
    { user: `u${at}`, item: `i${at}` },
    { user: `u${at + 1}`, item: `i${at}` },
  ]).flat(),
  ...Array.from({ length: 30 }, (_, at) => ({ user: `s${at}`, item: 'hub' })),
]
const seeds = [
  ['u0', 'red'],
  ['i90', 'blue'],
  ['s3', 'blue'],
] as const

describe('spreading beyond what sweeps settle', () => {
  it.each([0.3, 0.5])('needs no ties between settled nodes, at alpha %d', (alpha) => {
    const table = fromRows(rows, { user: 'user', item: 'item' })
    const network = openNetwork('test', table, { weighted: 'auto', direction: 'both', memoryLimitBytes: 1e9 })
    const local = solveInThread(network)
    let known: Uint8Array | null = null
    const answer = (asked: Question): unknown => {
      if (asked.kind !== 'ties') return local(asked)
      known = asked.known
      return withoutTiesBetween(local(asked), asked.known ?? new Uint8Array(network.nodes.size))
    }
    const options = { seeds, alpha }
    const asked = drive<Question, Labelling>(labelSpreading.on(network, options), answer)
    expect(known).not.toBeNull()
    const whole = labelSpreading.detailed(table, options)
    expect(asked.labels).toEqual(whole.labels)
    expect(asked.reached).toEqual(whole.reached)
    expect(asked.converged).toBe(true)
    for (const [at, share] of asked.scores.data.entries()) expect(share).toBeCloseTo(whole.scores.data[at], 6)
  })
})

function withoutTiesBetween({ pointers, neighbours, ...rest }: Adjacency, known: Uint8Array): Adjacency {
  const [starts, kept]: [number[], number[]] = [[0], []]
  for (let node = 0; node < known.length; node++) {
    for (const next of neighbours.subarray(pointers[node], pointers[node + 1])) {
      if (known[node] === 0 || known[next] === 0) kept.push(next)
    }
    starts.push(kept.length)
  }
  expect(kept.length).toBeLessThan(neighbours.length)
  return { ...rest, pointers: Uint32Array.from(starts), neighbours: Uint32Array.from(kept) }
}
