/** What trusts the bytes it reads, and what becomes of files that are damaged. */
import { RivuletError } from '../support/errors.ts'

/** Runs what trusts the bytes it reads. @param what the file should be: 'Parquet' @throws {RivuletError} INVALID_DATA for whatever it throws */
export function attempt<Result>(who: string, what: string, read: () => Result): Result {
  try {
    return read()
  } catch (error) {
    throw damaged(who, what, error)
  }
}

/** What to throw for whatever was thrown. */
export function damaged(who: string, what: string, error: unknown): RivuletError {
  if (error instanceof RivuletError) return error
  return new RivuletError('INVALID_DATA', {
    who,
    expected: `a whole ${what} file`,
    got: `a damaged one (${(error as Error).message})`,
    todo: 'Copy or download it again.',
    cause: error,
  })
}

/** Says what does not fit; `attempt` says whose it is. */
export function insist(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Error(otherwise)
}
