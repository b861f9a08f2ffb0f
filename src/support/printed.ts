/** How results show themselves: one line on a console, a small document as JSON. Neither shows among their properties, and no module of Node is needed. */

/** What Node, Deno and Bun ask for the text of an object. */
export const INSPECT = Symbol.for('nodejs.util.inspect.custom')

/** How a kind of result shows itself. */
export interface Shown<T> {
  line(result: T): string
  /** What JSON holds of it; what is large stands there as its size. */
  document(result: T): unknown
}

/** The same object, which now shows itself. */
export function shown<T extends object>(result: T, { line, document }: Shown<T>): T {
  return Object.defineProperties(result, {
    toJSON: { value: () => document(result), configurable: true },
    [INSPECT]: { value: () => line(result), configurable: true },
  })
}

const MOST_LISTED = 3

/** 'a, b, c, ...': the first of many. */
export function firstOf(values: Iterable<unknown>, most = MOST_LISTED): string {
  const first: string[] = []
  for (const value of values) {
    if (first.length === most) return `${first.join(', ')}, ...`
    first.push(String(value))
  }
  return first.join(', ')
}

/** '1 row', '2 rows'. */
export const counted = (count: number, noun: string, plural = `${noun}s`): string =>
  `${count} ${count === 1 ? noun : plural}`
