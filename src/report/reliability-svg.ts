import { checkArgument, having } from '../support/arguments.ts'
import type { Calibration, CalibrationBin } from '../evaluate/labels.ts'
import { finiteNumber, oneOf, isString, either, type Check } from '../support/options.ts'
import { option, resolve, text, type Given } from '../support/spec.ts'
import { listOf } from '../support/shape.ts'
import { COLOURS, drawing, FAINT, GRID, label, round, SOFT } from './drawing.ts'

const IS_CALIBRATION = having({ bins: listOf(having({ count: finiteNumber })), expectedError: finiteNumber })

const isTwoNames: Check = (value) =>
  Array.isArray(value) && value.length === 2 && value.every((name) => isString(name) === null) ? null : 'two names'

export const reliabilityDiagramOptions = {
  /** Calibrated confidences, drawn in the same diagram. Default none. */
  after: option<Calibration | null>(null, either(oneOf(null), IS_CALIBRATION)),
  /** Heading. Default 'Reliability'. */
  title: text('Reliability'),
  /** What the dots are called: before and after. Default ['as it came', 'calibrated']. */
  names: option<readonly [string, string]>(Object.freeze(['as it came', 'calibrated'] as const), isTwoNames),
}

/** Options of `reliabilityDiagram`. */
export interface ReliabilityDiagramOptions extends Given<typeof reliabilityDiagramOptions> {}

const [WIDTH, HEIGHT, LEFT, TOP, SIDE] = [480, 560, 60, 92, 384]

/**
 * A reliability diagram as SVG: for every bin the share of right predictions over its mean confidence, with 95 % intervals (Wilson 1927). A dot's
 * area grows with the predictions of its bin. Calibrated confidences lie on the dashed line; dots below it are overconfident.
 *
 * @param before as returned by `calibration`, or a calibrator's `before`
 * @returns text of an SVG document, with a title and a description for screen readers
 * @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION
 * @example
 * ```ts
 * import { calibration } from 'rivulet'
 * import { reliabilityDiagram } from 'rivulet/advanced'
 *
 * const svg = reliabilityDiagram(calibration([0.9, 0.8, 0.9, 0.6], [1, 1, 0, 1], { bins: 5 }), { title: 'Genres' })
 * console.log(svg.includes('<title>Genres</title>')) // true
 * ```
 */
export function reliabilityDiagram(before: Calibration, options?: ReliabilityDiagramOptions): string {
  checkArgument('reliabilityDiagram', 'before', before, IS_CALIBRATION)
  const { after, title, names } = resolve('reliabilityDiagram', reliabilityDiagramOptions, options)
  const series = [before, ...(after === null ? [] : [after])].map((measured, at) => ({
    measured,
    name: names[at],
    colour: after === null || at === 1 ? COLOURS[0] : COLOURS[1],
  }))
  const count = before.bins.reduce((sum, bin) => sum + bin.count, 0)
  const parts = [
    label(24, 30, title, 'font-size="17" font-weight="600"'),
    label(24, 51, `${count.toLocaleString('en')} predictions in ${before.bins.length} bins`, `fill="${SOFT}"`),
    ...axes(),
  ]
  series.forEach(({ measured, name, colour }, at) => {
    const x = 24 + 218 * at
    parts.push(`<circle cx="${x + 6}" cy="71" r="5" fill="${colour}"/>`)
    parts.push(label(x + 17, 75.5, `${name}: error ${measured.expectedError.toFixed(3)}`))
    for (const dot of dots(measured.bins, count, colour)) parts.push(dot)
  })
  return drawing(WIDTH, HEIGHT, title, parts, describe(series.map(({ measured, name }) => ({ measured, name }))))
}

const xOf = (confidence: number): number => LEFT + SIDE * confidence
const yOf = (accuracy: number): number => TOP + SIDE * (1 - accuracy)

function axes(): string[] {
  const parts: string[] = []
  for (const share of [0, 0.25, 0.5, 0.75, 1]) {
    const [x, y] = [round(xOf(share)), round(yOf(share))]
    parts.push(`<path d="M${LEFT} ${y}H${LEFT + SIDE}M${x} ${TOP}V${TOP + SIDE}" stroke="${GRID}"/>`)
    parts.push(label(LEFT - 8, y + 4, String(share), `text-anchor="end" font-size="12" fill="${SOFT}"`))
    parts.push(label(x, TOP + SIDE + 20, String(share), `text-anchor="middle" font-size="12" fill="${SOFT}"`))
  }
  parts.push(`<path d="M${xOf(0)} ${yOf(0)}L${xOf(1)} ${yOf(1)}" stroke="${FAINT}" stroke-dasharray="5 4"/>`)
  parts.push(label(LEFT + SIDE / 2, TOP + SIDE + 44, 'mean confidence', `text-anchor="middle" fill="${SOFT}"`))
  const middle = round(TOP + SIDE / 2)
  const turned = `text-anchor="middle" fill="${SOFT}" transform="rotate(-90 18 ${middle})"`
  parts.push(label(18, middle, 'share of right predictions', turned))
  parts.push(
    label(24, HEIGHT - 14, 'Dashed: confidence = share. Lines: 95 % intervals.', `font-size="11" fill="${SOFT}"`),
  )
  return parts
}

function dots(bins: readonly CalibrationBin[], total: number, colour: string): string[] {
  return bins
    .filter((bin) => bin.count > 0)
    .flatMap(({ confidence, accuracy, count }) => {
      const [x, y] = [round(xOf(confidence)), round(yOf(accuracy))]
      const [low, high] = wilsonInterval(accuracy, count)
      const radius = round(3 + 11 * Math.sqrt(count / total))
      return [
        `<path d="M${x} ${round(yOf(low))}V${round(yOf(high))}" stroke="${colour}" stroke-width="2" opacity="0.35"/>`,
        `<circle cx="${x}" cy="${y}" r="${radius}" fill="${colour}" fill-opacity="0.8" stroke="#ffffff"/>`,
      ]
    })
}

/** The 95 % score interval of a share of that many observations. */
export function wilsonInterval(share: number, count: number): [low: number, high: number] {
  const z = 1.96
  const middle = share + (z * z) / (2 * count)
  const reach = z * Math.sqrt((share * (1 - share) + (z * z) / (4 * count)) / count)
  const total = 1 + (z * z) / count
  return [Math.max(0, (middle - reach) / total), Math.min(1, (middle + reach) / total)]
}

function describe(series: readonly { readonly measured: Calibration; readonly name: string }[]): string {
  return series
    .map(({ measured: { expectedError, maximumError, bins }, name }) => {
      const filled = bins.filter((bin) => bin.count > 0)
      const over = filled.filter((bin) => bin.confidence > bin.accuracy).length
      const parts = `${over} of ${filled.length} bins with predictions are overconfident`
      return `${name}: expected calibration error ${expectedError.toFixed(3)}, largest ${maximumError.toFixed(3)}; ${parts}.`
    })
    .join(' ')
}
