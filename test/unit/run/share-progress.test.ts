import { describe, expect, it } from 'vitest'
import type { Share } from '../../../src/request/request.ts'
import { ShareProgress, type ProblemProgress } from '../../../src/run/share-progress.ts'

/** What is told of problems. */
function told(share: Share, problems: readonly ProblemProgress[]): number[] {
  const heard: number[] = []
  const progress = new ShareProgress(share, ({ done, total }) => {
    expect(total).toBe(share.of)
    heard.push(done)
  })
  for (const problem of problems) progress.tell(problem)
  return heard
}

const blocks = (cost: number | null, preliminary: boolean, done: number, total: number): ProblemProgress => ({
  ...{ cost, preliminary, done, total },
})

describe('a share of a question', () => {
  it('counts the blocks of what is asked, and nothing of what is preliminary, where no costs are expected', () => {
    const share = { from: 100, to: 200, of: 400 }
    expect(
      told(share, [blocks(9, true, 1, 1), blocks(1, false, 1, 4), blocks(1, false, 4, 4), blocks(1, false, 1, 2)]),
    ).toEqual([125, 200, 200])
  })

  it('counts problems by their costs, those that are preliminary first', () => {
    const share = { from: 0, to: 100, of: 200, costs: { making: 60, ranking: 40 } }
    const making = [blocks(40, true, 1, 2), blocks(40, true, 2, 2), blocks(20, true, 1, 1)]
    const ranking = [blocks(10, false, 0, 1), blocks(10, false, 1, 1), blocks(30, false, 1, 3), blocks(30, false, 3, 3)]
    expect(told(share, [...making, ...ranking])).toEqual([20, 40, 60, 60, 70, 80, 100])
  })

  it('waits at the end of a part that costs more than was expected, and leaves out what costs less', () => {
    const share = { from: 0, to: 100, of: 100, costs: { making: 50, ranking: 50 } }
    const more = [blocks(50, true, 1, 1), blocks(50, true, 1, 1), blocks(50, false, 1, 1)]
    expect(told(share, more)).toEqual([50, 50, 100])
    expect(told(share, [blocks(10, true, 1, 1), blocks(50, false, 0, 2), blocks(50, false, 1, 2)])).toEqual([
      10, 50, 75,
    ])
  })

  it('never falls, whatever comes after what', () => {
    const share = { from: 0, to: 100, of: 100, costs: { making: 50, ranking: 50 } }
    const heard = told(share, [blocks(25, false, 1, 1), blocks(50, true, 0, 2), blocks(null, false, 1, 1)])
    expect(heard).toEqual([75, 75, 75])
  })
})
