import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
// With the package installed: from 'rivulet'.
import { writeTextFile } from '../../src/index.ts'
import { bold, dim, print } from '../demo/terminal.ts'

const here = dirname(fileURLToPath(import.meta.url))

let cells = 0

/** Starts a cell: its number, a heading, and what it is about. */
export function cell(heading: string, text?: string): void {
  cells++
  print(`\n${dim(`[${cells}]`)} ${bold(heading)}`)
  if (text !== undefined) print(`    ${dim(text)}`)
}

/** Writes a drawing into docs/notebooks/output/, or into the folder that RIVULET_NOTEBOOK_OUTPUT names, and says where. */
export async function writeDrawing(name: string, svg: string): Promise<void> {
  const folder = process.env['RIVULET_NOTEBOOK_OUTPUT'] ?? join(here, 'output')
  await mkdir(folder, { recursive: true })
  await writeTextFile(join(folder, name), svg.split('\n'))
  print(`  Written: ${join(folder, name)}`)
}
