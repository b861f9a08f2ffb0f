/** Charts as SVG text: bars by group, lines with a band. */
import { COLOURS, drawing, FAINT, GRID, label, round, SOFT } from '../../src/report/drawing.ts'

export interface BarChart {
  readonly title: string
  readonly subtitle: string
  /** Names under the groups. */
  readonly groups: readonly string[]
  /** One bar a group and series. */
  readonly series: readonly { readonly name: string; readonly values: readonly number[] }[]
}

/** Bars side by side, values on top. */
export function barChart({ title, subtitle, groups, series }: BarChart): string {
  const [width, height, top, bottom, side] = [760, 350, 100, 46, 24]
  const largest = Math.max(...series.flatMap(({ values }) => values))
  const groupWidth = (width - 2 * side) / groups.length
  const barWidth = (groupWidth * 0.76) / series.length
  const scale = (height - top - bottom) / largest
  const parts = [
    label(side, 30, title, 'font-size="17" font-weight="600"'),
    label(side, 51, subtitle, `fill="${SOFT}"`),
  ]
  series.forEach(({ name, values }, s) => {
    const legend = width - side - 110 * (series.length - s)
    parts.push(`<rect x="${legend}" y="60" width="11" height="11" rx="2" fill="${COLOURS[s]}"/>`)
    parts.push(label(legend + 17, 70, name))
    values.forEach((value, g) => {
      const x = side + g * groupWidth + groupWidth * 0.12 + s * barWidth
      const y = height - bottom - value * scale
      parts.push(
        `<rect x="${round(x)}" y="${round(y)}" width="${round(barWidth - 3)}" height="${round(value * scale)}" rx="2" fill="${COLOURS[s]}"/>`,
        label(x + (barWidth - 3) / 2, y - 5, value.toFixed(3), 'text-anchor="middle" font-size="12"'),
      )
    })
  })
  groups.forEach((group, g) =>
    parts.push(label(side + (g + 0.5) * groupWidth, height - 20, group, 'text-anchor="middle" font-size="12"')),
  )
  parts.push(`<path d="M${side} ${height - bottom}H${width - side}" stroke="${FAINT}"/>`)
  return drawing(width, height, title, parts)
}

export interface LineChart {
  readonly title: string
  readonly subtitle: string
  readonly xName: string
  readonly xs: readonly number[]
  /** Means, and the range around them; all in [0, 1]. */
  readonly series: readonly {
    readonly name: string
    readonly mean: readonly number[]
    readonly low: readonly number[]
    readonly high: readonly number[]
  }[]
}

/** Lines with a band from low to high; the x positions are evenly spaced, the y axis goes from 0 to 1. */
export function lineChart({ title, subtitle, xName, xs, series }: LineChart): string {
  const [width, height, top, bottom, side] = [760, 380, 90, 60, 56]
  const xOf = (at: number): number => side + ((width - 2 * side) * at) / (xs.length - 1)
  const yOf = (share: number): number => height - bottom - (height - top - bottom) * share
  const points = (shares: readonly number[]): string[] =>
    shares.map((share, at) => `${round(xOf(at))} ${round(yOf(share))}`)
  const parts = [label(24, 30, title, 'font-size="17" font-weight="600"'), label(24, 51, subtitle, `fill="${SOFT}"`)]
  for (const share of [0, 0.25, 0.5, 0.75, 1]) {
    parts.push(`<path d="M${side} ${round(yOf(share))}H${width - side}" stroke="${GRID}"/>`)
    parts.push(label(side - 8, yOf(share) + 4, `${share * 100} %`, 'text-anchor="end" font-size="12"'))
  }
  xs.forEach((x, at) => parts.push(label(xOf(at), height - bottom + 22, String(x), 'text-anchor="middle"')))
  parts.push(label(width / 2, height - 14, xName, `text-anchor="middle" fill="${SOFT}"`))
  series.forEach(({ name, mean, low, high }, s) => {
    const outline = [...points(low), ...points(high).reverse()].join('L')
    parts.push(`<path d="M${outline}Z" fill="${COLOURS[s]}" opacity="0.13"/>`)
    parts.push(`<path d="M${points(mean).join('L')}" fill="none" stroke="${COLOURS[s]}" stroke-width="2.5"/>`)
    parts.push(`<rect x="${24 + 170 * s}" y="62" width="11" height="11" rx="2" fill="${COLOURS[s]}"/>`)
    parts.push(label(41 + 170 * s, 72, name))
  })
  return drawing(width, height, title, parts)
}
