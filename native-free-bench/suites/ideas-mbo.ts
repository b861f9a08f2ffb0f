import { drawLabels } from '../data/label-draws.ts'
import { openStage, type LabelStage } from '../data/label-stage.ts'
import type { LabelledGraph } from '../data/labelled-graphs.ts'
import { mboClasses, neighboursOf, type MboOptions } from '../data/poisson-mbo.ts'
import { intervalOf, type Interval } from '../report/planetoid-lines.ts'
import type { Bench } from './suite.ts'

const LABELS = [1, 2, 3]
const DRAWS = { smoke: 2, small: 10, medium: 50, large: 50 } as const

/** What validation chooses among: one step of MBO or up to five, with little or much diffusion before each. */
const TRIED: readonly MboOptions[] = [1, 5].flatMap((rounds) =>
  [3, 20].flatMap((steps) => [0, 1].map((strength) => ({ rounds, steps, strength }))),
)

/**
 * A step of MBO after Poisson learning with class volumes: threshold, diffuse, threshold. Options by the mean over draws of the accuracy on the
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
    const { rounds, steps, strength } = TRIED[best]
    const plain = mean(draws.map(({ alone }) => alone.validation))
    for (const perClass of LABELS) {
      const own = draws.filter((draw) => draw.perClass === perClass)
      const [alone, tried] = [own.map((draw) => draw.alone.test), own.map((draw) => draw.tried[best].test)]
      const gain = intervalOf(tried, alone)
      rows.push([
        given.name,
        String(perClass),
        `${rounds} of ${steps}, sources ${strength}`,
        (means[best] - plain).toFixed(1),
        mean(alone).toFixed(1),
        mean(tried).toFixed(1),
        shown(gain),
      ])
      figures.push({ name: `${given.name}, ${perClass} a class, gain on the test`, value: gain.mean, unit: 'points' })
    }
    figures.push({ name: `${given.name}, gain on validation`, value: means[best] - plain, unit: 'points' })
  }
  const heads = ['', 'labels a class', 'chosen', 'gain on validation', 'Poisson, volumes', 'with MBO', 'gain, 95 %']
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
  const options = { method: 'poisson-learning', decisionRule: 'volume', classPrior: shares } as const
  const { labels, scores, classes } = infer({ ...options, seeds })
  const sizes = Float64Array.from(classes, (name) => shares[String(name)])
  const total = sizes.reduce((sum, size) => sum + size, 0)
  const columns = seeds.map(([node, label]) => [Number(node), classes.indexOf(label as number)] as const)
  const neighbours = neighboursOf(given)
  const both = (named: readonly unknown[]): Accuracies => ({
    validation: accuracy(named, given.validation),
    test: accuracy(named, given.test),
  })
  const tried = TRIED.map((mbo) => {
    const decided = mboClasses(
      neighbours,
      scores.data,
      columns,
      sizes.map((size) => size / total),
      mbo,
    )
    return both(Array.from(decided, (column) => classes[column]))
  })
  return { perClass, alone: both(labels), tried }
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
const shown = ({ mean: middle, low, high }: Interval): string =>
  `${middle.toFixed(1)} [${low.toFixed(1)}, ${high.toFixed(1)}]`
