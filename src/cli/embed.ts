import { existsSync } from 'node:fs'
import { Option, type Command } from 'commander'
import {
  contrastiveEmbedding,
  readCheckpoint,
  spectralEmbedding,
  writeCheckpoint,
  writeEmbedding,
  writeTextFile,
  type CallOptions,
  type ContrastiveEmbedding,
  type ContrastiveEmbeddingOptions,
  type Engine,
  type SpectralEmbedding,
  type SpectralEmbeddingOptions,
} from '../index.ts'
import { contrastiveLines, spectralLines, VECTOR_WRITERS } from './embedding-lines.ts'
import { readOptionsArgument } from './json-argument.ts'
import { addLibraryFlags } from './library-flags.ts'
import {
  addEngineOptions,
  addReadingOptions,
  openEngine,
  readTable,
  type EngineArguments,
  type ReadingArguments,
} from './option-groups.ts'
import { withProgress } from './progress.ts'
import { settleSignals } from './signal-argument.ts'
import { count } from './table.ts'
import type { Terminal } from './terminal.ts'
import { outWriter, SPREADSHEET_SAFE, type OutArguments } from './text-writers.ts'

interface EmbedArguments extends ReadingArguments, EngineArguments, OutArguments {
  readonly method: keyof typeof METHODS
  readonly dimensions?: number
  readonly seed?: number
  readonly options?: object
  readonly checkpoint?: string
  readonly out: string
  readonly json?: true
}

export function addEmbed(program: Command, terminal: Terminal): void {
  const command = program
    .command('embed')
    .description('vectors of users and items, for this library or for other tools')
    .argument('<file>', 'interactions of users and items')
    .addOption(
      new Option('--method <name>', 'from singular vectors, or trained')
        .choices(Object.keys(METHODS))
        .default('spectral'),
    )
    .option('--options <options>', 'others of the method: a file of JSON, or JSON', readOptionsArgument)
    .option('--checkpoint <file>', 'of a training: written after every epoch, gone on from if it is there')
    .requiredOption('--out <file>', '.embedding, .csv, .tsv or .jsonl, each also with .gz; whole or not at all')
    .option(...SPREADSHEET_SAFE)
    .option('--json', 'print one JSON document')
  addLibraryFlags(command, 'spectralEmbedding', ['dimensions', 'seed'])
  addEngineOptions(command)
  addReadingOptions(command)
  command.action((file: string) => embed(file, command, terminal))
}

async function embed(file: string, command: Command, terminal: Terminal): Promise<void> {
  const given = command.optsWithGlobals<EmbedArguments>()
  const { method, dimensions, seed, checkpoint, out, json } = given
  const began = performance.now()
  const write = outWriter(command, given, VECTOR_WRITERS, '.embedding')
  const alone = Object.entries({ dimensions, seed }).filter(([, value]) => value !== undefined)
  if (checkpoint !== undefined && method !== 'contrastive') {
    command.error('error: --checkpoint belongs to --method contrastive')
  }
  const kept: Kept = checkpoint === undefined ? {} : await keepIn(checkpoint)
  if (kept.resume && !json) terminal.warn(`going on after epoch ${kept.resume.epoch} of ${checkpoint}\n`)
  const make = METHODS[method]({ ...given.options, ...Object.fromEntries(alone), ...kept })
  const table = await readTable(file, given, terminal)
  await using engine = await openEngine(table, settleSignals(table, given, terminal))
  const { embedding, lines, quality } = await make(engine, terminal)
  await (write === undefined ? writeEmbedding(out, embedding) : writeTextFile(out, write(embedding)))

  const { users, items, facts } = embedding
  const elapsedMs = Math.round(performance.now() - began)
  const size = { users: users.size, items: items.size, dimensions: embedding.dimensions }
  if (json) {
    await terminal.print(`${JSON.stringify({ ...facts, ...size, ...quality, out, elapsedMs })}\n`)
    return
  }
  await terminal.print(`${lines.join('\n')}\n`)
  const sizes = `${count(size.users)} users, ${count(size.items)} items, ${count(size.dimensions)} dimensions`
  terminal.warn(`${sizes} in ${(elapsedMs / 1000).toFixed(1)} s -> ${out}\n`)
}

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
