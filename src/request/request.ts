/**
 * Requests of an algorithm to its executor. An algorithm is a generator: it yields requests, receives their answers, and returns its result. It is
 * independent of threads: executors handle requests in this thread or on the pool.
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

/** Requests with an answer. */
export type Question = Work | AboutEdges | On

export type Request = Question | Pause

/** An algorithm to run on another matrix, interleaved with other calls. */
export interface On<Result = unknown> extends OnBehalf {
  readonly kind: 'on'
  readonly network: Network
  readonly algorithm: Algorithm<Result>
}

/** The context of the algorithm. */
export interface OnBehalf {
  /** Name of the called function, for messages. Default: the name in each sweep. */
  readonly who?: string
  /** Its share of the whole call: progress counts that, not blocks. */
  readonly share?: Share
}

/** A part of the counted work, from `from` to `to`, of `of` in all. */
export interface Share {
  readonly from: number
  readonly to: number
  readonly of: number
  /** Expected cost of the preliminary work and of the rest, for progress. */
  readonly costs?: WorkCosts | undefined
}

/** The answer to a request. */
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

/** An algorithm, run in-thread or on the pool. It yields `PAUSE` between slices of its own work. */
export type Algorithm<Result> = Generator<Request, Result, unknown>

/** An algorithm without requests on its own matrix. */
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

/** The single place where an answer gets the type of its request. */
function* ask<Asked extends Question>(question: Asked): Generator<Asked, Answer<Asked>, unknown> {
  return (yield question) as Answer<Asked>
}

/** A request in the name of the called function. */
export function askedBy(who: string | undefined, question: Question): Question {
  if (who === undefined) return question
  return question.kind === 'on' ? { who, ...question } : { ...question, name: who }
}
