/**
 * Defines a method once: its name, its options, its algorithm on a network, and what is written to a graph. The function, `.assign`, `.detailed`,
 * `.defaults`, the method of the Engine, and the name in every error are derived from that.
 */
import { requireGraph, type AbstractGraph } from '../graph/check.ts'
import { requireOwnAttributes } from '../graph/attribute-names.ts'
import { attributesRead, type GraphMapping } from '../graph/mapping.ts'
import { assignNodes } from '../graph/assign.ts'
import type { NetworkOptions, Source } from '../network/open.ts'
import { refuseRelations } from '../network/relations.ts'
import { on, type Algorithm, type Detached } from '../request/request.ts'
import { answerInThread } from '../run/in-thread.ts'
import { drive } from '../support/drive.ts'
import { asNodeMap, type NodeCells } from '../support/printed.ts'
import { defaultsOf, resolve, type Resolved, type Spec } from '../support/spec.ts'
import { openSource, sourceOptions, type SourceOptions } from './source-options.ts'
import type { NamedNetwork } from '../network/network.ts'

/**
 * A function of a source, of further arguments, and of options.
 *
 * `Own` are the options on an open source: those of an engine.
 */
export interface SourceFunction<
  About extends readonly unknown[],
  Own,
  Answer,
  Options = Own & SourceOptions,
  Defaults = DefaultsOf<Options>,
> {
  (source: Source, ...given: [...about: About, ...options: OptionsOf<Options>]): Answer
  /** Defaults of the options. */
  readonly defaults: Defaults
  /** Messages begin with it. */
  readonly name: string
  /** The work for executors. */
  readonly task: Task<About, Own, Answer>
}

/** The work of a function on an open source. */
export interface Task<About extends readonly unknown[], Own, Answer> {
  readonly name: string
  /** Arguments before the options. */
  readonly arity: number
  /** Options with every value. @param beside further options that are allowed @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION */
  resolve(given: Own | undefined, beside?: Spec): object
  /** Runs on the network, at once or in rounds. */
  ask(network: NamedNetwork, about: About, resolved: object): Detached<Answer>
}

/** A method, in graphology's style. */
export interface Method<Options, Result, Value> {
  /** The main result. */
  (...given: CallOf<Options>): Value
  /** Writes onto the graph. */
  assign(graph: AbstractGraph, ...given: OptionsOf<Options>): void
  /** The whole result. */
  detailed(...given: CallOf<Options>): Result
  /** Defaults of the options. */
  readonly defaults: DefaultsOf<Options>
  /** Options with every value, checked. @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION */
  resolve(...given: OptionsOf<Options>): ResolvedOf<Options>
  /** Messages begin with it. */
  readonly name: string
  /** The algorithm on an opened network, for others that are made of it. */
  on(network: NamedNetwork, ...given: OptionsOf<Options>): Algorithm<Result>
  /** The work for executors. */
  readonly task: Task<[], Options, Result>
}

/** Arguments of a call: a source, and options, which are optional unless one is required. */
export type CallOf<Options> = [source: Source, ...OptionsOf<Options>]
export type OptionsOf<Options> = object extends Options ? [options?: Options] : [options: Options]
/** Optional options with their defaults. */
export type DefaultsOf<Options> = {
  readonly [K in keyof Options as object extends Pick<Options, K> ? K : never]-?: Exclude<Options[K], undefined>
}

/** Options with every value. */
export type ResolvedOf<Options> = { readonly [K in keyof Options]-?: Exclude<Options[K], undefined> }

/** The main result, and the part that `.assign` writes to a graph. */
export interface Face<Result, Value> {
  value(result: Result): Value
  /** Values of nodes, by the option that names their attribute. */
  readonly attributes: Readonly<Record<string, (result: Result) => Iterable<readonly [node: string, value: unknown]>>>
}

/** The definition of a function. */
export type Definition<S extends Spec, About extends readonly unknown[], Answer> = {
  readonly name: string
  readonly options: S
  /** Arguments between the source and the options. Default 0. */
  readonly arity?: About['length']
  /** Checks beyond those of single options. @throws {RivuletError} INVALID_OPTION */
  check?(options: Resolved<S>): void
  /** Meaning of a directed edge on a graph that is not bipartite. Default 'both'. */
  readonly direction?: NetworkOptions['direction']
  /** Whether it is about users and items. Default false: any graph will do. */
  readonly needsSides?: boolean
  /** Whether it takes networks with relations. Default false: it refuses them. */
  readonly takesRelations?: boolean
  /** Options of the function of a source only. Default: those for reading the source. */
  readonly beside?: Spec
} & (OnNetwork<S, About, Answer> | InRounds<S, About, Answer>)

/** Work that occupies the threads until it ends. */
interface OnNetwork<S extends Spec, About extends readonly unknown[], Answer> {
  on(network: NamedNetwork, options: Resolved<S>, about: About): Algorithm<Answer>
}

/** Work in rounds, so that other calls can run in between. */
interface InRounds<S extends Spec, About extends readonly unknown[], Answer> {
  inRounds(network: NamedNetwork, options: Resolved<S>, about: About): Detached<Answer>
}

/** Functions that take any graph take one in which related things are nodes. */
const ANY_GRAPH =
  'Give the function of this name a graph in which genres are nodes and friendships edges, or use an engine without relations.'

/** Makes a function from its definition. The types of its options are those of the declaration it is assigned to. */
export function defineFunction<About extends readonly unknown[], Own, S extends Spec, Answer, Options, Defaults>(
  definition: Definition<S, About, Answer>,
): SourceFunction<About, Own, Answer, Options, Defaults> {
  const { name, options: spec, arity = 0, beside = sourceOptions } = definition
  const task: Task<About, Own, Answer> = {
    name,
    arity,
    resolve(given, further) {
      const options = resolve(name, { ...spec, ...further }, given)
      definition.check?.(options)
      return options
    },
    ask(network, about, resolved) {
      const options = resolved as Resolved<S>
      if (definition.takesRelations !== true)
        refuseRelations(name, network, definition.needsSides ? undefined : ANY_GRAPH)
      if ('inRounds' in definition) return definition.inRounds(network, options, about)
      return on(network, definition.on(network, options, about), { who: name })
    },
  }
  function* answer(source: Source, about: About, options: object): Detached<Answer> {
    const network = yield* openSource(name, source, options as Resolved<typeof sourceOptions>, definition)
    return yield* task.ask(network, about, options)
  }
  const question = (source: Source, ...given: readonly unknown[]): Answer => {
    const about = given.slice(0, arity) as readonly unknown[] as About
    return drive(answer(source, about, task.resolve(given[arity] as Own, beside)), answerInThread)
  }
  const face = { defaults: defaultsOf({ ...spec, ...beside }), task }
  return Object.assign(named(name, question), face) as unknown as SourceFunction<About, Own, Answer, Options, Defaults>
}

/** Makes a method from its definition. The type of its options is that of the declaration it is assigned to. */
export function defineMethod<Options, S extends Spec & typeof sourceOptions, Result, Value>({
  face,
  ...definition
}: Definition<S, [], Result> & OnNetwork<S, [], Result> & { readonly face: Face<Result, Value> }): Method<
  Options,
  Result,
  Value
> {
  const { name } = definition
  const detailed = defineFunction<[], Options, S, Result, Options, DefaultsOf<Options>>(definition)
  const { defaults, task } = detailed
  const resolved = (given?: Options): Resolved<S> => task.resolve(given) as Resolved<S>
  function assign(graph: AbstractGraph, ...given: OptionsOf<Options>): void {
    const options = resolved(...given)
    const written = Object.entries(face.attributes).map(([option, values]) => {
      return { option, attribute: options[option] as string | null, values }
    })
    const { seeds, validation, graph: mapping }: Readonly<Record<string, unknown>> = options
    const names = Object.fromEntries(written.map(({ option, attribute }) => [option, attribute]))
    const read = { seeds, validation, ...attributesRead(mapping as GraphMapping | undefined, 'node') }
    requireOwnAttributes(name, 'node', names, read)
    const result = detailed(requireGraph(name, graph), ...given)
    for (const { attribute, values } of written) if (attribute !== null) assignNodes(graph, attribute, values(result))
  }
  const method = (...given: CallOf<Options>): Value => face.value(detailed(...given))
  const on = (network: NamedNetwork, given?: Options): Algorithm<Result> => definition.on(network, resolved(given), [])
  const faces = { assign, detailed, defaults, resolve: resolved, on, task }
  return Object.assign(named(name, method), faces) as unknown as Method<Options, Result, Value>
}

const named = <F extends object>(name: string, called: F): F => Object.defineProperty(called, 'name', { value: name })

/** A face of one value per node. @param cells names of the values */
export const nodeFace = <Result, Value>(
  option: string,
  cells: NodeCells,
  entriesOf: (result: Result) => Iterable<readonly [node: string, value: Value]>,
  toAttribute: (value: Value) => unknown = (value) => value,
): Face<Result, Map<string, Value>> => ({
  value: (result) => asNodeMap(new Map(entriesOf(result)), cells),
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
