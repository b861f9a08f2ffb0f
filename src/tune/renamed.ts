/** Functions whose work `tune` does: a caller of one of them is told the new call. */
import { RivuletError } from '../support/errors.ts'

const ended =
  (name: string, now: string): ((...given: never[]) => never) =>
  () => {
    throw new RivuletError('UNKNOWN_OPTION', {
      who: name,
      expected: now,
      got: name,
      todo: 'It has another name now: see docs/how-to/tune.md.',
      details: { name, now },
    })
  }

/** @deprecated Now `tune(source, { search: 'recipe' })`. @throws {RivuletError} UNKNOWN_OPTION that says so */
export const fit = ended('fit', "tune(source, { search: 'recipe' })")
/** @deprecated Now `tune(table, { search: 'signals' })`. @throws {RivuletError} UNKNOWN_OPTION that says so */
export const fitSignals = ended('fitSignals', "tune(table, { search: 'signals' })")
/** @deprecated Now `tune(table, { search: 'balance' })`. @throws {RivuletError} UNKNOWN_OPTION that says so */
export const balanceSignals = ended('balanceSignals', "tune(table, { search: 'balance' })")
/** @deprecated Now `tune(objective, { space })`. @throws {RivuletError} UNKNOWN_OPTION that says so */
export const searchOptions = ended('searchOptions', 'tune(objective, { space })')
