/** Baking a linear recommender into a sparse matrix of items: row i holds the largest scores of the profile {i: 1}. */
import { fingerprintInSlices } from '../data/data-fingerprint.ts'
import { type SourceOptions, sourceOptions } from '../method/source-options.ts'
import type { Source } from '../network/open.ts'
import type { Algorithm } from '../request/request.ts'
import { RivuletError } from '../support/errors.ts'
import { integerAtLeast } from '../support/options.ts'
import { optional, type Given } from '../support/spec.ts'
import type { Catalogue } from './catalogue.ts'
import { CompiledRecommender } from './compiled.ts'
import type { Model } from './methods/model.ts'
import { RowPacker } from './packed-rows.ts'
import { open } from './recommend.ts'
import { resolveRecommender, type RecommenderOptions, type RecommenderRequest } from './request.ts'
import { rounds } from './rounds.ts'

export const compileOptions = {
  /** Most entries kept of each item, the largest; integer >= 1. Default: 200, or the method's own `neighbours` where those are more. */
  entriesPerItem: optional<number>(integerAtLeast(1)),
}

/** Options of `compile`: a method with its options, and how much of it is kept. */
export interface CompileOptions extends RecommenderOptions, SourceOptions, Given<typeof compileOptions> {}

const ENTRIES_PER_ITEM = 200

/**
 * Bakes a recommender into a `CompiledRecommender`, on the calling thread.
 *
 * Only scores above zero are kept: what a method would take off a score is left out. What the cut costs in accuracy is small where
 * `entriesPerItem` is a few hundred; measure it as `evaluateRankings(compiled.rank(train), train, test)`.
 *
 * @param source a bipartite graphology graph or a table of interactions
 * @throws {RivuletError} INVALID_OPTION for popularity, which looks at no profile, and as `recommend`; MEMORY_LIMIT for the matrix too.
 */
export function compile(source: Source, options?: CompileOptions): CompiledRecommender {
  const { catalogue, run } = open('compile', source, options)
  const compilation = new Compilation('compile', catalogue, options)
  for (const round of rounds(compilation.rows, compilation.entriesPerItem)) run(compilation.add(round))
  return run(compilation.finish())
}

/** A recommender on its way into a matrix: asked round by round on whatever threads, then finished. */
export class Compilation {
  /** Item rows, all of them: what is to be asked about, in this order. */
  readonly rows: Int32Array
  /** Entries of a row. */
  readonly entriesPerItem: number
  readonly #who: string
  readonly #catalogue: Catalogue
  readonly #request: RecommenderRequest
  readonly #packer: RowPacker
  #model: Model | null = null

  /** @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION. */
  constructor(who: string, catalogue: Catalogue, options: CompileOptions = {}) {
    const request = resolveRecommender(who, options, { ...sourceOptions, ...compileOptions })
    if (request.method === 'popularity') throw nothingToCompile(who)
    this.#request = asForLongProfiles(request)
    const { size } = catalogue.items
    const { entriesPerItem = Math.max(ENTRIES_PER_ITEM, request.methodOptions.neighbours ?? 0) } = options
    this.rows = Int32Array.from({ length: size }, (_, row) => row)
    this.entriesPerItem = Math.min(entriesPerItem, size)
    this.#who = who
    this.#catalogue = catalogue
    this.#packer = new RowPacker(who, size)
  }

  /** Asks for the lists of the profiles that hold one item of a round each, and packs them. @throws {RivuletError} MEMORY_LIMIT. */
  *add(round: Int32Array): Algorithm<void> {
    // Kept here, because other questions may come in between and the catalogue keeps the latest model only.
    this.#model ??= yield* this.#catalogue.model(this.#request)
    const profiles = {
      kind: 'sparse',
      indptr: Int32Array.from({ length: round.length + 1 }, (_, place) => place),
      indices: round,
      data: new Float32Array(round.length).fill(1),
    } as const
    const allowed = new Uint8Array(this.rows.length).fill(1)
    const lists = yield* this.#model.rank(profiles, { k: this.entriesPerItem, excludeSeeds: true, allowed })
    yield* this.#packer.add(lists)
    // Twice, for the moment in which the parts become one.
    const parts = { 'compiled entries': 2 * this.#packer.bytes }
    this.#catalogue.budget.require({
      who: this.#who,
      what: 'the entries so far',
      parts,
      todo: "Lower 'entriesPerItem'.",
    })
  }

  *finish(): Algorithm<CompiledRecommender> {
    const { who, method, methodOptions: options } = this.#request
    const { users, items, rows, weighing } = this.#catalogue
    const popularity = yield* this.#catalogue.popularity(who)
    const fingerprint = yield* fingerprintInSlices(users, items, (user) => rows.columnsOf(user))
    const facts = { method, options, ...weighing, entriesPerItem: this.entriesPerItem, fingerprint }
    return new CompiledRecommender({ facts, items, rows: yield* this.#packer.finish(), popularity })
  }
}

/** Rows are parts of longer profiles: they are spread as those are. */
function asForLongProfiles(request: RecommenderRequest): RecommenderRequest {
  const { recipe } = request.methodOptions
  if (recipe === undefined) return request
  return { ...request, methodOptions: { ...request.methodOptions, recipe: { ...recipe, shortProfiles: 0 } } }
}

function nothingToCompile(who: string): RivuletError {
  return new RivuletError('INVALID_OPTION', {
    who: `${who}, option 'method'`,
    expected: 'a method that looks at the user',
    got: "'popularity'",
    todo: 'Choose another method: popular items are recommended to everybody.',
    details: { option: 'method' },
  })
}
