import {
  intraListDiversity,
  poolEvaluations,
  publishedResults,
  timesOf,
  type PooledEvaluation,
  type PublishedSplit,
} from '../advanced.ts'
import {
  evaluateRankings,
  type CallOptions,
  type EvaluateRankingsOptions,
  type Evaluation,
  type Interactions,
  type ListOptions,
  type Rankings,
  type Recommendation,
} from '../index.ts'
import { readNumber, readNumbers, readSpan } from './argument-values.ts'
import { PAIRS } from './database.ts'
import { askTuning, chooseRecipe } from './choose-recipe.ts'
import { define, jsonFlag, type Files } from './command.ts'
import type { Stage } from './stage.ts'
import { evaluationLines, lead } from './evaluation-lines.ts'
import { tellExpectation } from './expectation.ts'
import { choice, on, text, value, withFallback, type Given } from './flags.ts'
import { CUT_FLAGS, cutWindows, readSplits, SPLIT_NAMES, testedUsers, type TrainAndTest } from './held-out.ts'
import { askQuestions, LIST_FLAGS, METHODS_FLAG, type Question } from './question.ts'
import { RELATION_FLAGS, readRelationFiles } from './relation-argument.ts'
import { settleSignals } from './signal-argument.ts'
import { ENGINE_FLAGS, openEngine, READING_FLAGS, type EngineArguments } from './source.ts'
import { withProgress } from './terminal.ts'
import { SEARCH_FLAGS } from './tune-arguments.ts'
import { tuningLines } from './tuning-lines.ts'

const FLAGS = {
  train: text('<file>', 'training interactions'),
  test: text('<file>', 'held-out interactions'),
  split: choice('<how>', 'how to split the file', SPLIT_NAMES),
  ...CUT_FLAGS,
  folds: value('<n>', 'windows of --split time, each trained on everything before it (default: one)', readNumber),
  window: value('<span>', 'time that each window tests, instead of a share: 7d, 12h, or a number', readSpan),
  k: withFallback(value('<n>', 'cut-offs of the metrics, separated by commas', readNumbers), [20]),
  by: withFallback(
    choice('<groups>', 'also report by the number of training items of the user', [
      ...(['activity', 'activity-deciles', 'none'] as const),
    ]),
    'activity',
  ),
  unknownItems: withFallback(
    choice('<rule>', 'what to do with held-out items that are not in the training data', ['miss', 'drop']),
    'miss',
  ),
  seenPairs: withFallback(
    choice('<rule>', 'what to do with held-out pairs that are also in the training data', ['keep', 'drop']),
    'keep',
  ),
  listDiversity: on(
    'also report how much the entries of lists differ: the mean of 1 - cosine of their users, over 1,000 users',
  ),
  tune: on('first tune a recipe on part of the training data, with --trials, --budget and --held-out'),
  fit: { ...on(''), hidden: true },
  json: jsonFlag('split, method, options, metrics, byActivity, byItemAge, elapsedMs ... (of several: methods)'),
  ...SEARCH_FLAGS,
  ...LIST_FLAGS,
  method: METHODS_FLAG,
  ...RELATION_FLAGS,
  ...ENGINE_FLAGS,
  ...READING_FLAGS,
}

/** All flags except those for files. */
const MEANT_IN_DATABASE = (Object.keys(FLAGS) as (keyof typeof FLAGS)[]).filter(
  (name) => !(name in READING_FLAGS) && name !== 'train' && name !== 'test',
)

export const EVALUATE = define({
  name: 'evaluate',
  what: 'evaluate one or several methods against what users did later',
  file: ['[file...]', 'interactions to split by --split; otherwise give --train and --test'],
  flags: FLAGS,
  run: (file: Files | undefined, given, stage) => scoreWindows(() => readSplits(file, given, stage), given, stage),
  inDatabase: {
    flags: MEANT_IN_DATABASE,
    columns: [...PAIRS, 'time'],
    writes: false,
    async run(database, given, stage) {
      if (given.dryRun) stage.refuse('--dry-run: evaluate only reads the rows into memory, with one statement')
      await scoreWindows(() => cutWindows(() => database.read(), given, stage), given, stage)
    },
  },
})

/** @param read returns training and test, or those of each window */
async function scoreWindows(
  read: () => Promise<readonly TrainAndTest[]>,
  given: Given<typeof FLAGS>,
  stage: Stage,
): Promise<void> {
  const k = given.k.reduce((most, one) => Math.max(most, one))
  if (given.listDiversity && k < 2)
    stage.refuse('--list-diversity: lists of one entry have no diversity: use --k 2 or more')
  const search = askTuning(given, k, stage)
  const asked = { ...given, k, ...(search && { method: ['graph-filter'] }) }
  const untuned = await askQuestions('evaluate', asked, stage)
  const windows = await read()
  const relations = await readRelationFiles(given, stage)
  const settled = { ...settleSignals(windows[0].train, given, stage), relations }
  // The training data of the first window contain no test data of any window.
  const tuning = search && (await chooseRecipe(windows[0].train, settled, search, stage))
  const { unknownItems, seenPairs } = given
  const found = tuning?.best
  const tuned = found && {
    ...asked,
    recipe: found.recipe,
    recency: asked.recency ?? found.recency,
    profileHalfLife: asked.profileHalfLife ?? found.profileHalfLife,
  }
  const present = presentOf(windows, given.split)
  const questions = timeless(tuned ? await askQuestions('evaluate', tuned, stage) : untuned, present, stage)
  const asksPopularity = questions.some(({ method }) => method === 'popularity')
  const baselines = given.json || asksPopularity ? [] : BASELINES.filter(({ ofPast }) => ofPast || present === 'future')
  const { exclude } = questions[0].list
  const lists: Asking['lists'] = [
    ...questions.map(({ method, list }) => ({ heading: `Ranking by ${method}`, list: { ...list, k } })),
    ...baselines.map(({ list }) => ({ heading: null, list: { ...list, k, ...(exclude && { exclude }) } })),
  ]
  const by = given.by === 'none' ? undefined : given.by
  const amongTested = given.split === 'cold-items'
  const { listDiversity = false } = given
  const asking: Asking = {
    lists,
    settled,
    amongTested,
    listDiversity,
    choices: { k: given.k, by, unknownItems, seenPairs },
  }
  const scored: WindowScores[] = []
  for (const window of windows) scored.push(await scoreWindow(window, asking, stage, scored.length === 0))
  const elapsedMs = scored[scored.length - 1].elapsedMs
  const evaluations = lists.map((_, place) => pooled(scored.map((one) => one.evaluations[place])))
  const [own, ...others] = questions.map(({ method, options, list }, place): Scored => ({
    ...{ method, options, evaluation: evaluations[place] },
    windows: scored.map((one) => one.evaluations[place]),
    published: windows.length === 1 ? comparableResults(scored[0].evaluations[place], list) : null,
  }))
  const { weighted = false, signals } = settled
  const common = { k: given.k.length === 1 ? k : given.k, weighted, signals, unknownItems, seenPairs }
  const documentOf = (one: Scored) => ({ ...scoredDocument(one, common), elapsedMs, tuning })
  const compared = (one: Scored) => ({ ...documentOf(one), behindFirst: lead(own.evaluation, one.evaluation) })
  await stage.show(
    () => (others.length === 0 ? documentOf(own) : { methods: [documentOf(own), ...others.map(compared)], elapsedMs }),
    () => [
      ...(tuning ? [...tuningLines(tuning, 0), ''] : []),
      ...evaluationLines({
        ...{ ...own, elapsedMs },
        beside: [
          ...others.map(({ method, ...one }) => ({ name: method, ...one })),
          ...baselines.map(({ name }, at) => ({ name, evaluation: evaluations[questions.length + at] })),
        ],
        times: timesOf(windows[windows.length - 1].train),
      }),
    ],
  )
}

/** A method and its scores. */
interface Scored {
  readonly method: string
  readonly options: Question['options']
  readonly evaluation: PooledEvaluation
  /** Of each window. */
  readonly windows: readonly Evaluation[]
  readonly published: PublishedSplit | null
}

/** @param common options besides those of the method */
function scoredDocument({ method, options, evaluation, windows, published }: Scored, common: object) {
  const { splits, metrics, byActivity, byItemAge, coldUsers, sparsestTenth, audit } = evaluation
  const each = windows.map(({ split, metrics, audit }) => ({ split, metrics, audit }))
  const split = splits.length === 1 ? { split: splits[0] } : { split: null, windows: each }
  const scores = { metrics, byActivity, byItemAge, coldUsers, sparsestTenth }
  return { ...split, method, options: { ...options, ...common }, ...scores, published, audit }
}

/** Turns recency off by default if test rows are spread over the past, where there is no "now". */
function timeless(questions: readonly Question[], present: Present, stage: Stage): readonly Question[] {
  const isMeant = ({ list: { recency, now } }: Question): boolean =>
    present === 'past' && recency === undefined && now === undefined
  if (questions.some(isMeant))
    stage.remark(['recency: none, because test rows are spread over the whole past; --recency auto uses times'])
  const without = (question: Question): Question => ({
    ...question,
    list: { ...question.list, recency: null },
    options: { ...question.options, recency: null },
  })
  return questions.map((question) => (isMeant(question) ? without(question) : question))
}

/** Baselines that a method should beat. */
const BASELINES: readonly { readonly name: string; readonly list: ListOptions; readonly ofPast: boolean }[] = [
  { name: 'popularity', list: { method: 'popularity', recency: null }, ofPast: true },
  { name: 'recent popularity', list: { method: 'popularity', recency: 'auto' }, ofPast: false },
]

/** What is evaluated on every window. */
interface Asking {
  /** Lists of the methods, with headings of progress bars, and of the baselines. */
  readonly lists: readonly { readonly heading: string | null; readonly list: ListOptions & { readonly k: number } }[]
  readonly settled: EngineArguments
  /** Whether lists contain only tested items, which were held out as a whole. */
  readonly amongTested: boolean
  readonly listDiversity: boolean
  readonly choices: EvaluateRankingsOptions
}

interface WindowScores {
  /** One for each of the lists. */
  readonly evaluations: readonly Evaluation[]
  /** Time since the command began until the lists of all methods were scored. */
  readonly elapsedMs: number
}

/** @param isFirst whether this is the first window, for which the expected time is reported */
async function scoreWindow(
  { train, test }: TrainAndTest,
  { lists, settled, amongTested, listDiversity, choices }: Asking,
  stage: Stage,
  isFirst: boolean,
): Promise<WindowScores> {
  const users = testedUsers({ train, test })
  const allowed = amongTested && { allow: [...new Set(test.item)].map((item) => test.items.keyOf(item)) }
  await using engine = await openEngine(train, settled, stage)
  const evaluations: Evaluation[] = []
  let elapsedMs = 0
  for (const { heading, list } of lists) {
    const { k } = list
    const score = async (watch: CallOptions): Promise<void> => {
      const rankings = await engine.rank({ users, ...list, ...allowed, ...watch })
      const whole = lengthened(rankings, k)
      const evaluation = evaluateRankings(whole, train, test, choices)
      evaluations.push(listDiversity ? withDiversity(evaluation, whole, train) : evaluation)
    }
    if (heading === null) await score({ signal: stage.signal })
    else {
      const seconds = isFirst ? tellExpectation(engine, { users, ...list }, stage) : undefined
      await withProgress(heading, stage, score, 'users', seconds)
      elapsedMs = stage.elapsedMs()
      if (stage.verbose && engine.plan) stage.warn(`${engine.plan.explain()}\n`)
    }
  }
  return { evaluations, elapsedMs }
}

/** Largest number of lists whose entries are compared; a list of 20 entries takes about 200 comparisons. */
const MOST_COMPARED = 1000

/** How much the entries of lists differ, as one more metric. */
function withDiversity(
  evaluation: Evaluation,
  { users, items, k }: Pick<Rankings, 'users' | 'k' | 'items'>,
  train: Interactions,
): Evaluation {
  const lists = new Map<string, Recommendation[]>()
  for (let at = 0; at < users.length; at += Math.max(1, users.length / MOST_COMPARED)) {
    const place = Math.floor(at)
    const rows = items.subarray(place * k, (place + 1) * k).filter((row) => row >= 0)
    const list = Array.from(rows, (row) => ({ item: train.items.keyOf(row), score: 0 }))
    lists.set(train.users.keyOf(users[place]), list)
  }
  const { diversity } = intraListDiversity(train, lists, { k })
  return { ...evaluation, metrics: { ...evaluation.metrics, [`diversity@${k}`]: diversity } }
}

/** The past or the future of training, as far as times tell; 'unknown' without them. */
type Present = 'future' | 'past' | 'unknown'

/**
 * Whether test rows are later than training ('future') or among it ('past'); 'unknown' without times. Recency at the end of training is meaningful only
 * for later rows.
 */
function presentOf(windows: readonly TrainAndTest[], split: string | undefined): Present {
  const [{ train, test }] = windows
  const [before, after] = [timesOf(train), timesOf(test)]
  if (before.newest < before.oldest) return 'unknown'
  if (split !== undefined) return split === 'time' ? 'future' : 'past'
  if (after.newest < after.oldest) return 'unknown'
  return after.oldest >= before.newest ? 'future' : 'past'
}

/** Pools several evaluations. */
function pooled(evaluations: readonly Evaluation[]): PooledEvaluation {
  if (evaluations.length > 1) return poolEvaluations(evaluations)
  const [{ split, ...evaluation }] = evaluations
  return { splits: [split], ...evaluation }
}

/** Published results, if this run ranks as papers do: all unseen items, evaluated at 20. */
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
