import { drawLabels } from '../data/label-draws.ts'
import { openStage, type LabelStage } from '../data/label-stage.ts'
import type { LabelledGraph } from '../data/labelled-graphs.ts'
import { intervalOf, type Interval } from '../report/planetoid-lines.ts'
import type { Bench } from './suite.ts'

const LABELS = [1, 2, 3]
const DRAWS = { smoke: 2, small: 10, medium: 50, large: 50 } as const

/** What validation chooses among. */
const TRIED: readonly number[] = [1, 2, 5, 10]

/**
 * `mboSteps` after Poisson learning with class volumes: threshold, diffuse, threshold. Their number by the mean over draws of the accuracy on the
 * validation nodes, one choice a graph; accuracy on the test nodes beside Poisson learning with the same volumes.
 */
export function mboIdea({ report, size }: Bench, graphs: readonly LabelledGraph[]): void {
  const rows: string[][] = []
  const figures: { name: string; value: number; unit: string }[] = []
  for (const given of graphs) {
    const stage = openStage(given)
    const draws = LABELS.flatMap((perClass) =>
      Array.from({ length: DRAWS[size] }, (_, draw) => tryDraw(stage, perClass, draw)),
    )
    const means = TRIED.map((_, at) => mean(draws.map(({ tried }) => tried[at].validation)))
    const best = means.indexOf(Math.max(...means))
    const plain = mean(draws.map(({ alone }) => alone.validation))
    for (const perClass of LABELS) {
      const own = draws.filter((draw) => draw.perClass === perClass)
      const [alone, tried] = [own.map((draw) => draw.alone.test), own.map((draw) => draw.tried[best].test)]
      const gain = intervalOf(tried, alone)
      rows.push([
        given.name,
        String(perClass),
        String(TRIED[best]),
        (means[best] - plain).toFixed(1),
        mean(alone).toFixed(1),
        mean(tried).toFixed(1),
        shown(gain),
      ])
      figures.push({ name: `${given.name}, ${perClass} a class, gain on the test`, value: gain.mean, unit: 'points' })
    }
    figures.push({ name: `${given.name}, gain on validation`, value: means[best] - plain, unit: 'points' })
  }
  const heads = ['', 'labels a class', 'steps', 'gain on validation', 'Poisson, volumes', 'with MBO', 'gain, 95 %']
  const task = `PoissonMBO, ${DRAWS[size]} draws, accuracy %`
  report.table({ suite: 'ideas', graph: 'citations and planted', task }, [heads, ...rows], figures)
}

interface Accuracies {
  readonly validation: number
  readonly test: number
}

interface Draw {
  readonly perClass: number
  readonly alone: Accuracies
  readonly tried: readonly Accuracies[]
}

function tryDraw({ given, shares, infer, accuracy }: LabelStage, perClass: number, draw: number): Draw {
  const seeds = drawLabels(given, perClass, draw)
  const measure = (mboSteps: number): Accuracies => {
    const { labels } = infer({
      ...{ method: 'poisson-learning', seeds, mboSteps },
      ...{ decisionRule: 'volume', classPrior: shares },
    })
    return { validation: accuracy(labels, given.validation), test: accuracy(labels, given.test) }
  }
  return { perClass, alone: measure(0), tried: TRIED.map(measure) }
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
const shown = ({ mean: middle, low, high }: Interval): string =>
  `${middle.toFixed(1)} [${low.toFixed(1)}, ${high.toFixed(1)}]`
