import { describe, expect, it } from 'vitest'
import { buildCsr } from '../../../src/matrix/build.ts'
import { degreePower, degreesOf, sideScales, type Normalization } from '../../../src/matrix/normalize.ts'
import { bipartite, square } from '../../graphs.ts'
import { denseOf, scaled, symmetricEigenvalues, transposed, type Dense } from '../../oracle/linear-algebra.ts'

const sums = (a: Dense): number[] => a.map((row) => row.reduce((sum, value) => sum + value, 0))

/** What rows receive from columns: into_r W_rc out_c. */
function received(normalization: Normalization, weighted = true): Dense {
  const matrix = buildCsr(bipartite({ users: 9, items: 7, pairs: 40, weighted }))
  const { rows, columns } = degreesOf(matrix)
  return scaled(sideScales(rows, normalization).into, denseOf(matrix), sideScales(columns, normalization).out)
}

describe.each([true, false])('sideScales, weighted: %s', (weighted) => {
  it('by row makes every receiver an average of its neighbours', () => {
    for (const sum of sums(received('row', weighted))) expect(sum).toBeCloseTo(1, 12)
  })

  it('by column makes every sender share itself out', () => {
    for (const sum of sums(transposed(received('column', weighted)))) expect(sum).toBeCloseTo(1, 12)
  })

  it('symmetric keeps symmetry, with eigenvalues in [-1, 1] and 1 among them', () => {
    const matrix = buildCsr(square({ nodes: 12, edges: 30, weighted }))
    const { out, into } = sideScales(degreesOf(matrix).rows, 'symmetric')
    const normalized = scaled(into, denseOf(matrix), out)
    normalized.forEach((row, i) => row.forEach((value, j) => expect(value).toBeCloseTo(normalized[j][i], 14)))
    const eigenvalues = symmetricEigenvalues(normalized)
    expect(eigenvalues.at(-1)).toBeCloseTo(1, 7)
    expect(eigenvalues[0]).toBeGreaterThanOrEqual(-1 - 1e-12)
  })
})

describe('an isolated node', () => {
  it.each(['symmetric', 'row', 'column'] as const)(
    'receives nothing, and dividing by its scale is safe: %s',
    (normalization) => {
      const { out, into } = sideScales(Float64Array.of(0, 4), normalization)
      expect(out[0]).toBe(1)
      expect(into[0]).toBe(0)
      expect([...out, ...into].every(Number.isFinite)).toBe(true)
    },
  )
})

describe('degreePower', () => {
  it('raises degrees to an exponent and gives isolated nodes what is asked', () => {
    expect([...degreePower(Float64Array.of(4, 0, 1), -0.5, 9)]).toEqual([0.5, 9, 1])
  })
})
