/** What `npm run cluster` installs lies in a folder of its own, outside git: nothing is written to the system, nobody has to be root. */
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)

export const FOLDER = process.env.RIVULET_CLUSTER ?? fileURLToPath(new URL('../../.cluster/', import.meta.url))

const PACKAGES = join(FOLDER, 'packages')
const ROOT = join(FOLDER, 'root')
export const PYTHON_PACKAGES = join(FOLDER, 'python')
export const CLICKHOUSE = join(ROOT, 'usr/sbin/clickhouse-server')
export const LIBRARIES = [join(ROOT, 'usr/lib/x86_64-linux-gnu'), join(ROOT, 'lib/x86_64-linux-gnu')].join(':')

/** Apart from the others, which would load parts of it. */
const SPARK_PACKAGES = join(FOLDER, 'spark')
export const SPARK_HOME = join(SPARK_PACKAGES, 'pyspark')

/** Python packages, by the folder that they are in: databases inside a Python process, and Sail, a server that speaks Spark Connect and needs no Java. */
export const WHEELS = { duckdb: ['duckdb', 'numpy'], chdb: ['chdb-core'], pysail: ['pysail==0.7.2'] } as const
/** Half a gigabyte, and it needs Java: installed where it is asked for. */
const SPARK = 'pyspark==4.3.0'
export type Wheel = keyof typeof WHEELS
export type InPython = Exclude<Wheel, 'pysail'>

/** Why something cannot be used here; `null` if it can. */
export const missing = {
  clickhouse: (): string | null => (existsSync(CLICKHOUSE) ? null : 'npm run cluster -- install'),
  python: (name: Wheel): string | null =>
    existsSync(join(PYTHON_PACKAGES, name)) ? null : 'npm run cluster -- install',
  /** Spark is started once, by whoever asks for it: it takes its time. */
  spark: (): string | null => (process.env.RIVULET_SPARK_ITSELF ? null : 'npm run cluster -- spark COMMAND'),
}

/** ClickHouse from Debian's packages, with what they need and the system lacks. @throws what apt-get or dpkg says */
export async function installClickHouse(): Promise<void> {
  if (missing.clickhouse() === null) return
  mkdirSync(PACKAGES, { recursive: true })
  const asked = ['-s', 'install', '--no-install-recommends', 'clickhouse-server', 'clickhouse-client']
  const { stdout } = await run('apt-get', asked)
  const needed = Array.from(stdout.matchAll(/^Inst (\S+)/gm), ([, name]) => name)
  await run('apt-get', ['download', ...needed], { cwd: PACKAGES })
  for (const file of readdirSync(PACKAGES)) await run('dpkg', ['-x', join(PACKAGES, file), ROOT])
}

/** What comes as a wheel. @throws what pip says */
export async function installWheel(name: Wheel): Promise<void> {
  if (missing.python(name) === null) return
  const options = ['--quiet', '--no-deps', '--disable-pip-version-check', '--target', PYTHON_PACKAGES]
  await run('python3', ['-m', 'pip', 'install', ...options, ...WHEELS[name]], { timeout: 600_000 })
}

/** Spark itself. @throws where there is no Java, and what pip says */
export async function installSpark(): Promise<void> {
  await run('java', ['-version'])
  if (existsSync(SPARK_HOME)) return
  const options = ['--quiet', '--no-deps', '--disable-pip-version-check', '--target', SPARK_PACKAGES]
  await run('python3', ['-m', 'pip', 'install', ...options, SPARK], { timeout: 1_800_000 })
}
