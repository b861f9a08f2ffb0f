/** Embeddings for people and for other tools: how good the vectors are, and the vectors as lines of text. */
import type { ContrastiveEmbedding, Embedding, SpectralEmbedding } from '../index.ts'
import type { LineOf, TextWriters } from './text-writers.ts'
import { figure, tableLines } from './table.ts'

type Lines = Generator<string, void, undefined>

export const VECTOR_WRITERS: TextWriters<[Embedding], Lines> = {
  delimited: (lineOf) => (embedding) => delimitedVectors(lineOf, embedding),
  *jsonl(embedding) {
    for (const node of vectorsOf(embedding)) yield JSON.stringify(node)
  },
}

function* delimitedVectors(lineOf: LineOf, embedding: Embedding): Lines {
  const names = Array.from({ length: embedding.dimensions }, (_, at) => `v${at + 1}`)
  yield lineOf(['kind', 'id', ...names])
  for (const { kind, id, vector } of vectorsOf(embedding)) yield lineOf([kind, id, ...vector])
}

/** Users, then items, one at a time. */
function* vectorsOf({ users, items, dimensions, userVectors, itemVectors }: Embedding) {
  const sides = [
    ['user', users, userVectors],
    ['item', items, itemVectors],
  ] as const
  for (const [kind, ids, { data }] of sides) {
    let at = 0
    for (const id of ids.keys()) {
      yield { kind, id, vector: Array.from(data.subarray(at, at + dimensions), shortest) }
      at += dimensions
    }
  }
}

/** Nine digits tell every number of single precision from its neighbours. */
const shortest = (entry: number): number => Number(entry.toPrecision(9))

export function spectralLines({ values, residuals, iterations, converged, notes }: SpectralEmbedding): string[] {
  const rows = milestones(values.length).map((at) => [
    String(at),
    figure(values[at - 1]),
    residuals[at - 1].toExponential(1),
  ])
  return [
    ...tableLines(['dimension', 'singular value', 'residual'], rows),
    ...notes.map((note) => `note: ${note}`),
    ...(converged ? [] : [`note: not converged after ${iterations} rounds; raise maxIterations`]),
  ]
}

export function contrastiveLines({ losses, validation, bestEpoch }: ContrastiveEmbedding): string[] {
  const judged = new Map(validation.map((scores) => [scores.epoch, scores]))
  const rows = milestones(losses.length, judged.size > 0 ? [bestEpoch] : []).map((epoch) => [
    String(epoch),
    epoch === 0 ? '' : figure(losses[epoch - 1]),
    ...(judged.size > 0 ? [figure(judged.get(epoch)?.ndcg ?? NaN)] : []),
  ])
  return [
    ...tableLines(['epoch', 'loss', ...(judged.size > 0 ? ['validation NDCG'] : [])], rows),
    ...(judged.size > 0 ? [`vectors of epoch ${bestEpoch}, the best`] : []),
  ]
}

/** Powers of two up to the last, the last, and `others`; ascending. */
function milestones(last: number, others: readonly number[] = []): number[] {
  const powers = Array.from({ length: 31 }, (_, power) => 2 ** power).filter((at) => at < last)
  const all = new Set([...powers, ...(last > 0 ? [last] : []), ...others])
  return [...all].sort((a, b) => a - b)
}
