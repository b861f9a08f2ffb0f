/** Clusters as text and rows: their distinctive entries, quality and members. */
import type { Clusters } from '../index.ts'
import type { Titles } from './source.ts'
import { count, tableLines } from './table.ts'

/** Clusters, with titles of items. */
export interface NamedClusters {
  readonly clusters: Clusters
  /** The side that is clustered; the other side has what is distinctive of clusters. */
  readonly side: 'users' | 'items'
  readonly titles: Titles | undefined
}

export const memberRows = ({ side }: NamedClusters) => ({
  columns: { [singular(side)]: 'text', cluster: 'int32' } as const,
  of: (member: Readonly<Record<string, string | number>>) => [Object.values(member)],
})

/** Users or items, each with its cluster. */
export function* membersOf({
  clusters: { members, clusters },
  side,
}: NamedClusters): Generator<Readonly<Record<string, string | number>>> {
  let row = 0
  for (const key of members.keys()) yield { [singular(side)]: key, cluster: clusters[row++] }
}

const singular = (side: NamedClusters['side']): string => side.slice(0, -1)
const otherOf = (side: NamedClusters['side']): NamedClusters['side'] => (side === 'users' ? 'items' : 'users')

/** The clusters as a table, with a line for each distinctive entry; only the first has the cluster's number and size. */
export function clusterLines({ clusters, side, titles }: NamedClusters): string[] {
  const other = singular(otherOf(side))
  const rows = Array.from(clusters.sizes, (size, cluster) => {
    const [first, ...more] = clusters.distinctive[cluster].map(({ key, count: times, z }) => [
      key,
      count(times),
      z.toFixed(1),
      ...(titles ? [titles.get(key) ?? ''] : []),
    ])
    const none = ['', '', '', ...(titles ? [''] : [])]
    return [[String(cluster), count(size), ...(first ?? none)], ...more.map((cells) => ['', '', ...cells])]
  }).flat()
  const columns = ['cluster', side, `distinctive ${other}`, `${side} with it`, 'z', ...(titles ? ['title'] : [])]
  return tableLines(columns, rows, ['right', 'right', 'left', 'right', 'right', 'left'])
}

/** The number of clusters, and their quality. */
export function clusterSummary({ clusters: found, side }: NamedClusters): string {
  const { sizes, clusters, modularity, silhouette, stability } = found
  const inside = sizes.reduce((sum, size) => sum + size, 0)
  const outside = clusters.length - inside
  const show = (value: number | null): string => (value === null ? 'none' : value.toFixed(3))
  return [
    `${count(sizes.length)} clusters of ${count(inside)} ${side}`,
    `modularity ${show(modularity)}`,
    `silhouette ${show(silhouette)}`,
    `stability ${show(stability)}`,
    ...(outside > 0 ? [`${count(outside)} in no cluster`] : []),
  ].join(', ')
}

/** The clusters as plain data. */
export function clusterReport({ clusters, titles }: NamedClusters): object {
  const { sizes, distinctive, count: number, modularity, silhouette, stability } = clusters
  const described = Array.from(sizes, (size, cluster) => ({
    cluster,
    size,
    distinctive: distinctive[cluster].map((one) => (titles ? { ...one, title: titles.get(one.key) ?? null } : one)),
  }))
  return { count: number, modularity, silhouette, stability, clusters: described }
}
