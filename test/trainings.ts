/** Small seeded runs. */
import { dealBatches, batchRunsOf } from '../src/embed/contrastive-batches.ts'
import { degreePower } from '../src/matrix/normalize.ts'
import type { Train, Views } from '../src/request/train.ts'
import { atOnce } from '../src/support/drive.ts'
import { seededRandom } from '../src/support/random.ts'
import { bipartite, prepare } from './graphs.ts'
import type { PreparedNetwork } from '../src/network/prepared.ts'

const [USERS, ITEMS] = [14, 9]

export interface TrainingWish {
  readonly weighted: boolean
  readonly layers: number
  readonly loss: 'softmax' | 'bpr'
  readonly views: Views | null
  readonly dimensions?: number
  readonly batchSize?: number
  readonly users?: number
}

export function trainingOf({
  weighted,
  layers,
  loss,
  views,
  dimensions = 6,
  batchSize = 1000,
  users = USERS,
}: TrainingWish): {
  prepared: PreparedNetwork
  training: Train
} {
  const prepared = prepare(bipartite({ users, items: ITEMS, pairs: Math.round((60 * users) / USERS), weighted }))
  const { rows: matrix, degrees } = prepared
  const random = seededRandom(3)
  const profiles = Array.from({ length: users }, (_, user) => ({
    user,
    pairs: Int32Array.from(
      { length: matrix.indptr[user + 1] - matrix.indptr[user] },
      (_, at) => matrix.indptr[user] + at,
    ),
  }))
  const dealt = atOnce(dealBatches(profiles, batchSize, random))
  const batches = atOnce(batchRunsOf(matrix, dealt)[0])
  const length = ITEMS * dimensions
  const training: Train = {
    kind: 'train',
    name: 'test',
    encoder: {
      ...{ dimensions, layers },
      middle: new Float32Array(degreePower(degrees.rows, -1, 0)),
      scale: new Float32Array(degreePower(degrees.columns, -0.5, 0)),
    },
    loss: {
      ...{ kind: loss, temperature: 0.5, groupSize: 11 },
      offsets: Float32Array.from(degrees.columns, (degree) => 0.7 * Math.log(degree)),
    },
    views,
    learningRate: 0.05,
    seed: 5,
    state: {
      steps: 0,
      parameters: Float32Array.from({ length }, () => random.next() - 0.5),
      mean: new Float32Array(length),
      square: new Float32Array(length),
    },
    batches,
  }
  return { prepared, training }
}
