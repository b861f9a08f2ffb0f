import { NormalProduct } from '../solve/normal-product.ts'
import { singularVectors } from '../solve/singular-vectors.ts'
import type { Algorithm } from '../request/request.ts'
import type { ParameterState, Views } from '../request/train.ts'
import type { RivuletError } from '../support/errors.ts'
import { inSlices, type Sliced } from '../support/pause.ts'
import { seededRandom } from '../support/random.ts'
import type { ContrastiveCheckpoint, ValidationScores } from './contrastive-checkpoint.ts'
import { fingerprintOf, requireSame } from './contrastive-fingerprint.ts'
import type { ResolvedContrastive } from './contrastive-options.ts'
import { ContrastiveTraining, type BatchProgress } from './contrastive-training.ts'
import { holdUsersOut, validate } from './contrastive-validation.ts'
import type { NamedNetwork, Network } from '../network/network.ts'
import { refusedOption } from '../support/options.ts'

/** Root mean square of the entries at the start. It is fixed because the size of Adam's steps does not depend on the scale. */
const START_SIZE = 0.1

/**
 * Trains one epoch at a time, until `epochs` are done or none improved for `patience` epochs. @returns the last checkpoint
 *
 * @throws {RivuletError} INVALID_OPTION when the loss does not stay finite, with the last checkpoint in its details, or for a checkpoint of another training.
 */
export function* trainContrastively(
  who: string,
  source: NamedNetwork,
  options: ResolvedContrastive,
): Algorithm<ContrastiveCheckpoint> {
  const { dimensions, epochs, userExponent, itemExponent, validationFraction, resume, seed } = options
  const fingerprint = yield* fingerprintOf(source, options)
  if (resume !== null) requireSame(who, resume, fingerprint)
  const held = validationFraction > 0 ? yield* holdUsersOut(who, source, validationFraction, seed) : null
  const network = held?.network ?? source
  const product = new NormalProduct(who, network, userExponent, itemExponent)
  const start = resume ?? { parameters: yield* startingVectors(who, network, product, options), adam: null }
  if (start.parameters.length !== product.active.length * dimensions) throw otherLength(who, start.parameters.length)
  const training = new ContrastiveTraining(who, product, network, stateOf(start), {
    ...options,
    groupSize: options.negatives + 1,
    views: viewsOf(options),
  })
  const random = seededRandom(seed)
  for (let epoch = 0; epoch < (resume?.epoch ?? 0); epoch++) yield* training.passOver(random)

  const measure = function* (epoch: number): Algorithm<ValidationScores[]> {
    if (held === null) return []
    const scores = yield* validate(who, held, yield* training.encode(), dimensions, itemExponent)
    return [{ epoch, ...scores }]
  }
  let last: ContrastiveCheckpoint = resume ?? {
    ...{ version: 1, fingerprint, epoch: 0, ...kept(training.state), losses: new Float64Array(0) },
    ...{ validation: yield* measure(0), best: { epoch: 0, parameters: start.parameters } },
  }
  const hear = (progress: BatchProgress): void => {
    if (!Number.isFinite(progress.loss)) throw diverged(who, last, progress, options)
    const told = { epoch: last.epoch + 1, epochs, ...progress }
    options.onProgress?.(told)
  }
  while (last.epoch < epochs && (held === null || last.epoch - last.best.epoch < options.patience)) {
    let end: BatchProgress = { batch: 0, batches: 0, loss: NaN }
    const loss = yield* training.epoch(last.epoch + 1, random, (progress) => hear((end = progress)))
    const state = kept(training.state)
    // The loss of a batch is measured before its step, so the result of the last step is checked here.
    if (!isFinite(state.parameters)) throw diverged(who, last, end, options)
    last = advance(last, state, loss, yield* measure(last.epoch + 1))
    options.onCheckpoint?.(last)
  }
  return last
}

type Kept = Pick<ContrastiveCheckpoint, 'parameters' | 'adam'>

const kept = ({ parameters, ...adam }: ParameterState): Kept => ({ parameters, adam })

const stateOf = ({ parameters, adam }: { parameters: Float32Array; adam: Kept['adam'] | null }): ParameterState => {
  const empty = (): Float32Array => new Float32Array(parameters.length)
  return { parameters, ...(adam ?? { steps: 0, mean: empty(), square: empty() }) }
}

const viewsOf = ({ views, viewWeight, viewTemperature, viewStrength }: ResolvedContrastive): Views | null =>
  views === 'none' || viewWeight === 0
    ? null
    : { kind: views, weight: viewWeight, temperature: viewTemperature, strength: viewStrength }

/** The checkpoint after another epoch. */
function advance(
  { version, fingerprint, epoch, losses, validation, best }: ContrastiveCheckpoint,
  { parameters, adam }: Kept,
  loss: number,
  measured: readonly ValidationScores[],
): ContrastiveCheckpoint {
  const bestBefore = validation.find((scores) => scores.epoch === best.epoch)
  const isBetter = bestBefore === undefined || measured.some(({ ndcg }) => ndcg > bestBefore.ndcg)
  const allLosses = new Float64Array(losses.length + 1)
  allLosses.set(losses)
  allLosses[losses.length] = loss
  return {
    ...{ version, fingerprint, epoch: epoch + 1, parameters, adam },
    losses: allLosses,
    validation: [...validation, ...measured],
    best: isBetter ? { epoch: epoch + 1, parameters } : best,
  }
}

/** Item vectors to start from, shape (items x dimensions); dimensions beyond the rank of the spectrum are random. */
function* startingVectors(
  who: string,
  network: Network,
  { active }: NormalProduct,
  { dimensions, start, userExponent, itemExponent, seed }: ResolvedContrastive,
): Algorithm<Float32Array> {
  const random = seededRandom(seed)
  const vectors = new Float32Array(active.length * dimensions)
  const draw = (from: number, to: number): void => {
    for (let item = from; item < to; item++) {
      for (let k = 0; k < dimensions && active[item] === 1; k++) vectors[item * dimensions + k] = random.next() - 0.5
    }
  }
  yield* inSlices(active.length, draw, DRAW_COST * dimensions)
  yield* scaleTo(START_SIZE, vectors)
  if (start === 'random') return vectors
  const spectrum = { k: dimensions, userExponent, itemExponent, seed }
  const { values, right } = yield* singularVectors(who, network, spectrum)
  yield* scaleTo(START_SIZE, right)
  for (let item = 0; item < active.length; item++) {
    vectors.set(right.subarray(item * values.length, (item + 1) * values.length), item * dimensions)
  }
  return vectors
}

/** Operations of drawing a number. */
const DRAW_COST = 8

function* scaleTo(size: number, vectors: Float32Array): Sliced<void> {
  let square = 0
  const add = (from: number, to: number): void => {
    for (let at = from; at < to; at++) square += vectors[at] * vectors[at]
  }
  yield* inSlices(vectors.length, add)
  const mean = square / vectors.length
  if (!(mean > 0)) return
  const scale = (from: number, to: number): void => {
    for (let at = from; at < to; at++) vectors[at] = (vectors[at] * size) / Math.sqrt(mean)
  }
  yield* inSlices(vectors.length, scale)
}

/** A sum is finite only if all entries are, and entries are too small to overflow a sum of doubles. */
const isFinite = (vectors: Float32Array): boolean => Number.isFinite(vectors.reduce((sum, entry) => sum + entry, 0))

/** Fingerprints do not protect against a modified checkpoint. */
function otherLength(who: string, length: number): RivuletError {
  return refusedOption(who, 'resume', {
    expected: 'a vector for every item',
    got: `${length} numbers`,
    todo: 'Pass the checkpoint unchanged from onCheckpoint, or start again.',
  })
}

function diverged(
  who: string,
  checkpoint: ContrastiveCheckpoint,
  { batch, batches, loss }: BatchProgress,
  options: ResolvedContrastive,
): RivuletError {
  const epoch = checkpoint.epoch + 1
  const { learningRate, temperature, batchSize } = options
  const plain = { ...options, onProgress: null, onCheckpoint: null, resume: null }
  return refusedOption(who, 'learningRate', {
    expected: 'finite losses and vectors',
    got: `non-finite values in batch ${batch} of ${batches} of epoch ${epoch}, with learningRate ${learningRate}, temperature ${temperature}, batchSize ${batchSize}`,
    todo: 'Lower learningRate, or raise temperature. You can resume from details.checkpoint, of the epoch before, with another learningRate.',
    details: { epoch, batch, loss, options: plain, checkpoint },
  })
}
