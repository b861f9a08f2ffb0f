import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { spectralEmbedding } from '../../src/embed/spectral-embedding.ts'
import { readInteractions } from '../../src/io/read-interactions.ts'
import { root } from '../house/sources.ts'

const file = join(process.env.RIVULET_DATA ?? '../shared/data', 'gowalla', 'train.txt.gz')
const missing = !existsSync(file)

/** Relative: what was asked for. */
const NEAR = 1e-4

function expectValues(values: Float64Array, known: Readonly<Record<number, number>>): void {
  for (const [place, value] of Object.entries(known)) {
    expect(Math.abs(values[Number(place)] / value - 1), `value ${place}`).toBeLessThan(NEAR)
  }
}

describe("singular values of D_u^-1/2 W D_i^-1/2, by scipy's svds", () => {
  it('MovieTweetings', async () => {
    const table = await readInteractions(join(root, 'docs/data/movietweetings/ratings.tsv.gz'))
    const { values } = spectralEmbedding.detailed(table, { dimensions: 12 })
    const known = [
      1, 0.63566107, 0.51186238, 0.50838236, 0.4715145, 0.44168307, 0.43901237, 0.41702873, 0.41164565, 0.39895703,
      0.39633714, 0.39100333,
    ]
    expectValues(values, known)
  })

  it.skipIf(missing)(
    `Gowalla${missing ? ' (skipped: no public data; set RIVULET_DATA)' : ''}`,
    async () => {
      const table = await readInteractions(file)
      const { values, converged } = spectralEmbedding.detailed(table, { dimensions: 64 })
      expect(converged).toBe(true)
      expectValues(values, { 0: 1, 1: 0.98821536, 2: 0.97157314, 3: 0.95992494, 31: 0.80252756, 63: 0.69690097 })
    },
    120_000,
  )
})
