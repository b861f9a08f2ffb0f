/** Errors of damaged files. */
import { RivuletError } from '../support/errors.ts'

/** Runs a parser and turns its errors into those of a damaged file. @param what expected format, as 'Parquet' @throws {RivuletError} INVALID_DATA for whatever the parser throws */
export function attempt<Result>(who: string, what: string, read: () => Result): Result {
  try {
    return read()
  } catch (error) {
    throw damaged(who, what, error)
  }
}

/** The error to throw for whatever a parser threw. */
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

/** Throws unless a condition holds; `attempt` adds the file to the message. */
export function insist(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Error(otherwise)
}
