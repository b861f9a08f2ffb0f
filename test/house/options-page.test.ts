import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { METHOD_OPTIONS, OPTIONS, type Spec } from '../../src/advanced.ts'

const page = readFileSync(new URL('../../docs/reference/options.md', import.meta.url), 'utf8')

/** Of every row its option, its meaning and its default, by section. */
const sections = new Map(
  page
    .split(/^## /m)
    .slice(1)
    .map((text) => {
      const [title, ...lines] = text.split('\n')
      const rows = lines
        .filter((line) => line.startsWith('| `'))
        .map((line) =>
          line
            .split(/(?<!\\)\|/)
            .slice(1, 4)
            .map((cell) => cell.trim()),
        )
      return [title.replaceAll('`', ''), { text, rows }] as const
    }),
)

const specs: (readonly [title: string, options: Spec])[] = [
  ...Object.entries(OPTIONS),
  ...Object.entries(METHOD_OPTIONS).map(([name, options]) => [`Method ${name}`, options] as const),
]

const FIX = 'npm run reference writes it'

it(`docs/reference/options.md has every function, and its options or where they are (${FIX})`, () => {
  expect([...sections.keys()]).toEqual(specs.map(([title]) => title))
  for (const [title, options] of specs) {
    const { text, rows } = sections.get(title) ?? { text: '', rows: [] }
    const names = rows.map(([name]) => name.replaceAll('`', ''))
    expect([title, names.filter((name) => !Object.hasOwn(options, name))]).toEqual([title, []])
    if (!text.includes('\nAs [')) expect([title, names]).toEqual([title, Object.keys(options)])
  }
})

it(`every option says what it means, and the default that it has (${FIX})`, () => {
  const wrong = specs.flatMap(([title, options]) =>
    (sections.get(title)?.rows ?? []).flatMap(([name, meaning, told]) => {
      const { needed, fallback } = options[name.replaceAll('`', '')]
      const isTold = meaning !== '' && (needed ? told === '' : fallback === undefined || saysDefault(told, fallback))
      return isTold ? [] : [`${title}, ${name}: ${meaning} (default: ${told}, declared: ${String(fallback)})`]
    }),
  )
  expect(wrong).toEqual([])
})

/** Words for values that are seldom written: 'none', 'what the machine has free'. */
function saysDefault(told: string, fallback: unknown): boolean {
  const literal = /^`?(\[[^\]]*\]|'[^']*'|-?[\d,.]+(?:e-?\d+)?|null|true|false)/.exec(told)?.[1]
  if (literal === undefined) return told !== ''
  if (Array.isArray(fallback)) return literal.replaceAll(', ', ',') === JSON.stringify(fallback).replaceAll('"', "'")
  if (typeof fallback === 'number') return Number(literal.replaceAll(',', '')) === fallback
  return literal === (typeof fallback === 'string' ? `'${fallback}'` : String(fallback))
}
