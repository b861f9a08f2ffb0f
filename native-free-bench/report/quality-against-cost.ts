/** One drawing: every method of every split as a point, its cost to the right on a logarithmic axis, its quality upward. */
import { COLOURS, drawing, FAINT, label, round } from '../../src/report/drawing.ts'
import type { Chosen } from '../data/recipes.ts'

export interface QualityPoint {
  readonly label: string
  readonly chosen: Chosen
  /** Drawn hollow. */
  readonly baseline: boolean
  /** From the table to all lists, above 0. */
  readonly seconds: number
  readonly ndcg20: number
}

export interface QualityPanel {
  readonly title: string
  /** At least one. */
  readonly points: readonly QualityPoint[]
}

const COLOUR: Readonly<Record<Chosen, string>> = {
  default: COLOURS[0],
  validation: COLOURS[2],
  'seen on the test': COLOURS[1],
}
const [WIDTH, HEIGHT, TOP] = [620, 460, 64]
const MARGIN = { left: 58, right: 22, top: 40, bottom: 50 }
const RADIUS = 5
const LEGEND_WIDTH = 140
const LINE_HEIGHT = 14
/** Mean width of a letter at 12 pixels: what is too long by a little only stands closer to its neighbour. */
const LETTER_WIDTH = 6.3

/** Panels side by side, two in a row. */
export function qualityAgainstCost(panels: readonly QualityPanel[]): string {
  const columns = Math.min(2, panels.length)
  const width = columns * WIDTH
  const height = TOP + Math.ceil(panels.length / columns) * HEIGHT
  const legend = Object.entries(COLOUR).flatMap(([chosen, colour], at) => [
    dot(30 + LEGEND_WIDTH * at, 50, colour, false),
    label(42 + LEGEND_WIDTH * at, 54, chosen === 'default' ? 'default options' : chosen, 'font-size="12"'),
  ])
  const last = 30 + LEGEND_WIDTH * Object.keys(COLOUR).length
  legend.push(dot(last, 50, FAINT, true), label(last + 12, 54, 'hollow: baselines', 'font-size="12"'))
  const groups = panels.flatMap((panel, at) => {
    const [x, y] = [(at % columns) * WIDTH, TOP + Math.floor(at / columns) * HEIGHT]
    return [`<g transform="translate(${x} ${y})">`, ...panelParts(panel), '</g>']
  })
  return `${drawing(width, height, 'Quality against cost', [
    label(24, 30, 'Quality against cost: NDCG@20 over seconds for all users', 'font-size="17" font-weight="600"'),
    ...legend,
    ...groups,
  ])}\n`
}

function panelParts({ title, points }: QualityPanel): string[] {
  const [right, floor] = [WIDTH - MARGIN.right, HEIGHT - MARGIN.bottom]
  const decades = points.map(({ seconds }) => Math.log10(seconds))
  const [low, high] = [Math.min(...decades) - 0.15, Math.max(...decades) + 0.45]
  const qualities = points.map(({ ndcg20 }) => ndcg20)
  const step = niceStep(Math.max(...qualities) / 8)
  const [least, most] = [Math.floor(Math.min(...qualities) / step), Math.floor(Math.max(...qualities) / step) + 1]
  const xOf = (seconds: number): number =>
    MARGIN.left + ((Math.log10(seconds) - low) / (high - low)) * (right - MARGIN.left)
  const yOf = (ndcg: number): number => floor - ((ndcg / step - least) / (most - least)) * (floor - MARGIN.top)

  const parts = [label(MARGIN.left, 24, title, 'font-weight="600"')]
  for (let tick = least; tick <= most; tick++) {
    const y = round(yOf(tick * step))
    parts.push(`<path d="M${MARGIN.left} ${y}H${right}" stroke="#e4e7eb"/>`)
    parts.push(label(MARGIN.left - 8, y + 4, (tick * step).toFixed(2), 'text-anchor="end" font-size="12"'))
  }
  for (const seconds of logTicks(low, high)) {
    const x = round(xOf(seconds))
    parts.push(`<path d="M${x} ${floor}v5" stroke="${FAINT}"/>`)
    parts.push(label(x, floor + 19, `${seconds} s`, 'text-anchor="middle" font-size="12"'))
  }
  parts.push(`<path d="M${MARGIN.left} ${floor}H${right}" stroke="${FAINT}"/>`)
  const spots = points.map((point) => ({ x: xOf(point.seconds), y: yOf(point.ndcg20), point }))
  const boxes = placeLabels(spots.map(({ x, y, point }) => ({ x, y, text: point.label })))
  spots.forEach(({ x, y, point }, at) => {
    const box = boxes[at]
    parts.push(dot(x, y, COLOUR[point.chosen], point.baseline))
    if (box.shifted)
      parts.push(`<path d="M${round(x)} ${round(y)}L${round(box.tieX)} ${round(box.tieY)}" stroke="${FAINT}"/>`)
    parts.push(label(box.left, box.top + 11, point.label, 'font-size="12"'))
  })
  return parts
}

function dot(x: number, y: number, colour: string, hollow: boolean): string {
  const paint = hollow ? `fill="#ffffff" stroke="${colour}" stroke-width="2"` : `fill="${colour}"`
  return `<circle cx="${round(x)}" cy="${round(y)}" r="${hollow ? RADIUS - 1 : RADIUS}" ${paint}/>`
}

/** 1, 2 or 5 times a power of ten, not below `least`. */
function niceStep(least: number): number {
  const decade = 10 ** Math.floor(Math.log10(least))
  return [1, 2, 5, 10].map((factor) => factor * decade).find((step) => step >= least) ?? 10 * decade
}

/** 1, 2 and 5 times powers of ten between two decades; powers alone when those are many. */
function logTicks(low: number, high: number): number[] {
  const factors = high - low > 2.5 ? [1] : [1, 2, 5]
  const ticks: number[] = []
  for (let decade = Math.floor(low); decade <= high; decade++) {
    // Through text: 10 ** -1 * 2 is not 0.2 in every decade.
    for (const factor of factors) ticks.push(Number(`${factor}e${decade}`))
  }
  return ticks.filter((seconds) => Math.log10(seconds) >= low && Math.log10(seconds) <= high)
}

interface Box {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** Where a label stands; one that had to move away is tied to its point. */
export interface PlacedLabel extends Box {
  readonly shifted: boolean
  readonly tieX: number
  readonly tieY: number
}

/** Puts each text beside its point where it covers no point and no other text, as near as that is possible. */
export function placeLabels(
  points: readonly { readonly x: number; readonly y: number; readonly text: string }[],
): PlacedLabel[] {
  const taken: Box[] = points.map(({ x, y }) => ({ left: x - 6, right: x + 6, top: y - 6, bottom: y + 6 }))
  const placed: PlacedLabel[] = []
  for (const { x, y, text } of points) {
    const width = text.length * LETTER_WIDTH
    const candidates = [0, 1, -1, 2, -2, 3, -3, 4, -4, 5, -5, 6, -6].flatMap((lines) =>
      [x + 9, x - 9 - width, x - width / 2].map((left) => {
        const top = y - LINE_HEIGHT / 2 + lines * LINE_HEIGHT
        return { left, top, right: left + width, bottom: top + LINE_HEIGHT, shifted: lines !== 0 }
      }),
    )
    const free = candidates.filter((box) => insidePanel(box) && !taken.some((other) => overlaps(box, other)))
    const box = free[0] ?? candidates[0]
    taken.push(box)
    const tieX = Math.min(Math.max(x, box.left), box.right)
    placed.push({ ...box, tieX, tieY: box.top > y ? box.top : box.bottom })
  }
  return placed
}

const insidePanel = ({ left, right, top, bottom }: Box): boolean =>
  left >= MARGIN.left && right <= WIDTH - 4 && top >= MARGIN.top - LINE_HEIGHT && bottom <= HEIGHT - MARGIN.bottom

const overlaps = (a: Box, b: Box): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
