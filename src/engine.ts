import type { Signals } from './data/signal-rules.ts'
import type { ClusterOptions, Clusters } from './cluster/options.ts'
import { clusterItems, clusterUsers } from './cluster/cluster-users.ts'
import { contrastiveEmbedding, type ContrastiveEmbedding } from './embed/contrastive-embedding.ts'
import type { ContrastiveEmbeddingOptions, TrainingProgress } from './embed/contrastive-options.ts'
import { spectralEmbedding, type SpectralEmbedding, type SpectralEmbeddingOptions } from './embed/spectral-embedding.ts'
import { resolveEngine, type EngineOptions } from './engine-options.ts'
import { openInSlices, weighs, type Source } from './network/open.ts'
import { labelPropagation, type LabelPropagationOptions } from './label/label-propagation.ts'
import { labelSpreading, type LabelSpreadingOptions } from './label/label-spreading.ts'
import type { Labelling } from './label/labelling.ts'
import {
  personalizedPageRank,
  type PageRanks,
  type PersonalizedPageRankOptions,
} from './label/personalized-pagerank.ts'
import { poissonLearning, type PoissonLearningOptions } from './label/poisson-learning.ts'
import { inferLabels, type InferLabelsOptions, type InferredLabelling } from './label/infer-labels.ts'
import { ratingsOn, type RatingPredictions } from './ratings/predict-ratings.ts'
import type { PredictRatingsOptions } from './ratings/options.ts'
import type { SelfTrainingOptions } from './label/self-training-options.ts'
import { selfTraining, type SelfTraining } from './label/self-training.ts'
import { explainPlan, summarizePlan, type Plan } from './plan/explain.ts'
import { Catalogue } from './recommend/catalogue.ts'
import { Compilation, type CompileOptions } from './recommend/compile.ts'
import type { CompiledRecommender } from './recommend/compiled.ts'
import { explainScore, type Explanation } from './recommend/explain.ts'
import { takeLists, until } from './recommend/list-room.ts'
import { askAboutProfiles, itemProfiles, profilesAt } from './recommend/profile-question.ts'
import type { ProfileSource } from './recommend/profile.ts'
import { joinRankings, listAt, type Rankings, type Recommendation } from './recommend/rankings.ts'
import { addLists } from './recommend/recommend.ts'
import {
  callOptions,
  resolveList,
  resolveRecommender,
  usersOptions,
  type ListOptions,
  type RecommenderOptions,
} from './recommend/request.ts'
import { rounds, userRows } from './recommend/rounds.ts'
import { similarUsersOn, similarUsersOptions, type SimilarUser } from './recommend/similar-users.ts'
import type { Algorithm } from './request/request.ts'
import { nextTask, workAsync } from './support/drive.ts'
import { Executor, type ExecutorOptions } from './run/executor.ts'
import { watched, type Progress, type Watch } from './run/protocol.ts'
import type { BalanceTuning } from './tune/balance-search.ts'
import type { OptionsTuning } from './tune/options-search.ts'
import type { RecipeTuning } from './tune/recipe-search.ts'
import { fit } from './tune/tune.ts'
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
import { jsonOf, RivuletError, show } from './support/errors.ts'
import type { Id } from './support/key-index.ts'
import { resolve, type Given } from './support/spec.ts'
import type { NamedNetwork } from './network/network.ts'

/**
 * How a call is watched and stopped: `signal` cancels, while the call waits its turn too; `onProgress` is told how many lists are ranked, or
 * for other questions how many blocks of label columns are solved (again for each of the problems that `labelPropagation` solves in turn).
 */
export type CallOptions = Watch

/** Options of lists for many users, and how the call is watched. */
export interface EngineListOptions extends ListOptions, CallOptions, Given<typeof usersOptions> {}

/** Options of functions that an engine answers once and for all. */
type MatrixOptions = Pick<EngineOptions, 'weighted' | 'signals' | 'memoryLimitBytes'>

const WHO = 'Engine'

/**
 * A graph prepared once and asked many times, on worker threads. Calls queue up: one at a time has all threads.
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
  /** As it was given. */
  readonly #signals: Signals | null
  #catalogue: Catalogue | null = null

  private constructor(source: Source, network: NamedNetwork, options: ExecutorOptions, signals: Signals | null) {
    this.#source = source
    this.#network = network
    this.#executor = new Executor(WHO, network, options)
    this.#signals = signals
  }

  /**
   * Builds the matrix of a graph or table.
   *
   * @throws {RivuletError} what the source is refused for; MEMORY_LIMIT before anything is allocated.
   */
  static async create(source: Source, options?: EngineOptions): Promise<Engine> {
    const { weighted, signals, ...executing } = resolveEngine('Engine.create', options)
    const reading = { weighted, signals, direction: 'both', memoryLimitBytes: executing.memoryLimitBytes } as const
    return new Engine(source, await workAsync(openInSlices('Engine.create', source, reading)), executing, signals)
  }

  /**
   * The plan of the last problem that was solved, in one line and in full, and the most bytes that any plan took so far; `null` before the
   * first.
   */
  get plan(): { summary: string; explain: () => string; details: Plan; peakBytes: number } | null {
    const { plan, peakBytes } = this.#executor
    return plan && { summary: summarizePlan(plan), explain: () => explainPlan(plan), details: plan, peakBytes }
  }

  /** As the function `recommend`, on the threads. */
  async recommend(options?: EngineListOptions): Promise<Map<string, Recommendation[]>> {
    const lists = new Map<string, Recommendation[]>()
    for await (const rankings of this.#rankings('recommend', options))
      await this.#executor.runBeside(addLists(lists, rankings, this.#items()), options)
    return lists
  }

  /** Ranked items for all users, one after the other, in constant memory. */
  async *recommendAll(
    options?: EngineListOptions,
  ): AsyncGenerator<{ readonly user: string; readonly items: Recommendation[] }> {
    for await (const rankings of this.#rankings('recommendAll', options)) {
      const { users, items } = this.#items()
      for (let place = 0; place < rankings.users.length; place++) {
        yield { user: users.keyOf(rankings.users[place]), items: listAt(rankings, place, items) }
      }
    }
  }

  /** Ranked item rows as typed arrays, for evaluation and bulk export: no strings. */
  async rank(options?: EngineListOptions): Promise<Rankings> {
    const parts: Rankings[] = []
    for await (const rankings of this.#rankings('rank', options)) parts.push(rankings)
    return joinRankings(parts)
  }

  /** Ranked items for somebody who is not in the data. */
  async recommendFor(profile: ProfileSource, options?: ListOptions & CallOptions): Promise<Recommendation[]> {
    const [list] = await this.#rankProfiles('recommendFor', [profile], options)
    return list
  }

  /** As the function `similarItems`, on the threads. */
  async similarItems(item: Id, options?: ListOptions & CallOptions): Promise<Recommendation[]>
  async similarItems(item: readonly Id[], options?: ListOptions & CallOptions): Promise<Map<string, Recommendation[]>>
  async similarItems(
    item: Id | readonly Id[],
    options?: ListOptions & CallOptions,
  ): Promise<Recommendation[] | Map<string, Recommendation[]>> {
    const lists = await this.#rankProfiles('similarItems', itemProfiles(item), options)
    return Array.isArray(item) ? new Map(item.map((id: Id, at) => [String(id), lists[at]])) : lists[0]
  }

  /** The users that spreading from one user reaches most. */
  async similarUsers(user: Id, options?: Given<typeof similarUsersOptions> & CallOptions): Promise<SimilarUser[]> {
    const { k } = resolve('similarUsers', { ...similarUsersOptions, ...callOptions }, options)
    return this.#executor.run(similarUsersOn(this.#network, this.#items(), user, k), options)
  }

  /** The exact contribution of each of a user's interactions to an item's score. */
  async explain(user: Id, item: Id, options?: RecommenderOptions & CallOptions): Promise<Explanation> {
    const request = resolveRecommender('explain', options, callOptions)
    return this.#executor.run(explainScore(this.#items(), user, item, request), options)
  }

  /**
   * As the function `compile`, on the threads; progress counts items. The result needs neither the engine nor its threads.
   *
   * @throws {RivuletError} INVALID_OPTION for `memoryLimitBytes`, or `weighted` and `signals` that are not the engine's: they are set when it is made.
   */
  async compile(options?: CompileOptions, watch?: CallOptions): Promise<CompiledRecommender> {
    this.#requireOwnMatrix('compile', options)
    watched('compile', watch)
    const compilation = new Compilation('compile', this.#items(), options)
    const { rows, entriesPerItem } = compilation
    for await (const _ of this.#inRounds(rows, entriesPerItem, (round) => compilation.add(round), watch));
    return this.#executor.run(compilation.finish(), { signal: watch?.signal })
  }

  /** As the function `tune`, on threads of its own; progress counts trials. @throws {RivuletError} as `tune`; MEMORY_LIMIT when a second matrix does not fit. */
  tune<N extends TunableName = 'graph-filter'>(
    options?: OptionsSearch<N>,
    watch?: CallOptions,
  ): Promise<OptionsTuning<N>>
  tune(options: RecipeSearch, watch?: CallOptions): Promise<RecipeTuning>
  tune(options: SignalsSearch, watch?: CallOptions): Promise<SignalsTuning>
  tune(options: BalanceSearch, watch?: CallOptions): Promise<BalanceTuning>
  async tune(options?: TuneOptions, watch?: CallOptions): Promise<Tuning> {
    if (readsAsEngine(options)) this.#requireOwnMatrix('tune', options)
    const own = { source: this.#source, network: this.#network, signals: this.#signals }
    return tuneOnThreads(this.#executor, own, options, watch)
  }

  /** @deprecated Now `tune({ search: 'recipe' })`. @throws {RivuletError} UNKNOWN_OPTION that says so */
  readonly fit = fit

  /**
   * As `labelSpreading.detailed`, on the threads.
   *
   * @throws {RivuletError} INVALID_OPTION for `memoryLimitBytes`, or `weighted` and `signals` that are not the engine's: they are set when it is made.
   */
  async labelSpreading(options: LabelSpreadingOptions, watch?: CallOptions): Promise<Labelling> {
    return this.#run(labelSpreading, options, watch)
  }

  /** As `labelPropagation.detailed`, on the threads; options as `labelSpreading` here. */
  async labelPropagation(options: LabelPropagationOptions, watch?: CallOptions): Promise<Labelling> {
    return this.#run(labelPropagation, options, watch)
  }

  /** As `poissonLearning.detailed`, on the threads; options as `labelSpreading` here. */
  async poissonLearning(options: PoissonLearningOptions, watch?: CallOptions): Promise<Labelling> {
    return this.#run(poissonLearning, options, watch)
  }

  /** As `inferLabels.detailed`, on the threads; options as `labelSpreading` here. */
  async inferLabels(options: InferLabelsOptions, watch?: CallOptions): Promise<InferredLabelling> {
    return this.#run(inferLabels, options, watch)
  }

  /** As `selfTraining.detailed`, on the threads; progress begins again in each round. Options as `labelSpreading` here. */
  async selfTraining(options: SelfTrainingOptions, watch?: CallOptions): Promise<SelfTraining> {
    return this.#run(selfTraining, options, watch)
  }

  /** As `personalizedPageRank.detailed`, on the threads; a directed edge counts both ways here. Options as `labelSpreading` here. */
  async personalizedPageRank(options?: PersonalizedPageRankOptions, watch?: CallOptions): Promise<PageRanks> {
    return this.#run(personalizedPageRank, options, watch)
  }

  /** As `spectralEmbedding.detailed`, on the threads; options as `labelSpreading` here. */
  async spectralEmbedding(options?: SpectralEmbeddingOptions, watch?: CallOptions): Promise<SpectralEmbedding> {
    return this.#run(spectralEmbedding, options, watch)
  }

  /** As `contrastiveEmbedding.detailed`, its sweeps on the threads; options as `labelSpreading` here; progress counts batches. */
  async contrastiveEmbedding(
    options?: ContrastiveEmbeddingOptions,
    watch?: CallOptions,
  ): Promise<ContrastiveEmbedding> {
    const { signal, onProgress } = watched('contrastiveEmbedding', watch)
    const resolved = contrastiveEmbedding.resolve(options)
    const tell = (progress: TrainingProgress): void => {
      resolved.onProgress?.(progress)
      const { epoch, epochs, batch, batches } = progress
      onProgress?.({ done: (epoch - 1) * batches + batch, total: epochs * batches })
    }
    this.#requireOwnMatrix('contrastiveEmbedding', options)
    return this.#executor.run(contrastiveEmbedding.on(this.#network, { ...resolved, onProgress: tell }), { signal })
  }

  /** As `clusterUsers.detailed`, vectors and neighbours on the threads; options as `labelSpreading` here. */
  async clusterUsers(options?: ClusterOptions, watch?: CallOptions): Promise<Clusters> {
    return this.#run(clusterUsers, options, watch)
  }

  /** As `clusterItems.detailed`, otherwise as `clusterUsers` here. */
  async clusterItems(options?: ClusterOptions, watch?: CallOptions): Promise<Clusters> {
    return this.#run(clusterItems, options, watch)
  }

  /**
   * As `predictRatings.detailed` on the graph or table that the engine was made of. Every balance makes a graph of its own: each is decomposed on
   * threads of its own for as long as it takes; progress begins again with each.
   *
   * @throws {RivuletError} as `predictRatings`; MEMORY_LIMIT when a second matrix does not fit.
   */
  async predictRatings(options?: PredictRatingsOptions, watch: CallOptions = {}): Promise<RatingPredictions> {
    const memoryLimitBytes = this.#network.budget.freeBytes
    return this.#executor.runBeside(
      ratingsOn(this.#source, { memoryLimitBytes, ...options }),
      watched('predictRatings', watch),
    )
  }

  /** Ends all threads. Calls under way fail with CLOSED. A second call does nothing. */
  async close(): Promise<void> {
    await this.#executor.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #items(): Catalogue {
    this.#catalogue ??= new Catalogue(WHO, this.#network)
    return this.#catalogue
  }

  /** Runs a method on the threads. */
  async #run<Options extends object, Result>(
    method: { readonly name: string; on(network: NamedNetwork, options: Options | undefined): Algorithm<Result> },
    options: Options | undefined,
    watch: CallOptions | undefined,
  ): Promise<Result> {
    this.#requireOwnMatrix(method.name, options)
    return this.#executor.run(method.on(this.#network, options), watch)
  }

  /** What would need another matrix, or another memory, is refused rather than ignored. */
  #requireOwnMatrix(who: string, options: MatrixOptions | null = {}): void {
    // What is no object is refused where options are read.
    if (options === null) return
    const { weighing } = this.#network
    const own = {
      weighted: [weighing.weighted],
      signals: [this.#signals, weighing.signals],
      memoryLimitBytes: [Infinity],
    }
    const { weighted } = options
    const asked = { ...options, weighted: weighted && weighs(weighted, this.#network.sides !== null) }
    for (const name of ['weighted', 'signals', 'memoryLimitBytes'] as const) {
      const given = asked[name]
      if (given === undefined || own[name].some((value) => jsonOf(value) === jsonOf(given))) continue
      throw new RivuletError('INVALID_OPTION', {
        who: `${who}, option '${name}'`,
        expected: "the engine's own",
        got: show(given),
        todo: `Give '${name}' to Engine.create, or call the function ${who}.`,
        details: { option: name, value: given },
      })
    }
  }

  async #rankProfiles(
    who: string,
    sources: readonly ProfileSource[],
    options: (ListOptions & CallOptions) | undefined,
  ): Promise<Recommendation[][]> {
    const catalogue = this.#items()
    const { request, profiles, release } = askAboutProfiles(who, catalogue, sources, options, callOptions)
    const places = Int32Array.from(profiles, (_, place) => place)
    const ask = (round: Int32Array): Algorithm<Rankings> => catalogue.rankProfiles(profilesAt(profiles, round), request)
    const lists: Recommendation[][] = []
    for await (const rankings of until(release, this.#inRounds(places, request.k, ask, options)))
      for (const place of rankings.users.keys()) lists.push(listAt(rankings, place, catalogue.items))
    return lists
  }

  async *#rankings(who: string, options: EngineListOptions | undefined): AsyncGenerator<Rankings> {
    const catalogue = this.#items()
    const request = resolveList(who, options, catalogue.items, { ...callOptions, ...usersOptions })
    const rows = userRows(who, catalogue.users, options?.users)
    const inRounds = this.#inRounds(rows, request.k, (round) => catalogue.rankUsers(round, request), options)
    yield* until(takeLists(who, catalogue, rows.length, request), inRounds)
  }

  /** Asks about rows round by round, so that lists of `k` entries never stand in memory all together; progress counts rows. */
  async *#inRounds<Result>(
    rows: Int32Array,
    k: number,
    ask: (round: Int32Array) => Algorithm<Result>,
    watch: CallOptions = {},
  ): AsyncGenerator<Result> {
    let done = 0
    for (const round of rounds(rows, k)) {
      if (done > 0) await nextTask()
      const before = done
      let most = 0
      // A round may take several problems, each of which counts its blocks again.
      const share = ({ done: blocks, total }: Progress): void => {
        most = Math.max(most, Math.floor((round.length * blocks) / total))
        watch.onProgress?.({ done: before + most, total: rows.length })
      }
      yield await this.#executor.run(ask(round), { signal: watch.signal, onProgress: watch.onProgress && share })
      done += round.length
      watch.onProgress?.({ done, total: rows.length })
    }
  }
}
