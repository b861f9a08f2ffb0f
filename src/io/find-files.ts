/** Resolves paths to files: a file to itself, a folder to the files in it, a pattern to its matches. */
import { readdir, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { RivuletError, show } from '../support/errors.ts'
import { STANDARD_INPUT } from './read-bytes.ts'

/**
 * In the order of the paths, and by name within each. In folders and patterns, names that begin with '.' or '_' are skipped, as Spark does (`_SUCCESS`, `.part-00000.crc`),
 * and so are links to a folder above.
 *
 * Patterns have `*`, `?`, `[abc]`, `{a,b}` and `**` for folders of any depth; the path of an existing file is never a pattern.
 *
 * @throws {RivuletError} READ_FAILED for a folder without a file and a pattern that matches none, INVALID_OPTION for a file that comes twice
 */
export async function findFiles(who: string, paths: readonly string[]): Promise<string[]> {
  const files: string[] = []
  for (const path of paths) for (const file of await filesOf(who, path)) files.push(file)
  const known = new Map<string, string>()
  for (const file of files.length > 1 ? files : []) {
    const real = file === STANDARD_INPUT ? file : await realpath(file).catch(() => file)
    const before = known.get(real)
    if (before !== undefined) throw twice(who, before, file)
    known.set(real, file)
  }
  return files
}

async function filesOf(who: string, path: string): Promise<string[]> {
  const found = path === STANDARD_INPUT ? null : await stat(path).catch(() => null)
  if (found?.isDirectory() === true) {
    const files = await partsOf(path)
    if (files.length === 0) throw none(who, `${show(path)}, a folder without a file`)
    return files
  }
  if (found !== null || !/[*?[{]/.test(path)) return [path]
  const matches = await matching(path)
  if (matches.length === 0) throw none(who, `${show(path)}, a pattern that matches none`)
  return matches
}

/** Files in a folder and its folders. @param above real paths of the folders that lead here */
async function partsOf(folder: string, above: readonly string[] = []): Promise<string[]> {
  const inside = await descend(folder, above)
  const files: string[] = []
  if (inside === null) return files
  for (const { name, isFolder } of await entriesOf(folder)) {
    if (/^[._]/.test(name)) continue
    if (!isFolder) files.push(join(folder, name))
    else for (const file of await partsOf(join(folder, name), inside)) files.push(file)
  }
  return files
}

/** The real paths of folders down to one; `null` for a link to a folder above, which would be followed without end. */
async function descend(folder: string, above: readonly string[]): Promise<readonly string[] | null> {
  const real = await realpath(folder)
  return above.includes(real) ? null : [...above, real]
}

async function entriesOf(folder: string): Promise<{ name: string; isFolder: boolean }[]> {
  const entries = (await readdir(folder)).sort()
  return Promise.all(
    entries.map(async (name) => ({
      name,
      isFolder: (await stat(join(folder, name)).catch(() => null))?.isDirectory() === true,
    })),
  )
}

async function matching(pattern: string): Promise<string[]> {
  const [first, ...others] = pattern.split('/')
  const isAbsolute = first === ''
  const found = isAbsolute ? await walk('/', others) : await walk('', [first, ...others])
  const files: string[] = []
  for (const { path, isFolder } of found) for (const file of isFolder ? await partsOf(path) : [path]) files.push(file)
  // '**' may reach a folder in several ways.
  return [...new Set(files)]
}

/** @param above for '**': real paths of the folders that lead here */
async function walk(
  folder: string,
  segments: readonly string[],
  above: readonly string[] = [],
): Promise<{ path: string; isFolder: boolean }[]> {
  const [segment, ...rest] = segments
  const entries = await entriesOf(folder === '' ? '.' : folder).catch(() => [])
  const found: { path: string; isFolder: boolean }[] = []
  if (segment === '**') return walkDeep(folder, segments, entries, above)
  const spelling = spellingOf(segment)
  for (const { name, isFolder } of entries) {
    const isHidden = /^[._]/.test(name) && !segment.startsWith(name[0])
    if (isHidden || !spelling.test(name)) continue
    if (rest.length === 0) found.push({ path: join(folder, name), isFolder })
    else if (isFolder) for (const one of await walk(join(folder, name), rest)) found.push(one)
  }
  // The list of a folder lacks '.' and '..'.
  if (segment === '.' || segment === '..') return walk(join(folder, segment), rest)
  return found
}

/** As `walk`, for a pattern that begins with '**': here and in all folders below. */
async function walkDeep(
  folder: string,
  segments: readonly string[],
  entries: Awaited<ReturnType<typeof entriesOf>>,
  above: readonly string[],
): Promise<{ path: string; isFolder: boolean }[]> {
  const inside = await descend(folder === '' ? '.' : folder, above).catch(() => null)
  if (inside === null) return []
  const found = await walk(folder, segments.length > 1 ? segments.slice(1) : ['*'])
  for (const { name, isFolder } of entries)
    if (isFolder && !/^[._]/.test(name))
      for (const one of await walk(join(folder, name), segments, inside)) found.push(one)
  return found
}

/** A segment of a pattern as a regular expression: wildcards, braces and brackets are translated, all else is literal. */
function spellingOf(segment: string): RegExp {
  const source = segment.replaceAll(PARTS, (part) => {
    if (part === '*') return '.*'
    if (part === '?') return '.'
    if (part.length > 2 && part.startsWith('{')) return `(?:${part.slice(1, -1).split(',').map(plain).join('|')})`
    if (part.length > 2 && part.startsWith('['))
      return `[${part
        .slice(1, -1)
        .replace(/^!/, '^')
        .replaceAll(/[\\\]]/g, String.raw`\$&`)}]`
    return plain(part)
  })
  try {
    return new RegExp(`^${source}$`, 's')
  } catch {
    // An empty range such as '[z-a]' matches no name.
    return /(?!)/
  }
}

const PARTS = /\*|\?|\{[^{}]+\}|\[[^\]]+\]|[^*?{[]+|[{[]/g

const plain = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)

function none(who: string, got: string): RivuletError {
  return new RivuletError('READ_FAILED', { who, expected: 'files', got, todo: 'Check the path.' })
}

function twice(who: string, before: string, again: string): RivuletError {
  const got = before === again ? `${show(again)} twice` : `${show(before)} and, the same, ${show(again)}`
  return new RivuletError('INVALID_OPTION', { who, expected: 'each file once', got, todo: 'Leave one of them out.' })
}
