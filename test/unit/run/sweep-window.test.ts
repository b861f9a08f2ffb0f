import { describe, expect, it } from 'vitest'
import { openKernel } from '../../../src/kernel/kernels.ts'
import { layOut } from '../../../src/memory/layout.ts'
import { prepareNetwork } from '../../../src/network/prepared.ts'
import { sweepWindow, turnedWindow } from '../../../src/run/sweep-window.ts'
import { seededRandom } from '../../../src/support/random.ts'

/** 900 users, 10 items, all windows that there can be. */
function manyWindows(weighted: boolean) {
  const random = seededRandom(3)
  const row = Int32Array.from({ length: 4000 }, () => random.below(900))
  const column = Int32Array.from(row, () => random.below(10))
  const data = weighted ? Float32Array.from(row, () => random.next()) : null
  return prepareNetwork('test', { rowCount: 900, columnCount: 10, row, column, data }, false, Infinity)
}

describe.each([true, false])('sweepWindow, weighted: %s', (weighted) => {
  it.each(['typescript', 'wasm-simd'] as const)(
    '%s: two products give the bits of the fused one, column by column',
    (name) => {
      const prepared = manyWindows(weighted)
      const { shape, stored } = prepared
      const { arena, windows, offsets, turned } = stored
      expect(windows.length).toBeGreaterThan(1)
      const width = 16
      const block = { type: 'float32', length: shape.columnCount * width } as const
      const { sections, end } = layOut(
        {
          middle: { type: 'float32', length: shape.rowCount },
          z: block,
          part: block,
          column: { type: 'float32', length: shape.columnCount },
          fused: { type: 'float32', length: shape.columnCount },
          rows: { type: 'float32', length: shape.longestWindow * width },
        },
        stored.end,
      )
      arena.reserve(end)
      const random = seededRandom(4)
      arena.float32(sections.middle).forEach((_, at, middle) => (middle[at] = random.next()))
      arena.float32(sections.z).forEach((_, at, z) => (z[at] = random.next() - 0.5))
      const kernel = openKernel(name, arena.memory)
      const [column, fused] = [arena.float32(sections.column), arena.float32(sections.fused)]
      const [z, part] = [arena.float32(sections.z), arena.float32(sections.part)]
      const middle = sections.middle.offset
      windows.forEach((window, number) => {
        sweepWindow(kernel, width, window, {
          matrix: offsets,
          turned: turnedWindow(turned, shape.columnCount, number),
          columnCount: shape.columnCount,
          middle,
          z: sections.z.offset,
          rows: sections.rows.offset,
          part: sections.part.offset,
        })
        for (let c = 0; c < width; c++) {
          column.set(column.map((_, row) => z[row * width + c]))
          fused.fill(0)
          const given = { matrix: offsets, middle, z: sections.column.offset, acc: sections.fused.offset }
          kernel.normal(window.rowStart, window.rowEnd, given)
          expect([...fused]).toEqual(Array.from(fused, (_, row) => part[row * width + c]))
        }
      })
    },
  )
})
