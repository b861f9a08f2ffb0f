/** What a search has asked so far, line by line, so that one that was interrupted goes on where it ended. Knows no files. */
import { having } from '../support/arguments.ts'
import { RivuletError } from '../support/errors.ts'
import { finiteNumber, integerAtLeast, isString } from '../support/options.ts'
import type { SavedKind } from '../support/saved-kind.ts'
import { anyFields } from '../support/shape.ts'
import type { Question, Trial } from './search.ts'

/** Where trials are kept: `openTrialLog` keeps them in a file, `{ lines: [], append(line) { ... } }` anywhere. */
export interface TrialLog {
  /** What was kept before, in order: what was searched, then the trials. Empty at first. */
  readonly lines: Iterable<unknown>
  /** Keeps one more line, an object of plain JSON, before the next trial begins. What it throws ends the search. */
  append(line: object): void
}

/** What tells one search from another; plain JSON. Trials of another search are not taken for those of this one. */
export type SearchFacts = Readonly<Record<string, unknown>>

/** A log in a file: JSON lines, the first of them the facts. */
export const TRIAL_LOG: SavedKind = {
  what: 'a log of trials',
  writer: 'tune',
  magic: '{"rivulet":"trials"',
  version: 1,
}

const KIND = { rivulet: 'trials', version: TRIAL_LOG.version }

/** The two sides of a log as a search needs them. */
export interface Memory<Options> {
  readonly recall: (question: Question<Options>) => Trial<Options> | undefined
  readonly record: (trial: Trial<Options>, elapsedMs: number) => void
}

/** @throws {RivuletError} INVALID_DATA for a log of another search, naming what differs, and for a line that is no trial. */
export function readLog<Options>(who: string, log: TrialLog, facts: SearchFacts): Memory<Options> {
  const known = new Map<string, Trial<Options>>()
  const head = JSON.parse(JSON.stringify({ ...KIND, ...facts })) as SearchFacts
  let number = 0
  for (const line of log.lines) {
    if (++number === 1) requireSameSearch(who, line, head)
    else {
      const trial = trialOf<Options>(who, line, number)
      known.set(keyOf(trial), trial)
    }
  }
  if (number === 0) log.append(head)
  return {
    recall: (question) => {
      const trial = known.get(keyOf(question))
      if (trial === undefined || JSON.stringify(trial.options) === JSON.stringify(question.options)) return trial
      const [expected, got] = [question.options, trial.options].map((options) => JSON.stringify(options))
      throw anotherSearch(who, `options of trial ${question.trial}`, expected, got)
    },
    record: ({ trial, options, resource, score, error }, elapsedMs) => {
      log.append({ trial, options, resource, ...(error === null ? { score } : { error }), elapsedMs })
    },
  }
}

const keyOf = ({ trial, resource }: Question<unknown>): string => `${trial} ${resource}`

function requireSameSearch(who: string, line: unknown, head: SearchFacts): void {
  const found = Object(line) as SearchFacts
  if (found.rivulet !== KIND.rivulet) throw unreadable(who, 1, 'what is searched, as a search writes it')
  for (const name of new Set([...Object.keys(head), ...Object.keys(found)])) {
    const [expected, got] = [head[name], found[name]].map((value) => JSON.stringify(value) ?? 'nothing')
    if (expected !== got) throw anotherSearch(who, name, expected, got)
  }
}

const whole = integerAtLeast(0)
const ASKED = { trial: whole, options: anyFields, resource: whole }
const isScored = having({ ...ASKED, score: finiteNumber })
const isFailed = having({ ...ASKED, error: isString })

function trialOf<Options>(who: string, line: unknown, number: number): Trial<Options> {
  const { trial, options, resource, score = null, error = null } = Object(line) as Trial<Options>
  const expected = (error === null ? isScored : isFailed)(line)
  if (expected !== null) throw unreadable(who, number, `a trial with ${expected}`)
  return { trial, options, resource, score, error }
}

function anotherSearch(who: string, name: string, expected: string, got: string): RivuletError {
  const short = (text: string): string => (text.length > 200 ? `${text.slice(0, 197)}...` : text)
  return new RivuletError(
    'INVALID_DATA',
    {
      who: `${who}, trial log, '${name}'`,
      expected: short(expected),
      got: short(got),
      todo: 'It is the log of another search: name another file, or ask as it was asked then.',
    },
    { column: name },
  )
}

function unreadable(who: string, line: number, expected: string): RivuletError {
  const complaint = {
    who: `${who}, trial log, line ${line}`,
    expected,
    got: 'something else',
    todo: 'Name another file.',
  }
  return new RivuletError('INVALID_DATA', complaint, { line })
}
