/** One drawing: what lists of everybody take in graphs that grow, on logarithmic axes, against pairs and against users; the slopes are stated. */
import { COLOURS, drawing, FAINT, GRID, label, round } from '../../src/report/drawing.ts'
import type { SeriesLine } from './series-lines.ts'

type TimedGraph = Pick<SeriesLine, 'pairs' | 'users' | 'cpuSeconds' | 'threads' | 'forecast'>

const [WIDTH, HEIGHT, TOP] = [460, 400, 64]
const MARGIN = { left: 64, right: 24, top: 40, bottom: 46 }
const [RIGHT, FLOOR] = [WIDTH - MARGIN.right, HEIGHT - MARGIN.bottom]

/** @param lines at least two, by pairs */
export function timeAgainstPairs(lines: readonly TimedGraph[]): string {
  const panels = [
    panel(
      'pairs',
      lines.map(({ pairs }) => pairs),
      lines,
    ),
    panel(
      'users',
      lines.map(({ users }) => users),
      lines,
    ),
  ]
  const groups = panels.flatMap((parts, at) => [`<g transform="translate(${at * WIDTH} ${TOP})">`, ...parts, '</g>'])
  return `${drawing(2 * WIDTH, TOP + HEIGHT, 'Lists of everybody: time against pairs and users', [
    label(24, 28, 'Lists of 20 for everybody: CPU seconds of all threads', 'font-size="17" font-weight="600"'),
    dot(30, 47, false),
    label(42, 51, 'measured', 'font-size="12"'),
    dot(120, 47, true),
    label(132, 51, 'expected before it began', 'font-size="12"'),
    ...groups,
  ])}\n`
}

/** The exponent b of y ~ a x^b, by least squares of the logarithms. */
export function slopeOf(x: readonly number[], y: readonly number[]): number {
  const [u, v] = [x.map(Math.log), y.map(Math.log)]
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
  const [mu, mv] = [mean(u), mean(v)]
  return mean(u.map((value, at) => (value - mu) * (v[at] - mv))) / mean(u.map((value) => (value - mu) ** 2))
}

const expectedOf = ({ forecast, threads }: TimedGraph): number => (forecast?.seconds ?? 0) * threads

function panel(name: string, sizes: readonly number[], lines: readonly TimedGraph[]): string[] {
  const measured = lines.map(({ cpuSeconds }) => cpuSeconds)
  const expected = lines.map(expectedOf)
  const x = logAxis(sizes, MARGIN.left, RIGHT)
  const y = logAxis([...measured, ...expected.filter((seconds) => seconds > 0)], FLOOR, MARGIN.top)
  const slope = slopeOf(sizes, measured)
  const steepest = slopeOf(sizes.slice(-2), measured.slice(-2))
  const title = `against ${name}: slope ${slope.toFixed(2)}, of the last two ${steepest.toFixed(2)}`
  const spots = measured.map((seconds, at) => `${round(x.of(sizes[at]))} ${round(y.of(seconds))}`)
  return [
    label(MARGIN.left, 24, title, 'font-weight="600"'),
    ...y.ticks.flatMap((seconds) => [
      `<path d="M${MARGIN.left} ${round(y.of(seconds))}H${RIGHT}" stroke="${GRID}"/>`,
      label(
        MARGIN.left - 8,
        y.of(seconds) + 4,
        `${seconds.toLocaleString('en')} s`,
        'text-anchor="end" font-size="12"',
      ),
    ]),
    ...x.ticks.flatMap((size) => [
      `<path d="M${round(x.of(size))} ${FLOOR}v5" stroke="${FAINT}"/>`,
      label(x.of(size), FLOOR + 19, shortened(size), 'text-anchor="middle" font-size="12"'),
    ]),
    `<path d="M${MARGIN.left} ${FLOOR}H${RIGHT}" stroke="${FAINT}"/>`,
    `<path d="M${spots.join('L')}" fill="none" stroke="${COLOURS[0]}" stroke-width="1.5"/>`,
    ...expected.flatMap((seconds, at) => (seconds > 0 ? [dot(x.of(sizes[at]), y.of(seconds), true)] : [])),
    ...measured.map((seconds, at) => dot(x.of(sizes[at]), y.of(seconds), false)),
  ]
}

/** A logarithmic axis a little longer than its values, with a tick at every power of ten within. */
function logAxis(values: readonly number[], from: number, to: number) {
  const decades = values.map(Math.log10)
  const [low, high] = [Math.min(...decades) - 0.15, Math.max(...decades) + 0.15]
  const of = (value: number): number => from + ((Math.log10(value) - low) / (high - low)) * (to - from)
  const ticks: number[] = []
  for (let decade = Math.ceil(low); decade <= high; decade++) ticks.push(Number(`1e${decade}`))
  return { of, ticks }
}

const shortened = (size: number): string =>
  size >= 1e6 ? `${size / 1e6} M` : size >= 1e3 ? `${size / 1e3} k` : String(size)

function dot(x: number, y: number, hollow: boolean): string {
  const paint = hollow ? `fill="none" stroke="${COLOURS[1]}" stroke-width="2"` : `fill="${COLOURS[0]}"`
  return `<circle cx="${round(x)}" cy="${round(y)}" r="${hollow ? 6 : 4}" ${paint}/>`
}
