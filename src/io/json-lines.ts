import { BadRows } from '../data/bad-rows.ts'
import { RowTableBuilder } from '../data/from-rows.ts'
import type { Interactions } from '../data/interactions.ts'
import { DEEPEST_NESTING, isTooDeep } from '../support/stored-json.ts'
import { Properties } from './json-properties.ts'
import type { ReadInteractionsOptions } from './read-options.ts'
import { timeNotes } from './reading.ts'
import { RowScanner, scanRows, type Encoding } from './row-scanner.ts'
import { emptyFile } from './read-bytes.ts'

/** How many objects are looked at before the first is read. */
const SAMPLE_OBJECTS = 200

/** Reads JSON lines (one object a line) into a table; see `readInteractions`. */
export async function readJsonLines(
  who: string,
  chunks: AsyncIterable<Buffer>,
  sample: Buffer,
  options: ReadInteractionsOptions,
): Promise<Interactions> {
  const scanner = jsonScanner(who, options.encoding)
  const paths = Object.values(options.columns ?? {}).filter(
    (name) => typeof name === 'string' && name.includes('.'),
  ) as string[]
  const badRows = new BadRows(who, options.onBadRow)
  let properties: Properties | undefined
  let table: RowTableBuilder | undefined
  await scanRows(scanner, chunks, () => {
    const found = tryObject(scanner, badRows)
    if (found === undefined) return
    const object = withParts(found, paths)
    if (table === undefined || properties === undefined) {
      properties = new Properties(who, [object, ...firstObjects(sample).map((one) => withParts(one, paths))], options)
      table = new RowTableBuilder(who, properties.mapping, badRows)
    }
    properties.meet(object, scanner)
    table.addRow(object, `${who}, line ${scanner.line}`)
  })
  if (table === undefined || properties === undefined) throw badRows.count > 0 ? badRows.nothingLeft() : emptyFile(who)
  const reading = properties.reading()
  const built = table.build()
  options.onReading?.({ ...reading, notes: [...badRows.notes, ...timeNotes(built)] })
  return built
}

function tryObject(scanner: RowScanner, badRows: BadRows): object | undefined {
  try {
    return parseObject(scanner)
  } catch (error) {
    badRows.skip(error)
    return undefined
  }
}

/** An object with the parts of its objects that columns name: 'user.id', unless a property is called so. */
function withParts(object: object, paths: readonly string[]): object {
  const parts = paths
    .filter((path) => !Object.hasOwn(object, path))
    .map((path) => [path, partOf(object, path)] as const)
  return parts.length === 0
    ? object
    : { ...object, ...Object.fromEntries(parts.filter(([, part]) => part !== undefined)) }
}

function partOf(object: object, path: string): unknown {
  let part: unknown = object
  for (const name of path.split('.')) {
    const isThere = part !== null && typeof part === 'object' && Object.hasOwn(part, name)
    part = isThere ? (part as Readonly<Record<string, unknown>>)[name] : undefined
  }
  return part
}

/** The objects on the first lines, up to the first that is none. */
function firstObjects(sample: Buffer): object[] {
  const scanner = jsonScanner('sample', 'latin1')
  const objects: object[] = []
  try {
    scanner.push(sample)
    while (objects.length < SAMPLE_OBJECTS && scanner.next()) objects.push(parseObject(scanner))
  } catch {
    // The reader proper reports it.
  }
  return objects
}

/** A scanner whose rows are whole lines. */
export function jsonScanner(who: string, encoding: Encoding = 'utf8', badRows?: BadRows): RowScanner {
  return new RowScanner({ who, delimiter: '', quoted: false, encoding, badRows })
}

/**
 * The object on the scanner's current line.
 *
 * @throws {RivuletError} INVALID_DATA for anything else
 */
export function parseObject(scanner: RowScanner): object {
  const text = scanner.text(0)
  let parsed: unknown
  try {
    parsed = parseJson(text)
  } catch (error) {
    throw scanner.invalid(scanner.line, undefined, 'a JSON object', (error as Error).message, 'Is the row cut off?')
  }
  if (parsed !== null && typeof parsed === 'object' && !Array.isArray(parsed)) return parsed
  throw scanner.invalid(scanner.line, undefined, 'a JSON object', text.slice(0, 60), 'Write one object a line.')
}

/**
 * JSON that comes from a file or a command line.
 *
 * @throws {SyntaxError} for what is no JSON, and for arrays and objects nested deeper than 500 levels
 */
export function parseJson(text: string): unknown {
  const value = JSON.parse(text) as unknown
  // Each level takes two characters.
  if (text.length > 2 * DEEPEST_NESTING && isTooDeep(value)) {
    throw new SyntaxError(`arrays and objects nested deeper than ${DEEPEST_NESTING} levels`)
  }
  return value
}
