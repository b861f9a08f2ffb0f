import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Stage } from './stage.ts'

let stage: Stage

beforeAll(() => {
  stage = new Stage()
})

afterAll(() => stage.pool.close())

describe('memory that grows between jobs', () => {
  it.each([
    ['columns', 3000],
    ['rows', 9000],
  ] as const)('is seen by threads that were there before, by %s', async (partition, columns) => {
    const small = { columns: 2, partition }
    const large = { columns, sweeps: 1, partition }
    expect(await stage.run('honest', small)).toEqual(stage.expected(small))
    const before = stage.prepared.stored.arena.bytes
    expect(await stage.run('honest', large)).toEqual(stage.expected(large))
    expect(stage.prepared.stored.arena.bytes).toBeGreaterThan(before)
    expect(await stage.run('honest', small)).toEqual(stage.expected(small))
  })
})
