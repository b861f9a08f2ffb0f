import { diversify, OPTIONS } from '../advanced.ts'
import type { CallOptions, Interactions, Recommendation } from '../index.ts'
import { readNumber } from './argument-values.ts'
import { define, jsonFlag } from './command.ts'
import type { Stage } from './stage.ts'
import type { Database, FromArguments } from './database.ts'
import { choice, flagOf, libraryFlags, onlyGiven, text, value, withFallback, type Given } from './flags.ts'
import { askEngine, askModel, askTable, type UserList } from './list-sources.ts'
import { readUsers, tellUnknown, UNKNOWN_FLAG, USERS_FLAGS } from './asked-users.ts'
import { outFlags, outWriter, type Write } from './out-file.ts'
import { LIST_FLAGS, METHODS_FLAG } from './question.ts'
import { RELATION_FLAGS } from './relation-argument.ts'
import { ENGINE_FLAGS, READING_FLAGS, readTable, readTitles, TITLES_FLAG, type Titles } from './source.ts'
import { count, fitColumn, headLine, rowLine } from './table.ts'
import { withProgress } from './terminal.ts'

/** Entries to choose from, per requested entry. */
const CHOICE = 5

const FLAGS = {
  ...USERS_FLAGS,
  k: withFallback(value('<n>', 'length of each list', readNumber), OPTIONS.recommend.k.fallback),
  diversity: value(
    '<d>',
    `how much entries should differ from those above them, in [0, 1]; chosen from lists of ${CHOICE} times --k (default: 0)`,
    readNumber,
  ),
  prior: text(
    '<file>',
    'fill short lists from the user clusters that `cluster` wrote as .clusters (default: from popular items)',
  ),
  model: text('<file>', 'serve from a file that `compile` wrote; FILE holds the profiles of the users'),
  modelTable: text('<table>', 'with --from and --to: serve from the table that `compile --to` wrote'),
  unknown: UNKNOWN_FLAG,
  unknownItems: choice(
    '<rule>',
    'with --model: what to do with items of FILE that the model does not have (default: error)',
    ['error', 'drop'],
  ),
  ...outFlags(),
  titles: TITLES_FLAG,
  json: jsonFlag('method and options (of several: methods), lists, elapsedMs'),
  ...libraryFlags('recommend', ['priorUpTo']),
  ...LIST_FLAGS,
  method: METHODS_FLAG,
  ...RELATION_FLAGS,
  ...ENGINE_FLAGS,
  ...READING_FLAGS,
}

export const RECOMMEND = define({
  name: 'recommend',
  what: 'recommend items that users have not seen yet',
  flags: FLAGS,
  async run(file, given, stage) {
    const { model, k, diversity } = given
    const isDiverse = diversity !== undefined
    if (isDiverse && (given.method ?? []).length > 1) stage.refuse('--diversity: give one method at a time')
    if (given.modelTable !== undefined) stage.refuse('--model-table requires --from and --to')
    const write = await outWriter(given, stage)
    const users = await readUsers(given, stage)
    const methods = given.method ?? []
    const asked = { ...given, users, k: isDiverse ? CHOICE * k : k }
    const open = model === undefined ? await askEngine(asked, stage) : await askModel(model, asked, stage)
    const titles = await readTitles(given, stage)
    const table = await readTable(file, given, stage)
    tellUnknown(asked, table, stage)
    await using source = await open(table)
    const listsOf = (watch: CallOptions = { signal: stage.signal }) => {
      const lists = source.lists(watch)
      return titledLists(isDiverse ? diverse(lists, table, { k, diversity }) : lists, titles)
    }
    const head = isDiverse ? { ...source.head, diversity } : source.head
    const seconds = source.tellExpectation()
    await deliver({ listsOf, head, titles, names: table, methods, write, seconds }, given, stage)
    const plan = stage.verbose && source.explainPlan()
    if (plan) stage.warn(`${plan}\n`)
  },
  inDatabase: {
    flags: [
      ...([
        'users',
        'usersFile',
        'k',
        'model',
        'modelTable',
        'unknown',
        'unknownItems',
        'out',
        'spreadsheetSafe',
        'titles',
      ] as const),
      ...(['priorUpTo', 'method', 'options', 'alpha', 'itemAlpha', 'neighbours', 'beta', 'neighboursOf'] as const),
      ...(['shrink', 'exclude', 'minScore', 'memoryLimit', 'encoding', 'weighted', 'signals'] as const),
    ],
    writes: true,
    async run(database, given, stage) {
      const { to, modelTable } = given
      if (modelTable !== undefined) return listByTable(database, modelTable, given, stage)
      if (to !== undefined && given.titles !== undefined)
        stage.refuse('--titles does not apply to --to: join the table of lists with a table of titles')
      const write = await outWriter(given, stage)
      const users = await readUsers(given, stage)
      const { head, options, work } = await askTable({ ...given, users }, stage)
      if (given.dryRun) return database.showPlan(work)
      const titles = await readTitles(given, stage)
      await using engine = await database.connect()
      tellUnknown({ users, unknown: given.unknown }, engine, stage)
      if (to !== undefined) {
        const writing = (watch: CallOptions) => engine.recommendInto(to, { ...options, ...watch })
        const tally = await withProgress('Ranking', stage, writing)
        return await tellWritten(head, { to }, tally, stage)
      }
      const listsOf = (watch: CallOptions = { signal: stage.signal }) =>
        titledLists(engine.recommendAll({ ...options, ...watch }), titles)
      await deliver({ listsOf, head, titles, names: engine, write }, given, stage)
    },
  },
})

/** Lists diversified at a time. */
const TOGETHER = 10_000

async function* diverse(
  lists: AsyncIterable<UserList>,
  table: Interactions,
  options: { readonly k: number; readonly diversity: number },
): AsyncGenerator<UserList, void, undefined> {
  const some = new Map<string, Recommendation[]>()
  function* chosen(): Generator<UserList> {
    for (const [user, items] of diversify(table, some, options)) yield { user, items }
    some.clear()
  }
  for await (const { user, items } of lists) {
    some.set(user, [...items])
    if (some.size === TOGETHER) yield* chosen()
  }
  yield* chosen()
}

/** Flags that apply to lists by a table of neighbours. */
const OF_MODEL_TABLES = [
  ...['modelTable', 'k', 'exclude', 'unknownItems', 'memoryLimit', 'weighted', 'signals'],
  ...['users', 'usersFile', 'unknown', 'encoding'],
]

/** Writes lists by a table of neighbours to a table in the database. */
async function listByTable(
  database: Database,
  table: string,
  given: Given<typeof FLAGS> & FromArguments,
  stage: Stage,
): Promise<void> {
  const { k, exclude, unknown, unknownItems, to, dryRun } = given
  const other = Object.keys(FLAGS).find(
    (name) => stage.isGiven(name) && !OF_MODEL_TABLES.includes(name) && !['columns', 'json'].includes(name),
  )
  if (other !== undefined)
    stage.refuse(`${flagOf(other)} does not apply to --model-table, whose lists stay in the database`)
  if (typeof exclude === 'object') stage.refuse('--exclude: a table is read without signals: use seen or none')
  const users = await readUsers(given, stage)
  if (dryRun) return database.showPlan({ lists: { k, table } })
  if (to === undefined) return stage.refuse('--model-table requires --to: the lists stay in the database')
  const options = { table, k, ...onlyGiven({ exclude, unknownItems }) }
  const asked = { ...options, ...onlyGiven({ users, unknown }) }
  await using engine = await database.connect()
  tellUnknown({ users, unknown }, engine, stage)
  const tally = await withProgress('Ranking', stage, (watch) => engine.recommendInto(to, { ...asked, ...watch }))
  await tellWritten({ modelTable: table, options }, { to }, tally, stage)
}

/** Lists that are ready to be computed, and how to print them. */
interface Delivery {
  listsOf(watch?: CallOptions): AsyncIterable<TitledList>
  readonly head: object
  readonly titles: Titles | undefined
  readonly names: Pick<Interactions, 'users' | 'items'>
  readonly write: Write | undefined
  /** The methods to compare, if there are several. */
  readonly methods?: readonly string[]
  /** Expected time, if known. */
  readonly seconds?: number | undefined
}

/** Writes lists to the file that was named, or prints them. */
async function deliver(
  { listsOf, head, titles, names, methods = [], write, seconds }: Delivery,
  { out, json }: { readonly out: string | undefined; readonly json: true | undefined },
  stage: Stage,
): Promise<void> {
  const isCompared = methods.length > 1
  if (write !== undefined) {
    const tally = { lists: 0, entries: 0 }
    const writing = (watch: CallOptions) => write(counted(listsOf(watch), tally), rowsOf(titles, isCompared))
    await withProgress('Ranking', stage, writing, 'users', seconds)
    await tellWritten(head, { out }, tally, stage)
  } else if (json) await printJson(listsOf(), head, stage)
  else if (isCompared) await printComparison(listsOf(), methods, titles, names, stage)
  else await printTable(listsOf(), titles !== undefined, names, stage)
}

async function tellWritten(
  head: object,
  where: { readonly out?: string | undefined; readonly to?: string },
  { lists, entries }: { readonly lists: number; readonly entries: number },
  stage: Stage,
): Promise<void> {
  await stage.show(() => ({ ...head, ...where, lists, entries, elapsedMs: stage.elapsedMs() }))
  stage.remark([`${count(lists)} lists, ${count(entries)} entries -> ${where.out ?? where.to}`])
}

/** A list with the titles of its items, if titles are given. */
interface TitledList extends UserList {
  readonly items: readonly (Recommendation & { readonly title?: string | null })[]
}

async function* titledLists(lists: AsyncIterable<UserList>, titles: Titles | undefined): AsyncGenerator<TitledList> {
  for await (const { items, ...whose } of lists)
    yield { ...whose, items: titles ? items.map((one) => ({ ...one, title: titles.get(one.item) ?? null })) : items }
}

async function* counted(lists: AsyncIterable<TitledList>, tally: { lists: number; entries: number }) {
  for await (const list of lists) {
    tally.lists++
    tally.entries += list.items.length
    yield list
  }
}

const rowsOf = (titles: Titles | undefined, isCompared: boolean) => ({
  columns: {
    ...(isCompared && { method: 'text' as const }),
    ...({ user: 'text', rank: 'int32', item: 'text', score: 'float64', prior: 'int32' } as const),
    ...(titles && { title: 'text?' as const }),
  },
  of: ({ method, user, items }: TitledList) =>
    items.map(({ item, score, prior, title }, at) => [
      ...(isCompared ? [method ?? ''] : []),
      ...[user, at + 1, item, score, prior ? 1 : 0],
      ...(titles ? [title ?? null] : []),
    ]),
})

/** Prints one document list by list, so that the lists of all users are never in memory together. */
async function printJson(lists: AsyncIterable<TitledList>, head: object, stage: Stage): Promise<void> {
  let separator = `${JSON.stringify(head).slice(0, -1)},"lists":[\n`
  for await (const list of lists) {
    await stage.print(`${separator}${JSON.stringify(list)}`)
    separator = ',\n'
  }
  await stage.print(`\n],"elapsedMs":${stage.elapsedMs()}}\n`)
}

/** Columns are as wide as the longest id of the data, so that rows can be printed one by one. */
async function printTable(
  lists: AsyncIterable<TitledList>,
  withTitles: boolean,
  { users, items }: Pick<Interactions, 'users' | 'items'>,
  stage: Stage,
): Promise<void> {
  const columns = [
    fitColumn('user', 'left', users.keys()),
    fitColumn('rank', 'right', []),
    fitColumn('item', 'left', items.keys()),
    fitColumn('score', 'right', ['0.000012345']),
    fitColumn('', 'left', ['prior']),
    ...(withTitles ? [fitColumn('title', 'left', [])] : []),
  ]
  // With the first row: a failure before it prints no table.
  let head = `${headLine(columns)}\n`
  let anyPrior = false
  for await (const { user, items: entries } of lists) {
    for (const [at, { item, score, prior, title }] of entries.entries()) {
      anyPrior ||= prior === true
      const cells = [user, String(at + 1), item, score.toPrecision(4), prior ? 'prior' : '', title ?? '']
      await stage.print(`${head}${rowLine(columns, cells)}\n`)
      head = ''
    }
  }
  if (anyPrior)
    await stage.print(
      '\nprior: no item of the user leads to this one, or the user has too few; it is listed because it is popular.\n',
    )
}

/** Prints the items of each method side by side, without scores, which are not comparable between methods. */
async function printComparison(
  lists: AsyncIterable<TitledList>,
  methods: readonly string[],
  titles: Titles | undefined,
  { users, items }: Pick<Interactions, 'users' | 'items'>,
  stage: Stage,
): Promise<void> {
  const nameOf = (item: string): string => titles?.get(item) ?? item
  const columns = [
    fitColumn('user', 'left', users.keys()),
    fitColumn('rank', 'right', []),
    ...methods.map((method) => fitColumn(method, 'left', Array.from(items.keys(), nameOf))),
  ]
  let head = `${headLine(columns)}\n`
  let anyPrior = false
  let ofUser: TitledList[] = []
  for await (const list of lists) {
    ofUser = [...ofUser, list]
    if (ofUser.length < methods.length) continue
    for (let at = 0; ofUser.some((one) => at < one.items.length); at++) {
      const cells = ofUser.map(({ items: entries }) => {
        const entry = entries.at(at)
        anyPrior ||= entry?.prior === true
        return entry === undefined ? '' : `${nameOf(entry.item)}${entry.prior ? '*' : ''}`
      })
      await stage.print(`${head}${rowLine(columns, [list.user, String(at + 1), ...cells])}\n`)
      head = ''
    }
    ofUser = []
  }
  if (anyPrior) await stage.print('\n*: no item of the user leads to this one; it is listed because it is popular.\n')
}
