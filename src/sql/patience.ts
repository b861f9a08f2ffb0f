/** Trying again what may pass. */
import { RivuletError } from '../support/errors.ts'

/** A failure that trying again may mend: what a connection throws when a server does not answer, or is busy. */
export class PassingFailure extends Error {
  override readonly name = 'PassingFailure'
}

export interface Patience {
  /** How long a step is tried again when servers do not answer, in milliseconds. */
  readonly deadlineMs: number
}

const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 5_000
/** Longest wait for the end of what a server is asked to end. */
export const LONGEST_END_MS = 10_000
/** How soon cancelling is heard. */
const TURN_MS = 50

/**
 * Does something again until it succeeds, with longer and longer pauses.
 *
 * @param what it is, for messages
 * @param work whole each time: what an earlier attempt left half done does not matter
 * @throws {RivuletError} DEADLINE, and whatever is no `PassingFailure`
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

/** How often a server that is at work is asked whether it is there. */
const LOOK_MS = 5_000

/**
 * Waits for work however long it takes, as long as the server that does it is there: one that is silent for longer is given up.
 *
 * @param work ends when its signal says so
 * @param look asks the server for a sign, by a connection of its own, until its signal says that nobody waits
 * @param silenceMs how long it may be silent, in milliseconds
 * @throws PassingFailure for a server that is silent
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
  // Looks are counted, not time: this process may have been busy itself.
  let unanswered = 0
  const timer = setInterval(() => {
    if (++unanswered * everyMs > silenceMs) given.abort(new PassingFailure(`no sign for ${silenceMs} ms`))
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
    who: `the database, ${what}`,
    expected: 'an answer of all servers',
    got: `${cause.message}, for ${(waitedMs / 1000).toFixed(1)} s`,
    todo: 'Check the addresses and that the servers run; deadlineMs says how long to try.',
    details: { step: what, waitedMs },
    cause,
  })
}
