import { checkArgument } from '../support/arguments.ts'
import { isAbortSignal, isFunction, requireOwn } from '../support/options.ts'
import { anyFields } from '../support/shape.ts'
import type { Watch } from './protocol.ts'

const CHECKS = { signal: isAbortSignal, onProgress: isFunction } as const

/** How a call is to be watched, checked before anything is done. @throws {RivuletError} INVALID_OPTION */
export function watched(who: string, watch: Watch = {}): Watch {
  checkArgument(who, 'watch', watch, anyFields)
  requireOwn(who, watch, Object.keys(CHECKS))
  for (const name of ['signal', 'onProgress'] as const)
    if (watch[name] !== undefined) checkArgument(who, `watch.${name}`, watch[name], CHECKS[name])
  return watch
}
