import { describe, expect, it } from 'vitest'
import { fromColumns } from '../../../src/data/from-columns.ts'
import { selfTraining } from '../../../src/label/self-training.ts'

describe('a round of very many pseudo-labels', () => {
  it('is learnt from', () => {
    const count = 200_000
    const user = Int32Array.from({ length: count }, (_, row) => row)
    const table = fromColumns({ user, item: user.map((row) => row % 2) })
    const run = selfTraining.detailed(table, {
      seeds: [
        ['user:0', 'even'],
        ['user:1', 'odd'],
      ],
      method: 'poisson-learning',
      validation: 0,
      rounds: 1,
      share: 1,
    })
    expect(run.record).toHaveLength(count)
  })
})
