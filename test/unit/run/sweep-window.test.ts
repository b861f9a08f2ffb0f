import { describe, expect, it } from 'vitest'
import { openKernel } from '../../../src/kernel/select.ts'
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
  it.each(['typescript', 'wasm-simd'] as const)('%s: two gathers give the bits of the fused sweep', (name) => {
    const prepared = manyWindows(weighted)
    const { shape, stored } = prepared
    const { arena, windows, offsets, turned } = stored
    expect(windows.length).toBeGreaterThan(1)
    const width = 16
    const block = { type: 'float32', length: shape.columnCount * width } as const
    const { sections, end } = layOut(
      {
        middle: { type: 'float32', length: shape.rowCount },
        ones: { type: 'float32', length: shape.columnCount },
        z: block,
        part: block,
        fused: block,
        rows: { type: 'float32', length: shape.longestWindow * width },
      },
      prepared.stored.end,
    )
    arena.reserve(end)
    const random = seededRandom(4)
    arena.float32(sections.middle).forEach((_, at, middle) => (middle[at] = random.next()))
    arena.float32(sections.z).forEach((_, at, z) => (z[at] = random.next() - 0.5))
    arena.float32(sections.ones).fill(1)
    const kernel = openKernel(name, arena.memory)
    windows.forEach((window, number) => {
      arena.float32(sections.fused).fill(0)
      const { rowStart, rowEnd } = window
      kernel.normal(width, rowStart, rowEnd, offsets, sections.middle.offset, sections.z.offset, sections.fused.offset)
      sweepWindow(kernel, width, window, {
        matrix: offsets,
        turned: turnedWindow(turned, shape.columnCount, number),
        columnCount: shape.columnCount,
        middle: sections.middle.offset,
        ones: sections.ones.offset,
        z: sections.z.offset,
        rows: sections.rows.offset,
        part: sections.part.offset,
      })
      expect(arena.int32(sections.part)).toEqual(arena.int32(sections.fused))
    })
  })
})
