import { describe, expect, it } from 'vitest'
import { Control } from '../../../src/run/control.ts'

const fresh = (blocks = 4): Control =>
  new Control(new Int32Array(new SharedArrayBuffer(256)), new Int32Array(new SharedArrayBuffer(4 * blocks)))

const claimAll = (control: Control, blocks: number): number[] => {
  const claimed: number[] = []
  for (let block = control.claimBlock(blocks); block >= 0; block = control.claimBlock(blocks)) claimed.push(block)
  return claimed
}

describe('blocks', () => {
  it('are given out once each, then no more', () => {
    const control = fresh()
    expect(claimAll(control, 4)).toEqual([0, 1, 2, 3])
    expect(control.claimBlock(4)).toBe(-1)
  })

  it('that are done are not given out again after a restart', () => {
    const control = fresh()
    for (const block of claimAll(control, 3)) if (block !== 1) control.markDone(block)
    control.stop()
    control.restart()
    expect(control.stopped).toBe(false)
    expect(claimAll(control, 4)).toEqual([1, 3])
    expect(control.blocksDone).toBe(2)
  })
})

describe('the barrier', () => {
  it('lets one member pass at once, unless the job was stopped', () => {
    const control = fresh()
    expect(control.barrier(1)).toBe(true)
    control.stop()
    expect(control.barrier(1)).toBe(false)
  })

  it('does not hold a member of a team when the job was stopped', () => {
    const control = fresh()
    control.stop()
    expect(control.barrier(3)).toBe(false)
  })

  it('after a restart counts from nobody', () => {
    const control = fresh()
    control.stop()
    control.barrier(2)
    control.restart()
    control.stop()
    // Had the first arrival been kept, this would be the last member and open the barrier.
    expect(control.barrier(2)).toBe(false)
  })
})

describe('windows', () => {
  it('are given out by turns: one counter is reset while the other counts', () => {
    const control = fresh()
    expect([control.claimWindow(0), control.claimWindow(0), control.claimWindow(1)]).toEqual([0, 1, 0])
    control.resetWindows(2)
    expect([control.claimWindow(2), control.claimWindow(1)]).toEqual([0, 1])
  })
})

describe('beats', () => {
  it('count signs of life', () => {
    const control = fresh()
    control.beat()
    control.beat()
    expect(control.beats).toBe(2)
  })
})
