import { InvalidArgumentError } from 'commander'
import type { Duration, Exclusion, GraphMapping, MethodName, Recency } from '../index.ts'
import { secondsOf } from '../advanced.ts'
import { readOptionsArgument } from './json-argument.ts'

/** A number: '0.7', '1e-3', '-2'. The library checks its range. */
export function readNumber(text: string): number {
  const number = Number(text)
  if (text.trim() === '' || Number.isNaN(number)) throw new InvalidArgumentError('Expected a number.')
  return number
}

/** Numbers between commas. */
export function readNumbers(text: string): number[] {
  return text.split(',').map(readNumber)
}

/** Ids between commas; several such options add up. */
export function readIds(text: string, before: readonly string[] = []): string[] {
  return [...before, ...text.split(',')]
}

/** 'auto' or a number. */
export function readThreads(text: string): number | 'auto' {
  if (text === 'auto') return text
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError("Expected 'auto' or an integer >= 1.")
  return Number(text)
}

/** 'all' or a number. 'all' is null in the library, but commander turns null into ''. */
export function readNeighbours(text: string): number | 'all' {
  return text === 'all' ? text : readNumber(text)
}

/** 'auto', a half-life, or a rule in JSON; 'none' is null in the library, which commander would turn into ''. */
export function readRecency(text: string): Exclude<Recency, null> | 'none' {
  if (text === 'auto' || text === 'none') return text
  return text.trimStart().startsWith('{') ? readOptionsArgument(text) : { halfLife: readTime(text) }
}

/** A number, or text with a unit or a date. */
export function readTime(text: string): number | string {
  return text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text)
}

/** A span of time: a number, or text with a unit. */
export function readSpan(text: string): Duration {
  const span = readTime(text)
  if (typeof span === 'string' && Number.isNaN(secondsOf(span)))
    throw new InvalidArgumentError('Expected a span of time: 30d, 12h, or a number in the unit of the times.')
  return span
}

/** 'signals:buy,cart' names signals; the library checks other rules. */
export function readExclusion(text: string): Exclusion {
  const by = 'signals:'
  return text.startsWith(by) ? { signals: text.slice(by.length).split(',') } : (text as Exclusion)
}

/** Names of methods separated by commas, or 'none'. The library checks the names. */
export function readMethods(text: string): MethodName[] {
  return text === 'none' ? [] : (text.split(',') as MethodName[])
}

/** Milliseconds: '90' and '90s' are seconds, '5m' minutes, '1.5h' hours. */
export function readDuration(text: string): number {
  const seconds = secondsOf(/\d\s*$/.test(text) ? `${text}s` : text)
  if (Number.isNaN(seconds)) throw new InvalidArgumentError('Expected a time, such as 90, 90s, 5m or 1h.')
  return 1000 * seconds
}

const UNITS = ['', 'k', 'm', 'g', 't']

/** Bytes: '8000000000', '8GB' (thousands), '8GiB' (1,024s). Half a gigabyte is '0.5GB'. */
export function readBytes(text: string): number {
  const parts = /^(\d+(?:\.\d+)?)\s*([kmgt]?)(i?)b?$/i.exec(text.trim())
  const bytes = parts && Number(parts[1]) * (parts[3] ? 1024 : 1000) ** UNITS.indexOf(parts[2].toLowerCase())
  if (!bytes) throw new InvalidArgumentError('Expected bytes above 0, such as 500MB, 8GB or 8GiB.')
  return Math.floor(bytes)
}

/** A delimiter as it can be typed: '\t' is a tab. */
export function readDelimiter(text: string): string {
  return text === '\\t' ? '\t' : text
}

const MAPPED = ['kind', 'user', 'item', 'id', 'value', 'signal', 'time']

/** Marks between the kind of a node and the rest of its key: 'movie:7'. */
const KEY_MARKS = [':', '/', '|', '_']

/** 'kind=type,item=movie,value=-': attributes and kinds, ':' for the prefixes of keys, or '-' for none. Kinds are compared as texts, because formats differ in whether 1 is a number. */
export function readMapping(text: string): GraphMapping {
  const { kind, ...others } = Object.fromEntries(readPairs(text, 'kind=type,item=movie'))
  const stray = ['kind', ...Object.keys(others)].find((role) => !MAPPED.includes(role))
  if (stray !== undefined) throw new InvalidArgumentError(`Expected roles by ${MAPPED.join(', ')}, got ${stray}.`)
  return { ...others, ...(kind !== undefined && { kind: kindReader(kind) }) }
}

function kindReader(kind: string | null): GraphMapping['kind'] {
  if (kind === null) return null
  if (KEY_MARKS.includes(kind)) return (node) => node.split(kind)[0]
  return (_node, attributes) => {
    const said: unknown = attributes[kind]
    return said === undefined || said === null ? null : String(said)
  }
}

/** 'a=b,c=-' as pairs; '-' is none. */
function readPairs(text: string, example: string): [string, string | null][] {
  return text.split(',').map((part) => {
    const at = part.indexOf('=')
    const [role, said] = [part.slice(0, at), part.slice(at + 1)]
    if (at < 1 || said === '') throw new InvalidArgumentError(`Expected role=name pairs: ${example}.`)
    return [role, said === '-' ? null : said]
  })
}

/** 'user=who,item=3,time=-': names, numbers from 0, or '-' for none. The library checks the roles. */
export function readColumns(text: string): Record<string, string | number | null> {
  const pairs = readPairs(text, 'user=who,item=3')
  return Object.fromEntries(pairs.map(([role, column]) => [role, /^\d+$/.test(column ?? '') ? Number(column) : column]))
}
