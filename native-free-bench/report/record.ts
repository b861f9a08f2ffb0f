import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { availableParallelism, cpus, release, totalmem } from 'node:os'
import type { Tools } from '../rivals/tools.ts'
import type { Report } from './report.ts'

/** What figures were measured on. */
export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryBytes: number
  readonly system: string
  /** Settings that change how rivals run: which code their linear algebra picks. */
  readonly environment: Readonly<Record<string, string | undefined>>
}

export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    system: `${process.platform} ${process.arch} ${release()}`,
    environment: Object.fromEntries(Object.entries(process.env).filter(([name]) => /BLAS|MKL|OMP_/.test(name))),
  }
}

export function readManifest(): Manifest {
  return JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as Manifest
}

interface Manifest {
  readonly version: string
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
}

/** Writes everything a report holds, with the machine and the versions it was measured on, as JSON. */
export async function writeRecord(
  path: string,
  report: Report,
  tools: Tools,
  run: { suite: string; size: string },
): Promise<void> {
  const { version, dependencies, devDependencies } = readManifest()
  const record = {
    date: new Date().toISOString(),
    ...run,
    machine: describeMachine(),
    versions: {
      rivulet: version,
      node: process.version,
      v8: process.versions.v8,
      ...dependencies,
      'graphology-metrics': devDependencies['graphology-metrics'],
      compiler: tools.compilerVersion,
      ...tools.packages,
    },
    entries: report.entries,
    skipped: report.skipped,
    failures: report.failures,
  }
  await writeFile(path, `${JSON.stringify(record, null, 2)}\n`)
}
