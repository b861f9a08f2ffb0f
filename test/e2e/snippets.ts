import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { filesBelow, root } from '../house/sources.ts'

/** One TypeScript block of a Markdown file, or several that continue each other. */
export interface Snippet {
  /** 'README.md:12', the line of the first block's fence. */
  readonly where: string
  readonly code: string
  /** Why it is not run; null when it is. */
  readonly notRunBecause: string | null
  /** What the blocks without a language right below say that it prints; null when there is none. */
  readonly output: string | null
}

/**
 * The `ts` blocks of one Markdown text.
 *
 * The words after `ts` on the fence matter: `continued` joins a block to the one before it in the same file; `no-run REASON` leaves it out.
 */
export function snippetsOf(path: string, text: string): Snippet[] {
  const snippets: Snippet[] = []
  let open: { fence: string; where: string; words: string[] | 'output'; lines: string[] } | null = null
  let follows = false
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (open === null) {
      const [, fence, language, rest] = /^\s*(`{3,})(\S*)(.*)$/.exec(line) ?? []
      const isCode = /^(ts|typescript)$/.test(language)
      if (isCode || (follows && language === '')) {
        const words = isCode ? rest.trim().split(/\s+/) : 'output'
        open = { fence, where: `${path}:${index + 1}`, words, lines: [] }
      }
      if (line.trim() !== '') follows = false
    } else if (line.trim() === open.fence) {
      if (open.words === 'output') addOutput(snippets, open.lines)
      else add(snippets, open.where, open.words, open.lines.join('\n'))
      follows = open.words !== 'output'
      open = null
    } else {
      open.lines.push(line)
    }
  }
  return snippets
}

function add(snippets: Snippet[], where: string, words: readonly string[], code: string): void {
  const [mark, ...reason] = words
  const last = snippets.at(-1)
  if (mark === 'continued' && last !== undefined) {
    snippets[snippets.length - 1] = { ...last, code: `${last.code}\n\n${code}` }
  } else {
    snippets.push({ where, code, notRunBecause: mark === 'no-run' ? reason.join(' ') : null, output: null })
  }
}

function addOutput(snippets: Snippet[], lines: readonly string[]): void {
  const last = snippets[snippets.length - 1]
  snippets[snippets.length - 1] = { ...last, output: `${last.output ?? ''}${lines.join('\n')}\n` }
}

/**
 * Every snippet of README.md and docs/, and every example in src/ that is a whole program: it imports this package.
 *
 * Decision records tell of code that was not kept, and are left out.
 */
export function readSnippets(): Snippet[] {
  const pages = ['README.md', ...filesBelow('docs')].filter(
    (path) => path.endsWith('.md') && !path.includes('/decisions/'),
  )
  const sources = filesBelow('src').filter((path) => path.endsWith('.ts') && !path.includes('/wasm/'))
  return [
    ...pages.flatMap((path) => snippetsOf(path, read(path))),
    ...sources
      .flatMap((path) => snippetsOf(path, read(path).replaceAll(/^[ ]*\* ?/gm, '')))
      .filter(({ code }) => /from 'rivulet(\/[a-z-]+)?'/.test(code)),
  ]
}

function read(path: string): string {
  try {
    return readFileSync(join(root, path), 'utf8')
  } catch {
    return ''
  }
}
