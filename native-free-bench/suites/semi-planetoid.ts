import type { InferLabelsOptions } from '../../src/index.ts'
import { drawLabels, labelsAt, type Shares } from '../data/label-draws.ts'
import { openStage, type LabelStage } from '../data/label-stage.ts'
import { citations, plantedPartition } from '../data/labelled-graphs.ts'
import type { LabelledGraph } from '../data/labelled-graphs.ts'
import { intervalOf, keepPlanetoid, readPlanetoid } from '../report/planetoid-lines.ts'
import type { DrawsResult, PlanetoidLine } from '../report/planetoid-lines.ts'
import { tellPlanetoid } from './semi-planetoid-figures.ts'
import { guardsOf } from './semi-planetoid-guards.ts'
import { standardOf } from './semi-planetoid-standard.ts'
import type { Bench } from './suite.ts'

/** Labels a class. */
const LABELS = [1, 2, 3, 5, 10, 20]
/** Each takes forty spreads of every kind. */
const MOST_GUARD_DRAWS = 10
const DRAWS = { smoke: 2, small: 10, medium: 50, large: 50 } as const

interface Method {
  readonly label: string
  readonly options: (shares: Shares) => Omit<InferLabelsOptions, 'seeds'>
}

const METHODS: readonly Method[] = [
  { label: 'label propagation', options: () => ({ method: 'label-propagation' }) },
  { label: 'label spreading', options: () => ({ method: 'label-spreading' }) },
  { label: 'Poisson', options: () => ({ method: 'poisson-learning' }) },
  { label: 'Poisson, class masses', options: (classPrior) => ({ method: 'poisson-learning', classPrior }) },
  {
    label: 'Poisson, class volumes',
    options: (classPrior) => ({ method: 'poisson-learning', classPrior, decisionRule: 'volume' }),
  },
]

/**
 * Accuracy from 1 to 20 labels a class over seeded draws, with and without self-training; what validation chooses on the public split; what
 * flipped pseudo-labels and a round cost. Class priors are the shares of the training and validation labels of the public split. Parts are asked
 * for by `labels`: 'cora', 'cora 3', 'cora standard', 'cora guards'.
 */
export async function planetoid(bench: Bench): Promise<void> {
  const { size, results, labels, report } = bench
  const draws = DRAWS[size]
  for (const given of size === 'smoke' ? [plantedPartition(300)] : await publicGraphs(bench)) {
    const stage = openStage(given)
    const parts: [string, () => PlanetoidLine['result']][] = [
      ...LABELS.map((perClass): [string, () => DrawsResult] => [
        String(perClass),
        () => drawsOf(stage, perClass, draws),
      ]),
      ['standard', () => standardOf(stage)],
      ['guards', () => guardsOf(stage, Math.min(draws, MOST_GUARD_DRAWS))],
    ]
    for (const [part, measure] of parts) {
      const wanted = labels?.some((text) => text === given.name || text === `${given.name} ${part}`) ?? true
      if (!wanted || (size === 'smoke' && !['3', 'guards'].includes(part))) continue
      await keepPlanetoid(results, given.name, measure())
      report.say(`   planetoid: ${given.name}, ${part}: measured`)
    }
  }
  tellPlanetoid(report, await readPlanetoid(results))
}

async function publicGraphs({ report }: Bench): Promise<LabelledGraph[]> {
  const graphs: LabelledGraph[] = []
  for (const name of ['cora', 'citeseer', 'pubmed']) {
    const given = await citations(name)
    if (given === null) report.skip(`semi on ${name}: not below RIVULET_DATA`)
    else graphs.push(given)
  }
  return graphs
}

function drawsOf({ given, shares, infer, train, accuracy }: LabelStage, perClass: number, draws: number): DrawsResult {
  const validation = labelsAt(given, given.validation)
  const rows = METHODS.map(({ label, options }) => {
    const runs = Array.from({ length: draws }, (_, draw) => {
      const own = { ...options(shares), seeds: drawLabels(given, perClass, draw) }
      const trained = train({ ...own, validation })
      return {
        alone: accuracy(infer(own).labels, given.test),
        trained: accuracy(trained.labels, given.test),
        taken: trained.round > 0,
      }
    })
    const [alone, trained] = [runs.map((run) => run.alone), runs.map((run) => run.trained)]
    return {
      ...{ label, alone: intervalOf(alone), trained: intervalOf(trained), gain: intervalOf(trained, alone) },
      taken: runs.filter(({ taken }) => taken).length / draws,
    }
  })
  return { kind: 'draws', perClass, draws, rows }
}
