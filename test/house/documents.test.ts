import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { filesBelow, root } from './sources.ts'

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...filesBelow('docs').filter((path) => path.endsWith('.md')),
]
  .filter((path) => existsSync(join(root, path)))
  .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))

const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> }

describe('the documents', () => {
  it('link only to files that are there', () => {
    const broken = pages.flatMap(({ path, text }) =>
      [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)]
        .map((match) => match[1].replace(/#.*$/, ''))
        .filter((target) => target !== '' && !/^[a-z]+:/.test(target))
        .filter((target) => !existsSync(join(root, dirname(path), decodeURI(target))))
        .map((target) => `${path} -> ${target}`),
    )
    expect(broken).toEqual([])
  })

  it('begin with a README of at most 130 lines', () => {
    expect(pages[0].path).toBe('README.md')
    expect(pages[0].text.split('\n').length - 1).toBeLessThanOrEqual(130)
  })

  it('name only npm scripts that exist', () => {
    const unknown = pages.flatMap(({ path, text }) =>
      [...text.matchAll(/\bnpm run (?:-s |--silent )?([a-z][a-z:-]*)/g)]
        .filter((match) => scripts[match[1]] === undefined)
        .map((match) => `${path}: ${match[0]}`),
    )
    expect(unknown).toEqual([])
  })

  it('list every code of an error, and no other', () => {
    const type =
      /type RivuletErrorCode =([^/]*)/.exec(readFileSync(join(root, 'src/support/errors.ts'), 'utf8'))?.[1] ?? ''
    const codes = [...type.matchAll(/'([A-Z_]+)'/g)].map(([, code]) => code)
    const page = readFileSync(join(root, 'docs/reference/errors.md'), 'utf8')
    const listed = [...page.matchAll(/^\| `([A-Z_]+)`/gm)].map(([, code]) => code)
    expect(codes.length).toBeGreaterThan(10)
    expect(listed).toEqual(codes)
  })

  it('number every decision once', () => {
    const numbers = filesBelow('docs/explanation/decisions').map((path) => path.split('/').at(-1)?.slice(0, 3))
    expect(numbers.filter((number, index) => numbers.indexOf(number) !== index)).toEqual([])
  })
})

function withoutCode(text: string): string {
  return text.replace(/^(`{3,})[\s\S]*?^\1\s*$/gm, '').replace(/`[^`\n]*`/g, '')
}
