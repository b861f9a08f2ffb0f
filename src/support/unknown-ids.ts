/** Handles and counts ids of a call that the data does not know. */
import { show } from './errors.ts'
import { requireRow, type KeyIndex } from './key-index.ts'
import { counted } from './printed.ts'
import { choice } from './spec.ts'

/** 'error' fails at the first, 'drop' skips it, 'prior' treats it as a user without interactions. */
export type UnknownRule = 'error' | 'drop' | 'prior'

export const unknownOptions = {
  /** What happens to unknown ids: 'error' fails at the first, 'drop' skips them and reports the number in notes. Default 'error'. */
  unknown: choice<'error' | 'drop'>('error', ['error', 'drop']),
}

/** Number of ids named in a note. */
const MOST_NAMED = 3

/** The ids of one call. */
export class UnknownIds {
  readonly rule: UnknownRule
  readonly #found = new Map<string, { count: number; readonly named: string[] }>()

  readonly #advice: string

  /** @param rule default: unknown ids are refused, and no option says otherwise @param option its name */
  constructor(rule?: UnknownRule, option = 'unknown') {
    this.rule = rule ?? 'error'
    // The command line says it by its flag.
    this.#advice = rule === undefined ? '' : ` Or leave such ids out: ${option}: 'drop'.`
  }

  /**
   * The row of an id; -1 if it is unknown and not refused.
   *
   * @param what in the singular: 'a user'
   * @throws {RivuletError} UNKNOWN_KEY as `requireRow`; under every rule for an invalid id
   */
  rowOf(who: string, what: string, index: KeyIndex, key: unknown): number {
    const isId = typeof key === 'string' || typeof key === 'bigint' || Number.isSafeInteger(key)
    const row =
      isId && this.rule !== 'error' ? index.rowOf(String(key)) : requireRow(who, what, index, key, this.#advice)
    if (row >= 0) return row
    const found = this.#found.get(what) ?? { count: 0, named: [] }
    this.#found.set(what, found)
    if (found.count++ < MOST_NAMED) found.named.push(show(key))
    return -1
  }

  /** Notes, one line for users, items or nodes: none if all are known. */
  get notes(): readonly string[] {
    return Array.from(this.#found, ([what, { count, named }]) => {
      const noun = what.replace(/^an? /, '')
      const done = this.rule === 'prior' && noun === 'user' ? 'answered by the prior' : 'dropped'
      const more = count > MOST_NAMED ? ', ...' : ''
      return `${counted(count, `unknown ${noun}`)} ${done}: ${named.join(', ')}${more}`
    })
  }
}
