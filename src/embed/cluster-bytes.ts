/** Clusters as bytes, and back: the same clusters give the same bytes, and bytes that were tampered with are refused. */
import { RivuletError } from '../support/errors.ts'
import { keyBytes, readKeyBytes } from '../support/key-bytes.ts'
import { bytesOf, readSections, writeSections, type SectionFormat } from '../support/sections.ts'
import type { Distinctive } from './cluster-distinctive.ts'
import type { ClusterFacts } from './cluster-facts.ts'
import type { Clusters } from './cluster-options.ts'
import { sizesOf } from './cluster-runs.ts'

interface Header extends Pick<Clusters, 'modularity' | 'silhouette' | 'stability'> {
  readonly facts: ClusterFacts
  readonly memberCount: number
}

const FORMAT: SectionFormat = { what: 'clusters', magic: '\x89rivclus', version: 1 }

/** Bytes of a file: how the clusters came to be, who is in which, and all that is told of them. */
export function clusterBytes(clusters: Clusters): Uint8Array {
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

/**
 * @param who the reader and its path, for messages
 * @throws {RivuletError} READ_FAILED for bytes of another kind or version, cut off or damaged, naming the part.
 */
export function readClusterBytes(who: string, bytes: Uint8Array): Clusters {
  const { facts: header, sections } = readSections(who, FORMAT, bytes)
  try {
    const { facts, memberCount, ...quality } = header as Header
    const section = (name: string): Uint8Array => sections.get(name) as Uint8Array
    const members = readKeyBytes(section('members'), memberCount)
    const nodes = section('nodes').length === 0 ? [...members.keys()] : (readJson(section('nodes')) as string[])
    const clusters = new Int32Array(section('clusters').buffer as ArrayBuffer)
    const distinctive = readJson(section('distinctive')) as Distinctive[][]
    const sizes = sizesOf(clusters)
    const found = { facts, members, nodes, clusters, count: sizes.length, sizes, ...quality, distinctive }
    if (members.size === memberCount && isWhole(found)) return found
  } catch {
    // Checksums that fit over sections that do not: written by something else. Told below.
  }
  throw new RivuletError('READ_FAILED', {
    who,
    expected: 'sections that fit together',
    got: 'others under checksums that hold',
    todo: 'Make the file anew with writeClusters.',
  })
}

/** Lengths fit together, no cluster is empty, and it says of what and of which data it is. */
function isWhole({ facts, members, nodes, clusters, sizes, distinctive }: Clusters): boolean {
  return (
    nodes.length === members.size &&
    clusters.length === members.size &&
    clusters.every((cluster) => cluster >= -1) &&
    sizes.length > 0 &&
    sizes.every((size) => size > 0) &&
    distinctive.length === sizes.length &&
    (facts.side === 'users' || facts.side === 'items') &&
    typeof facts.fingerprint.hash === 'string'
  )
}

const jsonBytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))
const readJson = (bytes: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(bytes))
