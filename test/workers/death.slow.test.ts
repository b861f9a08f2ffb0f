import { afterEach, describe, expect, it } from 'vitest'
import { solveInThread } from '../../src/run/in-thread.ts'
import { readMachine } from '../../src/plan/machine.ts'
import { planWork } from '../../src/run/jobs.ts'
import { atOnce } from '../../src/support/drive.ts'
import { listTable } from '../../src/solve/rank-table.ts'
import { bipartite, prepare } from '../graphs.ts'
import { planTrainOn, readTrained, writeTrain, type TrainJob } from '../../src/run/train-job.ts'
import { WorkerPool } from '../../src/run/pool.ts'
import { trainingOf } from '../trainings.ts'
import { LISTS_RANKED, TASKS_BEGUN } from './fixtures/tally.ts'
import { BROKEN, FAULTY, Stage } from './stage.ts'

let stage: Stage

afterEach(() => stage.pool.close())

describe('a worker that throws', () => {
  it('rejects with WORKER_FAILED and the cause after the second time, and the pool goes on', async () => {
    stage = new Stage()
    await expect(stage.run('throws')).rejects.toMatchObject({
      name: 'RivuletError',
      code: 'WORKER_FAILED',
      message: expect.stringContaining('thrown on purpose'),
      cause: expect.objectContaining({ message: 'thrown on purpose' }),
    })
    expect(await stage.run('honest')).toEqual(stage.expected())
  })
})

describe('a job', () => {
  it('is attempted twice, and not once more', async () => {
    stage = new Stage({ threads: 1 })
    const job = stage.write('throws', { threads: 1 })
    await expect(stage.pool.run(job, {})).rejects.toMatchObject({ code: 'WORKER_FAILED' })
    expect(stage.prepared.stored.arena.int32(job.head.control)[TASKS_BEGUN]).toBe(2)
  })
})

describe.each(['columns', 'rows'] as const)('a worker that exits, partition by %s', (partition) => {
  it('does not leave the others waiting', async () => {
    stage = new Stage()
    await expect(stage.run('one of the team exits', { partition })).rejects.toMatchObject({
      code: 'WORKER_FAILED',
      cause: expect.objectContaining({ message: expect.stringContaining('code: 3') }),
    })
  })

  it('is replaced, and only what it had not finished is done again', async () => {
    const threads = partition === 'rows' ? 2 : 1
    stage = new Stage({ threads })
    const job = stage.write('dies at its second block', { columns: 48, partition, threads })
    await stage.pool.run(job, {})
    const { control, topRows, topScores, blockState } = job.plan.layout.sections
    const { arena } = stage.prepared.stored
    // Three blocks, the second begun twice.
    expect(arena.int32(control)[LISTS_RANKED]).toBe(4)
    expect([...arena.int32(blockState)]).toEqual([1, 1, 1])
    const { top } = stage.expected({ columns: 48 })
    expect([...arena.int32(topRows)]).toEqual([...top!.rows])
    expect([...arena.float32(topScores)]).toEqual([...top!.scores])
  })
})

describe('a worker that dies in the middle of a training', () => {
  it('is replaced, and the training begins anew: parameters are changed in place', async () => {
    const options = { weighted: true, layers: 1, loss: 'softmax', views: null, batchSize: 12, users: 70 } as const
    const { prepared, training } = trainingOf(options)
    const expected = solveInThread(prepared)(training)
    // There is something to restore.
    expect(expected.state.parameters).not.toEqual(training.state.parameters)
    expect(expected.losses.length).toBeGreaterThan(1)
    stage = new Stage()
    const pool = new WorkerPool(prepared.stored.arena, { threads: 2, deadlineMs: 20_000, entry: FAULTY })
    try {
      const mortal = { ...training, name: 'dies at its second step' }
      const options = {
        threads: 2,
        kernel: 'typescript',
        partition: 'auto',
        memoryLimitBytes: 1e9,
        pooled: true,
      } as const
      const plan = planTrainOn(prepared, mortal, options, readMachine())
      const write = (): TrainJob => writeTrain(prepared, mortal, plan)
      const job = write()
      const { buffer } = prepared.stored.arena.memory
      const taken = new Int32Array(buffer, buffer.byteLength - 4)
      expect(plan.layout.end).toBeLessThanOrEqual(buffer.byteLength - 4)
      taken[0] = 0
      await pool.run(job, {}, write)
      // Two threads and two steps: the third one to begin died.
      expect(taken[0]).toBeGreaterThan(4)
      expect(readTrained(prepared.stored.arena, job)).toEqual(expected)
    } finally {
      await pool.close()
    }
  })
})

describe('a worker that dies in the middle of a row of a product', () => {
  it('is replaced, and only the blocks that were not done are done again', async () => {
    const prepared = prepare(bipartite({ users: 60, items: 900, pairs: 20_000, weighted: true }))
    const { rowCount, columnCount } = prepared.shape
    const [ofUsers, ofItems] = [rowCount, columnCount].map((length) => new Float32Array(length).fill(0.5))
    const asked = { kind: 'product', neighbours: 9, middle: ofUsers, left: ofItems, right: ofItems } as const
    const expected = solveInThread(prepared)({ ...asked, name: 'honest' })
    stage = new Stage()
    const { arena } = prepared.stored
    const pool = new WorkerPool(arena, { threads: 1, deadlineMs: 20_000, entry: FAULTY })
    const options = { threads: 1, kernel: 'auto', partition: 'auto', memoryLimitBytes: 1e9, pooled: true } as const
    const mortal = { ...asked, name: 'dies at its second block' }
    const { write } = atOnce(planWork(prepared, mortal, options, readMachine()))
    try {
      const { job, read } = write()
      await pool.run(job, {})
      // Some blocks, the second begun twice.
      expect(job.head.blocks).toBeGreaterThan(3)
      expect(arena.int32(job.head.control)[LISTS_RANKED]).toBe(job.head.blocks + 1)
      expect(atOnce(read())).toEqual(expected)
    } finally {
      await pool.close()
    }
  })
})

describe('a worker that dies in the middle of a list', () => {
  it('is replaced, and only the blocks that were not done are done again', async () => {
    const prepared = prepare(bipartite({ users: 2000, items: 120, pairs: 30_000, weighted: true }))
    const { rowCount, columnCount } = prepared.shape
    const data = Float32Array.from({ length: columnCount ** 2 }, (_, at) => (at * 7) % 11)
    const asked = {
      kind: 'rank',
      ...{ k: 9, excludeSeeds: true, allowed: new Uint8Array(columnCount).fill(1) },
      table: listTable(columnCount, { indptr: new Uint32Array(0), indices: null, data }),
      profiles: { kind: 'rows', rows: Int32Array.from({ length: rowCount }, (_, at) => at), scale: data },
      ...{ filters: [{ walk: 1, head: new Float32Array(0) }], filterOf: new Uint8Array(rowCount) },
    } as const
    const expected = solveInThread(prepared)({ ...asked, name: 'honest' })
    const { arena } = prepared.stored
    stage = new Stage()
    const pool = new WorkerPool(arena, { threads: 1, deadlineMs: 20_000, entry: FAULTY })
    const options = { threads: 1, kernel: 'auto', partition: 'auto', memoryLimitBytes: 1e9, pooled: true } as const
    const { write, plan } = atOnce(
      planWork(prepared, { ...asked, name: 'dies at its second block' }, options, readMachine()),
    )
    try {
      expect(plan.workers).toBe(1)
      const { job, read } = write()
      await pool.run(job, {})
      // One list a profile, that of the second begun twice, with others of its block.
      expect(arena.int32(job.head.control)[LISTS_RANKED]).toBe(rowCount + 2)
      expect(atOnce(read())).toEqual(expected)
    } finally {
      await pool.close()
    }
  })
})

describe('a worker that dies in the middle of an inverse', () => {
  it('is replaced, and all is done again: the matrix is changed in place', async () => {
    const prepared = prepare(bipartite({ users: 210, items: 400, pairs: 4000 }))
    const { arena } = prepared.stored
    const asked = {
      kind: 'inverse',
      name: 'dies at its second step',
      side: 'columns',
      ridge: 3,
      wanted: 'inverse',
    } as const
    const expected = solveInThread(prepared)(asked)
    stage = new Stage()
    const pool = new WorkerPool(arena, { threads: 2, deadlineMs: 20_000, entry: FAULTY })
    const options = { threads: 2, kernel: 'auto', partition: 'auto', memoryLimitBytes: 1e9, pooled: true } as const
    const { write, plan } = atOnce(planWork(prepared, asked, options, readMachine()))
    try {
      arena.reserve(plan.layout.end + 64)
      const { buffer } = arena.memory
      const taken = new Int32Array(buffer, buffer.byteLength - 4)
      taken[0] = 0
      const { job, read } = write()
      await pool.run(job, {}, write)
      expect(taken[0]).toBeGreaterThan(5)
      expect(atOnce(read())).toEqual(expected)
    } finally {
      await pool.close()
    }
  })
})

describe('a worker that cannot be loaded', () => {
  it.each([
    ['its only thread', 1],
    ['threads without a task', 3],
  ])('rejects with its reason, and neither waits for nor falls with %s', async (_, threads) => {
    stage = new Stage({ entry: BROKEN, threads })
    await expect(stage.run('honest', { threads: 1 })).rejects.toMatchObject({
      code: 'WORKER_FAILED',
      message: expect.stringContaining('broken'),
    })
  })
})

describe('a worker that hangs', () => {
  it('rejects with DEADLINE', async () => {
    stage = new Stage({ deadlineMs: 1500 })
    await expect(stage.run('hangs')).rejects.toMatchObject({ code: 'DEADLINE', details: { deadlineMs: 1500 } })
  })
})
