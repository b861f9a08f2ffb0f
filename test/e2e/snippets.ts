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
}

/**
 * The `ts` blocks of one Markdown text.
 *
 * The words after `ts` on the fence matter: `continued` joins a block to the one before it in the same file; `no-run REASON` leaves it out.
 */
export function snippetsOf(path: string, text: string): Snippet[] {
  const snippets: Snippet[] = []
  let open: { fence: string; where: string; words: string[]; lines: string[] } | null = null
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (open === null) {
      const match = /^\s*(`{3,})(?:ts|typescript)\b(.*)$/.exec(line)
      if (match !== null)
        open = { fence: match[1], where: `${path}:${index + 1}`, words: match[2].trim().split(/\s+/), lines: [] }
    } else if (line.trim() === open.fence) {
      add(snippets, open.where, open.words, open.lines.join('\n'))
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
    snippets.push({ where, code, notRunBecause: mark === 'no-run' ? reason.join(' ') : null })
  }
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
