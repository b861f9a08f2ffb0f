import { describe, expect, it } from 'vitest'
import { fromRows } from '../../../src/data/from-rows.ts'
import { openNetwork } from '../../../src/network/open.ts'
import { DEFAULT_RECIPE } from '../../../src/recommend/methods/recipe.ts'
import type { Detached, On } from '../../../src/request/request.ts'
import { answerInThread } from '../../../src/run/in-thread.ts'
import { atOnce, drive } from '../../../src/support/drive.ts'
import { seededRandom } from '../../../src/support/random.ts'
import { holdOut } from '../../../src/tune/hold-out.ts'
import { Race } from '../../../src/tune/race.ts'
import { drawFreeMoves, pointOf } from '../../../src/tune/recipe-climb.ts'
import { RollingBench } from '../../../src/tune/rolling-bench.ts'

const random = seededRandom(7)
const rows = Array.from({ length: 9000 }, (_, at) => {
  const liked = 40 * (at % 3) + Math.floor(40 * random.next() ** 2)
  return { user: `u${at % 700}`, item: `i${random.next() < 0.8 ? liked : random.below(120)}` }
})
const table = fromRows(rows, { user: 'user', item: 'item' })
const network = openNetwork('test', table, { weighted: false, direction: 'both', memoryLimitBytes: 1e9 })
const held = atOnce(holdOut('test', network, 0.3, 1))
const ask = <Result>(asked: Detached<Result>): Result => drive(asked, (on: On) => answerInThread(on))
const benchOf = (validationUsers: number): RollingBench =>
  RollingBench.draw('test', [held], { k: 10, validationUsers, seed: 1 })

const start = pointOf(DEFAULT_RECIPE)
/** Popular items last. */
const poor = { ...start, userExponent: 0.7, itemExponent: 0.7, profileExponent: 0.5, popularityExponent: -0.5 }
const near = { ...start, profileExponent: -0.34 }
const moves = drawFreeMoves(seededRandom(3), 1)

describe('a race', () => {
  const bench = benchOf(640)
  const race = new Race(bench, DEFAULT_RECIPE, [])
  const first = ask(race.run(start, []))

  it('scores the first trial by all users, as a bench of all does', () => {
    expect(first.users).toBe(640)
    expect(ask(new Race(bench, DEFAULT_RECIPE, []).run(start, []))).toEqual(first)
  })

  it('drops what is behind after a sixth of the users, and goes on with what is not', () => {
    race.settle(first)
    expect(ask(race.run(poor, []))).toMatchObject({ users: 107, place: poor })
    expect(ask(race.run(start, []))).toMatchObject({ users: 640, place: start })
  })

  it('ends the same where the best trial was recalled', () => {
    const resumed = new Race(bench, DEFAULT_RECIPE, [])
    resumed.settle({ place: { ...first.place }, value: first.value })
    for (const place of [near, poor]) expect(ask(resumed.run(place, []))).toEqual(ask(race.run(place, [])))
  })

  it('compares with the best trial of the time', () => {
    const race = new Race(bench, DEFAULT_RECIPE, moves)
    race.settle({ place: poor, value: 0 })
    const ahead = ask(race.run(start, moves))
    expect(ahead.users).toBe(640)
    expect(ask(race.run(poor, moves)).users).toBe(640)
    race.settle(ahead)
    expect(ask(race.run(poor, moves)).users).toBe(107)
  })

  it('looks at all where they are few', () => {
    const few = new Race(benchOf(190), DEFAULT_RECIPE, moves)
    few.settle(ask(few.run(start, [])))
    expect(ask(few.run(poor, [])).users).toBe(190)
  })
})
