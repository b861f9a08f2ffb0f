/** Plain words for a terminal: headings, aligned tables, bars. Colour only where somebody looks. */

const coloured = process.stdout.isTTY && process.env['NO_COLOR'] === undefined

const paint =
  (code: number) =>
  (text: string): string =>
    coloured ? `\u001b[${code}m${text}\u001b[0m` : text

export const bold = paint(1)
export const dim = paint(2)
export const green = paint(32)

export function print(text = ''): void {
  process.stdout.write(`${text}\n`)
}

export function printHeading(text: string): void {
  print(`\n${bold(text)}`)
}

/** Columns aligned by their widest cell; `right` holds the numbers of the columns that are aligned to the right. */
export function printTable(rows: readonly (readonly string[])[], right: readonly number[] = []): void {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => widthOf(row[column]))))
  for (const row of rows) {
    const cells = row.map((cell, column) => {
      const space = ' '.repeat(widths[column] - widthOf(cell))
      return right.includes(column) ? space + cell : cell + space
    })
    print(`  ${cells.join('  ')}`.trimEnd())
  }
}

/** A bar of eighths, `width` characters at `largest`. */
export function bar(value: number, largest: number, width: number): string {
  const eighths = Math.max(0, Math.round((value / largest) * width * 8))
  return '█'.repeat(eighths >> 3) + ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'][eighths & 7]
}

export const count = (value: number): string => value.toLocaleString('en')

export const percent = (share: number): string => `${(100 * share).toFixed(0)} %`

export const shorten = (text: string, width: number): string =>
  text.length > width ? `${text.slice(0, width - 1)}…` : text

/** Printed width: colour codes take no room. */
function widthOf(text: string): number {
  // eslint-disable-next-line no-control-regex -- the escape character is what is looked for
  return [...text.replaceAll(/\u001b\[\d+m/g, '')].length
}
