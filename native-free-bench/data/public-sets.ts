import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Coordinates } from '../../src/advanced.ts'
import { readInteractions } from '../../src/index.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** The folder of the public data sets: the environment variable RIVULET_DATA, or `../shared/data` beside the project. */
export const dataFolder = resolve(root, process.env['RIVULET_DATA'] ?? '../shared/data')

/** A file of a public set, or `null` when it is not on this machine. */
export function publicFile(...path: string[]): string | null {
  const file = join(dataFolder, ...path)
  return existsSync(file) ? file : null
}

/** The training pairs of a public set, or `null` when it is not on this machine. */
export async function publicPairs(name: string): Promise<Coordinates | null> {
  const file = publicFile(name, 'train.txt.gz')
  if (file === null) return null
  const { users, items, user, item } = await readInteractions(file)
  return { rowCount: users.size, columnCount: items.size, row: user, column: item }
}
