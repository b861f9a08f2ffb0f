import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { packageOf, readSources, root } from './sources.ts'

interface Manifest {
  readonly name: string
  readonly engines?: { readonly node?: string }
  readonly license?: string
  readonly scripts?: Readonly<Record<string, string>>
  readonly gypfile?: boolean
  readonly binary?: unknown
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>
  readonly exports?: Readonly<Record<string, unknown>>
  readonly files?: readonly string[]
}

interface Lockfile {
  readonly packages: Readonly<
    Record<string, { readonly dev?: boolean; readonly link?: boolean; readonly dependencies?: object }>
  >
}

const read = <T>(path: string): T => JSON.parse(readFileSync(join(root, path), 'utf8')) as T
const manifest = read<Manifest>('package.json')
const lockfile = read<Lockfile>('package-lock.json')

/** Folders of the optional peers and of what they bring. */
const peers = withDependencies(Object.keys(manifest.peerDependencies ?? {}))

/** Folders, from the root, of every package that `npm install --omit=dev` would bring, and of the optional peers. */
const production = Object.entries(lockfile.packages)
  .filter(([path, entry]) => path.startsWith('node_modules/') && (entry.dev !== true || peers.has(path)))
  .map(([path]) => path)

/** Licences that ask for nothing but their notice. */
const permissive = /^\(?(MIT|ISC|BSD-2-Clause|BSD-3-Clause|Apache-2\.0|0BSD)\)?$/

describe('package.json', () => {
  it('declares every package that src/ imports, and imports every package it declares', () => {
    const imported = new Set(
      readSources()
        .filter((file) => file.path !== 'kernel/wasm/build.ts')
        .flatMap((file) => file.imports)
        .map(({ specifier }) => packageOf(specifier))
        .filter((name) => !name.startsWith('.') && !name.startsWith('node:') && name !== '(computed)'),
    )
    const declared = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })
    expect([...imported].filter((name) => !declared.includes(name))).toEqual([])
    const used = (name: string): boolean => imported.has(name.replace(/^@types\//, ''))
    expect(declared.filter((name) => !used(name))).toEqual([])
  })

  it('asks for no peer that not everybody needs, and has all of them for its tests', () => {
    const peers = Object.entries(manifest.peerDependencies ?? {})
    expect(peers.filter(([name]) => manifest.peerDependenciesMeta?.[name]?.optional !== true)).toEqual([])
    expect(peers.filter(([name, version]) => manifest.devDependencies?.[name] !== version)).toEqual([])
  })

  it('runs nothing when it is installed', () => {
    const onInstall = ['preinstall', 'install', 'postinstall', 'prepare']
    expect(onInstall.filter((name) => manifest.scripts?.[name] !== undefined)).toEqual([])
  })

  it('asks for Node 20 and nothing newer', () => {
    expect(manifest.engines?.node).toMatch(/^>=20\./)
  })

  it('sends only the build and the words that belong to it', () => {
    expect(manifest.files).toEqual(['dist', 'CHANGELOG.md'])
  })
})

describe('the production dependencies', () => {
  it('are there', () => {
    expect(production.length).toBeGreaterThan(5)
    expect(production.filter((path) => !existsSync(join(root, path, 'package.json')))).toEqual([])
  })

  it('contain no native add-on and nothing that runs at install', () => {
    expect(production.flatMap(nativeTracesOf)).toEqual([])
  })

  it('have permissive licences', () => {
    const others = production
      .map((path) => read<Manifest>(join(path, 'package.json')))
      .filter(({ license }) => !permissive.test(license ?? 'none'))
      .map(({ name, license }) => `${name}: ${license ?? 'none'}`)
    expect(others).toEqual([])
  })
})

function withDependencies(names: readonly string[], found = new Set<string>()): Set<string> {
  for (const path of names.map((name) => `node_modules/${name}`).filter((one) => !found.has(one)))
    withDependencies(Object.keys(lockfile.packages[path]?.dependencies ?? {}), found.add(path))
  return found
}

function nativeTracesOf(path: string): string[] {
  const { scripts = {}, gypfile, binary } = read<Manifest>(join(path, 'package.json'))
  const traces = ['preinstall', 'install', 'postinstall'].filter((name) => scripts[name] !== undefined)
  if (gypfile === true || binary !== undefined) traces.push('gypfile')
  const files = readdirSync(join(root, path), { recursive: true, encoding: 'utf8' })
  traces.push(...files.filter((file) => /(^|[/\\])binding\.gyp$|\.node$/.test(file)))
  return traces.map((trace) => `${path}: ${trace}`)
}
