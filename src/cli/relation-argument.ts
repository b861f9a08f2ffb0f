/** Flags --relation and --relation-weights: relations of users and items in separate files. */
import { InvalidArgumentError } from 'commander'
import { findByName } from '../advanced.ts'
import { RivuletError, type GraphMapping, type Relation, type Relations } from '../index.ts'
import { isGraphFile } from '../io/graph-files.ts'
import { readGraphRelation } from '../io/graph-table.ts'
import { readNumber } from './argument-values.ts'
import { value, type Given } from './flags.ts'
import { sideRecords, type SideArguments } from './side-file.ts'
import { orAborted, type Terminal } from './terminal.ts'

/** A relation's file, and its columns if they are named. */
export interface RelationFile {
  readonly path: string
  readonly columns: Readonly<Record<string, string>>
}

type Files = Readonly<Record<string, RelationFile>>

const ROLES = ['user', 'item', 'attribute', 'other', 'value', 'kind']
const FORM = 'Expected NAME=FILE, with its columns if they are not found: genre=movies.tsv:item=id,attribute=genres.'

/** 'genre=movies.tsv', 'friend=friends.csv:user=a,other=b'; several such options add up. */
function readRelation(text: string, before: Files = {}): Files {
  const [whole, name, path, , columns] = /^([^=]+)=(.+?)(:([a-z]+=.+))?$/.exec(text) ?? [
    undefined,
    '',
    '',
    '',
    undefined,
  ]
  if (whole === undefined) throw new InvalidArgumentError(FORM)
  if (Object.hasOwn(before, name)) throw new InvalidArgumentError(`Relation '${name}' is given twice.`)
  const roles = (columns ?? '')
    .split(',')
    .filter((part) => part !== '')
    .map((part) => part.split('='))
  for (const [role, column] of roles)
    if (!ROLES.includes(role) || !column) throw new InvalidArgumentError(`Expected columns by ${ROLES.join(', ')}.`)
  return { ...before, [name]: { path, columns: Object.fromEntries(roles) as Record<string, string> } }
}

function readWeights(text: string): Readonly<Record<string, number | 'auto'>> {
  const weights = text.split(',').map((part): [string, number | 'auto'] => {
    const at = part.lastIndexOf('=')
    if (at < 1) throw new InvalidArgumentError('Expected relation=weight pairs: genre=0.1,friend=0.05.')
    const weight = part.slice(at + 1)
    return [part.slice(0, at), weight === 'auto' ? weight : readNumber(weight)]
  })
  const twice = weights.find(([name], at) => weights.findIndex(([other]) => other === name) < at)
  if (twice !== undefined) throw new InvalidArgumentError(`Relation '${twice[0]}' has two weights.`)
  return Object.fromEntries(weights)
}

export const RELATION_FLAGS = {
  relation: value(
    '<name=file>',
    "attributes of items or users, genre=movies.tsv, or ties between them; columns by name, or genre=FILE:item=id,attribute=genres; '|' separates several attributes; for a graph the kind of nodes, genre=films.gexf:kind=genre; may be repeated",
    readRelation,
  ),
  relationWeights: value(
    '<weights>',
    'share of each relation in spreading: genre=0.1,friend=0.05, or genre=auto, chosen by held-out users (default: 0.05 each)',
    readWeights,
  ),
}

export interface RelationArguments extends Partial<Given<typeof RELATION_FLAGS>>, SideArguments {
  /** How graphs are read. */
  readonly graph?: GraphMapping | undefined
}

/** Separator of the genres of a film in the files of MovieLens and many others. */
const SEPARATOR = '|'

/**
 * Reads the files of relations.
 *
 * @throws {RivuletError} INVALID_OPTION for a weight of a relation that is not given, or columns that are not found; as `readRecords`
 */
export async function readRelationFiles(
  { relation: files = {}, relationWeights: weights = {}, graph, ...given }: RelationArguments,
  terminal: Terminal,
): Promise<Relations | undefined> {
  const stray = Object.keys(weights).find((name) => !Object.hasOwn(files, name))
  if (stray !== undefined) throw strayWeight(stray)
  const relations: Record<string, Relation> = {}
  for (const [name, file] of Object.entries(files)) {
    const isGraph = await orAborted(isGraphFile(file.path), terminal.signal)
    const relation = isGraph ? await ofGraph(name, file, graph, terminal) : await ofTable(name, file, given, terminal)
    relations[name] = { ...relation, ...(Object.hasOwn(weights, name) && { weight: weights[name] }) }
  }
  return Object.keys(relations).length === 0 ? undefined : relations
}

async function ofTable(
  name: string,
  { path, columns }: RelationFile,
  given: SideArguments,
  terminal: Terminal,
): Promise<Relation> {
  if (columns['kind'] !== undefined) throw noGraph(name, path)
  const rows = await orAborted(recordsOf(path, given, terminal), terminal.signal)
  const found = Object.keys(columns).length > 0 ? columns : columnsOf(name, path, Object.keys(rows[0] ?? {}))
  const roles = Object.entries(found).map(([role, column]) => `${role} <- ${column}`)
  terminal.warn(`${path}: ${name} of ${roles.join(', ')}\n`)
  return { rows, ...found, ...(found['attribute'] !== undefined && { separator: SEPARATOR }) }
}

/** Nodes of the relation's name, unless another kind is named. */
async function ofGraph(
  name: string,
  { path, columns }: RelationFile,
  mapping: GraphMapping | undefined,
  { signal, warn }: Terminal,
): Promise<Relation> {
  const { kind = name, value, ...others } = columns
  if (Object.keys(others).length > 0) throw noColumns(name, path, Object.keys(others))
  warn(`${path}: ${name} of edges to nodes of kind '${kind}'\n`)
  return await orAborted(readGraphRelation(path, name, { kind, ...(value && { value }) }, mapping), signal)
}

async function recordsOf(path: string, given: SideArguments, terminal: Terminal): Promise<object[]> {
  const rows: object[] = []
  for await (const row of sideRecords(path, given, terminal)) rows.push(row)
  return rows
}

/** The column of items or users by its known names, and the column with the relation's name. */
function columnsOf(name: string, path: string, titles: readonly string[]): Readonly<Record<string, string>> {
  const [item, user] = (['item', 'user'] as const).map((side) => findByName(titles, side))
  const plain = name.toLowerCase()
  const about = titles.findIndex((title) => [plain, `${plain}s`].includes(title.toLowerCase()))
  const own = item ?? user
  const others = titles.filter((_, at) => at !== own)
  const attribute = about >= 0 && about !== own ? titles[about] : others.length === 1 ? others[0] : undefined
  if (own !== undefined && attribute !== undefined)
    return { [item === undefined ? 'user' : 'item']: titles[own], attribute }
  throw new RivuletError('INVALID_OPTION', {
    who: `--relation ${name}=${path}`,
    expected: `a column of items or users, and a column named '${name}'`,
    got: titles.join(', '),
    todo: `Name them: --relation ${name}=${path}:item=COLUMN,attribute=COLUMN, or user=COLUMN,other=COLUMN for pairs.`,
  })
}

const noGraph = (name: string, path: string): RivuletError =>
  new RivuletError('INVALID_OPTION', {
    who: `--relation ${name}=${path}:kind=...`,
    expected: "a graph: GEXF, GraphML, or graphology's JSON",
    got: 'a table',
    todo: 'Name its columns: item=COLUMN,attribute=COLUMN.',
  })

const noColumns = (name: string, path: string, roles: readonly string[]): RivuletError =>
  new RivuletError('INVALID_OPTION', {
    who: `--relation ${name}=${path}`,
    expected: 'a kind of nodes, and optionally a value of edges',
    got: `${roles.join(', ')} of a graph, which has no columns`,
    todo: `Name the kind: --relation ${name}=${path}:kind=KIND.`,
  })

const strayWeight = (name: string): RivuletError =>
  new RivuletError('INVALID_OPTION', {
    who: '--relation-weights',
    expected: 'names of relations given with --relation',
    got: name,
    todo: 'Correct it, or leave it out.',
  })
