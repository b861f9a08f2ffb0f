import { checkArgument, having } from '../support/arguments.ts'
import type { PairedBootstrap } from '../evaluate/significance.ts'
import type { Balance } from '../calibrate/balance.ts'
import { finiteNumber, oneOf, isString, either } from '../support/options.ts'
import { resolve, text, type Given } from '../support/spec.ts'
import { listOf } from '../support/shape.ts'
import { COLOURS, drawing, FAINT, label, round, SOFT } from './drawing.ts'

export const balanceDiagramOptions = {
  /** Heading. Default 'Balance'. */
  title: text('Balance'),
}

/** Options of `balanceDiagram`. */
export interface BalanceDiagramOptions extends Given<typeof balanceDiagramOptions> {}

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [640, 340, 84, 30, 84, 66]

const IS_GAIN = either(oneOf(null), having({ difference: finiteNumber, low: finiteNumber, high: finiteNumber }))
const IS_BALANCE = having({
  decision: isString,
  reason: isString,
  curve: listOf(having({ lambda: finiteNumber, gain: IS_GAIN })),
  gain: IS_GAIN,
})

/**
 * The curve of a balance as SVG: the gain of every weight of the unlabelled part on the validation labels, with its interval; above 0 it helps.
 * The chosen weight has a ring.
 *
 * @returns text of an SVG document, with a title and a description for screen readers
 * @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION
 */
export function balanceDiagram(balance: Balance, options?: BalanceDiagramOptions): string {
  checkArgument('balanceDiagram', 'balance', balance, IS_BALANCE)
  const { decision, lambda, reason, curve, gain } = balance
  const { title } = resolve('balanceDiagram', balanceDiagramOptions, options)
  const points = curve.map((point) => ({
    lambda: point.lambda,
    gain: point.gain?.difference ?? 0,
    low: point.gain?.low ?? 0,
    high: point.gain?.high ?? 0,
  }))
  const [lowest, highest] = gainRange(points)
  const xOf = (at: number): number => LEFT + ((WIDTH - LEFT - RIGHT) * (at + 0.5)) / Math.max(1, points.length)
  const yOf = (gain: number): number => TOP + ((HEIGHT - TOP - BOTTOM) * (highest - gain)) / (highest - lowest)
  const parts = [
    label(24, 30, title, 'font-size="17" font-weight="600"'),
    label(
      24,
      51,
      gain === null ? `${decision}: ${reason}` : `${decision}: gain ${intervalText(gain)}`,
      `fill="${SOFT}"`,
    ),
    `<path d="M${LEFT} ${round(yOf(0))}H${WIDTH - RIGHT}" stroke="${FAINT}"/>`,
    label(LEFT - 8, yOf(0) + 4, '0', `text-anchor="end" font-size="12" fill="${SOFT}"`),
  ]
  for (const end of [lowest, highest]) {
    // The label of an end close to 0 would overlap that of 0.
    if (Math.abs(yOf(end) - yOf(0)) < 16) continue
    parts.push(label(LEFT - 8, yOf(end) + 4, signed(end), `text-anchor="end" font-size="12" fill="${SOFT}"`))
  }
  points.forEach((point, at) => {
    const [x, y] = [round(xOf(at)), round(yOf(point.gain))]
    const colour = point.lambda === 0 ? FAINT : point.low > 0 ? COLOURS[0] : point.high < 0 ? COLOURS[3] : COLOURS[1]
    parts.push(
      `<path d="M${x} ${round(yOf(point.low))}V${round(yOf(point.high))}" stroke="${colour}" stroke-width="2"/>`,
    )
    parts.push(`<circle cx="${x}" cy="${y}" r="5" fill="${colour}"/>`)
    if (point.lambda === lambda)
      parts.push(`<circle cx="${x}" cy="${y}" r="10" fill="none" stroke="${colour}" stroke-width="2"/>`)
    parts.push(label(x, HEIGHT - BOTTOM + 26, String(point.lambda), 'text-anchor="middle" font-size="12"'))
  })
  const axis = 'weight of the unlabelled part (ring: taken)'
  parts.push(label((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 14, axis, `text-anchor="middle" fill="${SOFT}"`))
  const middle = round((TOP + HEIGHT - BOTTOM) / 2)
  parts.push(label(18, middle, 'gain', `text-anchor="middle" fill="${SOFT}" transform="rotate(-90 18 ${middle})"`))
  return drawing(WIDTH, HEIGHT, title, parts, `${decision}, weight ${lambda}: ${reason}.`)
}

/** The range of all intervals, extended to 0; never empty. */
function gainRange(
  points: readonly { readonly low: number; readonly high: number }[],
): [lowest: number, highest: number] {
  const lowest = points.reduce((least, { low }) => Math.min(least, low), 0)
  const highest = points.reduce((most, { high }) => Math.max(most, high), 0)
  return lowest === highest ? [-1, 1] : [lowest, highest]
}

const signed = (gain: number): string => `${gain < 0 ? '\u2212' : '+'}${Math.abs(gain).toPrecision(2)}`

const intervalText = ({ difference, low, high, level }: PairedBootstrap): string =>
  `${signed(difference)} [${signed(low)}, ${signed(high)}] at ${(100 * level).toFixed(1)} %`
