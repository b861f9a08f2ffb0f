/** The file format of clusters: origin, members and quality. */
import { having, isArrayLike, isKeys, isTypedArray } from '../support/arguments.ts'
import { DenseKeyIndex } from '../support/key-index.ts'
import { either, finiteNumber, integerAtLeast, isIterable, isString, oneOf } from '../support/options.ts'
import type { SavedFormat } from '../support/sections.ts'
import { anyFields, fields, integerBetween, listOf } from '../support/shape.ts'
import type { Distinctive } from './distinctive.ts'
import { isClusterFacts, type ClusterFacts } from './facts.ts'
import { asClusters, type Clusters } from './options.ts'
import { sizesOf } from './runs.ts'

interface Header extends Pick<Clusters, 'modularity' | 'silhouette' | 'stability'> {
  readonly facts: ClusterFacts
  readonly memberCount: number
}

type Name = 'members' | 'nodes' | 'clusters' | 'distinctive'

const isQuality = either(oneOf(null), finiteNumber)
const areDistinctive = listOf(
  listOf(fields<Distinctive>({ key: isString, count: integerAtLeast(1), logOdds: finiteNumber, z: finiteNumber })),
)

export const CLUSTERS_FORMAT: SavedFormat<Clusters> = {
  what: 'clusters',
  writer: 'writeClusters',
  argument: 'clusters',
  magic: '\x89rivclus',
  version: 1,
  value: having({
    facts: anyFields,
    members: isKeys,
    nodes: isIterable,
    clusters: isTypedArray,
    distinctive: isArrayLike,
  }),
  facts: fields<Header>({
    facts: isClusterFacts,
    memberCount: integerBetween(1, 2 ** 32 - 1),
    modularity: finiteNumber,
    silhouette: isQuality,
    stability: isQuality,
  }),
  sections: ['members', 'nodes', 'clusters', 'distinctive'],

  take: ({ facts, members, nodes, clusters, modularity, silhouette, stability, distinctive }) => ({
    facts: { facts, memberCount: members.size, modularity, silhouette, stability },
    contents: {
      members,
      // Nodes of a graph may have keys other than the ids of members.
      nodes: nodes.some((node, row) => node !== members.keyOf(row)) ? nodes : null,
      clusters,
      distinctive,
    },
  }),

  make({ facts, memberCount, ...quality }, sections) {
    // Clusters first, because their length proves the count of members before memory is allocated for keys.
    const clusters = sections.numbers('clusters', 'int32', memberCount, [-1, memberCount - 1])
    const sizes = sizesOf(clusters)
    if (sizes.length === 0 || sizes.includes(0)) throw sections.refusal('clusters', 'clusters, none of them empty')
    const members = sections.keys('members', memberCount)
    const isNamed = !sections.isEmpty('nodes')
    if (!isNamed && members instanceof DenseKeyIndex) sections.requireTexts('nodes', memberCount)
    const nodes = isNamed ? sections.texts('nodes', memberCount) : [...members.keys()]
    const distinctive = sections.json<Distinctive[][]>('distinctive', areDistinctive)
    if (distinctive.length !== sizes.length) throw sections.refusal('distinctive', 'a list for each cluster')
    return asClusters({ facts, members, nodes, clusters, count: sizes.length, sizes, ...quality, distinctive })
  },
} satisfies SavedFormat<Clusters, Header, Name>
