/** A compiled recommender as bytes, and back: the same recommender gives the same bytes, and bytes that were tampered with are refused. */
import type { DataFingerprint } from '../data/data-fingerprint.ts'
import type { SignalRules } from '../data/signal-rules.ts'
import { RivuletError } from '../support/errors.ts'
import { keyBytes, readKeyBytes } from '../support/key-bytes.ts'
import { DenseKeyIndex, type KeyIndex } from '../support/key-index.ts'
import { bytesOf, readSections, writeSections, type SectionFormat } from '../support/sections.ts'
import type { MethodName, MethodOptions } from './methods.ts'
import { itemBitsOf, type PackedRows } from './packed-rows.ts'
import type { Popularity } from './popularity-model.ts'

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
  readonly neighbours: number
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

const FORMAT: SectionFormat = { what: 'a compiled recommender', magic: '\x89rivulet', version: 1 }

/** Bytes of a file. */
export function encodeCompiled({ facts, items, rows, popularity }: CompiledParts): Uint8Array {
  return writeSections(
    FORMAT,
    { ...facts, itemCount: items.size, dense: items instanceof DenseKeyIndex },
    {
      ids: keyBytes(items),
      indptr: bytesOf(rows.indptr),
      words: bytesOf(rows.words),
      steps: bytesOf(rows.steps),
      'popular items': bytesOf(popularity.items),
      'popular shares': bytesOf(popularity.shares),
    },
  )
}

/** @param who the reader and its path, for messages. @throws {RivuletError} READ_FAILED for bytes that are not what `encodeCompiled` gave. */
export function decodeCompiled(who: string, bytes: Uint8Array): CompiledParts {
  const { facts: header, sections } = readSections(who, FORMAT, bytes)
  try {
    const { itemCount, dense, ...facts } = header as CompiledFacts & { itemCount: number; dense: boolean }
    const section = (name: string): ArrayBuffer => sections.get(name)?.buffer as ArrayBuffer
    const parts = {
      facts,
      items: dense ? new DenseKeyIndex(itemCount) : readKeyBytes(new Uint8Array(section('ids')), itemCount),
      rows: {
        itemCount,
        indptr: new Uint32Array(section('indptr')),
        words: new Uint32Array(section('words')),
        steps: new Float64Array(section('steps')),
      },
      popularity: {
        items: new Int32Array(section('popular items')),
        shares: new Float32Array(section('popular shares')),
      },
    }
    if (isWhole(parts)) return parts
  } catch {
    // Checksums that fit over sections that do not: written by something else. Told below.
  }
  throw new RivuletError('READ_FAILED', {
    who,
    expected: 'sections that fit together',
    got: 'others under checksums that hold',
    todo: 'Make the file anew with writeCompiled.',
  })
}

/** Lengths fit together, and no number points outside: what is served was made here. */
function isWhole({ items, rows, popularity }: CompiledParts): boolean {
  const { itemCount, indptr, words, steps } = rows
  const mask = 2 ** itemBitsOf(itemCount) - 1
  return (
    items.size === itemCount &&
    steps.length === itemCount &&
    indptr.length === itemCount + 1 &&
    indptr[0] === 0 &&
    indptr[itemCount] === words.length &&
    indptr.every((start, row) => row === 0 || start >= indptr[row - 1]) &&
    words.every((word) => (word & mask) < itemCount) &&
    popularity.items.length === itemCount &&
    popularity.shares.length === itemCount &&
    popularity.items.every((item) => item >= 0 && item < itemCount)
  )
}
