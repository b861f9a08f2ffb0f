/** The file format of compiled recommenders. */
import { isFingerprint, type DataFingerprint } from '../data/data-fingerprint.ts'
import { isStoredRules, type SignalRules } from '../data/signal-rules.ts'
import { having, isKeys } from '../support/arguments.ts'
import { DenseKeyIndex, GrowingKeyIndex, type KeyIndex } from '../support/key-index.ts'
import { isBoolean, isString, integerAtLeast, numberBetween, oneOf, type Check } from '../support/options.ts'
import { resolve } from '../support/spec.ts'
import { FINITE, type SectionContents } from '../support/section-contents.ts'
import type { SavedFormat } from '../support/sections.ts'
import { anyFields, fields, integerBetween, listOf } from '../support/shape.ts'
import { dimensionsOf, lengthOf, MOST_EIGENVECTORS, type CompiledHead } from './compiled-head.ts'
import { METHOD_NAMES, methodOf, type MethodName, type MethodOptions } from './methods/methods.ts'
import { valueCount, type CompiledRelations, type CompiledRelation, type ColdItems } from './compiled-relations.ts'
import type { Popularity } from './methods/popularity.ts'
import { LONG } from './methods/recipe.ts'
import { itemBitsOf, MOST_ITEMS, type PackedRows } from './packed-rows.ts'

/** The origin of a compiled recommender. JSON-safe. */
export interface CompiledFacts {
  readonly method: MethodName
  /** The method's options, defaults filled in. */
  readonly options: MethodOptions
  /** Whether interaction values were used as weights. */
  readonly weighted: boolean
  /** Weights of interactions by signal; `null` if signals were not used. */
  readonly signals: SignalRules | null
  /** Maximum number of entries kept per item. */
  readonly entriesPerItem: number
  /** Fingerprint of the data. */
  readonly fingerprint: DataFingerprint
}

/** The parts of a compiled recommender. */
export interface CompiledParts {
  readonly facts: CompiledFacts
  readonly items: KeyIndex
  /** Row i: the scores of the profile that contains only item i. */
  readonly rows: PackedRows
  readonly head: CompiledHead | null
  readonly popularity: Popularity
  /** Recency factors of scores, > 0, shape (items); `null` for none. */
  readonly factors: Float32Array | null
  /** Values stored behind the items in `rows`; `null` without relations. */
  readonly relations: CompiledRelations | null
}

interface Header extends Omit<CompiledFacts, 'entriesPerItem'> {
  /** `entriesPerItem` in version 1. */
  readonly neighbours: number
  readonly itemCount: number
  /** Whether ids are equal to the row numbers. */
  readonly dense: boolean
}

/** Header of versions 2 and 3. */
interface HeaderWithHead extends Header {
  /** Number of eigenvectors. */
  readonly head: number
}

interface StoredRelation extends Pick<CompiledRelation, 'name' | 'side' | 'size'> {
  /** Whether the values have names, which are stored in section 'values'. */
  readonly named: boolean
}

interface HeaderWithRelations extends Header {
  readonly userDegree: number
  readonly relations: readonly StoredRelation[]
}

const NAMES = ['ids', 'indptr', 'words', 'steps', 'popular items', 'popular shares'] as const
const HEAD_NAMES = ['head order', 'head vectors', 'head start', 'head filters'] as const

const RECENT = 'recency factors'

const RELATION_NAMES = ['values', 'cold items', 'cold indptr', 'cold values', 'cold weights'] as const

type Name = (typeof NAMES)[number]
type NameWithRelations = Name | typeof RECENT | (typeof RELATION_NAMES)[number]
type NameWithHead = Name | (typeof HEAD_NAMES)[number]
type NameWithFactors = NameWithHead | typeof RECENT

/** Methods that can be compiled: all but popularity, which does not depend on profiles. */
const isMethod: Check = (value) =>
  METHOD_NAMES.includes(value as MethodName) && value !== 'popularity' ? null : 'a method that can be compiled'

const HEADER = {
  method: isMethod,
  options: anyFields,
  weighted: isBoolean,
  signals: isStoredRules,
  neighbours: integerAtLeast(1),
  fingerprint: isFingerprint,
  itemCount: integerBetween(0, MOST_ITEMS),
  dense: isBoolean,
}

const isHeader =
  (hasFields: Check): Check =>
  (value) => {
    const expected = hasFields(value)
    if (expected !== null) return expected
    const { method, options } = value as Header
    try {
      resolve('options', methodOf('options', method).options, options)
      return null
    } catch {
      return `options of method '${method}'`
    }
  }

const KIND = {
  what: 'a compiled recommender',
  writer: 'writeCompiled',
  argument: 'compiled',
  magic: '\x89rivulet',
  value: having({ facts: anyFields, items: isKeys, rows: anyFields, popularity: anyFields }),
}

// Facts keep the order of version 1, so that its bytes stay the same.
const take = ({ facts: { entriesPerItem, fingerprint, ...facts }, items, rows, popularity }: CompiledParts) => ({
  facts: {
    ...facts,
    neighbours: entriesPerItem,
    fingerprint,
    itemCount: items.size,
    dense: items instanceof DenseKeyIndex,
  },
  contents: {
    ids: items,
    indptr: rows.indptr,
    words: rows.words,
    steps: rows.steps,
    'popular items': popularity.items,
    'popular shares': popularity.shares,
  },
})

function make(
  { itemCount, dense, neighbours: entriesPerItem, ...rest }: Header,
  sections: SectionContents<Name>,
  signed: boolean,
  values = 0,
): CompiledParts {
  const rows = readRows(sections, itemCount + values, signed)
  const items = readEveryItem(sections, 'popular items', itemCount)
  const shares = sections.numbers('popular shares', 'float32', itemCount, FINITE)
  if (sections.isEmpty('ids') !== dense) throw sections.refusal('ids', dense ? 'no bytes' : 'ids')
  const facts = { ...rest, entriesPerItem }
  return {
    facts,
    items: sections.keys('ids', itemCount),
    rows,
    head: null,
    popularity: { items, shares },
    factors: null,
    relations: null,
  }
}

const hasHead = (head: Check): Check => isHeader(fields<HeaderWithHead>({ ...HEADER, head }))

function takeWithHead(parts: CompiledParts) {
  const { facts, contents } = take(parts)
  const { count = 0, order, vectors, start, lends = [], filters = [] } = parts.head ?? {}
  const isLent = filters.some(({ lent }) => lent !== null)
  const lent = isLent ? filters.slice(1).flatMap(({ gains, lent }) => Array.from(lent ?? gains.map(() => 0))) : []
  return {
    facts: { ...facts, head: count },
    contents: {
      ...contents,
      'head order': order ?? null,
      'head vectors': vectors ?? null,
      'head start': start ?? null,
      'head filters': Float32Array.from([
        ...filters.flatMap(({ walk, gains }) => [walk, ...gains]),
        ...lent,
        ...(lent.length > 0 ? lends : []),
      ]),
    },
  }
}

/** Range of factors: powers of e with exponents within 40. */
const FACTORS = [1e-18, 1e18] as const

const isRelation = fields<StoredRelation>({
  name: isString,
  side: oneOf('user', 'item'),
  size: integerBetween(0, MOST_ITEMS),
  named: isBoolean,
})

/** Version 4: values of all relations behind the items, and no head. */
const WITH_RELATIONS = {
  ...KIND,
  version: 4,
  facts: isHeader(
    fields<HeaderWithRelations>({
      ...HEADER,
      userDegree: numberBetween(0, Number.MAX_VALUE),
      relations: listOf(isRelation),
    }),
  ),
  sections: [...NAMES, RECENT, ...RELATION_NAMES],
  isNeeded: ({ relations }) => relations !== null,

  take(parts) {
    const { facts, contents } = take(parts)
    const { parts: relations = [], userDegree = 0, cold } = parts.relations ?? {}
    return {
      facts: {
        ...facts,
        userDegree,
        relations: relations.map(({ name, side, size, names }) => ({ name, side, size, named: names !== null })),
      },
      contents: {
        ...contents,
        [RECENT]: parts.factors,
        values: relations.flatMap(({ names }) => [...(names?.keys() ?? [])]),
        'cold items': cold?.items ?? null,
        'cold indptr': cold?.indptr ?? null,
        'cold values': cold?.values ?? null,
        'cold weights': cold?.weights ?? null,
      },
    }
  },

  make({ relations, userDegree, ...facts }, sections) {
    const parts = readNames(relations, sections)
    const { itemCount } = facts
    const values = valueCount({ parts })
    return {
      ...make(facts, sections, true, values),
      factors: sections.isEmpty(RECENT) ? null : sections.numbers(RECENT, 'float32', itemCount, FACTORS),
      relations: { parts, userDegree, cold: readCold(sections, itemCount, values) },
    }
  },
} satisfies SavedFormat<CompiledParts, HeaderWithRelations, NameWithRelations> & {
  isNeeded(parts: CompiledParts): boolean
}

const WITH_FACTORS = {
  ...KIND,
  version: 3,
  facts: hasHead(integerBetween(0, MOST_EIGENVECTORS)),
  sections: [...NAMES, ...HEAD_NAMES, RECENT],
  isNeeded: ({ factors }) => factors !== null,

  take(parts) {
    const { facts, contents } = takeWithHead(parts)
    return { facts, contents: { ...contents, [RECENT]: parts.factors } }
  },

  make({ head, ...facts }, sections) {
    const parts = make(facts, sections, head > 0)
    for (const name of HEAD_NAMES)
      if (head === 0 && !sections.isEmpty(name)) throw sections.refusal(name, 'no bytes without a head')
    return {
      ...parts,
      head: head === 0 ? null : readHead(sections, facts.itemCount, head),
      factors: sections.numbers(RECENT, 'float32', facts.itemCount, FACTORS),
    }
  },
  next: WITH_RELATIONS as SavedFormat<CompiledParts> & typeof WITH_RELATIONS,
} satisfies SavedFormat<CompiledParts, HeaderWithHead, NameWithFactors> & { isNeeded(parts: CompiledParts): boolean }

const WITH_HEAD = {
  ...KIND,
  version: 2,
  facts: hasHead(integerBetween(1, MOST_EIGENVECTORS)),
  sections: [...NAMES, ...HEAD_NAMES],
  isNeeded: ({ head }) => head !== null,
  take: takeWithHead,
  make: ({ head, ...facts }, sections) => ({
    ...make(facts, sections, true),
    head: readHead(sections, facts.itemCount, head),
  }),
  next: WITH_FACTORS as SavedFormat<CompiledParts> & typeof WITH_FACTORS,
} satisfies SavedFormat<CompiledParts, HeaderWithHead, NameWithHead> & { isNeeded(parts: CompiledParts): boolean }

export const COMPILED_FORMAT: SavedFormat<CompiledParts> = {
  ...KIND,
  version: 1,
  facts: isHeader(fields<Header>(HEADER)),
  sections: NAMES,
  take,
  make: (facts, sections) => make(facts, sections, false),
  next: WITH_HEAD as SavedFormat<CompiledParts> & typeof WITH_HEAD,
} satisfies SavedFormat<CompiledParts, Header, Name>

/** Start of each row and end of the last. */
function readEnds<Name extends string>(sections: SectionContents<Name>, name: Name, rows: number, length: number) {
  const ends = sections.numbers(name, 'uint32', rows + 1, [0, length])
  if (ends[0] !== 0 || ends[rows] !== length || ends.some((end, at) => end > ends[at + 1]))
    throw sections.refusal(name, 'ends that ascend, of all rows')
  return ends
}

/** Checks that each row ends where the next begins and is sorted by item, so that no index is out of range or repeated. */
function readRows(sections: SectionContents<Name>, itemCount: number, signed: boolean): PackedRows {
  const steps = sections.numbers('steps', 'float64', itemCount, [0, Number.MAX_VALUE])
  const words = sections.numbers('words', 'uint32', null, [0, 2 ** 32 - 1])
  const indptr = readEnds(sections, 'indptr', itemCount, words.length)
  const mask = 2 ** itemBitsOf(itemCount) - 1
  for (let row = 0; row < itemCount; row++) {
    let before = -1
    for (let at = indptr[row]; at < indptr[row + 1]; at++) {
      const item = words[at] & mask
      if (item <= before || item >= itemCount) throw sections.refusal('words', 'items that ascend in every row')
      before = item
    }
  }
  return { itemCount, signed, indptr, words, steps }
}

/** Names of the values of all relations, one relation after the other. */
function readNames(
  stored: readonly StoredRelation[],
  sections: SectionContents<NameWithRelations>,
): readonly CompiledRelation[] {
  const named = stored.reduce((sum, { size, named }) => sum + (named ? size : 0), 0)
  const texts = sections.texts('values', named)
  let from = 0
  return stored.map(({ named, ...relation }) => {
    if (!named) return { ...relation, names: null }
    const names = GrowingKeyIndex.from(texts.slice(from, (from += relation.size)))
    if (names.size !== relation.size) throw sections.refusal('values', 'names that a relation has once')
    return { ...relation, names }
  })
}

function readCold(sections: SectionContents<NameWithRelations>, itemCount: number, valueCount: number): ColdItems {
  const items = sections.numbers('cold items', 'int32', null, [0, itemCount - 1])
  if (items.some((item, at) => at > 0 && item <= items[at - 1]))
    throw sections.refusal('cold items', 'items that ascend')
  const values = sections.numbers('cold values', 'int32', null, [itemCount, itemCount + valueCount - 1])
  const weights = sections.numbers('cold weights', 'float32', values.length, FINITE)
  return { items, indptr: readEnds(sections, 'cold indptr', items.length, values.length), values, weights }
}

/** Checks that vectors are sorted by length, because serving stops at the first that is too short. */
function readHead(sections: SectionContents<NameWithHead>, itemCount: number, count: number): CompiledHead {
  const dimensions = dimensionsOf(count)
  const order = readEveryItem(sections, 'head order', itemCount)
  const vectors = sections.numbers('head vectors', 'float32', itemCount * dimensions, FINITE)
  const start = sections.numbers('head start', 'float32', itemCount, FINITE)
  const numbers = sections.numbers('head filters', 'float32', null, FINITE)
  const lentFrom = (LONG + 1) * (1 + dimensions)
  const lentTo = lentFrom + LONG * dimensions
  // Amounts that profiles of 1 to LONG items get from the average user are stored after all filters, followed by the items whose weight counts there; or there are none.
  const hasLent = numbers.length > lentFrom
  if (numbers.length !== (hasLent ? lentTo + itemCount : lentFrom)) {
    throw sections.refusal('head filters', 'filters of profiles of each length')
  }
  let before = Infinity
  for (let at = 0; at < vectors.length; at += dimensions) {
    const length = lengthOf(vectors.subarray(at, at + dimensions))
    if (!(length <= before)) throw sections.refusal('head vectors', 'vectors by their lengths, the longest first')
    before = length
  }
  const filters = Array.from({ length: LONG + 1 }, (_, n) => {
    const [walk, ...gains] = numbers.subarray(n * (1 + dimensions), (n + 1) * (1 + dimensions))
    const at = lentFrom + (n - 1) * dimensions
    const lent = hasLent && n > 0 ? numbers.slice(at, at + dimensions) : null
    return { walk, gains: Float32Array.from(gains), lent: lent?.some((one) => one !== 0) ? lent : null }
  })
  const lends = hasLent ? Uint8Array.from(numbers.subarray(lentTo)) : new Uint8Array(itemCount)
  return { count, dimensions, order, vectors, start, lends, filters }
}

function readEveryItem<Name extends string>(
  sections: SectionContents<Name>,
  name: Name,
  itemCount: number,
): Int32Array {
  const items = sections.numbers(name, 'int32', itemCount, [0, itemCount - 1])
  const met = new Uint8Array(itemCount)
  for (const item of items) met[item] = 1
  if (met.includes(0)) throw sections.refusal(name, 'every item once')
  return items
}
