import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { readingLine } from '../../../src/cli/source.ts'
import type { Reading } from '../../../src/index.ts'
import { documentOf, rivulet } from './stage.ts'

const ROW = /^\| ([^|]+?) +\| `rivulet inspect ([^`]+)` +\| `?([^|`]+?)`? +\|/gm
const rows = [...readFileSync('docs/how-to/public-data.md', 'utf8').matchAll(ROW)].map(([, ...cells]) => cells)

it('is a table with a line for each data set', () => {
  expect(rows.length).toBeGreaterThan(15)
})

it.each(rows)('%s: %s', async (_data, line, read) => {
  const [file, ...flags] = line.split(' ')
  const outcome = await rivulet(['inspect', `test/fixtures/forms/${file}`, ...flags, '--json'])
  const { reading } = documentOf<{ reading: Reading }>(outcome)
  expect(readingLine({ ...reading, ignored: [] })).toBe(read)
})
