import { shorten } from '../demo/terminal.ts'
import { COLOURS, drawing, FAINT, label, round, SOFT } from '../../src/report/drawing.ts'

/** A node of the drawing; its circle's area is in proportion to `size` within its column. */
export interface DrawnNode {
  readonly key: string
  readonly name: string
  readonly size: number
}

/** A line between nodes of neighbouring columns. */
export interface Tie {
  readonly from: string
  readonly to: string
}

export interface Neighbourhood {
  readonly title: string
  readonly own: readonly DrawnNode[]
  readonly users: readonly DrawnNode[]
  readonly reached: readonly DrawnNode[]
  readonly ties: readonly Tie[]
}

const WIDTH = 900
const TOP = 96
const ROW = 40
const LARGEST_RADIUS = 13

/** Three columns of circles with the ties between them. */
export function drawNeighbourhood({ title, own, users, reached, ties }: Neighbourhood): string {
  const rows = Math.max(own.length, users.length, reached.length)
  const height = TOP + rows * ROW + 12
  const columns = [
    { nodes: own, x: 270, heading: 'her films, by what they add', anchor: 'end', offset: -20 },
    { nodes: users, x: 450, heading: 'users like her', anchor: 'middle', offset: 0 },
    { nodes: reached, x: 630, heading: 'what reaches her', anchor: 'start', offset: 20 },
  ] as const
  const places = new Map<string, { x: number; y: number }>()
  for (const { nodes, x } of columns) {
    const start = TOP + ((rows - nodes.length) * ROW) / 2 + ROW / 2
    nodes.forEach(({ key }, at) => places.set(key, { x, y: start + at * ROW }))
  }
  const lines = ties.map(({ from, to }) => {
    const [a, b] = [places.get(from), places.get(to)] as { x: number; y: number }[]
    const middle = (a.x + b.x) / 2
    return `<path d="M${a.x} ${round(a.y)}C${middle} ${round(a.y)} ${middle} ${round(b.y)} ${b.x} ${round(b.y)}" fill="none" stroke="${FAINT}" stroke-width="1.3" opacity="0.55"/>`
  })
  const circles = columns.flatMap(({ nodes, x, heading, anchor, offset }, column) => [
    label(x + offset, 74, heading, `text-anchor="${anchor}" fill="${SOFT}"`),
    ...nodes.flatMap(({ key, name, size }) => {
      const { y } = places.get(key) as { x: number; y: number }
      const largest = Math.max(...nodes.map((node) => node.size))
      const radius = Math.max(2.5, LARGEST_RADIUS * Math.sqrt(size / largest))
      const text =
        anchor === 'middle'
          ? label(x, y + 24, name, 'text-anchor="middle" font-size="10"')
          : label(x + offset, y + 4, shorten(name, 36), `text-anchor="${anchor}"`)
      return [`<circle cx="${x}" cy="${round(y)}" r="${round(radius)}" fill="${COLOURS[column]}"/>`, text]
    }),
  ])
  return drawing(WIDTH, height, title, [label(24, 34, title, 'font-size="17" font-weight="600"'), ...lines, ...circles])
}
