import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { availableParallelism, cpus, release, totalmem } from 'node:os'
import type { Tools } from '../rivals/tools.ts'
import type { Report } from './report.ts'

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
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as Manifest
  const { version, dependencies, devDependencies } = manifest
  const record = {
    date: new Date().toISOString(),
    ...run,
    machine: {
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: availableParallelism(),
      memoryBytes: totalmem(),
      system: `${process.platform} ${process.arch} ${release()}`,
      /** Settings that change how rivals run: which code their linear algebra picks. */
      environment: Object.fromEntries(Object.entries(process.env).filter(([name]) => /BLAS|MKL|OMP_/.test(name))),
    },
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
