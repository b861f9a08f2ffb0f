import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cutProfiles } from '../../src/advanced.ts'
import { Engine, evaluateRankings, type Evaluation, pairedBootstrap } from '../../src/index.ts'
import { recipesOf } from '../data/recipes.ts'
import type { Recipe } from '../data/recipes.ts'
import { SPLITS } from '../data/splits.ts'
import type { SetName, TrainAndTest } from '../data/splits.ts'
import { describeMachine, readManifest } from '../report/record.ts'
import { markdownRows, tableRows } from '../report/sparse-lines.ts'
import type { Comparison, SparseLine } from '../report/sparse-lines.ts'
import { setsOf } from './suite.ts'
import type { Bench, Suite } from './suite.ts'

const K = 20
const CUTS = [1, 2, 3, 5]
const CHOICE = { share: 0.1, seed: 1 }
/** What the default is asked to have of the best baseline, at every cut. */
const ASKED_RATIO = 1.1
const METRICS = ['recall@20', 'ndcg@20'] as const

/** A seeded tenth of the users cut to 1, 2, 3 and 5 items, one graph a cut: the default against the best baseline for these users. */
export const sparseUsersSuite: Suite = {
  about: 'a tenth of the users cut to 1, 2, 3 and 5 training items: the default against the best baseline, paired',
  run: async (bench) => {
    for (const set of setsOf(bench)) {
      const split = await SPLITS[set].load()
      if (split === null) bench.report.skip(`sparse-users on ${set}: not below RIVULET_DATA`)
      else await sparseUsersOf(bench, set, split)
    }
  },
}

async function sparseUsersOf({ report, results, size }: Bench, set: SetName, split: TrainAndTest): Promise<void> {
  const lines: SparseLine[] = []
  for (const items of size === 'smoke' ? CUTS.slice(0, 2) : CUTS) {
    const line = await compareAt(set, split, items)
    report.say(`   ${set}: ${items} items left, ${line.rows.length} methods`)
    lines.push(line)
  }
  if (lines.some(({ users, chosenUsers }) => users !== lines[0].users || chosenUsers !== lines[0].chosenUsers)) {
    report.fail(`sparse-users on ${set}: the cuts do not share their users`)
  }
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('')
  await writeFile(join(results, `sparse-users-${set}.jsonl`), text)
  const graph = `${set}: ${lines[0].users} of ${lines[0].chosenUsers} users with held-out items`
  const figures = lines.flatMap(({ items, comparisons }) =>
    comparisons.map(({ metric, baseline, ratio }) => ({
      name: `${items} items, ${metric}, default over ${baseline}`,
      value: ratio,
      unit: 'x',
      atLeast: ASKED_RATIO,
    })),
  )
  report.table({ suite: 'sparse-users', graph, task: 'profiles cut' }, tableRows(lines), figures)
  report.say(`${markdownRows(SPLITS[set].title, lines).join('\n')}\n`)
}

/** Every recipe on one cut graph, the lists of the cut users alone. */
async function compareAt(set: SetName, { train, test }: TrainAndTest, items: number): Promise<SparseLine> {
  const cut = cutProfiles(train, { ...CHOICE, items })
  const keys = Array.from(cut.users, (row) => train.users.keyOf(row))
  await using engine = await Engine.create(cut.table)
  const evaluated: { recipe: Recipe; evaluation: Evaluation }[] = []
  for (const recipe of recipesOf(set).filter(({ sparseUsers }) => sparseUsers)) {
    const rankings = await engine.rank({ users: keys, ...recipe.options, k: K })
    evaluated.push({ recipe, evaluation: evaluateRankings(rankings, cut.table, test) })
  }
  const [{ evaluation }] = evaluated
  return {
    date: new Date().toISOString(),
    set,
    items,
    ...CHOICE,
    /** Of the cut graph and the test. */
    split: evaluation.split,
    chosenUsers: cut.users.length,
    users: evaluation.audit.evaluatedUsers,
    rows: evaluated.map(({ recipe: { label, options, chosen }, evaluation: { metrics } }) => ({
      label,
      options,
      chosen,
      recall20: metrics['recall@20'],
      ndcg20: metrics['ndcg@20'],
    })),
    comparisons: METRICS.map((metric) => compare(metric, evaluated)),
    versions: { rivulet: readManifest().version, node: process.version },
    machine: describeMachine(),
  }
}

/** Ours against the baseline that is best by this metric: the hardest choice, made with the test in view. */
function compare(
  metric: (typeof METRICS)[number],
  evaluated: readonly { readonly recipe: Recipe; readonly evaluation: Evaluation }[],
): Comparison {
  const meanOf = ({ evaluation }: { evaluation: Evaluation }): number => evaluation.metrics[metric]
  const ours = evaluated.find(({ recipe }) => !recipe.baseline)
  const baselines = evaluated.filter(({ recipe }) => recipe.baseline)
  if (ours === undefined || baselines.length === 0) throw new Error('expected one recipe of ours and a baseline')
  const best = baselines.reduce((a, b) => (meanOf(b) > meanOf(a) ? b : a))
  const perUser = ({ evaluation }: { evaluation: Evaluation }): Float64Array => evaluation.perUser.metrics[metric]
  const { difference, low, high, p } = pairedBootstrap(perUser(ours), perUser(best))
  return { metric, baseline: best.recipe.label, ratio: meanOf(ours) / meanOf(best), difference, low, high, p }
}
