import { describe, expect, it } from 'vitest'
import type { ContrastiveCheckpoint } from '../../../src/embed/contrastive-checkpoint.ts'
import { contrastiveEmbedding } from '../../../src/embed/contrastive-embedding.ts'
import type { ContrastiveEmbeddingOptions, TrainingProgress } from '../../../src/embed/contrastive-options.ts'
import { Engine } from '../../../src/engine.ts'
import { fromRows } from '../../../src/data/from-rows.ts'
import { RivuletError } from '../../../src/support/errors.ts'
import { randomNetwork, tableOfNetwork } from '../../networks.ts'

const network = randomNetwork({ users: 60, others: 30, edges: 500, seed: 3 })
const table = tableOfNetwork(network)
const SMALL = { dimensions: 6, layers: 1, epochs: 6, batchSize: 64, negatives: 15, temperature: 0.2 } as const
const VALIDATED = { ...SMALL, validationFraction: 0.2, patience: 2, epochs: 12 } as const

const bitsOf = (options: ContrastiveEmbeddingOptions) => {
  const { userVectors, itemVectors, losses, validation, bestEpoch, stoppedAt } = contrastiveEmbedding.detailed(
    table,
    options,
  )
  return { userVectors: userVectors.data, itemVectors: itemVectors.data, losses, validation, bestEpoch, stoppedAt }
}

function checkpointsOf(options: ContrastiveEmbeddingOptions): ContrastiveCheckpoint[] {
  const checkpoints: ContrastiveCheckpoint[] = []
  contrastiveEmbedding(table, { ...options, onCheckpoint: (checkpoint) => checkpoints.push(checkpoint) })
  return checkpoints
}

function errorOf(work: () => unknown): RivuletError {
  try {
    work()
  } catch (error) {
    if (error instanceof RivuletError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('a loss that does not stay finite', () => {
  it('stops training: which batch, which epoch, which options, and the last good state', () => {
    const checkpoints: ContrastiveCheckpoint[] = []
    const onCheckpoint = (checkpoint: ContrastiveCheckpoint): unknown => checkpoints.push(checkpoint)
    const { code, message, details } = errorOf(() =>
      contrastiveEmbedding(table, { ...SMALL, learningRate: 3e38, onCheckpoint }),
    )
    expect(code).toBe('INVALID_OPTION')
    expect(message).toMatch(/batch \d+ of 5 of epoch 1, with learningRate 3e\+38, temperature 0.2, batchSize 64/)
    expect(details).toMatchObject({ option: 'learningRate', epoch: 1, options: { learningRate: 3e38, dimensions: 6 } })
    const { epoch, parameters } = details.checkpoint as ContrastiveCheckpoint
    expect(epoch).toBe(0)
    expect(checkpoints).toEqual([])
    expect(parameters.every(Number.isFinite)).toBe(true)
  })

  it('is noticed after the last step too, and can be mended with another learning rate', () => {
    const [first] = checkpointsOf(SMALL)
    const oneBatch = { ...SMALL, batchSize: 4096, epochs: 1 }
    expect(errorOf(() => contrastiveEmbedding(table, { ...oneBatch, learningRate: 1e39 })).details).toMatchObject({
      epoch: 1,
      batch: 1,
    })
    const { details } = errorOf(() => contrastiveEmbedding(table, { ...SMALL, learningRate: 3e38, resume: first }))
    const resume = details.checkpoint as ContrastiveCheckpoint
    expect(resume).toEqual(first)
    expect(bitsOf({ ...SMALL, resume })).toEqual(bitsOf(SMALL))
  })
})

describe('validation', () => {
  const run = contrastiveEmbedding.detailed(table, VALIDATED)

  it('tells how every epoch did and returns the best', () => {
    const { validation, bestEpoch, stoppedAt, losses } = run
    expect(validation.map(({ epoch }) => epoch)).toEqual(Array.from({ length: stoppedAt + 1 }, (_, epoch) => epoch))
    expect(losses).toHaveLength(stoppedAt)
    const best = Math.max(...validation.map(({ ndcg }) => ndcg))
    expect(validation.find(({ ndcg }) => ndcg === best)?.epoch).toBe(bestEpoch)
    for (const { recall, ndcg } of validation) {
      expect(recall).toBeGreaterThan(0)
      expect(recall).toBeLessThanOrEqual(1)
      expect(ndcg).toBeLessThanOrEqual(1)
    }
    const upTo = contrastiveEmbedding.detailed(table, { ...VALIDATED, epochs: bestEpoch })
    expect(upTo.itemVectors.data).toEqual(run.itemVectors.data)
  })

  it('stops after so many epochs that were no better', () => {
    const long = contrastiveEmbedding.detailed(table, { ...VALIDATED, epochs: 200 })
    expect(long.stoppedAt).toBeLessThan(200)
    expect(long.stoppedAt).toBe(long.bestEpoch + 2)
  })

  it('has the same bits on threads', async () => {
    const engine = await Engine.create(table, { threads: 3 })
    const threaded = await engine.contrastiveEmbedding(VALIDATED)
    await engine.close()
    expect(threaded.validation).toEqual(run.validation)
    expect(threaded.userVectors.data).toEqual(run.userVectors.data)
  })

  it('gives vectors to those that it is judged by, too', () => {
    const validated = [...run.users.keys()].filter((user) => run.userVectors.get(run.users.rowOf(user), 0) !== 0)
    expect(validated).toHaveLength(new Set(table.user).size)
  })

  it('refuses to hold out everybody', () => {
    const two = fromRows(
      [
        { user: 'ann', item: 'tea' },
        { user: 'ann', item: 'milk' },
      ],
      { user: 'user', item: 'item' },
    )
    expect(errorOf(() => contrastiveEmbedding(two, { ...SMALL, validationFraction: 0.1 })).code).toBe('EMPTY_DATA')
  })
})

describe('a checkpoint', () => {
  it.each([
    ['without validation', SMALL],
    ['with validation', VALIDATED],
    ['from a random start', { ...SMALL, start: 'random' }],
  ] as const)('resumed gives the run that was never interrupted, bit for bit, %s', (_, options) => {
    const whole = bitsOf(options)
    const checkpoints = checkpointsOf(options)
    expect(checkpoints.map(({ epoch }) => epoch)).toEqual(Array.from({ length: whole.stoppedAt }, (__, at) => at + 1))
    for (const checkpoint of checkpoints) {
      expect(bitsOf({ ...options, resume: structuredClone(checkpoint) })).toEqual(whole)
    }
  })

  it('goes on for longer than the first run', () => {
    const [resume] = checkpointsOf({ ...SMALL, epochs: 2 }).slice(-1)
    expect(bitsOf({ ...SMALL, resume })).toEqual(bitsOf(SMALL))
  })

  it('is not touched by the run that goes on', () => {
    const [resume] = checkpointsOf(SMALL)
    const before = structuredClone(resume)
    contrastiveEmbedding(table, { ...SMALL, resume })
    expect(resume).toEqual(before)
  })

  it('is refused by other data, other options, and when it is none', () => {
    const [resume] = checkpointsOf(SMALL)
    const others = tableOfNetwork(randomNetwork({ users: 60, others: 30, edges: 500, seed: 4 }))
    expect(errorOf(() => contrastiveEmbedding(others, { ...SMALL, resume })).message).toContain('different data')
    const warmer = { ...SMALL, temperature: 0.3, resume }
    expect(errorOf(() => contrastiveEmbedding(table, warmer)).details).toMatchObject({ other: ['options'] })
    const damaged = { ...resume, parameters: resume.parameters.slice(1) }
    for (const none of [{}, damaged, { ...resume, version: 2 }, { ...resume, fingerprint: undefined }]) {
      expect(errorOf(() => contrastiveEmbedding(table, { ...SMALL, resume: none as never })).code).toBe(
        'INVALID_OPTION',
      )
    }
  })
})

describe('progress', () => {
  it('tells epoch, batch and loss, and ends a run by throwing', () => {
    const heard: TrainingProgress[] = []
    const { losses } = contrastiveEmbedding.detailed(table, {
      ...SMALL,
      onProgress: (progress) => heard.push(progress),
    })
    expect(heard).toHaveLength(6 * heard[0].batches)
    expect(heard.at(-1)).toMatchObject({ epoch: 6, epochs: 6, batch: heard[0].batches })
    const last = heard.filter(({ epoch }) => epoch === 6).map(({ loss }) => loss)
    expect(losses[5]).toBeGreaterThan(Math.min(...last))
    expect(losses[5]).toBeLessThan(Math.max(...last))
    const onProgress = ({ batch }: TrainingProgress): void => {
      if (batch === 3) throw new Error('enough')
    }
    expect(() => contrastiveEmbedding(table, { ...SMALL, onProgress })).toThrow('enough')
  })

  it('counts batches of an engine, which stops between them', async () => {
    const engine = await Engine.create(table, { threads: 2 })
    const abort = new AbortController()
    const done: number[] = []
    const onProgress = (progress: { done: number; total: number }): void => {
      done.push(progress.done)
      if (progress.done === 5) abort.abort(new Error('enough'))
    }
    await expect(engine.contrastiveEmbedding(SMALL, { signal: abort.signal, onProgress })).rejects.toThrow('enough')
    await engine.close()
    expect(done).toEqual([1, 2, 3, 4, 5])
  })
})
