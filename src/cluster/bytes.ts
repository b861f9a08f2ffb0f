/** Clusters as bytes, and back: the same clusters give the same bytes, and bytes that were tampered with are refused. */
import { checkArgument, having, isArrayLike, isKeys, isTypedArray } from '../support/arguments.ts'
import { fileLimits } from '../plan/file-limits.ts'
import { keyBytes } from '../support/key-bytes.ts'
import { DenseKeyIndex } from '../support/key-index.ts'
import { either, finiteNumber, integerAtLeast, isIterable, isString, oneOf } from '../support/options.ts'
import {
  bytesOf,
  parseBytes,
  parseSections,
  writeSections,
  type Parsing,
  type SectionFormat,
  type SectionLimits,
} from '../support/sections.ts'
import { anyFields, fields, integerBetween, listOf } from '../support/shape.ts'
import type { Distinctive } from './distinctive.ts'
import { isClusterFacts, type ClusterFacts } from './facts.ts'
import type { Clusters } from './options.ts'
import { sizesOf } from './runs.ts'

interface Header extends Pick<Clusters, 'modularity' | 'silhouette' | 'stability'> {
  readonly facts: ClusterFacts
  readonly memberCount: number
}

type Name = 'members' | 'nodes' | 'clusters' | 'distinctive'

const FORMAT: SectionFormat<Header, Name> = {
  what: 'clusters',
  writer: 'writeClusters',
  magic: '\x89rivclus',
  version: 1,
  facts: fields<Header>({
    facts: isClusterFacts,
    memberCount: integerBetween(1, 2 ** 32 - 1),
    modularity: finiteNumber,
    silhouette: either(oneOf(null), finiteNumber),
    stability: either(oneOf(null), finiteNumber),
  }),
  sections: ['members', 'nodes', 'clusters', 'distinctive'],
}

const areDistinctive = listOf(
  listOf(fields<Distinctive>({ key: isString, count: integerAtLeast(1), logOdds: finiteNumber, z: finiteNumber })),
)

const IS_CLUSTERING = having({
  facts: anyFields,
  members: isKeys,
  nodes: isIterable,
  clusters: isTypedArray,
  distinctive: isArrayLike,
})

/** Bytes of a file: how the clusters came to be, who is in which, and all that is told of them. */
export function clusterBytes(clusters: Clusters): Uint8Array {
  checkArgument('writeClusters', 'clusters', clusters, IS_CLUSTERING)
  const { facts, members, nodes, modularity, silhouette, stability, distinctive } = clusters
  const header: Header = { facts, memberCount: members.size, modularity, silhouette, stability }
  // Graphs may call their nodes as they like.
  const isNamed = nodes.some((node, row) => node !== members.keyOf(row))
  return writeSections(FORMAT, header, {
    members: keyBytes(members),
    nodes: isNamed ? jsonBytes(nodes) : new Uint8Array(),
    clusters: bytesOf(clusters.clusters),
    distinctive: jsonBytes(distinctive),
  })
}

/** @throws {RivuletError} READ_FAILED for other bytes than `clusterBytes` gave. @param who the reader, for messages */
export function readClusterBytes(who: string, bytes: Uint8Array): Clusters {
  return parseBytes(who, parseClusters(who, fileLimits()), bytes)
}

/** Reads what `clusterBytes` gave. @throws {RivuletError} READ_FAILED, naming the part. @param who the reader and its path, for messages */
export function* parseClusters(who: string, limits: SectionLimits): Parsing<Clusters> {
  const { facts: header, sections } = yield* parseSections(who, FORMAT, limits)
  const { facts, memberCount, ...quality } = header
  // Clusters first: they bear the count of members out, and no number is above it.
  const clusters = sections.numbers('clusters', 'int32', memberCount, [-1, memberCount - 1])
  const sizes = sizesOf(clusters)
  if (sizes.length === 0 || sizes.includes(0)) throw sections.refusal('clusters', 'clusters, none of them empty')
  const members = sections.keys('members', memberCount)
  const isNamed = !sections.isEmpty('nodes')
  if (!isNamed && members instanceof DenseKeyIndex) sections.requireTexts('nodes', memberCount)
  const nodes = isNamed ? sections.texts('nodes', memberCount) : [...members.keys()]
  const distinctive = sections.json<Distinctive[][]>('distinctive', areDistinctive)
  if (distinctive.length !== sizes.length) throw sections.refusal('distinctive', 'a list for each cluster')
  return { facts, members, nodes, clusters, count: sizes.length, sizes, ...quality, distinctive }
}

const jsonBytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))
