import { describe, expect, it } from 'vitest'
import { measureGrowth, MOST_OFF } from '../../native-free-bench/suites/memory-process.ts'

/** A process cannot see its peak everywhere. */
const canMeasure = process.resourceUsage().maxRSS > 0

/** What is fixed in a process, such as a heap that widens, is too large a part of less. */
const NODES = 1_000_000

/** Nobody is near enough in a list of all for the default recipe to matter, and it takes a minute. */
const TASKS = [
  ['labels, a user of a million items', { table: 'one user', question: 'labelSpreading' }],
  ['lists, an item of a million users', { table: 'one item', question: 'recommend' }],
  ['labels, an item of a million users', { table: 'one item', question: 'labelPropagation' }],
  ['lists, a million isolated nodes', { table: 'isolated', question: 'recommend' }],
  ['labels, a million isolated nodes', { table: 'isolated', question: 'labelSpreading' }],
  ['potentials, a million isolated nodes', { table: 'isolated', question: 'poissonLearning' }],
  ['lists, k = all', { table: 'broad', question: 'recommend', size: 200_000, k: 200_000 }],
] as const

describe.skipIf(!canMeasure)('bytes of a plan', () => {
  it.each(TASKS)(
    'are within a fifth of what a process grows by: %s',
    async (_, task) => {
      const { plannedBytes, grownBytes } = await measureGrowth({ size: NODES, threads: 1, k: 10, ...task })
      expect(plannedBytes / grownBytes).toBeGreaterThan(1 - MOST_OFF)
      expect(plannedBytes / grownBytes).toBeLessThan(1 + MOST_OFF)
    },
    300_000,
  )
})
