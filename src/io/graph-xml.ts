/**
 * GEXF and GraphML, read by graphology's own packages from a document that is whole and flat.
 *
 * Those packages read documents of `@xmldom/xmldom`, which makes the best of text that is cut off and tells the console. Here the document is made by the same parser, which refuses
 * instead, and what the packages pass over in silence (nodes in nodes, hyperedges) is refused before they see it. Entities that a document defines are not expanded: they are refused as unknown.
 */
import { createRequire } from 'node:module'
import { AnyGraph } from '../graph/any-graph.ts'
import type { AbstractGraph } from '../graph/check.ts'
import { RivuletError } from '../support/errors.ts'
import { damaged } from './damage.ts'
import type { GraphFormat } from './detect.ts'
import { loadPeer } from './peer.ts'

/** The root element is called so. */
type XmlFormat = Exclude<GraphFormat, 'graph-json'>

const NAMES: Readonly<Record<XmlFormat, string>> = { gexf: 'GEXF', graphml: 'GraphML' }

/** As much of a document as is looked at here. */
interface Element {
  readonly nodeName: string
  readonly parentNode: Element | null
  getAttribute(name: string): string | null
  setAttribute(name: string, value: string): void
  cloneNode(deep: boolean): Element
  appendChild(child: Element): unknown
  removeChild(child: Element): unknown
  getElementsByTagName(name: string): ArrayLike<Element>
}

type Parse = (constructor: typeof AnyGraph, document: Element) => AbstractGraph
type Parser = new (options: object) => { parseFromString(text: string, type: string): Element }

/** More names of elements than any writer uses. The parser looks through the whole text for the end of each. */
const MOST_NAMES = 1000

/**
 * @throws {RivuletError} INVALID_DATA for a document that is cut off or not well-formed, and for what is not read of such files; READ_FAILED without the package
 */
export async function graphOfXml(who: string, format: XmlFormat, text: string): Promise<AbstractGraph> {
  const { DOMParser, parse } = await parsersOf(who, format)
  const document = wellFormed(who, format, DOMParser, text)
  const unread = unreadPart(document)
  if (unread !== null) throw notRead(who, format, unread)
  if (format === 'graphml') repairKeys(document)
  try {
    return parse(AnyGraph, document)
  } catch (error) {
    // It advises on options of its own.
    const [reason] = (error as Error).message.replace(/^graphology-\w+\/parser: /, '').split(/\.?(?: Set the parser|$)/)
    throw notRead(who, format, reason, error)
  }
}

/** What reads a document, and what makes one that it takes: of the class that it brings. */
const parsersOf = (who: string, format: XmlFormat): Promise<{ readonly parse: Parse; readonly DOMParser: Parser }> =>
  loadPeer('READ_FAILED', who, NAMES[format], [`graphology-${format}`], async () => {
    const { parse } = await (format === 'gexf' ? import('graphology-gexf') : import('graphology-graphml'))
    const brought = createRequire(createRequire(import.meta.url).resolve(`graphology-${format}`))
    const { DOMParser } = brought('@xmldom/xmldom') as { readonly DOMParser: Parser }
    return { parse: parse as unknown as Parse, DOMParser }
  })

/** A document without anything that had to be guessed. @throws {RivuletError} INVALID_DATA with the first fault of others */
function wellFormed(who: string, format: XmlFormat, DOMParser: Parser, text: string): Element {
  const faults: string[] = []
  const refuse = (message: string): never => {
    faults.push(message.replace(/^\[xmldom \w+\]\s*/, '').replace(/\s*@[^@]*#\[line:(\d+).*$/s, ', line $1'))
    throw new Error(message)
  }
  const names = new Set<string>()
  for (const [, name] of text.matchAll(/<([^\s<>/!?]+)/g)) if (names.add(name).size > MOST_NAMES) break
  if (names.size > MOST_NAMES) throw notRead(who, format, `more than ${MOST_NAMES} names of elements`)
  const parser = new DOMParser({ locator: {}, errorHandler: { warning: refuse, error: refuse, fatalError: refuse } })
  try {
    return parser.parseFromString(text, 'application/xml')
  } catch (error) {
    throw damaged(who, NAMES[format], new Error(faults[0] ?? (error as Error).message, { cause: error }))
  }
}

/** What the packages would mix up or leave out, in words: graphs in graphs, nodes in nodes, hyperedges. */
function unreadPart(document: Element): string | null {
  const graphs = document.getElementsByTagName('graph').length
  if (graphs !== 1) return graphs === 0 ? 'no element <graph>' : 'several graphs, or one in another'
  if (document.getElementsByTagName('hyperedge').length > 0) return 'hyperedges'
  for (const name of ['node', 'edge']) {
    for (const { parentNode: parent } of Array.from(document.getElementsByTagName(name))) {
      const above = parent?.nodeName === `${name}s` ? parent.parentNode : parent
      if (above?.nodeName !== 'graph') return `a <${name}> in a <${above?.nodeName}>`
    }
  }
  return null
}

function notRead(who: string, format: XmlFormat, got: string, cause?: unknown): RivuletError {
  return new RivuletError('INVALID_DATA', {
    who,
    expected: `one flat graph in ${NAMES[format]}`,
    got,
    todo: 'Correct it, or write its edges as CSV.',
    cause,
  })
}

/** Keys of GraphML as graphology-graphml takes them: those for 'all' are for nodes and for edges, and those of other elements (yEd writes some) do not concern it. */
function repairKeys(document: Element): void {
  for (const key of Array.from(document.getElementsByTagName('key'))) {
    const owner = key.getAttribute('for') ?? ''
    const isNamed = (key.getAttribute('attr.name') ?? '') !== ''
    if (owner === 'all' && isNamed) {
      const other = key.cloneNode(true)
      key.setAttribute('for', 'node')
      other.setAttribute('for', 'edge')
      key.parentNode?.appendChild(other)
    } else if (!isNamed || !['', 'node', 'edge', 'graph'].includes(owner)) key.parentNode?.removeChild(key)
  }
}
