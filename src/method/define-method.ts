/**
 * A method, defined once: its name, its options, its algorithm on a network, and what a graph shows of its result. From that come the function,
 * `.assign`, `.detailed`, `.defaults`, the method of the Engine, and the name in every error.
 */
import { requireGraph, type AbstractGraph } from '../graph/check.ts'
import { requireOwnAttributes } from '../graph/attribute-names.ts'
import { assignNodes } from '../graph/assign.ts'
import type { NetworkOptions, Source } from '../network/open.ts'
import { on, type Algorithm, type Detached } from '../request/request.ts'
import { answerInThread } from '../run/in-thread.ts'
import { drive } from '../support/drive.ts'
import { defaultsOf, resolve, type Resolved, type Spec } from '../support/spec.ts'
import { openSource, type sourceOptions } from './source-options.ts'
import type { NamedNetwork } from '../network/network.ts'

/** A method, in graphology's style. */
export interface Method<Options, Result, Value> {
  /** What most callers want of the result. */
  (...given: CallOf<Options>): Value
  /** Writes onto the graph. */
  assign(graph: AbstractGraph, ...given: OptionsOf<Options>): void
  /** The whole result. */
  detailed(...given: CallOf<Options>): Result
  /** What the options are that are not given. */
  readonly defaults: DefaultsOf<Options>
  /** Options with every value, checked. @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION */
  resolve(...given: OptionsOf<Options>): ResolvedOf<Options>
  /** Messages begin with it. */
  readonly name: string
  /** The algorithm on an opened network, for any executor. */
  on(network: NamedNetwork, ...given: OptionsOf<Options>): Algorithm<Result>
}

/** What a call is given: a source, and options; those may be left out where none is needed. */
export type CallOf<Options> = [source: Source, ...OptionsOf<Options>]
export type OptionsOf<Options> = object extends Options ? [options?: Options] : [options: Options]
/** Options that need not be given, with the values that they then have. */
export type DefaultsOf<Options> = {
  readonly [K in keyof Options as object extends Pick<Options, K> ? K : never]-?: Exclude<Options[K], undefined>
}

/** Options with every value. */
export type ResolvedOf<Options> = { readonly [K in keyof Options]-?: Exclude<Options[K], undefined> }

/** What of a result callers want, and what of it stands on a graph. */
export interface Face<Result, Value> {
  value(result: Result): Value
  /** Values of nodes, by the option that names their attribute. */
  readonly attributes: Readonly<Record<string, (result: Result) => Iterable<readonly [node: string, value: unknown]>>>
}

/** What a method is made of. */
export interface Definition<S extends Spec, Result, Value> {
  readonly name: string
  readonly options: S
  /** What the spec of each option does not say. @throws {RivuletError} INVALID_OPTION */
  check?(options: Resolved<S>): void
  /** What a directed edge means on a graph that is not bipartite. Default 'both'. */
  readonly direction?: NetworkOptions['direction']
  on(network: NamedNetwork, options: Resolved<S>): Algorithm<Result>
  readonly face: Face<Result, Value>
}

/** Makes a method of its definition. The type of its options is that of the declaration it is assigned to. */
export function defineMethod<Options, S extends Spec & typeof sourceOptions, Result, Value>(
  definition: Definition<S, Result, Value>,
): Method<Options, Result, Value> {
  const { name, options: spec, face } = definition
  const resolved = (given: unknown): Resolved<S> => {
    const options = resolve(name, spec, given)
    definition.check?.(options)
    return options
  }
  function* fromSource(source: Source, options: Resolved<S>): Detached<Result> {
    const network = yield* openSource(name, source, options, definition.direction)
    return yield* on(network, definition.on(network, options))
  }
  const run = (source: Source, options: Resolved<S>): Result => drive(fromSource(source, options), answerInThread)
  const detailed = (source: Source, given?: unknown): Result => run(source, resolved(given))
  function assign(graph: AbstractGraph, given?: unknown): void {
    const options = resolved(given)
    const written = Object.entries(face.attributes).map(([option, values]) => {
      return { option, attribute: options[option] as string | null, values }
    })
    const { seeds, validation }: Readonly<Record<string, unknown>> = options
    const names = Object.fromEntries(written.map(({ option, attribute }) => [option, attribute]))
    requireOwnAttributes(name, 'node', names, { seeds, validation })
    const result = run(requireGraph(name, graph), options)
    for (const { attribute, values } of written) if (attribute !== null) assignNodes(graph, attribute, values(result))
  }
  const method = (source: Source, given?: unknown): Value => face.value(detailed(source, given))
  return Object.assign(Object.defineProperty(method, 'name', { value: name }), {
    assign,
    detailed,
    defaults: defaultsOf(spec),
    resolve: resolved,
    on: (network: NamedNetwork, given?: unknown) => definition.on(network, resolved(given)),
  }) as unknown as Method<Options, Result, Value>
}

/** A face of one value a node. */
export const nodeFace = <Result, Value>(
  option: string,
  entriesOf: (result: Result) => Iterable<readonly [node: string, value: Value]>,
  toAttribute: (value: Value) => unknown = (value) => value,
): Face<Result, Map<string, Value>> => ({
  value: (result) => new Map(entriesOf(result)),
  attributes: {
    *[option](result: Result) {
      for (const [node, value] of entriesOf(result)) yield [node, toAttribute(value)] as const
    },
  },
})

/** Pairs the keys of an index with values in its order. */
export function* keyed<Value>(keys: Iterable<string>, values: ArrayLike<Value>): Generator<readonly [string, Value]> {
  let at = 0
  for (const key of keys) yield [key, values[at++]] as const
}
