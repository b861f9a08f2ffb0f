/** The log of a search, line by line, from which an interrupted search resumes. Independent of files. */
import { having } from '../support/arguments.ts'
import { RivuletError } from '../support/errors.ts'
import { either, finiteNumber, integerAtLeast, isString, oneOf, type Check } from '../support/options.ts'
import type { SavedKind } from '../support/saved-kind.ts'
import { anyFields } from '../support/shape.ts'

/** A request to score options on the first `resource` held-out examples. */
export interface Question<Options> {
  /** Trial 0 has the defaults. */
  readonly trial: number
  readonly options: Options
  readonly resource: number
}

/** A question and its result; in a climb the options are those it ended at. */
export interface Trial<Options> extends Question<Options> {
  /** Value of the metric of the search; `null` if the trial failed. */
  readonly score: number | null
  /** Error message; `null` if the trial succeeded. */
  readonly error: string | null
}

/** A trial, and the state from which its search continues. */
export interface Attempt<Options> {
  readonly trial: Trial<Options>
  /** Plain JSON; undefined if the search needs only the score. */
  readonly state?: unknown
}

/** Where trials are kept: `openTrialLog` keeps them in a file, `{ lines: [], append(line) { ... } }` anywhere. */
export interface TrialLog {
  /** The lines so far, in order: the facts of the search, then its trials. Empty at first. */
  readonly lines: Iterable<unknown>
  /** Stores one more line, an object of plain JSON, before the next trial begins. An error ends the search. */
  append(line: object): void
}

/** Identifies a search; plain JSON. The log of another search is refused. */
export type SearchFacts = Readonly<Record<string, unknown>>

/** A log in a file: JSON lines, the first of them the facts. */
export const TRIAL_LOG: SavedKind = {
  what: 'a log of trials',
  writer: 'tune',
  magic: '{"rivulet":"trials"',
  version: 1,
}

const KIND = { rivulet: 'trials', version: TRIAL_LOG.version }

/** Reads and writes the log of one search. */
export interface Memory<Options> {
  readonly recall: (question: Question<Options>) => Attempt<Options> | undefined
  readonly record: (question: Question<Options>, attempt: Attempt<Options>, elapsedMs: number) => void
}

const isOpenLog: Check = (value) => {
  const { lines, append } = Object(value) as Partial<TrialLog>
  const iterable = lines !== undefined && lines !== null && Symbol.iterator in Object(lines)
  return iterable && typeof append === 'function' ? null : 'an object with `lines` and `append`, as openTrialLog gives'
}

export const isLog: Check = either(isOpenLog, oneOf(null))

/** A line of the log: a trial with its state, and the options it was asked for, if it ended at others. */
interface Line<Options> {
  readonly attempt: Attempt<Options>
  readonly asked: Options
  /** Examples asked for; a trial that was dropped in a race was scored on fewer. */
  readonly resource: number
}

/**
 * The log of a search, which may have parts with separate trials.
 *
 * @returns the memory of a part by its name, '' for the search itself
 * @throws {RivuletError} INVALID_DATA for a log of another search, naming what differs, and for an invalid line.
 */
export function readLog(who: string, log: TrialLog, facts: SearchFacts): <Options>(part: string) => Memory<Options> {
  const known = new Map<string, Line<unknown>>()
  const head = JSON.parse(JSON.stringify({ ...KIND, ...facts })) as SearchFacts
  let number = 0
  for (const text of log.lines) {
    if (++number === 1) requireSameSearch(who, text, head)
    else {
      const line = lineOf(who, text, number)
      known.set(keyOf(partOf(text), { ...line.attempt.trial, resource: line.resource }), line)
    }
  }
  if (number === 0) log.append(head)
  return <Options>(part: string) => ({
    recall: (question) => {
      const line = known.get(keyOf(part, question)) as Line<Options> | undefined
      if (line === undefined) return undefined
      const [expected, got] = [question.options, line.asked].map((options) => JSON.stringify(options))
      if (expected === got) return line.attempt
      throw anotherSearch(who, `options of trial ${question.trial}`, expected, got)
    },
    record: (
      { options: asked, resource },
      { trial: { trial, options, resource: used, score, error }, state },
      elapsedMs,
    ) => {
      log.append({
        ...(part !== '' && { of: part }),
        ...(options !== asked && { from: asked }),
        ...{ trial, options, resource, ...(error === null ? { score } : { error }) },
        ...(used < resource && { droppedAt: used }),
        ...(state !== undefined && { state }),
        elapsedMs,
      })
    },
  })
}

const keyOf = (part: string, { trial, resource }: Question<unknown>): string => `${part} ${trial} ${resource}`

const partOf = (line: unknown): string => String((line as { of?: unknown }).of ?? '')

function requireSameSearch(who: string, line: unknown, head: SearchFacts): void {
  const found = Object(line) as SearchFacts
  if (found.rivulet !== KIND.rivulet) throw unreadable(who, 1, 'the header that a search writes')
  for (const name of new Set([...Object.keys(head), ...Object.keys(found)])) {
    const [expected, got] = [head[name], found[name]].map((value) => JSON.stringify(value) ?? 'nothing')
    if (expected !== got) throw anotherSearch(who, name, expected, got)
  }
}

const whole = integerAtLeast(0)
const ASKED = { trial: whole, options: anyFields, resource: whole }
const isScored = having({ ...ASKED, score: finiteNumber })
const isFailed = having({ ...ASKED, error: isString })

function lineOf(who: string, text: unknown, number: number): Line<unknown> {
  const line = Object(text) as Trial<unknown> & Readonly<Record<'from' | 'state' | 'droppedAt', unknown>>
  const { trial, options, resource, score = null, error = null, from = options, state, droppedAt = resource } = line
  const expected = (error === null ? isScored : isFailed)(text)
  if (expected !== null) throw unreadable(who, number, `a trial with ${expected}`)
  const attempt = { trial: { trial, options, resource: Number(droppedAt), score, error }, state }
  return { attempt, asked: from, resource }
}

function anotherSearch(who: string, name: string, expected: string, got: string): RivuletError {
  const short = (text: string): string => (text.length > 200 ? `${text.slice(0, 197)}...` : text)
  return new RivuletError('INVALID_DATA', {
    who: `${who}, trial log, '${name}'`,
    expected: short(expected),
    got: short(got),
    todo: 'The log belongs to another search: use another file, or the options of that search.',
    details: { column: name },
  })
}

function unreadable(who: string, line: number, expected: string): RivuletError {
  const parts = { who: `${who}, trial log, line ${line}`, expected, got: 'something else' }
  return new RivuletError('INVALID_DATA', { ...parts, todo: 'Use another file.', details: { line } })
}
