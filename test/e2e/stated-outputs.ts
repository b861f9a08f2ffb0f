import ts from 'typescript'

/** An example whose stated calls of `console.log` report what they print, each under its number. */
export interface Instrumented {
  readonly code: string
  readonly stated: readonly string[]
}

/** The name under which an instrumented example finds its reporter: `(call, ...values)`. */
export const REPORTER = 'reportStated'

/**
 * Finds what an example states: the comment behind a `console.log` call, or else the lines of comment right below it.
 *
 * @returns the code, in which `console.log(` of each such call is a call of {@link REPORTER}, and what each states
 */
export function instrument(code: string): Instrumented {
  const tree = ts.createSourceFile('example.ts', code, ts.ScriptTarget.Latest, true)
  const calls: { begin: number; end: number; text: string }[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && node.expression.getText() === 'console.log') {
      const text = statedBehind(code, node.end)
      if (text !== null) calls.push({ begin: node.getStart(), end: node.expression.end, text })
    }
    ts.forEachChild(node, visit)
  }
  visit(tree)
  const instrumented = calls.reduceRight(
    (text, { begin, end }, call) => `${text.slice(0, begin)}${REPORTER}.bind(null, ${call})${text.slice(end)}`,
    code,
  )
  return { code: instrumented, stated: calls.map(({ text }) => text) }
}

function statedBehind(code: string, end: number): string | null {
  const [rest, ...below] = code.slice(end).split('\n')
  const behind = /^[;)}]* ?\/\/ (.*)$/.exec(rest)
  if (behind !== null) return behind[1]
  if (!/^;?$/.test(rest)) return null
  const comment = /^\s*\/\/ (.*)$/
  const next = below.findIndex((line) => !comment.test(line))
  const lines = below.slice(0, next < 0 ? below.length : next).map((line) => comment.exec(line)?.[1])
  return lines.length > 0 ? lines.join(' ') : null
}

/**
 * Whether an example says what its call printed.
 *
 * White space counts once. What a call prints at several times is joined by ', then ' or stands on lines of its own. A statement may end with '...', and a colon may
 * bring in an explanation of what was printed.
 */
export function isAsStated(stated: string, printed: readonly string[]): boolean {
  const said = tidy(stated)
  return [printed.join(', then '), printed.join('\n')].map(tidy).some((whole) => {
    if (whole === '') return false
    if (said.endsWith(' ...')) return whole.startsWith(said.slice(0, -3))
    return said === whole || said.startsWith(`${whole}: `)
  })
}

const tidy = (text: string): string => text.replaceAll(/\s+/g, ' ').trim()
