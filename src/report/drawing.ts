/** Parts of small drawings as SVG text, on a white background, so that they are readable on a dark page too. */
import { printable } from '../support/errors.ts'

const INK = '#1f2933'
export const SOFT = '#52606d'
export const FAINT = '#9aa5b1'
export const GRID = '#e4e7eb'
export const COLOURS = ['#0f766e', '#d97706', '#4f46e5', '#be123c']

/** Removes control characters and unpaired surrogates, which XML 1.0 cannot represent: they would make the whole picture unreadable. */
function escapeText(text: string): string {
  return printable(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** A drawing of that size with its parts on a white background. Screen readers read the title, and the description if there is one. */
export function drawing(
  width: number,
  height: number,
  title: string,
  parts: readonly string[],
  description?: string,
): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="system-ui, sans-serif" font-size="13" fill="${INK}">`,
    `<title>${escapeText(title)}</title>`,
    ...(description === undefined ? [] : [`<desc>${escapeText(description)}</desc>`]),
    `<rect width="${width}" height="${height}" rx="8" fill="#ffffff"/>`,
    ...parts,
    '</svg>',
  ].join('\n')
}

export function label(x: number, y: number, text: string, attributes = ''): string {
  return `<text x="${round(x)}" y="${round(y)}" ${attributes}>${escapeText(text)}</text>`
}

/** One decimal is a tenth of a pixel. */
export const round = (value: number): number => Math.round(value * 10) / 10
