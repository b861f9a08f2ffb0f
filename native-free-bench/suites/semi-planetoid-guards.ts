import { seededRandom } from '../../src/advanced.ts'
import {
  inferLabels,
  type InferLabelsOptions,
  type PseudoLabel,
  type SeedEntry,
  type SelfTrainingOptions,
} from '../../src/index.ts'
import { classCount, drawLabels, labelsAt } from '../data/label-draws.ts'
import type { LabelStage } from '../data/label-stage.ts'
import { intervalOf, type GuardResult } from '../report/planetoid-lines.ts'

const FLIPPED = [0, 0.1, 0.2, 0.3, 0.4]
/** Enough that pseudo-labels have something to lose. */
const PER_CLASS = 20
/** As whoever says nothing has it. */
const DEFAULT_TOLERANCE = { tolerance: inferLabels.defaults.tolerance }

/** What flipped pseudo-labels cost with and without the guards, and the time of a round over that of one spread. */
export function guardsOf(stage: LabelStage, draws: number): GuardResult {
  const { given } = stage
  const validation = labelsAt(given, given.validation)
  const noise = FLIPPED.map((flipped) => noiseAt(stage, flipped, draws))
  const seeds = drawLabels(given, PER_CLASS, 0)
  const methods = ['label-propagation', 'label-spreading', 'poisson-learning'] as const
  const roundOverSpread = Object.fromEntries(
    methods.map((method) => [method, roundOver(stage, { method, seeds, ...DEFAULT_TOLERANCE }, validation)]),
  )
  return { kind: 'guards', draws, noise, roundOverSpread }
}

/** Points lost against no self-training: pseudo-labels that count as much as labels, unjudged and judged; and as self-training has them. */
function noiseAt(
  { given, infer, train, accuracy }: LabelStage,
  flipped: number,
  draws: number,
): GuardResult['noise'][number] {
  const validation = labelsAt(given, given.validation)
  const losses = Array.from({ length: draws }, (_, draw) => {
    const own = { method: 'poisson-learning', seeds: drawLabels(given, PER_CLASS, draw) } as const
    const review = flipper(given.nodeCount, classCount(given), flipped, draw)
    const alone = accuracy(infer(own).labels, given.test)
    const lossOf = (options: Omit<SelfTrainingOptions, 'seeds'>): number =>
      alone - accuracy(train({ ...own, ...options, review }).labels, given.test)
    return {
      unguarded: lossOf({ validation: 0, lambda: Infinity, calibration: 'none' }),
      judged: lossOf({ validation, lambda: Infinity, calibration: 'none' }),
      guarded: lossOf({ validation }),
    }
  })
  return {
    flipped,
    unguarded: intervalOf(losses.map(({ unguarded }) => unguarded)),
    judged: intervalOf(losses.map(({ judged }) => judged)),
    guarded: intervalOf(losses.map(({ guarded }) => guarded)),
  }
}

/** Gives a share of the nodes another class whenever they are learnt from; the same nodes and classes in every round. */
function flipper(
  nodeCount: number,
  classes: number,
  share: number,
  draw: number,
): (pseudoLabels: readonly PseudoLabel[]) => PseudoLabel[] {
  const random = seededRandom(77 + draw)
  const shift = Int32Array.from({ length: nodeCount }, () =>
    random.next() < share ? 1 + random.below(Math.max(1, classes - 1)) : 0,
  )
  return (pseudoLabels) =>
    pseudoLabels.map((one) => ({ ...one, label: (Number(one.label) + shift[Number(one.node)]) % classes }))
}

/**
 * Time of a round (judge, calibrate, select, spread) over that of its spread alone, from the same labels and pseudo-labels: the slope from few
 * rounds to many over the mean of the spreads of those rounds, each the best of some runs.
 */
function roundOver(
  { infer, train }: LabelStage,
  own: InferLabelsOptions & { readonly seeds: readonly SeedEntry[] },
  validation: readonly SeedEntry[],
): number {
  const [few, many] = [2, 12]
  const spreads: SeedEntry[][] = []
  const review = (pseudoLabels: readonly PseudoLabel[]): readonly PseudoLabel[] => {
    spreads.push([...own.seeds, ...pseudoLabels.map(({ node, label, weight }) => [node, label, weight] as const)])
    return pseudoLabels
  }
  train({ ...own, validation, rounds: many, review })
  const alone = spreads.slice(few).map((seeds) => bestTime(() => infer({ ...own, seeds })))
  const slope =
    bestTime(() => train({ ...own, validation, rounds: many })) -
    bestTime(() => train({ ...own, validation, rounds: few }))
  return slope / alone.reduce((sum, time) => sum + time, 0)
}

/** Milliseconds. */
function bestTime(run: () => unknown): number {
  const laps = Array.from({ length: 5 }, () => {
    const start = performance.now()
    run()
    return performance.now() - start
  })
  return Math.min(...laps)
}
