import { checkArgument, having, isArrayLike, isTypedArray } from '../support/arguments.ts'
import type { NdArray } from 'ndarray'
import type { Clusters } from '../cluster/options.ts'
import { oneOf, isIterable, either } from '../support/options.ts'
import { option, resolve, text, type Given } from '../support/spec.ts'
import { drawing, FAINT, label, round, SOFT } from './drawing.ts'

export const clusterDiagramOptions = {
  /** Heading. Default 'Clusters'. */
  title: text('Clusters'),
  /** Names of the clusters, the largest first; `null`: their most distinctive items. Default null. */
  names: option<readonly string[] | null>(null, either(oneOf(null), isIterable)),
}

/** Options of `clusterDiagram`. */
export interface ClusterDiagramOptions extends Given<typeof clusterDiagramOptions> {}

const [WIDTH, HEIGHT, LEFT, TOP, SIDE] = [900, 560, 24, 72, 460]
/** Easily distinguished colours; the clusters after the tenth are all grey. */
const PALETTE = [
  '#0f766e',
  '#d97706',
  '#4f46e5',
  '#be123c',
  '#65a30d',
  '#0284c7',
  '#a21caf',
  '#854d0e',
  '#db2777',
  '#111827',
]

const IS_CLUSTERING = having({ clusters: isTypedArray, sizes: isTypedArray, distinctive: isArrayLike })

/**
 * Members of clusters as dots, with a colour for each of the ten largest clusters, as SVG. Members in no cluster are left out.
 *
 * @param points coordinates, as returned by `clusterPlane`; shape (members, 2)
 * @returns text of an SVG document, with a title and a description for screen readers
 * @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION
 */
export function clusterDiagram(
  clustering: Pick<Clusters, 'clusters' | 'sizes' | 'distinctive'>,
  points: Pick<NdArray<Float32Array>, 'data'>,
  options?: ClusterDiagramOptions,
): string {
  checkArgument('clusterDiagram', 'clusters', clustering, IS_CLUSTERING)
  checkArgument('clusterDiagram', 'points', points, having({ data: isTypedArray }))
  const { clusters, sizes, distinctive } = clustering
  const { data } = points
  const { title, names } = resolve('clusterDiagram', clusterDiagramOptions, options)
  const nameOf = (cluster: number): string =>
    names?.[cluster] ??
    distinctive[cluster]
      .slice(0, 2)
      .map(({ key }) => key)
      .join(', ')
  const [x, y] = [0, 1].map((axis) => scaleOf(data.filter((_, at) => at % 2 === axis)))
  const dots = Array.from({ length: Math.min(sizes.length, PALETTE.length + 1) }, (): string[] => [])
  clusters.forEach((cluster, row) => {
    if (cluster < 0) return
    const [across, up] = [LEFT + SIDE * x(data[row * 2]), TOP + SIDE * (1 - y(data[row * 2 + 1]))]
    dots[Math.min(cluster, PALETTE.length)].push(`M${round(across)} ${round(up)}h0`)
  })
  const inside = sizes.reduce((sum, size) => sum + size, 0)
  const parts = [
    label(LEFT, 30, title, 'font-size="17" font-weight="600"'),
    label(LEFT, 51, `${inside} members, ${sizes.length} clusters`, `fill="${SOFT}"`),
    // Large clusters first, so that small ones are drawn over them.
    ...dots.map((places, at) => path(places, PALETTE[at] ?? FAINT)),
    ...dots.flatMap((_, at) => {
      const isRest = at === PALETTE.length
      const size = isRest ? sizes.slice(at).reduce((sum, one) => sum + one, 0) : sizes[at]
      const top = TOP + 20 + 38 * at
      return [
        `<circle cx="${LEFT + SIDE + 40}" cy="${top - 4}" r="6" fill="${PALETTE[at] ?? FAINT}"/>`,
        label(LEFT + SIDE + 56, top, short(isRest ? `${sizes.length - at} smaller clusters` : nameOf(at))),
        label(LEFT + SIDE + 56, top + 15, String(size), `font-size="11" fill="${SOFT}"`),
      ]
    }),
  ]
  const said = Array.from(sizes.subarray(0, PALETTE.length), (size, at) => `${nameOf(at)}: ${size}`)
  return drawing(WIDTH, HEIGHT, title, parts, `${sizes.length} clusters of ${inside}. ${said.join('; ')}.`)
}

const path = (places: readonly string[], colour: string): string =>
  `<path d="${places.join('')}" stroke="${colour}" stroke-width="4" stroke-linecap="round" stroke-opacity="0.55" fill="none"/>`

function short(text: string): string {
  const characters = [...text.slice(0, 2 * 48)]
  return characters.length > 48 ? `${characters.slice(0, 47).join('')}\u2026` : characters.join('')
}

/** Scales the range of values to [0, 1]; equal values go to the middle. */
function scaleOf(values: Float32Array): (value: number) => number {
  const [least, most] = [
    values.reduce((a, b) => Math.min(a, b), Infinity),
    values.reduce((a, b) => Math.max(a, b), -Infinity),
  ]
  return (value) => (most > least ? (value - least) / (most - least) : 0.5)
}
