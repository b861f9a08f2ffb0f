import type { DrawsResult, GuardResult, Interval, PlanetoidLine, StandardResult } from '../report/planetoid-lines.ts'
import type { Figure, Report } from '../report/report.ts'

/** What the best method is asked to have over label propagation at one label a class on Cora, in points. */
const ASKED_AT_ONE = 15
/** Test accuracy asked for on the public split, in percent. */
const ASKED_STANDARD: Readonly<Record<string, number>> = { cora: 71.5, citeseer: 52, pubmed: 71.5 }
/** Of a round of self-training over one spread. */
const ASKED_COST = 1.3

/** Prints and records all that is kept, graph by graph. */
export function tellPlanetoid(report: Report, lines: readonly PlanetoidLine[]): void {
  for (const graph of new Set(lines.map((line) => line.graph))) {
    const results = lines.filter((line) => line.graph === graph).map(({ result }) => result)
    const draws = results.filter((result) => result.kind === 'draws')
    if (draws.length > 0) tellDraws(report, graph, draws)
    for (const result of results) {
      if (result.kind === 'standard') tellStandard(report, graph, result)
      if (result.kind === 'guards') tellGuards(report, graph, result)
    }
  }
}

function tellDraws(report: Report, graph: string, draws: readonly DrawsResult[]): void {
  const heads = draws.map(({ perClass, draws: count }) => `${perClass} a class (${count} draws)`)
  const rows = draws[0].rows.flatMap(({ label }, at) => [
    [label, ...draws.map(({ rows: all }) => shown(all[at].alone))],
    [
      '  with self-training',
      ...draws.map(({ rows: all }) => {
        const { trained, gain, taken } = all[at]
        return `${trained.mean.toFixed(1)} (${signed(gain)}; ${percent(taken)})`
      }),
    ],
  ])
  const figures = draws.flatMap(({ perClass, rows: all }): Figure[] => {
    const best = Math.max(...all.flatMap(({ alone, trained }) => [alone.mean, trained.mean]))
    const asked = graph === 'cora' && perClass === 1 ? { atLeast: ASKED_AT_ONE } : {}
    return [
      {
        name: `${perClass} a class, the best over label propagation`,
        value: best - all[0].alone.mean,
        unit: 'points',
        ...asked,
      },
      ...all.map(({ label, gain }) => ({
        name: `${perClass} a class, ${label}, upper end of the gain of self-training`,
        value: gain.high,
        unit: 'points',
        atLeast: 0,
      })),
    ]
  })
  report.table(
    {
      suite: 'semi',
      graph,
      task: 'test accuracy over draws, %; gain in points, and share of the draws where it is taken',
    },
    [['', ...heads], ...rows],
    figures,
  )
}

function tellStandard(report: Report, graph: string, { tried, rows }: StandardResult): void {
  report.table(
    { suite: 'semi', graph, task: `public split, best of ${tried} by validation, %` },
    [
      ['', 'validation', 'test', 'chosen'],
      ...rows.map(({ label, validation, test, options }) => [label, validation.toFixed(1), test.toFixed(1), options]),
    ],
    rows.map(({ label, test }, at) => ({
      name: `test accuracy, ${label}`,
      value: test,
      unit: '%',
      ...(at === rows.length - 1 && ASKED_STANDARD[graph] !== undefined && { atLeast: ASKED_STANDARD[graph] }),
    })),
  )
}

function tellGuards(report: Report, graph: string, { draws, noise, roundOverSpread }: GuardResult): void {
  report.table(
    { suite: 'semi', graph, task: `pseudo-labels flipped: points lost against no self-training, ${draws} draws` },
    [
      ['flipped', 'full weight, unjudged', 'full weight, judged', 'as it comes'],
      ...noise.map(({ flipped, unguarded, judged, guarded }) => [
        percent(flipped),
        shown(unguarded),
        shown(judged),
        shown(guarded),
      ]),
    ],
    [
      ...noise
        .filter(({ flipped, unguarded }) => flipped === 0.3 && unguarded.mean > 0)
        .map(({ unguarded, guarded }) => ({
          name: 'guarded over unguarded loss, 30 % flipped',
          value: guarded.mean / unguarded.mean,
          unit: 'x',
          atMost: 1 / 3,
        })),
      ...Object.entries(roundOverSpread).map(([method, value]) => ({
        name: `a round of self-training over one spread, ${method}`,
        value,
        unit: 'x',
        atMost: ASKED_COST,
      })),
    ],
  )
}

const shown = ({ mean, low, high }: Interval): string => `${mean.toFixed(1)} [${low.toFixed(1)}, ${high.toFixed(1)}]`
const signed = ({ mean, low, high }: Interval): string =>
  `${mean < 0 ? '' : '+'}${mean.toFixed(1)} [${low.toFixed(1)}, ${high.toFixed(1)}]`
const percent = (share: number): string => `${Math.round(100 * share)} %`
