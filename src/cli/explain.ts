import type { Explanation } from '../index.ts'
import { readNumber } from './argument-values.ts'
import { define } from './command.ts'
import { needed, on, text, value, withFallback } from './flags.ts'
import { askQuestion, METHOD_FLAGS, ORDER_FLAG } from './question.ts'
import { RELATION_FLAGS, readRelationFiles } from './relation-argument.ts'
import {
  ENGINE_FLAGS,
  itemAsked,
  openEngine,
  READING_FLAGS,
  readTable,
  readTitles,
  TITLES_FLAG,
  type Titles,
} from './source.ts'
import { bar, count, tableLines } from './table.ts'

export const EXPLAIN = define({
  name: 'explain',
  what: "explain the score of an item: what each of the user's items and relations adds to it",
  flags: {
    user: needed(text('<id>', 'the user whose score is explained')),
    item: needed(text('<id>', 'the item whose score is explained: id, or with --titles also its title')),
    top: withFallback(value('<n>', 'contributions shown, largest first', readNumber), 20),
    titles: TITLES_FLAG,
    json: on('print one JSON document, with all contributions'),
    ...METHOD_FLAGS,
    ...ORDER_FLAG,
    ...RELATION_FLAGS,
    ...ENGINE_FLAGS,
    ...READING_FLAGS,
  },
  async run(file, given, stage) {
    const { list, method, options } = await askQuestion('explain', given)
    const relations = await readRelationFiles(given, stage)
    const titles = await readTitles(given, stage)
    const table = await readTable(file, given, stage)
    await using engine = await openEngine(table, { ...given, relations }, stage)
    const item = itemAsked(given.item, titles, table)
    const explanation = await engine.explain(given.user, item, { ...list, signal: stage.signal })
    await stage.show(
      () => ({ ...explanation, method, options }),
      () => explanationLines(explanation, method, given.top, titles),
    )
  },
})

/** Characters of the bar of a contribution that is the whole score. */
const BAR_WIDTH = 30

function explanationLines(
  { user, item, score, contributions, relations }: Explanation,
  method: string,
  top: number,
  titles: Titles | undefined,
): string[] {
  const nameOf = (id: string): string => titles?.get(id) ?? id
  const percent = (share: number): string => `${(100 * share).toFixed(1)}%`
  const parts = [
    ...contributions.map((part) => ({ ...part, because: nameOf(part.item) })),
    ...relations.map((part) => ({ ...part, because: `${part.relation}: ${nameOf(part.value)}` })),
  ].sort((a, b) => b.score - a.score)
  const rows = parts
    .slice(0, top)
    .map(({ because, score, share }) => [because, score.toPrecision(4), percent(share), bar(share, BAR_WIDTH)])
  const left = parts.slice(top)
  const share = left.reduce((sum, part) => sum + part.share, 0)
  const rest = `and ${count(left.length)} more, together ${percent(share)} (all with --json)`
  return [
    ...tableLines(['user', 'item', 'score', 'method'], [[user, nameOf(item), score.toPrecision(4), method]], LEFT),
    '',
    ...tableLines(['because of', 'score', 'share', ''], rows, ['left', 'right', 'right', 'left']),
    ...(left.length > 0 ? [rest] : []),
  ]
}

const LEFT = ['left', 'left', 'left', 'left'] as const
