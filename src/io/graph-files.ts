/** Files that hold a graphology graph: GEXF, GraphML, and the JSON that `graph.export()` makes. They are read whole, for an edge may come before its nodes. */
import { constants } from 'node:buffer'
import { stat } from 'node:fs/promises'
import { getHeapStatistics } from 'node:v8'
import { AnyGraph } from '../graph/any-graph.ts'
import type { AbstractGraph } from '../graph/check.ts'
import { RivuletError, show } from '../support/errors.ts'
import { attempt, damaged } from './damage.ts'
import type { GraphFormat } from './detect.ts'
import { graphOfXml } from './graph-xml.ts'
import { openSample } from './read-bytes.ts'

/** Bytes of the heap that a byte of a file takes while it is read, as measured on graphs of 10^5 edges: documents, then the graph. */
const HEAP_BYTES: Readonly<Record<GraphFormat, number>> = { gexf: 40, graphml: 40, 'graph-json': 12 }

/** How a text begins that is a graph; `null` for any other. @param sample its first letters, as many as there are of 64 KiB */
export function graphFormatOf(sample: string): GraphFormat | null {
  const text = sample.replace(/^\ufeff/, '').trimStart()
  if (text.startsWith('{')) return isGraphJson(text) ? 'graph-json' : null
  if (!text.startsWith('<')) return null
  const [, root] = /<([a-z]\w*)/i.exec(text.replace(/<!--[^]*?-->/g, '')) ?? []
  return root === 'gexf' || root === 'graphml' ? root : null
}

/** An object that begins with a part of a graph, not one that is a row, and has nodes by their keys. */
const isGraphJson = (text: string): boolean =>
  /^\{\s*"(?:options|attributes|nodes|edges)"\s*:\s*[[{]/.test(text) &&
  /"nodes"\s*:\s*\[(?:\s*\]|.*"key"\s*:)/s.test(text)

/**
 * Reads a graph from a file: GEXF or GraphML, with the packages graphology-gexf and graphology-graphml, or the JSON of graphology's `graph.export()`; plain or packed (gzip, zip, zstd where Node knows it).
 * Which of them is told by content. `readInteractions` reads such files too, into a table.
 *
 * Held is the whole file and the graph: 40 bytes of memory a byte of GEXF and GraphML, 12 of JSON.
 *
 * @param path a file, or '-' for the standard input
 * @returns a graphology graph, with the ids, attributes and directions of the file
 * @throws {RivuletError} READ_FAILED for a missing file, one that would not fit into memory, or a package that is not there; INVALID_DATA for another format, a file that is cut off or damaged, and for nodes in nodes and hyperedges;
 * EMPTY_DATA for an empty file
 * @example
 * ```ts
 * const graph = await readGraph('films.gexf')
 * const lists = recommend(graph, { graph: { kind: 'type', item: 'movie' } })
 * ```
 */
export async function readGraph(path: string): Promise<AbstractGraph> {
  const who = `readGraph(${show(path)})`
  const { sample, chunks, close } = await openSample(who, path)
  try {
    const format = graphFormatOf(sample.toString())
    if (format === null) throw noGraph(who)
    return await parseGraph(who, format, chunks)
  } finally {
    await close()
  }
}

/** Whether a path is a file that holds a graph; false for pipes, which are read once. @throws {RivuletError} as `openSample` */
export async function isGraphFile(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null)
  if (found?.isFile() !== true) return false
  const { sample, close } = await openSample(`readGraph(${show(path)})`, path)
  await close()
  return graphFormatOf(sample.toString()) !== null
}

/** The graph of a file. @throws {RivuletError} as `readGraph` */
export async function parseGraph(
  who: string,
  format: GraphFormat,
  chunks: AsyncIterable<Buffer>,
): Promise<AbstractGraph> {
  const affordable = Math.floor(getHeapStatistics().heap_size_limit / HEAP_BYTES[format])
  const limit = Math.min(affordable, constants.MAX_STRING_LENGTH)
  const parts: Buffer[] = []
  let bytes = 0
  for await (const chunk of chunks) {
    bytes += chunk.length
    if (bytes > limit) throw tooLarge(who, limit)
    parts.push(chunk)
  }
  const whole = Buffer.concat(parts, bytes)
  if (format !== 'graph-json') return graphOfXml(who, format, decoded(who, format, whole))
  const text = decoded(who, format, whole)
  const written = attempt(who, 'JSON', () => JSON.parse(text) as ReturnType<AbstractGraph['export']>)
  try {
    return new AnyGraph(written.options).import(written)
  } catch (error) {
    throw notImported(who, error)
  }
}

/** Text in UTF-8, or in what an XML document says that it is in. */
function decoded(who: string, format: GraphFormat, bytes: Buffer): string {
  const [, , named = 'utf-8'] =
    /^\s*<\?xml[^>]*?encoding=(["'])([\w.:-]+)\1/.exec(bytes.toString('latin1', 0, 200)) ?? []
  try {
    return new TextDecoder(named, { fatal: true }).decode(bytes)
  } catch (error) {
    throw damaged(who, format, new Error(`no text in ${named}`, { cause: error }))
  }
}

function noGraph(who: string): RivuletError {
  const expected = "GEXF, GraphML, or the JSON of graphology's graph.export()"
  const todo = 'Rows and edges in text are read by readInteractions.'
  return new RivuletError('INVALID_DATA', { who, expected, got: 'another format', todo })
}

const notImported = (who: string, error: unknown): RivuletError =>
  new RivuletError('INVALID_DATA', {
    who,
    expected: "the result of graphology's graph.export()",
    got: (error as Error).message.replace(/\.$/, ''),
    todo: 'Correct it, or export it again.',
    cause: error,
  })

const tooLarge = (who: string, limit: number): RivuletError =>
  new RivuletError('READ_FAILED', {
    who,
    expected: `a graph file of at most ${limit} bytes, because it is read at once`,
    got: 'more',
    todo: 'Write its edges as CSV, which is streamed, or give Node a larger heap: NODE_OPTIONS=--max-old-space-size=8000.',
    details: { limitBytes: limit },
  })
