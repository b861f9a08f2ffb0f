import type { EdgeWeight, GraphMapping } from './graph/mapping.ts'
import { SOURCE_OPTION_NAMES } from './method/source-options.ts'
import type { MethodName } from './recommend/methods/methods.ts'
import { readableAgain, type Relations } from './data/relation-options.ts'
import type { Signals } from './data/signal-rules.ts'
import { clusterItems, clusterUsers } from './cluster/cluster-users.ts'
import { contrastiveEmbedding, type ContrastiveEmbedding } from './embed/contrastive-embedding.ts'
import type { ContrastiveEmbeddingOptions, TrainingProgress } from './embed/contrastive-options.ts'
import { spectralEmbedding } from './embed/spectral-embedding.ts'
import { resolveEngine, type EngineOptions } from './engine-options.ts'
import { inferLabels } from './label/infer-labels.ts'
import { labelPropagation } from './label/label-propagation.ts'
import { labelSpreading } from './label/label-spreading.ts'
import { personalizedPageRank } from './label/personalized-pagerank.ts'
import { poissonLearning } from './label/poisson-learning.ts'
import { selfTraining } from './label/self-training.ts'
import type { OptionsOf, Task } from './method/define-method.ts'
import type { NamedNetwork } from './network/network.ts'
import { refuseRelations } from './network/relations.ts'
import { openInSlices, readAs, weighs, type Source } from './network/open.ts'
import { explainPlan, summarizePlan, type Plan } from './plan/explain.ts'
import type { PredictRatingsOptions } from './ratings/options.ts'
import { ratingsOn, type RatingPredictions } from './ratings/predict-ratings.ts'
import { Catalogue } from './recommend/catalogue.ts'
import { compile } from './recommend/compile.ts'
import { explain } from './recommend/explain.ts'
import { forecastOn, type Forecast, type ForecastQuestion } from './recommend/forecast.ts'
import { rankUsers } from './recommend/ranked-rounds.ts'
import { listAt, userAt, type Recommendation } from './recommend/rankings.ts'
import { rank, recommend, recommendFor, similarItems } from './recommend/recommend.ts'
import { userListOptions, type ListOptions, type UserListOptions } from './recommend/request.ts'
import { score } from './recommend/score.ts'
import { similarUsers } from './recommend/similar-users.ts'
import { Executor, type ExecutorOptions } from './run/executor.ts'
import { callOptions, watched, type Watch } from './run/protocol.ts'
import { workAsync } from './support/drive.ts'
import { jsonOf, RivuletError, show } from './support/errors.ts'
import type { Id } from './support/key-index.ts'
import { counted, INSPECT, shown } from './support/printed.ts'
import { resolve } from './support/spec.ts'
import type { BalanceTuning } from './tune/balance-search.ts'
import type { OptionsTuning } from './tune/options-search.ts'
import type { RecipeTuning } from './tune/recipe-search.ts'
import { fit } from './tune/tune.ts'
import { forecastTuning, type TuneForecast } from './tune/tune-forecast.ts'
import type { SignalsTuning } from './tune/signals-search.ts'
import type {
  BalanceSearch,
  OptionsSearch,
  RecipeSearch,
  SignalsSearch,
  TunableName,
  TuneOptions,
} from './tune/tune-options.ts'
import { readsAsEngine, tuneOnThreads, type Tuning } from './tune/tune.ts'

/**
 * Cancelling and progress of a call: `signal` cancels it, even while it is queued; `onProgress` is called with the number of ranked lists
 * or, for other methods, of solved blocks of label columns (`labelPropagation` solves several problems in turn, each with its own progress). Preparation before the
 * first list counts as the number of lists it is expected to cost.
 */
export type CallOptions = Watch

/** Options of lists for many users, with cancelling and progress. */
export type EngineListOptions = UserListOptions & CallOptions

const TUNE_ALONE = 'Tune on an engine without them; what is found is for lists with relations too.'

/** Options that are fixed when an engine is created. */
type MatrixOptions = Pick<
  EngineOptions,
  'weighted' | 'signals' | 'memoryLimitBytes' | 'graph' | 'getEdgeWeight' | 'relations'
>

/** How the source of an engine was read. */
interface EngineReading {
  readonly signals: Signals | null
  readonly graph: GraphMapping | undefined
  readonly getEdgeWeight: EdgeWeight | undefined
  readonly relations: Relations | undefined
}

/** Functions are equal only if they are identical. */
const isSame = (one: unknown, other: unknown): boolean =>
  one === other || (!hasFunction(one) && !hasFunction(other) && jsonOf(one) === jsonOf(other))

const hasFunction = (value: unknown): boolean =>
  [value, ...Object.values(Object(value) as object)].some((part) => typeof part === 'function')

const WHO = 'Engine'

/**
 * A graph that is prepared once and queried many times, on worker threads. Calls are queued: one at a time uses all threads.
 *
 * @example
 * ```ts
 * import { Engine, fromRows } from 'rivulet'
 *
 * const rows = [['ann', 'tea'], ['ann', 'milk'], ['bob', 'milk'], ['bob', 'bread']].map(([user, item]) => ({ user, item }))
 * const engine = await Engine.create(fromRows(rows, { user: 'user', item: 'item' }), { threads: 2 })
 * const lists = await engine.recommend({ users: ['ann'], k: 1 })
 * console.log(lists.get('ann')?.[0].item) // bread
 * await engine.close()
 * ```
 */
export class Engine {
  readonly #source: Source
  readonly #network: NamedNetwork
  readonly #executor: Executor
  readonly #executing: ExecutorOptions
  /** How the source was read, as it was given. */
  readonly #reading: EngineReading

  private constructor(source: Source, network: NamedNetwork, options: ExecutorOptions, reading: EngineReading) {
    this.#source = source
    this.#network = network
    this.#executor = new Executor(WHO, network, options)
    this.#executing = options
    this.#reading = reading
  }

  /**
   * Builds the matrix of a graph or table.
   *
   * @throws {RivuletError} for an invalid source; MEMORY_LIMIT before anything is allocated.
   */
  static async create(source: Source, options?: EngineOptions): Promise<Engine> {
    const who = 'Engine.create'
    const { weighted: given, signals, graph, getEdgeWeight, ...others } = resolveEngine(who, options)
    const { relations: related, ...executing } = others
    const relations = related && readableAgain(related)
    const { source: read, weighted } = readAs(who, source, { graph, getEdgeWeight, weighted: given })
    const { memoryLimitBytes } = executing
    const opening = openInSlices(who, read, { weighted, signals, relations, direction: 'both', memoryLimitBytes })
    return new Engine(read, await workAsync(opening), executing, { signals, graph, getEdgeWeight, relations })
  }

  /** Notes on how the source was interpreted, what was left out, and which weights of relations were found. */
  get notes(): readonly string[] {
    const found = this.#network.sides === null ? [] : Catalogue.of(WHO, this.#network).notes
    return [...(this.#network.notes ?? []), ...found]
  }

  /**
   * The plan of the last solved problem, in one line and in full, and the largest number of bytes of any plan so far; `null` before
   * the first.
   */
  get plan(): { summary: string; explain: () => string; details: Plan; peakBytes: number } | null {
    const { plan, peakBytes } = this.#executor
    return (
      plan &&
      shown(
        { summary: summarizePlan(plan), explain: () => explainPlan(plan), details: plan, peakBytes },
        {
          line: ({ summary }) => `Plan { ${summary} }`,
          document: ({ summary, details }) => ({ summary, peakBytes, details }),
        },
      )
    )
  }

  /**
   * How lists for users, or the result of `compile`, would be computed, and the expected seconds. It returns at once and computes nothing. If the model exists
   * already, only the lists count. The first call measures the speed of the machine, which takes a few milliseconds.
   *
   * @param options as of `recommend`
   * @returns `null` where no measurement exists: `popularity`, recipes with an embedding, walks whose exponents change weights
   * @throws {RivuletError} as `recommend`
   */
  forecast(options?: UserListOptions, question: ForecastQuestion = 'recommend'): Forecast | null {
    return forecastOn(this.#network, options, question, this.#executing)
  }

  /** As the function `recommend`, on the threads. */
  readonly recommend: (options?: EngineListOptions) => Promise<Map<string, Recommendation[]>> =
    this.#question(recommend)

  /** Ranked items for all users, one by one, in constant memory. */
  async *recommendAll(
    options?: EngineListOptions,
  ): AsyncGenerator<{ readonly user: string; readonly items: Recommendation[] }> {
    const who = 'recommendAll'
    const asked = resolve(who, { ...userListOptions, ...callOptions }, options)
    const { users, items } = Catalogue.of(who, this.#network)
    for (const round of rankUsers(who, this.#network, asked, 'a list')) {
      const rankings = await this.#executor.runBeside(round, asked, who)
      for (let place = 0; place < rankings.users.length; place++) {
        yield { user: userAt(rankings, place, users), items: listAt(rankings, place, items) }
      }
    }
  }

  /** Ranked items as typed arrays of row numbers, without strings, for evaluation and bulk export. */
  readonly rank = this.#question(rank)

  /** Ranked items for a user who is not in the data. */
  readonly recommendFor = this.#question(recommendFor)

  /** As the function `similarItems`, on the threads. */
  readonly similarItems = this.#question(similarItems) as {
    (item: Id, options?: ListOptions & CallOptions): Promise<Recommendation[]>
    (item: readonly Id[], options?: ListOptions & CallOptions): Promise<Map<string, Recommendation[]>>
  }

  /** Scores of given items for given users. */
  readonly score = this.#question(score)

  /** The users with the highest scores when spreading from one user. */
  readonly similarUsers = this.#question(similarUsers)

  /** The exact contribution of each of a user's interactions to an item's score. */
  readonly explain = this.#question(explain)

  /**
   * As the function `compile`, on the threads; progress counts items. The result needs neither the engine nor its threads.
   *
   * @throws {RivuletError} INVALID_OPTION for `memoryLimitBytes`, and for `weighted` and `signals` that differ from the engine's: they are set when it is created.
   */
  readonly compile = this.#method(compile)

  /**
   * The expected seconds of `tune` with `search: 'recipe'`; returns at once, as `forecast` does.
   *
   * @throws {RivuletError} as `tune` for its options
   */
  forecastTune(options: Omit<RecipeSearch, 'search'> = {}): TuneForecast {
    refuseRelations('forecastTune', this.#network, TUNE_ALONE)
    return forecastTuning(this.#network, { ...options, search: 'recipe' }, this.#executing)
  }

  tune<N extends MethodName = 'graph-filter'>(options: BalanceSearch<N>, watch?: CallOptions): Promise<BalanceTuning>
  tune(options: SignalsSearch, watch?: CallOptions): Promise<SignalsTuning>
  tune(options: RecipeSearch, watch?: CallOptions): Promise<RecipeTuning>
  /** As the function `tune`, on threads of its own; progress counts trials. @throws {RivuletError} as `tune`; MEMORY_LIMIT when a second matrix does not fit. */
  tune<N extends TunableName = 'graph-filter'>(
    options?: OptionsSearch<N>,
    watch?: CallOptions,
  ): Promise<OptionsTuning<N>>
  async tune(options?: TuneOptions, watch?: CallOptions): Promise<Tuning> {
    refuseRelations('tune', this.#network, TUNE_ALONE)
    if (readsAsEngine(options)) this.#requireOwnMatrix('tune', options)
    const own = { source: this.#source, network: this.#network, signals: this.#reading.signals }
    return tuneOnThreads(this.#executor, own, options, watch)
  }

  /** @deprecated Use `tune({ search: 'recipe' })`. @throws {RivuletError} UNKNOWN_OPTION always */
  readonly fit = fit

  /**
   * As `labelSpreading.detailed`, on the threads.
   *
   * @throws {RivuletError} INVALID_OPTION for `memoryLimitBytes`, and for `weighted` and `signals` that differ from the engine's: they are set when it is created.
   */
  readonly labelSpreading = this.#method(labelSpreading)

  /** As `labelPropagation.detailed`, on the threads; options as `labelSpreading` here. */
  readonly labelPropagation = this.#method(labelPropagation)

  /** As `poissonLearning.detailed`, on the threads; options as `labelSpreading` here. */
  readonly poissonLearning = this.#method(poissonLearning)

  /** As `inferLabels.detailed`, on the threads; options as `labelSpreading` here. */
  readonly inferLabels = this.#method(inferLabels)

  /** As `selfTraining.detailed`, on the threads; progress starts again in each round. Options as `labelSpreading` here. */
  readonly selfTraining = this.#method(selfTraining)

  /** As `personalizedPageRank.detailed`, on the threads; a directed edge counts both ways here. Options as `labelSpreading` here. */
  readonly personalizedPageRank = this.#method(personalizedPageRank)

  /** As `spectralEmbedding.detailed`, on the threads; options as `labelSpreading` here. */
  readonly spectralEmbedding = this.#method(spectralEmbedding)

  /** As `clusterUsers.detailed`, vectors and neighbours on the threads; options as `labelSpreading` here. */
  readonly clusterUsers = this.#method(clusterUsers)

  /** As `clusterItems.detailed`, otherwise as `clusterUsers` here. */
  readonly clusterItems = this.#method(clusterItems)

  /** As `contrastiveEmbedding.detailed`, its sweeps on the threads; options as `labelSpreading` here; progress counts batches. */
  async contrastiveEmbedding(
    options?: ContrastiveEmbeddingOptions,
    watch?: CallOptions,
  ): Promise<ContrastiveEmbedding> {
    const { name, ask } = contrastiveEmbedding.task
    const { signal, onProgress } = watched(name, watch)
    const resolved = contrastiveEmbedding.resolve(options)
    const tell = (progress: TrainingProgress): void => {
      resolved.onProgress?.(progress)
      const { epoch, epochs, batch, batches } = progress
      onProgress?.({ done: (epoch - 1) * batches + batch, total: epochs * batches })
    }
    this.#requireOwnMatrix(name, options)
    return this.#executor.runBeside(ask(this.#network, [], { ...resolved, onProgress: tell }), { signal }, name)
  }

  /**
   * As `predictRatings.detailed` on the graph or table of the engine. Each balance builds its own graph, which is decomposed
   * on temporary threads of its own; progress starts again with each.
   *
   * @throws {RivuletError} as `predictRatings`; MEMORY_LIMIT when a second matrix does not fit.
   */
  async predictRatings(options?: PredictRatingsOptions, watch?: CallOptions): Promise<RatingPredictions> {
    const memoryLimitBytes = this.#network.budget.freeBytes
    const { relations } = this.#reading
    const asked = { memoryLimitBytes, relations, ...options }
    return this.#executor.runBeside(ratingsOn(this.#source, asked), watch, 'predictRatings')
  }

  /** Facts about the engine, as plain data. */
  toJSON(): object {
    const { nodes, sides, rows } = this.#network
    const sizes = sides === null ? { nodes: nodes.size } : { users: sides.users.size, items: sides.items.size }
    return { ...sizes, edges: rows.nnz, notes: this.notes, plan: this.plan?.summary ?? null }
  }

  [INSPECT](): string {
    const { nodes, sides, rows } = this.#network
    const sizes =
      sides === null
        ? counted(nodes.size, 'node')
        : `${counted(sides.users.size, 'user')}, ${counted(sides.items.size, 'item')}`
    return `Engine { ${sizes}, ${counted(rows.nnz, 'edge')} }`
  }

  /** Terminates all threads. Running calls fail with CLOSED. A second call does nothing. */
  async close(): Promise<void> {
    await this.#executor.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /** A method whose options include cancelling and progress. */
  #question<About extends readonly unknown[], Own, Answer>({ task }: { readonly task: Task<About, Own, Answer> }) {
    return async (...given: [...about: About, ...options: OptionsOf<Own & CallOptions>]): Promise<Answer> => {
      const about = given.slice(0, task.arity) as readonly unknown[] as About
      const options = task.resolve(given[task.arity] as Own, callOptions)
      return this.#executor.runBeside(task.ask(this.#network, about, options), options, task.name)
    }
  }

  /** A method with cancelling and progress in a second argument. */
  #method<Own, Answer>({ task }: { readonly task: Task<[], Own, Answer> }) {
    return async (...[options, watch]: [...options: OptionsOf<Own>, watch?: CallOptions]): Promise<Answer> => {
      this.#requireOwnMatrix(task.name, options as MatrixOptions)
      return this.#executor.runBeside(
        task.ask(this.#network, [], task.resolve(options as Own)),
        watch as CallOptions,
        task.name,
      )
    }
  }

  /** Options that would need another matrix or another memory limit are refused, not ignored. */
  #requireOwnMatrix(who: string, options: MatrixOptions | null = {}): void {
    // Values other than objects are refused where options are read.
    if (options === null) return
    const { weighing } = this.#network
    const { signals, graph, getEdgeWeight, relations } = this.#reading
    const own = {
      weighted: [weighing.weighted],
      signals: [signals, weighing.signals],
      memoryLimitBytes: [Infinity],
      graph: [graph],
      getEdgeWeight: [getEdgeWeight],
      // Rows are too many to compare.
      relations: options.relations === relations ? [relations] : [],
    }
    const { weighted } = options
    const asked = { ...options, weighted: weighted && weighs(weighted, this.#network.sides !== null) }
    for (const name of SOURCE_OPTION_NAMES as (keyof MatrixOptions)[]) {
      const given = asked[name]
      if (given === undefined || own[name].some((value) => isSame(value, given))) continue
      throw new RivuletError('INVALID_OPTION', {
        who: `${who}, option '${name}'`,
        expected: "the engine's own value",
        got: show(given),
        todo: `Give '${name}' to Engine.create, or call the function ${who}.`,
        details: { option: name, value: given },
      })
    }
  }
}
