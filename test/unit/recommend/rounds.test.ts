import { describe, expect, it } from 'vitest'
import { rounds } from '../../../src/recommend/rounds.ts'

const sizes = (users: number, k: number): number[] =>
  Array.from(
    rounds(
      Int32Array.from({ length: users }, (_, row) => row),
      k,
    ),
    (round) => round.length,
  )

describe('rounds', () => {
  it('cut all users, in order, into rounds of whole blocks, about equal', () => {
    expect(sizes(5000, 20)).toEqual([1680, 1680, 1640])
    expect(sizes(0, 20)).toEqual([])
    expect([...rounds(Int32Array.of(7, 5, 6), 20)]).toEqual([Int32Array.of(7, 5, 6)])
  })

  it('get smaller as lists get longer, so that results stay small', () => {
    expect(sizes(500, 40_000)).toEqual([96, 96, 96, 96, 96, 20])
    expect(sizes(20, 1e9)).toEqual([16, 4])
  })
})
