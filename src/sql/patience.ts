/** Retries of failures that may be temporary. */
import { RivuletError } from '../support/errors.ts'

/** A temporary failure that a retry may fix: thrown by a connection when a server does not respond or is busy. */
export class PassingFailure extends Error {
  override readonly name = 'PassingFailure'
}

export interface Patience {
  /** How long a step is retried when servers do not respond, in milliseconds. */
  readonly deadlineMs: number
}

const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 5_000
/** Timeout for a server to cancel a query. */
export const LONGEST_END_MS = 10_000
/** Interval at which cancelling is checked. */
const TURN_MS = 50

/**
 * Retries until success, with exponential back-off.
 *
 * @param what the step, for messages
 * @param work idempotent: it may run again after an incomplete attempt
 * @throws {RivuletError} DEADLINE; errors other than `PassingFailure` at once
 */
export async function persist<Result>(
  what: string,
  { deadlineMs }: Patience,
  work: () => Promise<Result>,
  signal?: AbortSignal,
): Promise<Result> {
  const begun = performance.now()
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(LONGEST_WAIT_MS, 2 * wait)) {
    try {
      return await work()
    } catch (error) {
      signal?.throwIfAborted()
      if (!(error instanceof PassingFailure)) throw error
      const waited = performance.now() - begun
      if (waited + wait > deadlineMs) throw givenUp(what, waited, error)
    }
    await pause(wait, signal)
  }
}

/** Interval of health checks while a server is working. */
const LOOK_MS = 5_000

/**
 * Waits for work without a time limit as long as its server responds to health checks.
 *
 * @param work stops when its signal aborts
 * @param look checks the server on a separate connection, until its signal aborts
 * @param silenceMs how long the server may be silent, in milliseconds
 * @throws PassingFailure for a silent server
 */
export async function whileAlive<Result>(
  work: (signal: AbortSignal) => Promise<Result>,
  look: (signal: AbortSignal) => Promise<void>,
  silenceMs: number,
  signal?: AbortSignal,
): Promise<Result> {
  const given = new AbortController()
  const both = signal === undefined ? given.signal : AbortSignal.any([signal, given.signal])
  const looking = new AbortController()
  const everyMs = Math.min(LOOK_MS, Math.max(1, silenceMs / 2))
  // Checks are counted, not time, because this process may have been busy itself.
  let unanswered = 0
  const timer = setInterval(() => {
    if (++unanswered * everyMs > silenceMs) given.abort(new PassingFailure(`no response for ${silenceMs} ms`))
    else {
      look(looking.signal).then(
        () => (unanswered = 0),
        () => undefined,
      )
    }
  }, everyMs)
  try {
    return await work(both)
  } finally {
    clearInterval(timer)
    looking.abort()
  }
}

async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  const end = performance.now() + ms
  while (performance.now() < end) {
    signal?.throwIfAborted()
    await new Promise((resolve) => setTimeout(resolve, Math.min(TURN_MS, ms)))
  }
}

function givenUp(what: string, waitedMs: number, cause: PassingFailure): RivuletError {
  return new RivuletError('DEADLINE', {
    who: `the database, step '${what}'`,
    expected: 'all servers to respond',
    got: `${cause.message}; retried for ${(waitedMs / 1000).toFixed(1)} s`,
    todo: 'Check the addresses, and that the servers are running. deadlineMs sets how long to retry.',
    details: { step: what, waitedMs },
    cause,
  })
}
