/** A compiled recommender in a file. */
import { isFingerprint, type DataFingerprint } from '../data/data-fingerprint.ts'
import { isStoredRules, type SignalRules } from '../data/signal-rules.ts'
import { having, isKeys } from '../support/arguments.ts'
import { DenseKeyIndex, type KeyIndex } from '../support/key-index.ts'
import { isBoolean, integerAtLeast, type Check } from '../support/options.ts'
import { resolve } from '../support/spec.ts'
import { FINITE, type SectionContents } from '../support/section-contents.ts'
import type { SavedFormat } from '../support/sections.ts'
import { anyFields, fields, integerBetween } from '../support/shape.ts'
import { METHOD_NAMES, methodOf, type MethodName, type MethodOptions } from './methods/methods.ts'
import type { Popularity } from './methods/popularity.ts'
import { itemBitsOf, MOST_ITEMS, type PackedRows } from './packed-rows.ts'

/** How a compiled recommender came to be. JSON-safe. */
export interface CompiledFacts {
  readonly method: MethodName
  /** The method's options, defaults filled in. */
  readonly options: MethodOptions
  /** Whether interaction values weighed. */
  readonly weighted: boolean
  /** What interactions weighed by signal; `null` where signals did not matter. */
  readonly signals: SignalRules | null
  /** Most entries that were kept of each item. */
  readonly entriesPerItem: number
  /** The data it was made of. */
  readonly fingerprint: DataFingerprint
}

/** Everything that a compiled recommender is made of. */
export interface CompiledParts {
  readonly facts: CompiledFacts
  readonly items: KeyIndex
  /** Row i: the scores of the profile that holds item i alone. */
  readonly rows: PackedRows
  readonly popularity: Popularity
}

interface Header extends Omit<CompiledFacts, 'entriesPerItem'> {
  /** What version 1 calls `entriesPerItem`. */
  readonly neighbours: number
  readonly itemCount: number
  /** Whether ids are the row numbers themselves. */
  readonly dense: boolean
}

type Name = 'ids' | 'indptr' | 'words' | 'steps' | 'popular items' | 'popular shares'

/** A method that can be compiled: popularity looks at no profile. */
const isMethod: Check = (value) =>
  METHOD_NAMES.includes(value as MethodName) && value !== 'popularity' ? null : 'a method that can be compiled'

const hasFields = fields<Header>({
  method: isMethod,
  options: anyFields,
  weighted: isBoolean,
  signals: isStoredRules,
  neighbours: integerAtLeast(1),
  fingerprint: isFingerprint,
  itemCount: integerBetween(0, MOST_ITEMS),
  dense: isBoolean,
})

const isHeader: Check = (value) => {
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

export const COMPILED_FORMAT: SavedFormat<CompiledParts> = {
  what: 'a compiled recommender',
  writer: 'writeCompiled',
  argument: 'compiled',
  magic: '\x89rivulet',
  version: 1,
  value: having({ facts: anyFields, items: isKeys, rows: anyFields, popularity: anyFields }),
  facts: isHeader,
  sections: ['ids', 'indptr', 'words', 'steps', 'popular items', 'popular shares'],

  // Facts in the order of version 1, whose bytes stay the same.
  take: ({ facts: { entriesPerItem, fingerprint, ...facts }, items, rows, popularity }) => ({
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
  }),

  make({ itemCount, dense, neighbours: entriesPerItem, ...rest }, sections) {
    const rows = readRows(sections, itemCount)
    const items = sections.numbers('popular items', 'int32', itemCount, [0, itemCount - 1])
    const met = new Uint8Array(itemCount)
    for (const item of items) met[item] = 1
    if (met.includes(0)) throw sections.refusal('popular items', 'every item once')
    const shares = sections.numbers('popular shares', 'float32', itemCount, FINITE)
    if (sections.isEmpty('ids') !== dense) throw sections.refusal('ids', dense ? 'no bytes' : 'ids')
    const facts = { ...rest, entriesPerItem }
    return { facts, items: sections.keys('ids', itemCount), rows, popularity: { items, shares } }
  },
} satisfies SavedFormat<CompiledParts, Header, Name>

/** Rows end where the next ones begin, and ascend by item: no number points outside, none twice to the same place. */
function readRows(sections: SectionContents<Name>, itemCount: number): PackedRows {
  const steps = sections.numbers('steps', 'float64', itemCount, [0, Number.MAX_VALUE])
  const words = sections.numbers('words', 'uint32', null, [0, 2 ** 32 - 1])
  const indptr = sections.numbers('indptr', 'uint32', itemCount + 1, [0, words.length])
  if (indptr[0] !== 0 || indptr[itemCount] !== words.length) throw sections.refusal('indptr', 'the ends of all rows')
  const mask = 2 ** itemBitsOf(itemCount) - 1
  for (let row = 0; row < itemCount; row++) {
    if (indptr[row] > indptr[row + 1]) throw sections.refusal('indptr', 'ends that ascend')
    let before = -1
    for (let at = indptr[row]; at < indptr[row + 1]; at++) {
      const item = words[at] & mask
      if (item <= before || item >= itemCount) throw sections.refusal('words', 'items that ascend in every row')
      before = item
    }
  }
  return { itemCount, indptr, words, steps }
}
