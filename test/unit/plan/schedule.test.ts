import { describe, expect, it } from 'vitest'
import { buildCsr } from '../../../src/matrix/build.ts'
import { degreesOf, sideScales } from '../../../src/matrix/normalize.ts'
import { adaptiveSchedule, chooseSolver, fixedSchedule, type Solver } from '../../../src/plan/schedule.ts'
import { square } from '../../graphs.ts'
import { denseOf, multiply, norm, plus, scaled, symmetricEigenvalues, type Dense } from '../../oracle/linear-algebra.ts'
import { fixedPoint, runSteps } from '../../oracle/propagation.ts'

/** A symmetric T with eigenvalues in [-alpha, alpha], from a small graph. */
function symmetricOperator(alpha: number): Dense {
  const matrix = buildCsr(square({ nodes: 14, edges: 40, weighted: true }))
  const { out, into } = sideScales(degreesOf(matrix).rows, 'symmetric')
  return scaled(into, denseOf(matrix), out).map((row) => row.map((value) => alpha * value))
}

/** The same squared: eigenvalues in [0, alpha^2], as on the item side of a bipartite graph. */
const positiveOperator = (alpha: number): Dense => {
  const t = symmetricOperator(alpha)
  return t.map((row) => multiply(t, row))
}

const rhs = Array.from({ length: 14 }, (_, i) => Math.sin(1 + i * i))

const tasks = [
  { title: '[-0.9, 0.9]', spectrum: [-0.9, 0.9] as const, t: symmetricOperator(0.9) },
  { title: '[0, 0.81]', spectrum: [0, 0.81] as const, t: positiveOperator(0.9) },
  { title: '[0, 0.98]', spectrum: [0, 0.9801] as const, t: positiveOperator(0.99) },
]

describe.each(tasks)('a schedule for eigenvalues in $title', ({ spectrum, t }) => {
  const request = { spectrum, maxIterations: 10_000 }

  it.each([
    ['power', 1e-3],
    ['power', 1e-8],
    ['chebyshev', 1e-3],
    ['chebyshev', 1e-8],
  ] as const)('by %s to %g keeps its promise: residual and error shrink by the tolerance', (solver, tolerance) => {
    const { steps } = fixedSchedule({ ...request, solver, tolerance })
    const start = runSteps(t, rhs, [])
    const end = runSteps(t, rhs, steps)
    const exact = fixedPoint(t, rhs)
    expect(norm(end.residual)).toBeLessThanOrEqual(tolerance * norm(start.residual) * (1 + 1e-9) + 1e-13)
    expect(norm(plus(end.z, exact, -1))).toBeLessThanOrEqual(
      tolerance * norm(plus(start.z, exact, -1)) * (1 + 1e-9) + 1e-13,
    )
  })

  it('needs far fewer sweeps by Chebyshev, and auto takes it', () => {
    const sweeps = (solver: Solver | 'auto'): number =>
      fixedSchedule({ ...request, solver, tolerance: 1e-8 }).steps.length
    expect(sweeps('chebyshev')).toBeLessThan(sweeps('power'))
    expect(sweeps('auto')).toBe(sweeps('chebyshev'))
  })

  it('by Chebyshev is the Chebyshev polynomial: the residual of every eigenvector is T_k(x) / T_k(x0)', () => {
    const [low, high] = spectrum
    const { steps } = fixedSchedule({ ...request, solver: 'chebyshev', tolerance: 1e-4 })
    const map = (lambda: number): number => (2 * lambda - low - high) / (high - low)
    // T_k outside [-1, 1] by cosh: cos(k acos x) and cosh(k acosh x) are the same polynomial.
    const chebyshev = (k: number, x: number): number =>
      Math.abs(x) <= 1 ? Math.cos(k * Math.acos(x)) : Math.sign(x) ** k * Math.cosh(k * Math.acosh(Math.abs(x)))
    for (const lambda of symmetricEigenvalues(t)) {
      const inside = Math.min(high, Math.max(low, lambda))
      const { residual } = runSteps([[inside]], [1], steps)
      expect(residual[0]).toBeCloseTo(
        (inside * chebyshev(steps.length, map(inside))) / chebyshev(steps.length, map(1)),
        10,
      )
    }
  })
})

describe('chooseSolver', () => {
  it('stops at maxIterations', () => {
    const request = { spectrum: [0, 0.9999] as const, tolerance: 1e-12, maxIterations: 7, solver: 'power' } as const
    expect(chooseSolver(request)).toEqual({ solver: 'power', sweeps: 7 })
    expect(fixedSchedule(request).steps).toHaveLength(7)
  })

  it('takes plain sweeps when Chebyshev cannot do better', () => {
    expect(chooseSolver({ spectrum: [0, 0], tolerance: 1e-6, maxIterations: 100, solver: 'auto' })).toEqual({
      solver: 'power',
      sweeps: 1,
    })
    expect(chooseSolver({ spectrum: [-0.1, 0.1], tolerance: 0.5, maxIterations: 9, solver: 'auto' }).solver).toBe(
      'power',
    )
  })

  it('runs all of maxIterations where nothing is promised', () => {
    expect(chooseSolver({ spectrum: [0, 1], tolerance: 1e-6, maxIterations: 50, solver: 'power' }).sweeps).toBe(50)
    expect(chooseSolver({ spectrum: [0, 1], tolerance: 1e-6, maxIterations: 50, solver: 'chebyshev' }).sweeps).toBe(50)
  })
})

describe('adaptiveSchedule', () => {
  it('allows maxIterations and stops at the tolerance times the largest seed', () => {
    const request = { spectrum: [0, 0.5], tolerance: 1e-3, maxIterations: 40, solver: 'auto' } as const
    const { steps, stopBelow } = adaptiveSchedule(request, 20)
    expect(steps).toHaveLength(40)
    expect(stopBelow).toBeCloseTo(0.02, 12)
  })

  it('a fixed one never stops early', () => {
    expect(fixedSchedule({ spectrum: [0, 0.5], tolerance: 1e-3, maxIterations: 40, solver: 'auto' }).stopBelow).toBe(0)
  })
})
