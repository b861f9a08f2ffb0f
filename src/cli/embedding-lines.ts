/** Embeddings as text: the quality of the vectors, and the vectors. */
import type { Columns } from './out-file.ts'
import type { ContrastiveEmbedding, Embedding, SpectralEmbedding } from '../index.ts'
import { figure, tableLines } from './table.ts'

/** One node and its vector. */
interface NodeVector {
  readonly kind: 'user' | 'item'
  readonly id: string
  readonly vector: readonly number[]
}

export const vectorRows = ({ dimensions }: Embedding) => ({
  columns: {
    ...{ kind: 'text', id: 'text' },
    ...Object.fromEntries(Array.from({ length: dimensions }, (_, at) => [`v${at + 1}`, 'float32'])),
  } as Columns,
  of: ({ kind, id, vector }: NodeVector) => [[kind, id, ...vector]],
})

/** Users, then items, one at a time. */
export function* vectorsOf(embedding: Embedding): Generator<NodeVector> {
  const { users, items, dimensions, userVectors, itemVectors } = embedding
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
    ...(converged ? [] : [`note: not converged after ${iterations} iterations; raise maxIterations`]),
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
    ...(judged.size > 0 ? [`vectors are from epoch ${bestEpoch}, the best one`] : []),
  ]
}

/** Powers of two up to the last, the last, and `others`; ascending. */
function milestones(last: number, others: readonly number[] = []): number[] {
  const powers = Array.from({ length: 31 }, (_, power) => 2 ** power).filter((at) => at < last)
  const all = new Set([...powers, ...(last > 0 ? [last] : []), ...others])
  return [...all].sort((a, b) => a - b)
}
