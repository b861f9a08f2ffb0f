import { describe, expect, it } from 'vitest'
import { bar, fitColumn, headLine, rowLine, tableLines } from '../../../src/cli/table.ts'

describe('tables', () => {
  it('align the first column to the left and the others to the right, without spaces at the end', () => {
    expect(
      tableLines(
        ['name', 'n'],
        [
          ['a', '1,000'],
          ['abcde', '2'],
        ],
      ),
    ).toEqual(['name       n', 'a      1,000', 'abcde      2'])
    expect(tableLines(['a', ''], [['x', '']], ['right', 'left'])).toEqual(['a', 'x'])
  })

  it('have columns whose width is known before the rows', () => {
    const columns = [fitColumn('user', 'left', ['ann', 'robert']), fitColumn('k', 'right', [])]
    expect([headLine(columns), rowLine(columns, ['ann', '1']), rowLine(columns, ['longer than that', '10'])]).toEqual([
      'user    k',
      'ann     1',
      'longer than that  10',
    ])
  })

  it('cut long cells and let no control character through', () => {
    const [, row] = tableLines(['id', 'n'], [['x'.repeat(1_000_000), '1']])
    expect(row).toBe(`${'x'.repeat(59)}…  1`)
    expect(tableLines(['id'], [['a\u001b[2Jb\nc']])[1]).toBe(String.raw`a\u001b[2Jb\u000ac`)
    expect(tableLines(['id'], [['x'.repeat(200) + '\u202e']])[1]).toBe(`${'x'.repeat(59)}…`)
  })

  it('count characters, not code units', () => {
    expect(tableLines(['id', 'n'], [['🍵', '1']])[1]).toBe('🍵   1')
  })

  it('draw bars', () => {
    expect([bar(0, 10), bar(0.001, 10), bar(0.5, 10), bar(1, 10)]).toEqual(['', '█', '█████', '██████████'])
  })
})
