import type { ScoredPair } from '../advanced.ts'
import { define, jsonFlag } from './command.ts'
import { choice, needed, text } from './flags.ts'
import { outFlags, outWriter } from './out-file.ts'
import { askQuestion, METHOD_FLAGS, ORDER_FLAG } from './question.ts'
import { pairsOf, pairsOnly } from './rating-tables.ts'
import { RELATION_FLAGS, readRelationFiles } from './relation-argument.ts'
import { ENGINE_FLAGS, openEngine, READING_FLAGS, readTable, readTitles, TITLES_FLAG, type Titles } from './source.ts'
import { count, tableLines } from './table.ts'
import { withProgress } from './terminal.ts'

export const SCORE = define({
  name: 'score',
  what: 'score given items for given users',
  flags: {
    pairs: needed(
      text('<file>', 'users and items to score, in the same columns as FILE; scores are in the same order'),
    ),
    unknown: choice('<rule>', 'what to do with pairs whose ids are not in FILE: fail, or skip them (default: error)', [
      ...(['error', 'drop'] as const),
    ]),
    titles: TITLES_FLAG,
    ...outFlags(),
    json: jsonFlag('method, options, scores, elapsedMs'),
    ...METHOD_FLAGS,
    ...ORDER_FLAG,
    ...RELATION_FLAGS,
    ...ENGINE_FLAGS,
    ...READING_FLAGS,
  },
  async run(file, given, stage) {
    const { out, unknown } = given
    const write = await outWriter(given, stage)
    const { list, method, options } = await askQuestion('score', given)
    const relations = await readRelationFiles(given, stage)
    const titles = await readTitles(given, stage)
    const pairs = pairsOf(await readTable(given.pairs, pairsOnly(given), stage))
    const table = await readTable(file, given, stage)
    await using engine = await openEngine(table, { ...given, relations }, stage)
    const asking = (watch: object) => engine.score(pairs, { ...list, unknown, ...watch })
    const scored = await withProgress('Scoring', stage, asking, 'users')
    const dropped = pairs.length - scored.length
    if (dropped > 0)
      stage.remark([`${count(dropped)} of ${count(pairs.length)} pairs have an id that is not in FILE: skipped`])
    const scores = titles ? scored.map((one) => ({ ...one, title: titles.get(one.item) ?? null })) : scored
    if (write !== undefined) {
      await write(scores, rowsOf(titles))
      stage.remark([`${count(scores.length)} scores -> ${out}`])
    }
    await stage.show(
      () => ({ method, options, ...(write === undefined ? { scores } : { out }), elapsedMs: stage.elapsedMs() }),
      () => (write === undefined ? scoreLines(scores, titles !== undefined) : []),
    )
  },
})

/** With its title, where there are titles. */
interface TitledPair extends ScoredPair {
  readonly title?: string | null
}

const rowsOf = (titles: Titles | undefined) => ({
  columns: {
    ...({ user: 'text', item: 'text', score: 'float64' } as const),
    ...(titles && { title: 'text?' as const }),
  },
  of: ({ user, item, score, title }: TitledPair) => [[user, item, score, ...(titles ? [title ?? null] : [])]],
})

function scoreLines(scores: readonly TitledPair[], isTitled: boolean): string[] {
  const rows = scores.map(({ user, item, score, title }) => [
    ...[user, item, score.toPrecision(4)],
    ...(isTitled ? [title ?? ''] : []),
  ])
  return tableLines(['user', 'item', 'score', ...(isTitled ? ['title'] : [])], rows, ['left', 'left', 'right', 'left'])
}
