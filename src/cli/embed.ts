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
import { tableWriter } from './database.ts'
import { contrastiveLines, spectralLines, vectorRows, vectorsOf } from './embedding-lines.ts'
import { choice, libraryFlags, onlyGiven, text, value, withFallback } from './flags.ts'
import { readOptionsArgument } from './json-argument.ts'
import { outFlags, outWriter, requireOut, type Destination } from './out-file.ts'
import type { Stage } from './stage.ts'
import { readRelationFiles, RELATION_FLAGS } from './relation-argument.ts'
import { ENGINE_FLAGS, openEngine, READING_FLAGS, readTable } from './source.ts'
import { count } from './table.ts'
import { withProgress, type Terminal } from './terminal.ts'

const { out, spreadsheetSafe } = outFlags('write the vectors', '.embedding')

export const EMBED = define({
  name: 'embed',
  what: 'compute vectors of users and items, for this library or for other tools',
  flags: {
    method: withFallback(
      choice('<name>', 'from singular vectors, or by training', ['spectral', 'contrastive']),
      'spectral',
    ),
    options: value('<options>', 'further options of the method: JSON, or a JSON file', readOptionsArgument<object>),
    checkpoint: text('<file>', 'contrastive: written after every epoch; training resumes from it if it exists'),
    out,
    spreadsheetSafe,
    json: jsonFlag('method, options, users, items, dimensions, values or losses ...'),
    ...libraryFlags('spectralEmbedding', ['dimensions', 'seed']),
    ...RELATION_FLAGS,
    ...ENGINE_FLAGS,
    ...READING_FLAGS,
  },
  async run(file, given, stage) {
    const { method, dimensions, seed, checkpoint } = given
    const out = requireOut(given.out, stage)
    const write = await outWriter(given, stage, '.embedding')
    if (checkpoint !== undefined && method !== 'contrastive') stage.refuse('--checkpoint requires --method contrastive')
    const kept: Kept = checkpoint === undefined ? {} : await keepIn(checkpoint)
    if (kept.resume) stage.remark([`resuming after epoch ${kept.resume.epoch} of ${checkpoint}`])
    const make = METHODS[method]({ ...given.options, ...onlyGiven({ dimensions, seed }), ...kept })
    const relations = await readRelationFiles(given, stage)
    const table = await readTable(file, given, stage)
    await using engine = await openEngine(table, { ...given, relations }, stage)
    await deliver(await make(engine, stage), { write, out }, stage)
  },
  inDatabase: {
    flags: ['method', 'options', 'out', 'spreadsheetSafe', 'dimensions', 'seed', 'memoryLimit', 'weighted', 'signals'],
    writes: true,
    async run(database, given, stage) {
      const { method, dimensions, seed, to } = given
      if (method !== 'spectral') stage.refuse(`--method ${method}: only spectral runs in a database`)
      const writeFile = await outWriter(given, stage, '.embedding')
      const options = { ...given.options, ...onlyGiven({ dimensions, seed }) }
      const make = METHODS.spectral(options)
      if (given.dryRun) return database.showPlan({ columns: spectralEmbedding.resolve(options).dimensions })
      if (to === undefined) requireOut(given.out, stage)
      await using engine = await database.connect()
      if (to !== undefined) await engine.requireNew(to)
      const write = to === undefined ? writeFile : tableWriter(engine, to, stage)
      await deliver(await make(engine, stage), { write, out: given.out, to }, stage)
    },
  },
})

/** Writes vectors to their destination, and reports their quality. */
async function deliver(
  { embedding, lines, quality }: Made,
  { write, ...where }: Destination,
  stage: Stage,
): Promise<void> {
  if (write !== undefined) await write(vectorsOf(embedding), vectorRows(embedding))
  else if (where.out !== undefined) await writeEmbedding(where.out, embedding)
  const { users, items, facts } = embedding
  const elapsedMs = stage.elapsedMs()
  const size = { users: users.size, items: items.size, dimensions: embedding.dimensions }
  await stage.show(
    () => ({ ...facts, ...size, ...quality, ...where, elapsedMs }),
    () => lines,
  )
  const sizes = `${count(size.users)} users, ${count(size.items)} items, ${count(size.dimensions)} dimensions`
  stage.remark([`${sizes} in ${(elapsedMs / 1000).toFixed(1)} s -> ${where.out ?? where.to}`])
}

type Kept = Pick<ContrastiveEmbeddingOptions, 'resume' | 'onCheckpoint'>

/** Options with which a training resumes from a file, and saves its checkpoints there. */
async function keepIn(path: string): Promise<Kept> {
  return {
    resume: existsSync(path) ? await readCheckpoint(path) : null,
    onCheckpoint: (checkpoint) => writeCheckpoint(path, checkpoint),
  }
}

interface Made {
  readonly embedding: SpectralEmbedding | ContrastiveEmbedding
  /** Its quality, as text. */
  readonly lines: readonly string[]
  /** Its quality, as data. */
  readonly quality: object
}

/** @typeParam Asked method of the engine; a table in a database has one of the two */
type Make<Asked extends 'spectralEmbedding' | 'contrastiveEmbedding'> = (
  engine: Pick<Engine, Asked>,
  terminal: Terminal,
) => Promise<Made>

/** Options are checked before a file is read. */
const METHODS = {
  spectral(options: SpectralEmbeddingOptions): Make<'spectralEmbedding'> {
    spectralEmbedding.resolve(options)
    return async (engine, terminal) => {
      const ask = (watch: CallOptions) => engine.spectralEmbedding(options, watch)
      const embedding = await withProgress('Spreading', terminal, ask, 'blocks')
      const { values, residuals, iterations, converged, notes } = embedding
      const quality = { values: [...values], residuals: [...residuals], iterations, converged, notes }
      return { embedding, lines: spectralLines(embedding), quality }
    }
  },
  contrastive(options: ContrastiveEmbeddingOptions): Make<'contrastiveEmbedding'> {
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
