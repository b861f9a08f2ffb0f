import type { NamedNetwork } from '../network/network.ts'
import { expectedSeconds } from '../plan/costs.ts'
import { readMachine } from '../plan/machine.ts'
import { chooseKernel, type PlanOptions } from '../plan/plan.ts'
import { resolve } from '../support/spec.ts'
import { Catalogue } from './catalogue.ts'
import type { Way } from './methods/expected.ts'
import type { MethodName } from './methods/methods.ts'
import { requestOf, userListOptions, type UserListOptions } from './request.ts'
import { userRows } from './rounds.ts'
import { UnknownIds } from '../support/unknown-ids.ts'

/** Expected cost of a call, before any work. Plain JSON. */
export interface Forecast {
  readonly method: MethodName
  /** How lists are computed; it depends on sizes alone, so it is the same on every machine. */
  readonly way: Way
  /** Time on the engine's threads, to within about a factor of two on an otherwise idle machine: 0 for less than a tenth of a second. */
  readonly seconds: number
}

/** Parts of a forecast: lists of users, or rows of all items. */
export type ForecastQuestion = 'recommend' | 'compile'

/** @returns `null` if no measurement exists. @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION, UNKNOWN_KEY, UNSUPPORTED_GRAPH */
export function forecastOn(
  network: NamedNetwork,
  options: UserListOptions | undefined,
  question: ForecastQuestion,
  executing: PlanOptions & { readonly threads: number },
): Forecast | null {
  const who = 'forecast'
  const { users, exclude, unknown, ...given } = resolve(who, userListOptions, options)
  const catalogue = Catalogue.of(who, network)
  const profiles =
    question === 'compile'
      ? catalogue.items.size
      : userRows(who, catalogue.users, users, new UnknownIds(unknown)).length
  const request = requestOf(who, given)
  const expected = catalogue.expected(request, { profiles, excludeSeeds: exclude === 'seen' })
  if (expected === null) return null
  const machine = readMachine()
  const { kernel } = chooseKernel(executing, machine)
  const threads = machine.threads ? executing.threads : 1
  const seconds = expectedSeconds(expected.making + expected.ranking, threads, kernel, machine)
  return { method: request.method, way: expected.way, seconds }
}
