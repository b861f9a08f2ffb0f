import { poolEvaluations, publishedResults, timesOf, type PooledEvaluation, type PublishedSplit } from '../advanced.ts'
import {
  evaluateRankings,
  type CallOptions,
  type EvaluateRankingsOptions,
  type Evaluation,
  type ListOptions,
  type Rankings,
} from '../index.ts'
import { readNumber, readNumbers, readSpan } from './argument-values.ts'
import { PAIRS } from './database.ts'
import { askTuning, chooseRecipe } from './choose-recipe.ts'
import { define, jsonFlag, type Files } from './command.ts'
import type { Stage } from './stage.ts'
import { evaluationLines } from './evaluation-lines.ts'
import { tellExpectation } from './expectation.ts'
import { choice, on, text, value, withFallback, type Given } from './flags.ts'
import { CUT_FLAGS, cutWindows, readSplits, SPLIT_NAMES, testedUsers, type TrainAndTest } from './held-out.ts'
import { askQuestion, LIST_FLAGS } from './question.ts'
import { RELATION_FLAGS, readRelationFiles } from './relation-argument.ts'
import { settleSignals } from './signal-argument.ts'
import { ENGINE_FLAGS, openEngine, READING_FLAGS, type EngineArguments } from './source.ts'
import { withProgress } from './terminal.ts'
import { SEARCH_FLAGS } from './tune-arguments.ts'
import { tuningLines } from './tuning-lines.ts'

const FLAGS = {
  train: text('<file>', 'interactions to learn from'),
  test: text('<file>', 'interactions held out'),
  split: choice('<how>', 'cut the file', SPLIT_NAMES),
  ...CUT_FLAGS,
  folds: value('<n>', 'windows of --split time, each after training on all before it (default: one)', readNumber),
  window: value('<span>', 'time that each window tests, in the place of a share: 7d, 12h, or a number', readSpan),
  k: withFallback(value('<n>', 'cut-offs of the metrics, between commas', readNumbers), [20]),
  by: withFallback(
    choice('<groups>', 'report by the number of training items of the user too', [
      ...(['activity', 'activity-deciles', 'none'] as const),
    ]),
    'activity',
  ),
  unknownItems: withFallback(choice('<rule>', 'held-out items that training lacks', ['miss', 'drop']), 'miss'),
  seenPairs: withFallback(choice('<rule>', 'held-out pairs that are in training', ['keep', 'drop']), 'keep'),
  tune: on('tune a recipe first, on a part of training: takes --trials, --budget and --held-out'),
  fit: { ...on(''), hidden: true },
  json: jsonFlag('split, method, options, metrics, byActivity, byItemAge, elapsedMs ...'),
  ...SEARCH_FLAGS,
  ...LIST_FLAGS,
  ...RELATION_FLAGS,
  ...ENGINE_FLAGS,
  ...READING_FLAGS,
}

/** All but how files are read, and which. */
const MEANT_IN_DATABASE = (Object.keys(FLAGS) as (keyof typeof FLAGS)[]).filter(
  (name) => !(name in READING_FLAGS) && name !== 'train' && name !== 'test',
)

export const EVALUATE = define({
  name: 'evaluate',
  what: 'score a method against what users did later',
  file: ['[file...]', 'interactions to cut by --split, or else --train and --test'],
  flags: FLAGS,
  run: (file: Files | undefined, given, stage) => scoreWindows(() => readSplits(file, given, stage), given, stage),
  inDatabase: {
    flags: MEANT_IN_DATABASE,
    columns: [...PAIRS, 'time'],
    writes: false,
    async run(database, given, stage) {
      if (given.dryRun) stage.refuse('--dry-run: evaluate reads the rows into this memory, by one statement')
      await scoreWindows(() => cutWindows(() => database.read(), given, stage), given, stage)
    },
  },
})

/** @param read gives training and test, or those of each window */
async function scoreWindows(
  read: () => Promise<readonly TrainAndTest[]>,
  given: Given<typeof FLAGS>,
  stage: Stage,
): Promise<void> {
  const k = given.k.reduce((most, one) => Math.max(most, one))
  const search = askTuning(given, k, stage)
  const asked = { ...given, k, ...(search && { method: 'graph-filter' }) }
  const first = await askQuestion('evaluate', asked)
  const windows = await read()
  const relations = await readRelationFiles(given, stage)
  const settled = { ...settleSignals(windows[0].train, given, stage), relations }
  // What is chosen on the first window's training looks at no window's test.
  const tuning = search && (await chooseRecipe(windows[0].train, settled, search, stage))
  const { unknownItems, seenPairs } = given
  const found = tuning?.best
  const question = found
    ? await askQuestion('evaluate', {
        ...asked,
        recipe: found.recipe,
        recency: asked.recency ?? found.recency,
        profileHalfLife: asked.profileHalfLife ?? found.profileHalfLife,
      })
    : first
  const { method } = question
  const { exclude } = question.list
  const present = presentOf(windows, given.split)
  const asks = present === 'past' && question.list.recency === undefined && question.list.now === undefined
  const timeless = asks ? { recency: null } : {}
  if (asks) stage.remark(['recency: none, for what is tested lies all over the past; --recency auto looks at times'])
  const [list, options] = [
    { ...question.list, ...timeless },
    { ...question.options, ...timeless },
  ]
  const fitting = BASELINES.filter(({ name }) => name === 'popularity' || present === 'future')
  const baselines = given.json || method === 'popularity' ? [] : fitting
  const lists: Asking['lists'] = [
    { ...list, k },
    ...baselines.map(({ question }) => ({ ...question, k, ...(exclude && { exclude }) })),
  ]
  const by = given.by === 'none' ? undefined : given.by
  const asking: Asking = {
    lists,
    settled,
    amongTested: given.split === 'cold-items',
    heading: `Ranking by ${method}`,
    choices: { k: given.k, by, unknownItems, seenPairs },
  }
  const scored: WindowScores[] = []
  for (const window of windows) scored.push(await scoreWindow(window, asking, stage, scored.length === 0))
  const elapsedMs = scored[scored.length - 1].elapsedMs
  const [own, ...others] = lists.map((_, place) => pooled(scored.map(({ evaluations }) => evaluations[place])))
  const published = windows.length === 1 ? comparableResults(scored[0].evaluations[0], list) : null
  await stage.show(
    () => {
      const { splits, metrics, byActivity, byItemAge, coldUsers, sparsestTenth, audit } = own
      const { k: cutoffs, weighted = false, signals } = settled
      const all = { ...options, k: cutoffs.length === 1 ? k : cutoffs, weighted, signals, unknownItems, seenPairs }
      const scores = { metrics, byActivity, byItemAge, coldUsers, sparsestTenth }
      const each = scored.map(({ evaluations: [{ split, metrics, audit }] }) => ({ split, metrics, audit }))
      const split = splits.length === 1 ? { split: splits[0] } : { split: null, windows: each }
      return { ...split, method, options: all, ...scores, published, elapsedMs, audit, tuning }
    },
    () => [
      ...(tuning ? [...tuningLines(tuning, 0), ''] : []),
      ...evaluationLines({
        ...{ method, options, evaluation: own, published, elapsedMs },
        baselines: baselines.map(({ name }, place) => ({ name, evaluation: others[place] })),
        times: timesOf(windows[windows.length - 1].train),
      }),
    ],
  )
}

/** What a method has to beat: what everybody takes. */
const BASELINES: readonly { readonly name: string; readonly question: ListOptions }[] = [
  { name: 'popularity', question: { method: 'popularity', recency: null } },
  { name: 'recent popularity', question: { method: 'popularity', recency: 'auto' } },
]

/** What is asked of every window. */
interface Asking {
  /** The method's, and those of the baselines. */
  readonly lists: readonly (ListOptions & { readonly k: number })[]
  readonly settled: EngineArguments
  /** Whether only items that are tested may stand in lists: those held out whole. */
  readonly amongTested: boolean
  readonly heading: string
  readonly choices: EvaluateRankingsOptions
}

interface WindowScores {
  /** One for each of the lists. */
  readonly evaluations: readonly Evaluation[]
  /** Since the command began, when the method's lists were scored. */
  readonly elapsedMs: number
}

/** @param isFirst of the windows: how long it takes is told once */
async function scoreWindow(
  { train, test }: TrainAndTest,
  { lists, settled, amongTested, heading, choices }: Asking,
  stage: Stage,
  isFirst: boolean,
): Promise<WindowScores> {
  const users = testedUsers({ train, test })
  const allowed = amongTested && { allow: [...new Set(test.item)].map((item) => test.items.keyOf(item)) }
  await using engine = await openEngine(train, settled, stage)
  const score = async ({ k, ...question }: Asking['lists'][number], watch: CallOptions): Promise<Evaluation> => {
    const rankings = await engine.rank({ users, k, ...question, ...allowed, ...watch })
    return evaluateRankings(lengthened(rankings, k), train, test, choices)
  }
  const [own, ...others] = lists
  const seconds = isFirst ? tellExpectation(engine, { users, ...own }, stage) : undefined
  const evaluations = [await withProgress(heading, stage, (watch) => score(own, watch), 'users', seconds)]
  const elapsedMs = stage.elapsedMs()
  if (stage.verbose && engine.plan) stage.warn(`${engine.plan.explain()}\n`)
  for (const question of others) evaluations.push(await score(question, { signal: stage.signal }))
  return { evaluations, elapsedMs }
}

/**
 * When what is tested happened: all after training ('future'), or among it ('past'), as far as times tell; 'unknown' without them. What is recent when
 * training ends is recent for the future alone.
 */
function presentOf(windows: readonly TrainAndTest[], split: string | undefined): 'future' | 'past' | 'unknown' {
  const [{ train, test }] = windows
  const [before, after] = [timesOf(train), timesOf(test)]
  if (before.newest < before.oldest) return 'unknown'
  if (split !== undefined) return split === 'time' ? 'future' : 'past'
  if (after.newest < after.oldest) return 'unknown'
  return after.oldest >= before.newest ? 'future' : 'past'
}

/** One evaluation as it is, several as one. */
function pooled(evaluations: readonly Evaluation[]): PooledEvaluation {
  if (evaluations.length > 1) return poolEvaluations(evaluations)
  const [{ split, ...evaluation }] = evaluations
  return { splits: [split], ...evaluation }
}

/** What papers report, if this run ranked as they do: all unseen items, twenty of them looked at. */
function comparableResults({ split, metrics }: Evaluation, { exclude, minScore }: ListOptions): PublishedSplit | null {
  const comparable = metrics['recall@20'] !== undefined && exclude !== 'none' && minScore === undefined
  return comparable ? publishedResults(split) : null
}

/** The same lists as lists of `k` places: a catalogue of fewer items leaves the last ones empty. */
function lengthened(rankings: Rankings, k: number): Pick<Rankings, 'users' | 'k' | 'items'> {
  const { users, items, k: length } = rankings
  const wide = new Int32Array(users.length * k).fill(-1)
  users.forEach((_, place) => wide.set(items.subarray(place * length, (place + 1) * length), place * k))
  return { users, k, items: wide }
}
