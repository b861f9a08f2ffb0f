/**
 * What an algorithm may ask of the executor that runs it. An algorithm is a generator: it yields requests, is sent their answers, and returns its result. It knows
 * nothing of threads: executors interpret requests, in this thread or on the pool.
 */
import type { Network } from '../network/network.ts'
import type { WorkCosts } from '../plan/costs.ts'
import type { Pause } from '../support/pause.ts'
import type { AboutEdges, AnswerAboutEdges } from './edges.ts'
import type { Inverse, InverseAnswer, InverseWanted } from './inverse.ts'
import type { Product, ProductAnswer } from './product.ts'
import type { Rank } from './rank.ts'
import type { Output, Sweep, SweepAnswer, TopLists } from './sweep.ts'
import type { Train, Trained } from './train.ts'

/** Work on the executor's own matrix. */
export type Work = Sweep | Train | Product | Inverse | Rank

/** What needs an answer. */
export type Question = Work | AboutEdges | On

export type Request = Question | Pause

/** An algorithm to be run on another matrix, or by one that asks nothing else: in turn with other calls. */
export interface On<Result = unknown> extends OnBehalf {
  readonly kind: 'on'
  readonly network: Network
  readonly algorithm: Algorithm<Result>
}

/** What the algorithm is part of. */
export interface OnBehalf {
  /** The function that was called, which messages begin with. Default: who asks for each sweep. */
  readonly who?: string
  /** Its share of what the function was asked about: progress counts that, not blocks. */
  readonly share?: Share
}

/** A part of what is counted, from `from` to `to`, of `of` in all. */
export interface Share {
  readonly from: number
  readonly to: number
  readonly of: number
  /** What its work is expected to cost, by which progress goes: what is preliminary, and the rest. */
  readonly costs?: WorkCosts | undefined
}

/** What is sent for a request. */
export type Answer<Asked extends Request> =
  Asked extends Sweep<infer Wanted>
    ? SweepAnswer<Wanted>
    : Asked extends Train
      ? Trained
      : Asked extends Product
        ? ProductAnswer
        : Asked extends Inverse<infer Wanted>
          ? InverseAnswer<Wanted>
          : Asked extends Rank
            ? TopLists
            : Asked extends AboutEdges
              ? AnswerAboutEdges<Asked>
              : Asked extends On<infer Result>
                ? Result
                : void

/** Written once, run in-thread or on the pool. Between slices of work of its own it yields `PAUSE`. */
export type Algorithm<Result> = Generator<Request, Result, unknown>

/** An algorithm that asks nothing of a matrix of its own. */
export type Detached<Result> = Generator<On | Pause, Result, unknown>

/** Asks for sweeps. */
export const sweep = <const Wanted extends Output>(
  asked: Omit<Sweep<Wanted>, 'kind'>,
): Generator<Sweep<Wanted>, SweepAnswer<Wanted>, unknown> => ask({ kind: 'sweep', ...asked })

/** Asks for a part of a training. */
export const train = (asked: Omit<Train, 'kind'>): Generator<Train, Trained, unknown> =>
  ask({ kind: 'train', ...asked })

/** Asks for the largest entries of the rows of a product of sparse matrices. */
export const product = (asked: Omit<Product, 'kind'>): Generator<Product, ProductAnswer, unknown> =>
  ask({ kind: 'product', ...asked })

/** Asks for the inverse of a regularised Gram matrix. */
export const inverse = <const Wanted extends InverseWanted>(
  asked: Omit<Inverse<Wanted>, 'kind'>,
): Generator<Inverse<Wanted>, InverseAnswer<Wanted>, unknown> => ask({ kind: 'inverse', ...asked })

/** Asks for the best items of many profiles. */
export const rank = (asked: Omit<Rank, 'kind'>): Generator<Rank, TopLists, unknown> => ask({ kind: 'rank', ...asked })

/** Asks about the edges themselves. */
export const aboutEdges = <Asked extends AboutEdges>(
  asked: Asked,
): Generator<Asked, AnswerAboutEdges<Asked>, unknown> =>
  ask(asked) as Generator<Asked, AnswerAboutEdges<Asked>, unknown>

/** Runs an algorithm on another matrix. */
export const on = <Result>(
  network: Network,
  algorithm: Algorithm<Result>,
  behalf: OnBehalf = {},
): Generator<On<Result>, Result, unknown> => ask({ kind: 'on', network, algorithm, ...behalf })

/** The one place where an answer gets the type of its question. */
function* ask<Asked extends Question>(question: Asked): Generator<Asked, Answer<Asked>, unknown> {
  return (yield question) as Answer<Asked>
}

/** A question in the name of the function that was called. */
export function askedBy(who: string | undefined, question: Question): Question {
  if (who === undefined) return question
  return question.kind === 'on' ? { who, ...question } : { ...question, name: who }
}
