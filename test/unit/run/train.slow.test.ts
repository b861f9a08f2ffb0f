import { describe, expect, it } from 'vitest'
import { MemoryBudget } from '../../../src/memory/budget.ts'
import { train } from '../../../src/request/request.ts'
import { Executor } from '../../../src/run/executor.ts'
import { solveInThread } from '../../../src/run/in-thread.ts'
import type { Trained, Views } from '../../../src/request/train.ts'
import { trainingOf, type TrainingWish } from '../../trainings.ts'
import { trainingLoss } from '../../oracle/contrastive.ts'

const NOISE: Views = { kind: 'noise', weight: 0.7, temperature: 0.3, strength: 0.4 }
const DROP: Views = { kind: 'edge-drop', weight: 0.7, temperature: 0.3, strength: 0.3 }

const learn = (
  { prepared, training }: ReturnType<typeof trainingOf>,
  kernel: 'auto' | 'typescript' = 'auto',
): Trained => solveInThread(prepared, { kernel })(training)

describe('a training', () => {
  const cases: [string, TrainingWish][] = [
    ['softmax', { weighted: false, layers: 0, loss: 'softmax', views: null }],
    ['softmax of weighted pairs through two layers', { weighted: true, layers: 2, loss: 'softmax', views: null }],
    ['ranking', { weighted: true, layers: 1, loss: 'bpr', views: null }],
    ['noise views', { weighted: true, layers: 0, loss: 'softmax', views: NOISE }],
    ['noise views through a layer, beside ranking', { weighted: false, layers: 1, loss: 'bpr', views: NOISE }],
    ['edge-drop views', { weighted: true, layers: 0, loss: 'softmax', views: DROP }],
    ['edge-drop views through a layer', { weighted: false, layers: 1, loss: 'softmax', views: DROP }],
  ]

  it.each(cases)(
    'has the loss of its definition, and the gradient that finite differences find in float64: %s',
    (_, given) => {
      const made = trainingOf(given)
      const { training, prepared } = made
      const { losses, state } = learn(made)
      const free = Float64Array.from(training.state.parameters)
      const weight = training.batches.pairs.reduce((sum, pair) => sum + (prepared.rows.data?.[pair] ?? 1), 0)
      expect(losses.length).toBe(1)
      expect(losses[0] / weight).toBeCloseTo(trainingLoss(prepared.rows, training, free), 5)
      const step = 1e-5
      for (let at = 0; at < free.length; at++) {
        const [before, after] = [-step, step].map((by) =>
          trainingLoss(
            prepared.rows,
            training,
            free.map((value, k) => (k === at ? value + by : value)),
          ),
        )
        // Adam's mean is a tenth of its first gradient.
        expect(10 * state.mean[at]).toBeCloseTo((after - before) / (2 * step), 4)
      }
    },
  )

  it.each(cases)('takes the step of Adam: %s', (_, given) => {
    const made = trainingOf(given)
    const { state } = learn(made)
    expect(state.steps).toBe(1)
    state.parameters.forEach((entry, at) => {
      const slope = 10 * state.mean[at]
      const moved = made.training.state.parameters[at] - 0.05 * Math.sign(slope)
      if (Math.abs(slope) > 1e-4) expect(entry).toBeCloseTo(moved, 4)
    })
  })

  it.each(cases)('has the same bits on every kernel and any number of threads: %s', async (_, given) => {
    const made = trainingOf({ ...given, batchSize: 12, users: 70 })
    const expected = learn(made)
    expect(expected.losses.length).toBeGreaterThan(1)
    expect(expected.state.parameters).not.toEqual(made.training.state.parameters)
    expect(learn(made, 'typescript')).toEqual(expected)
    for (const threads of [2, 3]) {
      const options = { threads, kernel: 'auto', partition: 'auto', memoryLimitBytes: 1e9, deadlineMs: 30_000 } as const
      const executor = new Executor('test', made.prepared, options)
      try {
        const found = await executor.run(train(made.training))
        expect(found).toEqual(expected)
      } finally {
        await executor.close()
      }
    }
  })

  it('ends with the batch whose loss is not finite', () => {
    const made = trainingOf({ weighted: false, layers: 0, loss: 'softmax', views: null })
    made.training.state.parameters[4] = NaN
    const { losses, state } = learn(made)
    expect(losses).toEqual(Float64Array.of(NaN))
    expect(state.steps).toBe(0)
  })

  it('refuses what does not fit, before it takes any memory', () => {
    const { prepared, training } = trainingOf({ weighted: false, layers: 0, loss: 'softmax', views: null })
    const before = prepared.stored.arena.bytes
    const tight = { ...prepared, budget: new MemoryBudget(prepared.stored.end + 1000, () => before, {}) }
    expect(() => solveInThread(tight)(training)).toThrow(/a training/)
    expect(prepared.stored.arena.bytes).toBe(before)
  })
})
