import { describe, expect, it } from 'vitest'
import { plantedPartition } from '../../native-free-bench/data/labelled-graphs.ts'
import { mboClasses, neighboursOf } from '../../native-free-bench/data/poisson-mbo.ts'

const given = plantedPartition(300)
const shares = new Float64Array(3).fill(1 / 3)
const seeds = given.train.map((node) => [node, given.labels[node]] as const)

/** Scores that decide every node as it is labelled, but for some. */
function scoresWith(wrong: readonly number[]): Float32Array {
  const scores = new Float32Array(3 * given.nodeCount).fill(0.1)
  given.labels.forEach((label, node) => (scores[3 * node + ((label + Number(wrong.includes(node))) % 3)] = 0.8))
  return scores
}

describe('mboClasses', () => {
  it('puts right what disagrees with its neighbours, and keeps the volumes', () => {
    const wrong = [30, 61, 92]
    const classes = mboClasses(neighboursOf(given), scoresWith(wrong), seeds, shares, {
      rounds: 1,
      steps: 3,
      strength: 1,
    })
    for (const node of wrong) expect(classes[node]).toBe(given.labels[node])
    for (let column = 0; column < 3; column++) {
      expect(Math.abs(classes.filter((one) => one === column).length - 100)).toBeLessThanOrEqual(3)
    }
  })

  it('decides by the scores alone without a round', () => {
    const classes = mboClasses(neighboursOf(given), scoresWith([]), seeds, shares, { rounds: 0, steps: 3, strength: 1 })
    expect([...classes]).toEqual([...given.labels])
  })
})
