import type { AbstractGraph } from 'graphology-types'
import { show } from '../support/errors.ts'
import { visitData } from './check.ts'
import { NODE_ATTRIBUTES } from './attribute-names.ts'

/** An attribute with more values is not a kind. */
const MOST_KINDS = 12

/** Names of kinds that are probably users. */
const ACTORS =
  /^(user|customer|client|person|people|member|account|visitor|session|reader|listener|viewer|player|buyer)/i

/** An attribute that may be a kind, or the prefix of keys. */
interface Candidate {
  /** The mapping's kind, as code. */
  readonly kind: string
  readonly subject: string
  readonly kindOf: (node: string) => unknown
  readonly kinds: readonly unknown[]
}

/**
 * A mapping to propose for a graph without kinds, in words and as code: the attribute with few values for which most edges join two different kinds.
 *
 * @returns `null` if neither an attribute nor the prefixes of keys qualify
 */
export function proposeMapping(graph: AbstractGraph): string | null {
  if (graph.order === 0) return null
  for (const candidate of [...attributeCandidates(graph), ...prefixCandidates(graph)]) {
    const pair = commonestPair(graph, candidate)
    if (pair === null) continue
    const [user, item] = pair
    const given = [
      ...(candidate.kind === `'${NODE_ATTRIBUTES.kind}'` && (user !== 'user' || item !== 'item')
        ? []
        : [`kind: ${candidate.kind}`]),
      ...(user === 'user' ? [] : [`user: ${show(user)}`]),
      ...(item === 'item' ? [] : [`item: ${show(item)}`]),
    ]
    const [verb, rest] = [candidate.subject, candidate.kinds.filter((kind) => !pair.includes(kind))]
    const named = rest.map(
      (kind) => `${/^[a-z]\w*$/i.test(String(kind)) ? String(kind) : show(String(kind))}: { kind: ${show(kind)} }`,
    )
    const beside =
      rest.length === 0
        ? ''
        : `, which leaves ${rest.map(show).join(', ')} out; lists use such nodes with relations: { ${named.join(', ')} }`
    return `Nodes have ${verb} ${candidate.kinds.map(show).join(', ')}: give graph: { ${given.join(', ')} }${beside}.`
  }
  return null
}

/** Whether this many different values may be kinds, as opposed to names, which differ on each node. */
const areKinds = (values: number, { order }: AbstractGraph): boolean =>
  values > 1 && values <= MOST_KINDS && (values < order || values === 2)

/** Attributes that every node has, with 2 to 12 values in total, fewer than nodes; those with few values first. */
function attributeCandidates(graph: AbstractGraph): Candidate[] {
  const values = new Map<string, Set<unknown>>()
  const counts = new Map<string, number>()
  graph.forEachNode((_node, attributes) => {
    for (const [name, value] of Object.entries(attributes) as [string, unknown][]) {
      if (!['string', 'number', 'boolean'].includes(typeof value)) continue
      counts.set(name, (counts.get(name) ?? 0) + 1)
      const seen = values.get(name) ?? new Set()
      if (seen.size <= MOST_KINDS) values.set(name, seen.add(value))
    }
  })
  return Array.from(values)
    .filter(([name, { size }]) => counts.get(name) === graph.order && areKinds(size, graph))
    .sort(([, one], [, other]) => one.size - other.size)
    .map(([name, seen]) => ({
      kind: show(name),
      subject: `attribute ${show(name)} with values`,
      kindOf: (node) => graph.getNodeAttribute(node, name) as unknown,
      kinds: [...seen],
    }))
}

/** Prefixes of keys like `movie:7`, if there are few. */
function prefixCandidates(graph: AbstractGraph): Candidate[] {
  const found: Candidate[] = []
  for (const mark of [':', '/', '|', '_', '-']) {
    const kinds = new Set<string>()
    const all = graph.everyNode((node) => {
      const end = node.indexOf(mark)
      if (end > 0 && kinds.size <= MOST_KINDS) kinds.add(node.slice(0, end))
      return end > 0 && kinds.size <= MOST_KINDS
    })
    if (!all || !areKinds(kinds.size, graph)) continue
    const code = `(node) => node.split('${mark}')[0]`
    found.push({
      kind: code,
      subject: 'keys that begin with',
      kindOf: (node) => node.split(mark)[0],
      kinds: [...kinds],
    })
  }
  return found
}

/** The two kinds that most edges join, the user first; `null` if most edges join two nodes of the same kind. */
function commonestPair(
  graph: AbstractGraph,
  { kindOf, kinds }: Candidate,
): readonly [user: unknown, item: unknown] | null {
  const counts = kinds.map(() => new Float64Array(kinds.length))
  visitData(graph, ({ source, target }) => {
    counts[kinds.indexOf(kindOf(source))][kinds.indexOf(kindOf(target))]++
  })
  let best: readonly [number, number] | null = null
  let most = 0
  for (let one = 0; one < kinds.length; one++) {
    for (let other = one; other < kinds.length; other++) {
      const joined = one === other ? counts[one][one] : counts[one][other] + counts[other][one]
      if (joined <= most) continue
      most = joined
      best = [one, other]
    }
  }
  if (best === null || best[0] === best[1]) return null
  const [one, other] = best
  const acts = (kind: number): boolean => ACTORS.test(String(kinds[kind]))
  const swap = acts(one) === acts(other) ? counts[one][other] < counts[other][one] : acts(other)
  return swap ? [kinds[other], kinds[one]] : [kinds[one], kinds[other]]
}
