import type { InferLabelsOptions } from '../../src/index.ts'
import { labelsAt, sharesAmong } from '../data/label-draws.ts'
import type { LabelStage } from '../data/label-stage.ts'
import type { StandardResult } from '../report/planetoid-lines.ts'

const METHODS: readonly [string, Omit<InferLabelsOptions, 'seeds'>][] = [
  ['label propagation', { method: 'label-propagation' }],
  ...[0.9, 0.95, 0.98, 0.99].map((alpha): [string, Omit<InferLabelsOptions, 'seeds'>] => [
    `label spreading ${alpha}`,
    { method: 'label-spreading', alpha },
  ]),
  ['Poisson', { method: 'poisson-learning' }],
]

/** A setting with its accuracy on the validation and the test nodes. */
interface Tried {
  readonly options: string
  readonly own: InferLabelsOptions
  /** Whether validation labels were used for more than choosing. */
  readonly usesValidation: boolean
  readonly selfTrained: boolean
  readonly validation: number
  readonly test: number
}

/**
 * The public split: of all methods, class priors, and self-training or none, what is best on the validation nodes, and its accuracy on the test
 * nodes. Three rows: from the training labels alone; with class shares and self-training that learn from validation labels; and with the classes
 * of nodes that no seed reaches drawn from the validation nodes that none reaches.
 */
export function standardOf(stage: LabelStage): StandardResult {
  const { given, infer } = stage
  const seeds = labelsAt(given, given.train)
  const tried = METHODS.flatMap(([method, own]) => tryPriors(stage, method, { ...own, seeds }))
  const alone = bestOf(tried.filter(({ usesValidation }) => !usesValidation))
  const best = bestOf(tried)
  const { reached } = infer({ seeds })
  const far = given.validation.filter((node) => reached[node] === 0)
  const unreachedPrior = far.length > 0 ? sharesAmong(given, far) : 'same'
  const last = score(stage, { ...best, own: { ...best.own, unreachedPrior } })
  return {
    kind: 'standard',
    tried: tried.length,
    rows: [
      rowOf('labels alone', alone),
      rowOf('with class shares', best),
      rowOf('and shares where no seed reaches', last),
    ],
  }
}

function tryPriors(stage: LabelStage, method: string, own: InferLabelsOptions): Tried[] {
  const priors: readonly [string, Omit<InferLabelsOptions, 'seeds'>, boolean][] = [
    ['no prior', {}, false],
    ['masses of the seeds', { classPrior: 'seeds' }, false],
    ['masses', { classPrior: stage.shares }, true],
    ['volumes', { classPrior: stage.shares, decisionRule: 'volume' }, true],
  ]
  return priors.flatMap(([prior, options, usesValidation]) => {
    const setting = { options: `${method}, ${prior}`, own: { ...own, ...options }, usesValidation, selfTrained: false }
    const trained = {
      ...setting,
      options: `${setting.options}, self-training`,
      usesValidation: true,
      selfTrained: true,
    }
    return [score(stage, setting), score(stage, trained)]
  })
}

function score({ given, infer, train, accuracy }: LabelStage, setting: Omit<Tried, 'validation' | 'test'>): Tried {
  const { own, selfTrained } = setting
  const { labels } = selfTrained ? train({ ...own, validation: labelsAt(given, given.validation) }) : infer(own)
  return { ...setting, validation: accuracy(labels, given.validation), test: accuracy(labels, given.test) }
}

const bestOf = (tried: readonly Tried[]): Tried => tried.reduce((a, b) => (b.validation > a.validation ? b : a))

function rowOf(label: string, { options, validation, test }: Tried): StandardResult['rows'][number] {
  return { label, options, validation, test }
}
