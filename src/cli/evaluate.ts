import { publishedResults, type PublishedSplit } from '../advanced.ts'
import { evaluateRankings, type CallOptions, type Evaluation, type ListOptions, type Rankings } from '../index.ts'
import { readNumber, readNumbers } from './argument-values.ts'
import { askTuning, chooseRecipe } from './choose-recipe.ts'
import { define, jsonFlag } from './command.ts'
import { evaluationLines } from './evaluation-lines.ts'
import { tellExpectation } from './expectation.ts'
import { choice, on, text, value, withFallback } from './flags.ts'
import { readSplit, SPLIT_NAMES, testedUsers } from './held-out.ts'
import { askQuestion, LIST_FLAGS } from './question.ts'
import { settleSignals } from './signal-argument.ts'
import { ENGINE_FLAGS, openEngine, READING_FLAGS } from './source.ts'
import { withProgress } from './terminal.ts'
import { SEARCH_FLAGS } from './tune-arguments.ts'
import { tuningLines } from './tuning-lines.ts'

export const EVALUATE = define({
  name: 'evaluate',
  what: 'score a method against what users did later',
  file: ['[file]', 'interactions to cut by --split, or else --train and --test'],
  flags: {
    train: text('<file>', 'interactions to learn from'),
    test: text('<file>', 'interactions held out'),
    split: choice('<how>', 'cut the file', SPLIT_NAMES),
    testFraction: value('<share>', 'of --split random and time (default: 0.2)', readNumber),
    seed: value('<number>', 'of --split random (default: 1)', readNumber),
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
    json: jsonFlag('split, method, options, metrics, byActivity, elapsedMs ...'),
    ...SEARCH_FLAGS,
    ...LIST_FLAGS,
    ...ENGINE_FLAGS,
    ...READING_FLAGS,
  },
  async run(file: string | undefined, given, stage) {
    const k = given.k.reduce((most, one) => Math.max(most, one))
    const search = askTuning(given, k, stage)
    const asked = { ...given, k, ...(search && { method: 'graph-filter' }) }
    const known = await askQuestion('evaluate', asked)
    const split = await readSplit(file, given, stage)
    const users = testedUsers(split)
    const settled = settleSignals(split.train, given, stage)
    const tuning = search && (await chooseRecipe(split.train, settled, search, stage))
    await using engine = await openEngine(split.train, settled, stage)
    const { unknownItems, seenPairs } = given
    const by = given.by === 'none' ? undefined : given.by

    const scoreOf = async (question: ListOptions, watch: CallOptions): Promise<Evaluation> => {
      const rankings = lengthened(await engine.rank({ users, ...question, ...watch }), k)
      return evaluateRankings(rankings, split.train, split.test, { k: given.k, by, unknownItems, seenPairs })
    }

    const { list, method, options } = tuning
      ? await askQuestion('evaluate', { ...asked, recipe: tuning.best.recipe })
      : known
    const seconds = tellExpectation(engine, { users, ...list }, stage)
    const scoring = (watch: CallOptions) => scoreOf(list, watch)
    const evaluation = await withProgress(`Ranking by ${method}`, stage, scoring, 'users', seconds)
    const elapsedMs = stage.elapsedMs()
    const published = comparableResults(evaluation, list)
    if (stage.verbose && engine.plan) stage.warn(`${engine.plan.explain()}\n`)
    const { exclude } = list
    const baseline =
      given.json || method === 'popularity'
        ? null
        : await scoreOf({ k, method: 'popularity', ...(exclude && { exclude }) }, { signal: stage.signal })
    await stage.show(
      () => {
        const { split: fingerprint, metrics, byActivity, sparsestTenth, audit } = evaluation
        const { k: cutoffs, weighted = false, signals } = settled
        const all = { ...options, k: cutoffs.length === 1 ? k : cutoffs, weighted, signals, unknownItems, seenPairs }
        const scores = { metrics, byActivity, sparsestTenth }
        return { split: fingerprint, method, options: all, ...scores, published, elapsedMs, audit, tuning }
      },
      () => [
        ...(tuning ? [...tuningLines(tuning, 0), ''] : []),
        ...evaluationLines({ method, options, evaluation, baseline, published, elapsedMs }),
      ],
    )
  },
})

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
