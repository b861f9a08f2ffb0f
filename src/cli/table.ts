import { printable } from '../advanced.ts'

/** Columns of text tables, which are aligned and separated by two spaces. */
export interface Column {
  readonly title: string
  readonly align: 'left' | 'right'
  /** Characters; longer cells stick out. */
  readonly width: number
}

/** Longer texts are cut: a very long id would push everything else off the screen. */
const LONGEST_CELL = 60

/** A column as wide as its title and its longest cell. */
export function fitColumn(title: string, align: Column['align'], cells: Iterable<string>): Column {
  let width = title.length
  for (const cell of cells) width = Math.max(width, lengthOf(tidy(cell)))
  return { title, align, width }
}

export function headLine(columns: readonly Column[]): string {
  return rowLine(
    columns,
    columns.map(({ title }) => title),
  )
}

export function rowLine(columns: readonly Column[], cells: readonly string[]): string {
  return columns
    .map(({ align, width }, at) => pad(tidy(cells[at]), width, align))
    .join('  ')
    .trimEnd()
}

/** A whole table: the first column to the left, the others to the right unless `alignments` says otherwise. */
export function tableLines(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  alignments: readonly Column['align'][] = [],
): string[] {
  const columns = titles.map((title, at) => {
    const align = alignments[at] ?? (at === 0 ? 'left' : 'right')
    return fitColumn(
      title,
      align,
      rows.map((row) => row[at]),
    )
  })
  return [headLine(columns), ...rows.map((row) => rowLine(columns, row))]
}

/** 12345.6 -> '12,346' */
export function count(number: number): string {
  return Math.round(number).toLocaleString('en')
}

/** A metric: 0.1849, 12.50 */
export function figure(value: number): string {
  return Math.abs(value) >= 10 ? value.toFixed(2) : value.toFixed(4)
}

/** A bar of blocks, `share` in [0, 1] of `width` characters; at least one block for a share above 0. */
export function bar(share: number, width: number): string {
  return '█'.repeat(share > 0 ? Math.max(1, Math.round(share * width)) : 0)
}

/** Ids are untrusted: a line break or control character must not break the row. */
function tidy(text: string): string {
  const plain = printable(text.slice(0, 2 * LONGEST_CELL))
  const characters = [...plain]
  return characters.length > LONGEST_CELL ? `${characters.slice(0, LONGEST_CELL - 1).join('')}…` : plain
}

function pad(text: string, width: number, align: Column['align']): string {
  const space = ' '.repeat(Math.max(0, width - lengthOf(text)))
  return align === 'left' ? text + space : space + text
}

function lengthOf(text: string): number {
  return [...text].length
}
