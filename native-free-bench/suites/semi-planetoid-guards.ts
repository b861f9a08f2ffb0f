import type { InferLabelsOptions, PseudoLabel, SelfTrainingOptions } from '../../src/index.ts'
import { seededRandom } from '../../src/support/random.ts'
import { classCount, drawLabels, labelsAt } from '../data/label-draws.ts'
import type { LabelStage } from '../data/label-stage.ts'
import { intervalOf, type GuardResult } from '../report/planetoid-lines.ts'

const FLIPPED = [0, 0.1, 0.2, 0.3, 0.4]
/** Enough that pseudo-labels have something to lose. */
const PER_CLASS = 20
const ROUNDS = 8

/** What flipped pseudo-labels cost with and without judging by validation labels; the time of a round over that of one spread. */
export function guardsOf(stage: LabelStage, draws: number): GuardResult {
  const { given, infer, train, accuracy } = stage
  const validation = labelsAt(given, given.validation)
  const noise = FLIPPED.map((flipped) => {
    const losses = Array.from({ length: draws }, (_, draw) => {
      const own: SelfTrainingOptions = {
        method: 'label-spreading',
        seeds: drawLabels(given, PER_CLASS, draw),
        rounds: ROUNDS,
      }
      const review = flipper(given.nodeCount, classCount(given), flipped, draw)
      const alone = accuracy(infer({ method: own.method, seeds: own.seeds }).labels, given.test)
      const lossOf = (options: SelfTrainingOptions): number =>
        alone - accuracy(train({ ...own, ...options, review }).labels, given.test)
      return { unguarded: lossOf({ validation: 0 }), guarded: lossOf({ validation }) }
    })
    return {
      flipped,
      unguarded: intervalOf(losses.map(({ unguarded }) => unguarded)),
      guarded: intervalOf(losses.map(({ guarded }) => guarded)),
    }
  })
  const seeds = drawLabels(given, PER_CLASS, 0)
  const methods = ['label-propagation', 'label-spreading', 'poisson-learning'] as const
  const roundOverSpread = Object.fromEntries(
    methods.map((method) => [method, roundOver(stage, { method, seeds }, validation)]),
  )
  return { kind: 'guards', draws, noise, roundOverSpread }
}

/** Gives a share of the nodes another class whenever they are learnt from; the same nodes and classes in every round. */
function flipper(nodeCount: number, classes: number, share: number, draw: number) {
  const random = seededRandom(77 + draw)
  const shift = Int32Array.from({ length: nodeCount }, () =>
    random.next() < share ? 1 + random.below(Math.max(1, classes - 1)) : 0,
  )
  return (pseudoLabels: readonly PseudoLabel[]): PseudoLabel[] =>
    pseudoLabels.map((one) => ({ ...one, label: (Number(one.label) + shift[Number(one.node)]) % classes }))
}

/** Time of a round (judge, calibrate, select, spread) over that of a spread from the seeds, the best of some runs of each. */
function roundOver(
  { infer, train }: LabelStage,
  own: InferLabelsOptions,
  validation: SelfTrainingOptions['validation'],
): number {
  const best = (run: () => unknown): number =>
    Math.min(
      ...Array.from({ length: 5 }, () => {
        const start = performance.now()
        run()
        return performance.now() - start
      }),
    )
  const spread = best(() => infer(own))
  return (best(() => train({ ...own, validation, rounds: ROUNDS })) - spread) / ROUNDS / spread
}
