/** Sources of lists: an engine on the file, or a compiled recommender for the users of the file. */
import {
  readClusters,
  readCompiled,
  type CallOptions,
  type GraphMapping,
  type Interactions,
  type MethodName,
  type Recommendation,
} from '../index.ts'
import type { PlannedWork, TableListOptions } from '../sql.ts'
import type { Stage } from './stage.ts'
import { tellExpectation } from './expectation.ts'
import { flagOf, onlyGiven, type Flags as AllFlags, type Given } from './flags.ts'
import { askQuestion, askQuestions, METHOD_FLAGS, recentOf, type LIST_FLAGS, type Question } from './question.ts'
import { RELATION_FLAGS, readRelationFiles } from './relation-argument.ts'
import { ENGINE_FLAGS, openEngine } from './source.ts'

type Flags = Omit<typeof LIST_FLAGS, 'method'> & typeof RELATION_FLAGS & typeof ENGINE_FLAGS

type Arguments = Given<Flags> & {
  /** Several are asked side by side. */
  readonly method: readonly string[] | undefined
  readonly users: readonly string[] | undefined
  readonly k: number
  readonly prior: string | undefined
  readonly priorUpTo: number | undefined
  readonly unknownItems: 'error' | 'drop' | undefined
  readonly unknown: 'error' | 'drop' | 'prior' | undefined
  readonly graph?: GraphMapping | undefined
}

export interface UserList {
  /** The method, if several were requested. */
  readonly method?: MethodName
  readonly user: string
  readonly items: readonly Recommendation[]
}

/** A source of lists, open until disposed of. */
interface ListSource extends AsyncDisposable {
  /** How it ranks, for the record. */
  readonly head: object
  /** Lists of each user; of several methods in the order in which they were requested. */
  lists(watch: CallOptions): AsyncIterable<UserList>
  /** Reports the expected time of the lists, if it is long. @returns the seconds, if known */
  tellExpectation(): number | undefined
  /** The plan of the work so far, if it had one. */
  explainPlan(): string | undefined
}

type OpenSource = (table: Interactions) => Promise<ListSource>

/** Ranks by one or several methods on the graph of the file. Options are checked at once. */
export async function askEngine(given: Arguments, stage: Stage): Promise<OpenSource> {
  if (given.unknownItems !== undefined) stage.refuse('--unknown-items requires --model')
  const questions = await askQuestions('recommend', given, stage)
  const relations = await readRelationFiles(given, stage)
  return async (table) => {
    const prior = given.prior === undefined ? {} : { prior: await readClusters(given.prior) }
    const engine = await openEngine(table, { ...given, relations }, stage)
    const told = engine.notes.length
    const asked = questions.map(({ list }) => ({ ...list, ...prior, users: given.users, unknown: given.unknown }))
    const heads = questions.map(({ method, options }) => ({ method, options: { ...options, prior: given.prior } }))
    return {
      head: heads.length > 1 ? { methods: heads } : heads[0],
      lists(watch) {
        const lists = asked.map((one) => engine.recommendAll({ ...one, ...watch }))
        return lists.length > 1 ? sideBySide(questions, lists) : lists[0]
      },
      tellExpectation() {
        const seconds = asked.flatMap((one) => tellExpectation(engine, one, stage) ?? [])
        return seconds.length < asked.length ? undefined : seconds.reduce((sum, one) => sum + one)
      },
      explainPlan: () => engine.plan?.explain(),
      [Symbol.asyncDispose]() {
        for (const note of engine.notes.slice(told)) stage.warn(`${note}\n`)
        return engine.close()
      },
    }
  }
}

/** The lists of a user by each method; all methods have the same users, in the same order. */
async function* sideBySide(
  questions: readonly Question[],
  lists: readonly AsyncGenerator<UserList>[],
): AsyncGenerator<UserList, void, undefined> {
  try {
    for (;;) {
      for (const [at, { method }] of questions.entries()) {
        const next = await lists[at].next()
        if (next.done === true) return
        yield { method, ...next.value }
      }
    }
  } finally {
    for (const list of lists) await list.return(undefined)
  }
}

/** Ranks by a compiled recommender, which has its method and needs no engine. */
export async function askModel(path: string, given: Arguments, stage: Stage): Promise<OpenSource> {
  const { recency: _, now: __, ...decided } = { ...METHOD_FLAGS, ...RELATION_FLAGS, ...ENGINE_FLAGS }
  requireUndecided(decided, stage)
  if (given.unknown !== undefined)
    stage.refuse('--unknown requires the graph: with a model, the users are those of FILE')
  if (given.prior !== undefined) stage.refuse('--prior requires the graph: a model fills lists with popular items')
  const { k, exclude, minScore, priorUpTo, profileHalfLife, users, unknownItems } = given
  const stored = await readCompiled(path)
  const { method, options } = stored
  const day = recentOf(given)
  const list = { k, exclude, minScore, priorUpTo, profileHalfLife, users, unknownItems }
  return (table) => {
    const compiled = day === null ? stored : stored.withRecency(table, { ...day, unknownItems })
    return Promise.resolve({
      head: { model: path, method, options: { k, ...options, ...day } },
      lists: ({ signal }) => watched(compiled.recommendAll(table, list), signal),
      tellExpectation: () => undefined,
      explainPlan: () => undefined,
      [Symbol.asyncDispose]: () => Promise.resolve(),
    })
  }
}

/** A request for lists of a table in a database. */
interface TableLists {
  /** How it ranks, for the record. */
  readonly head: object
  readonly options: TableListOptions
  /** The work, for the plan. */
  readonly work: PlannedWork
}

/** A request to a database: lists by neighbours that it counts, or by a compiled recommender. */
export async function askTable(
  given: Arguments & { readonly model: string | undefined },
  stage: Stage,
): Promise<TableLists> {
  const { model: path, k, users, unknown, unknownItems, exclude, minScore, priorUpTo } = given
  if (path !== undefined) {
    requireUndecided(METHOD_FLAGS, stage)
    if (unknown !== undefined)
      stage.refuse('--unknown requires --method: with a model, the users are those of the table')
    const model = await readCompiled(path)
    if (model.head > 0) stage.refuse(`--model ${path}: a database can only join lists of items: compile with --head 0`)
    return {
      head: { model: path, method: model.method, options: { k, ...model.options } },
      options: { model, ...onlyGiven({ k, users, exclude, minScore, priorUpTo, unknownItems }) },
      work: { lists: { k, neighbours: model.entriesPerItem } },
    }
  }
  if (unknownItems !== undefined) stage.refuse('--unknown-items requires --model')
  if (given.options?.signals !== undefined) stage.refuse('--options: a table in a database is read without signals')
  const [named, ...others] = given.method ?? []
  if (others.length > 0) stage.refuse('--method: give one method at a time for a database')
  const question = await askQuestion('recommend', { ...given, method: named })
  const { list, method, options } = question
  const neighbours = requireCounted(question, stage)
  return {
    head: { method, options },
    options: { ...list, ...onlyGiven({ users, unknown }) },
    work: { neighbours, lists: { k, neighbours } },
  }
}

/** Number of neighbours of each item that a database should count. */
export function requireCounted({ method, options }: Question, stage: Stage): number {
  const { neighbours } = options as { readonly neighbours?: number | null }
  if (typeof neighbours === 'number') return neighbours
  return stage.refuse(
    `--from: a database supports --method item-knn, p3alpha and rp3beta with --neighbours 200, not ${method}${neighbours === null ? ' with all neighbours' : ''}; ` +
      'or it serves a --model from `compile --head 0`, made from a sample that fits in memory',
  )
}

/** Refuses flags that were decided when the model was compiled. */
function requireUndecided(flags: AllFlags, stage: Stage): void {
  const decided = Object.keys(flags).find((name) => stage.isGiven(name))
  if (decided !== undefined) stage.refuse(`${flagOf(decided)} was decided when the model was compiled`)
}

async function* watched(lists: Iterable<UserList>, signal: AbortSignal | undefined): AsyncGenerator<UserList> {
  for (const list of lists) {
    signal?.throwIfAborted()
    yield list
  }
}
