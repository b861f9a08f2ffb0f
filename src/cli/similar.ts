import { readNumber } from './argument-values.ts'
import { define, jsonFlag } from './command.ts'
import { flagOf, text, value, withFallback } from './flags.ts'
import { outFlags, outWriter, type Columns } from './out-file.ts'
import { askQuestion, METHOD_FLAGS } from './question.ts'
import { RELATION_FLAGS, readRelationFiles } from './relation-argument.ts'
import { ENGINE_FLAGS, itemAsked, openEngine, READING_FLAGS, readTable, readTitles, TITLES_FLAG } from './source.ts'
import { tableLines } from './table.ts'

export const SIMILAR = define({
  name: 'similar',
  what: 'list the items most similar to an item, or the users most similar to a user',
  flags: {
    item: text('<id>', 'the item to compare with: id, or with --titles also its title'),
    user: text('<id>', 'or the user to compare with'),
    k: withFallback(value('<n>', 'length of the list', readNumber), 10),
    titles: { ...TITLES_FLAG, help: `${TITLES_FLAG.help}; for items only` },
    ...outFlags(),
    json: jsonFlag('item or user, list'),
    ...METHOD_FLAGS,
    ...RELATION_FLAGS,
    ...ENGINE_FLAGS,
    ...READING_FLAGS,
  },
  async run(file, given, stage) {
    const { user, k, out } = given
    if ((given.item === undefined) === (user === undefined)) stage.refuse('give either --item or --user')
    const decided = Object.keys({ ...METHOD_FLAGS, titles: null }).find((name) => stage.isGiven(name))
    if (user !== undefined && decided !== undefined)
      stage.refuse(`${flagOf(decided)} requires --item: users are compared in one way only`)
    const write = await outWriter(given, stage)
    const question = await askQuestion('similarItems', given)
    const relations = await readRelationFiles(given, stage)
    const titles = await readTitles(given, stage)
    const table = await readTable(file, given, stage)
    await using engine = await openEngine(table, { ...given, relations }, stage)
    const item = given.item === undefined ? undefined : itemAsked(given.item, titles, table)
    const { signal } = stage
    const near =
      item === undefined
        ? (await engine.similarUsers(user ?? '', { k, signal })).map(({ user: id, score }) => ({ id, score }))
        : (await engine.similarItems(item, { ...question.list, signal })).map(({ item: id, score }) => ({ id, score }))
    const side = item === undefined ? 'user' : 'item'
    const list = near.map(({ id, score }, at) => ({
      ...{ rank: at + 1, [side]: id, score },
      ...(titles !== undefined && { title: titles.get(id) ?? null }),
    }))
    const heads = ['rank', side, 'score', ...(titles === undefined ? [] : ['title'])]
    const rowOf = (at: number): (string | number | null)[] => {
      const { id, score } = near[at]
      return [at + 1, id, score, ...(titles === undefined ? [] : [titles.get(id) ?? null])]
    }
    if (write !== undefined) {
      const columns: Columns = {
        ...({ rank: 'int32', [side]: 'text', score: 'float64' } as const),
        ...(titles && { title: 'text?' }),
      }
      await write(list, { columns, of: ({ rank }: { rank: number }) => [rowOf(rank - 1)] })
      stage.remark([`${list.length} entries -> ${out}`])
    }
    const rows = list.map((_, at) =>
      rowOf(at).map((cell, column) => (column === 2 ? (cell as number).toPrecision(4) : String(cell ?? ''))),
    )
    await stage.show(
      () => ({ [side]: item ?? user, ...(out === undefined ? { list } : { out }), elapsedMs: stage.elapsedMs() }),
      () => (out === undefined ? tableLines(heads, rows, ['right', 'left', 'right', 'left']) : []),
    )
  },
})
