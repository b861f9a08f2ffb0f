/** Requests for items: the method, its options, and the options of lists. */
import {
  DEFAULT_RECIPE,
  DenseKeyIndex,
  embeddingProduct,
  METHOD_NAMES,
  mix,
  resolveList,
  type Spec,
} from '../advanced.ts'
import {
  readEmbedding,
  RivuletError,
  type EngineOptions,
  type ListOptions,
  type MethodName,
  type MethodOptions,
  type OrderOptions,
  type RecencyOptions,
  type Recipe,
  type SelectionOptions,
} from '../index.ts'
import { readExclusion, readIds, readNumber, readRecency, readTime } from './argument-values.ts'
import { chosen, libraryFlags, methodFlags, onlyGiven, text, value, type Given } from './flags.ts'
import { readOptionsArgument, readRecipeArgument } from './json-argument.ts'
import type { Stage } from './stage.ts'

const OWN_FLAGS = methodFlags()

export const METHOD_FLAGS = {
  method: text('<name>', `${METHOD_NAMES.join(', ')} (default: graph-filter)`),
  recipe: value('<recipe>', 'graph-filter: JSON, or a JSON file such as `tune` writes', readRecipeArgument),
  options: value(
    '<options>',
    'options of the method, with its name: JSON, or a JSON file such as `tune` writes',
    readOptionsArgument<BundledOptions>,
  ),
  embedding: text('<file>', 'graph-filter: add the scores of the vectors that `embed` wrote for FILE as .embedding'),
  embeddingWeight: value('<number>', 'weight of the vectors relative to spreading (default: 1)', readNumber),
  recency: value(
    '<rule>',
    'weight of recent interactions: auto (from the drift of the data), none, a half-life such as 7d, or a rule in JSON (default: auto)',
    readRecency,
  ),
  now: value(
    '<time>',
    'moment from which --recency looks back: a date, or a number as in the data (default: about the newest row)',
    readTime,
  ),
  ...OWN_FLAGS,
}

/** The flag of commands that compare several methods. */
export const METHODS_FLAG = value(
  '<names>',
  `one, or several separated by commas, side by side: ${METHOD_FLAGS.method.help}`,
  readIds,
)

/** The content of --options; after tuning signals also their rules, which are options of the engine. */
export interface BundledOptions extends MethodOptions, RecencyOptions {
  readonly method?: MethodName
  readonly signals?: EngineOptions['signals']
}

/** Flags of requests about a profile. */
export const ORDER_FLAG = libraryFlags('recommend', ['profileHalfLife'])

export const LIST_FLAGS = {
  ...METHOD_FLAGS,
  exclude: value(
    '<rule>',
    "items to exclude: seen (all in the user's profile), none, or signals:buy,cart (those of these signals) (default: seen)",
    readExclusion,
  ),
  ...libraryFlags('recommend', ['minScore']),
  ...ORDER_FLAG,
}

/** A checked request to the library. */
export interface Question {
  /** Options for the library's functions. */
  readonly list: ListOptions
  readonly method: MethodName
  /** The given options and the method's defaults, for the report. */
  readonly options: QuestionOptions
}

/** Plain JSON: an embedding is named by its file. */
export interface QuestionOptions extends MethodOptions, RecencyOptions, OrderOptions, SelectionOptions {
  readonly embedding?: string
}

type Arguments = Partial<Given<typeof LIST_FLAGS>> & { readonly k?: number; readonly priorUpTo?: number | undefined }

/** Flags of some methods only, with these methods. */
const OF_METHODS: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(Object.entries(OWN_FLAGS).map(([name, { of = [] }]) => [name, of])),
  recipe: ['graph-filter'],
  embedding: ['graph-filter'],
  embeddingWeight: ['graph-filter'],
}

/**
 * The given flags for one of several methods, without those that apply only to others of them; a flag that applies to none is still refused.
 *
 * @param methods all requested methods
 */
function givenFor<A extends Arguments>(given: A, method: string, methods: readonly string[]): A {
  const isForOthers = (name: string): boolean => {
    const owners = name === 'options' ? [given.options?.method ?? method] : (OF_METHODS[name] ?? [method])
    return !owners.includes(method) && owners.some((owner) => methods.includes(owner))
  }
  const own = Object.entries(given).filter(([name]) => !isForOthers(name))
  return { ...(Object.fromEntries(own) as A), method }
}

/** A request for each method, in order; one if none is named. @throws {RivuletError} as `askQuestion` */
export async function askQuestions(
  who: string,
  { method: methods = [], ...given }: Omit<Arguments, 'method'> & { readonly method: readonly string[] | undefined },
  stage: Pick<Stage, 'refuse'>,
): Promise<readonly Question[]> {
  const one = { ...given, method: methods[0] }
  if (methods.length < 2) return [await askQuestion(who, one)]
  const twice = methods.find((name, at) => methods.indexOf(name) < at)
  if (twice !== undefined) stage.refuse(`--method ${twice} is given twice`)
  return Promise.all(methods.map((name) => askQuestion(who, givenFor(one, name, methods))))
}

/** Options of recency; `null` if none is given. */
export function recentOf({ recency, now }: Pick<Arguments, 'recency' | 'now'>): Partial<RecencyOptions> | null {
  if (recency === undefined && now === undefined) return null
  return onlyGiven({ recency: recency === 'none' ? null : recency, now })
}

/**
 * Checks the options of a request before a file of interactions is read.
 *
 * @param further other options of the function
 * @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION; READ_FAILED for --embedding
 */
export async function askQuestion(who: string, given: Arguments, further?: Spec): Promise<Question> {
  const { k, exclude, minScore, priorUpTo, profileHalfLife, embedding: path } = given
  const { method: named, signals: _, ...bundled } = given.options ?? {}
  const asMethod = (given.method ?? named) as MethodName | undefined
  const recipe = withEmbedding(given.recipe ?? bundled.recipe, { ...given, method: asMethod })
  const method = asMethod ?? (recipe === undefined ? undefined : 'graph-filter')
  const neighbours = given.neighbours === 'all' ? null : given.neighbours
  const asked: Omit<QuestionOptions, 'embedding'> = {
    ...bundled,
    ...onlyGiven({
      k,
      exclude,
      minScore,
      priorUpTo,
      profileHalfLife,
      recipe,
      ...chosen(given, OWN_FLAGS),
      neighbours,
    }),
    ...recentOf(given),
  }
  const list = { ...asked, ...(method !== undefined && { method }) } as ListOptions
  const request = resolveList(who, list, new DenseKeyIndex(0), further)
  const options = { ...asked, ...request.methodOptions, ...(path !== undefined && { embedding: path }) }
  const vectors = path === undefined ? {} : { embedding: await readEmbedding(path) }
  return { list: { ...list, ...vectors }, method: request.method, options }
}

/**
 * The recipe with the operator for --embedding, unless it has one.
 *
 * @param recipe the recipe from other flags
 * @throws {RivuletError} UNKNOWN_OPTION for a method without vectors, INVALID_OPTION for a weight without vectors, or one that is also in the recipe
 */
function withEmbedding(recipe: Recipe | undefined, given: Arguments): Recipe | undefined {
  const { method, embedding, embeddingWeight: weight } = given
  if (embedding === undefined && weight === undefined) return recipe
  if (method !== undefined && method !== 'graph-filter') {
    throw new RivuletError('UNKNOWN_OPTION', {
      who: embedding === undefined ? '--embedding-weight' : '--embedding',
      expected: "method 'graph-filter'",
      got: `'${method}'`,
      todo: 'Leave one of the two out.',
    })
  }
  const { operators, ...exponents } = recipe ?? DEFAULT_RECIPE
  const hasOne = operators.some(({ operator }) => operator === 'embedding')
  if (weight !== undefined && (embedding === undefined || hasOne)) {
    throw new RivuletError('INVALID_OPTION', {
      who: '--embedding-weight',
      expected: hasOne ? "a recipe without operator 'embedding'" : 'vectors: --embedding',
      got: hasOne ? 'a recipe with that operator' : 'none',
      todo: hasOne ? 'Set the weight in one place.' : 'Give --embedding FILE too, or leave the weight out.',
    })
  }
  return hasOne ? recipe : mix([...operators, embeddingProduct(weight === undefined ? {} : { weight })], exponents)
}
