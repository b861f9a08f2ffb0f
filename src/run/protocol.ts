import { checkArgument } from '../support/arguments.ts'
import { isAbortSignal, isFunction, requireOwn } from '../support/options.ts'
import { anyFields } from '../support/shape.ts'
import { optional } from '../support/spec.ts'
import type { Member } from './control.ts'
import type { InverseJob } from './inverse-job.ts'
import type { ProductJob } from './product-job.ts'
import type { RankJob } from './rank-job.ts'
import type { SweepJob } from './sweep-job.ts'
import type { TrainJob } from './train-job.ts'

/** Message from the main thread to a worker. Large data are in shared memory. */
export interface Task {
  readonly job: AnyJob
  readonly member: Member
}

export type AnyJob = SweepJob | TrainJob | ProductJob | InverseJob | RankJob

/** Progress of a job. */
export interface Progress {
  /** Finished blocks of columns. */
  readonly done: number
  readonly total: number
}

/** Cancelling and progress of a call. */
export interface Watch {
  /** Rejects with `signal.reason` within one row window. */
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: Progress) => void) | undefined
}

/** The fields of `Watch` as options of a call. */
export const callOptions = {
  signal: optional<AbortSignal>(isAbortSignal),
  onProgress: optional<(progress: Progress) => void>(isFunction),
}

/** Checks the options for cancelling and progress before any work. @throws {RivuletError} INVALID_OPTION */
export function watched(who: string, watch: Watch = {}): Watch {
  checkArgument(who, 'watch', watch, anyFields)
  requireOwn(who, watch, Object.keys(callOptions))
  for (const name of ['signal', 'onProgress'] as const)
    if (watch[name] !== undefined) checkArgument(who, `watch.${name}`, watch[name], callOptions[name].check)
  return watch
}
