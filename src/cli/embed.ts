import { existsSync } from 'node:fs'
import {
  contrastiveEmbedding,
  readCheckpoint,
  spectralEmbedding,
  writeCheckpoint,
  writeEmbedding,
  type CallOptions,
  type ContrastiveEmbedding,
  type ContrastiveEmbeddingOptions,
  type Engine,
  type SpectralEmbedding,
  type SpectralEmbeddingOptions,
} from '../index.ts'
import { define, jsonFlag } from './command.ts'
import { contrastiveLines, spectralLines, vectorRows, vectorsOf } from './embedding-lines.ts'
import { choice, libraryFlags, needed, onlyGiven, text, value, withFallback } from './flags.ts'
import { readOptionsArgument } from './json-argument.ts'
import { outFlags, outWriter } from './out-file.ts'
import { ENGINE_FLAGS, openEngine, READING_FLAGS, readTable } from './source.ts'
import { count } from './table.ts'
import { withProgress, type Terminal } from './terminal.ts'

const { out, spreadsheetSafe } = outFlags('the vectors', '.embedding')

export const EMBED = define({
  name: 'embed',
  what: 'vectors of users and items, for this library or for other tools',
  flags: {
    method: withFallback(
      choice('<name>', 'from singular vectors, or trained', ['spectral', 'contrastive']),
      'spectral',
    ),
    options: value('<options>', 'others of the method: a file of JSON, or JSON', readOptionsArgument<object>),
    checkpoint: text('<file>', 'of a training: written after every epoch, gone on from if it is there'),
    out: needed(out),
    spreadsheetSafe,
    json: jsonFlag('method, options, users, items, dimensions, values or losses ...'),
    ...libraryFlags('spectralEmbedding', ['dimensions', 'seed']),
    ...ENGINE_FLAGS,
    ...READING_FLAGS,
  },
  async run(file, given, stage) {
    const { method, dimensions, seed, checkpoint, out } = given
    const write = await outWriter(given, stage, '.embedding')
    if (checkpoint !== undefined && method !== 'contrastive')
      stage.refuse('--checkpoint belongs to --method contrastive')
    const kept: Kept = checkpoint === undefined ? {} : await keepIn(checkpoint)
    if (kept.resume) stage.remark([`going on after epoch ${kept.resume.epoch} of ${checkpoint}`])
    const make = METHODS[method]({ ...given.options, ...onlyGiven({ dimensions, seed }), ...kept })
    const table = await readTable(file, given, stage)
    await using engine = await openEngine(table, given, stage)
    const { embedding, lines, quality } = await make(engine, stage)
    await (write === undefined ? writeEmbedding(out, embedding) : write(vectorsOf(embedding), vectorRows(embedding)))

    const { users, items, facts } = embedding
    const elapsedMs = stage.elapsedMs()
    const size = { users: users.size, items: items.size, dimensions: embedding.dimensions }
    await stage.show(
      () => ({ ...facts, ...size, ...quality, out, elapsedMs }),
      () => lines,
    )
    const sizes = `${count(size.users)} users, ${count(size.items)} items, ${count(size.dimensions)} dimensions`
    stage.remark([`${sizes} in ${(elapsedMs / 1000).toFixed(1)} s -> ${out}`])
  },
})

type Kept = Pick<ContrastiveEmbeddingOptions, 'resume' | 'onCheckpoint'>

/** What makes a training go on from a file, and keep itself there. */
async function keepIn(path: string): Promise<Kept> {
  return {
    resume: existsSync(path) ? await readCheckpoint(path) : null,
    onCheckpoint: (checkpoint) => writeCheckpoint(path, checkpoint),
  }
}

interface Made {
  readonly embedding: SpectralEmbedding | ContrastiveEmbedding
  /** How good it is, for people. */
  readonly lines: readonly string[]
  /** The same for programs. */
  readonly quality: object
}

type Make = (engine: Engine, terminal: Terminal) => Promise<Made>

/** Options are checked before a file is read. */
const METHODS = {
  spectral(options: SpectralEmbeddingOptions): Make {
    spectralEmbedding.resolve(options)
    return async (engine, terminal) => {
      const ask = (watch: CallOptions) => engine.spectralEmbedding(options, watch)
      const embedding = await withProgress('Spreading', terminal, ask, 'blocks')
      const { values, residuals, iterations, converged, notes } = embedding
      const quality = { values: [...values], residuals: [...residuals], iterations, converged, notes }
      return { embedding, lines: spectralLines(embedding), quality }
    }
  },
  contrastive(options: ContrastiveEmbeddingOptions): Make {
    contrastiveEmbedding.resolve(options)
    return async (engine, terminal) => {
      const ask = ({ signal, onProgress }: CallOptions): Promise<ContrastiveEmbedding> => {
        const hear: ContrastiveEmbeddingOptions['onProgress'] = ({ epoch, epochs, batch, batches }) =>
          onProgress?.({ done: (epoch - 1) * batches + batch, total: epochs * batches })
        return engine.contrastiveEmbedding({ ...options, onProgress: hear }, { signal })
      }
      const embedding = await withProgress('Training', terminal, ask, 'steps')
      const { losses, validation, bestEpoch, stoppedAt } = embedding
      return {
        embedding,
        lines: contrastiveLines(embedding),
        quality: { losses: [...losses], validation, bestEpoch, stoppedAt },
      }
    }
  },
}
