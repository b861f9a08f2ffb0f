import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/** The programs of this machine that rivals need. */
export interface Tools {
  /** Command of a Python, or `null`. */
  readonly python: string | null
  /** Versions of the packages it has; only those of `PACKAGES`. */
  readonly packages: Readonly<Record<string, string>>
  /** Command of a C compiler, or `null`. */
  readonly compiler: string | null
  readonly compilerVersion: string | null
}

export const NO_TOOLS: Tools = { python: null, packages: {}, compiler: null, compilerVersion: null }

const PACKAGES = {
  numpy: 'numpy',
  scipy: 'scipy',
  'scikit-learn': 'sklearn',
  'scikit-network': 'sknetwork',
  implicit: 'implicit',
}

const ASK_VERSIONS = `
import importlib, json, sys
found = {'python': sys.version.split()[0]}
for name, module in json.loads(sys.argv[1]).items():
    try:
        found[name] = importlib.import_module(module).__version__
    except ImportError:
        pass
print(json.dumps(found))
`

/** Looks for a Python (environment variable RIVULET_PYTHON, else python3) and a C compiler (CC, else cc). */
export async function findTools(): Promise<Tools> {
  const python = process.env['RIVULET_PYTHON'] ?? 'python3'
  const compiler = process.env['CC'] ?? 'cc'
  const [versions, banner] = await Promise.all([
    outputOf(python, ['-c', ASK_VERSIONS, JSON.stringify(PACKAGES)]),
    outputOf(compiler, ['--version']),
  ])
  const compilerVersion = banner?.split('\n')[0] ?? null
  return {
    python: versions === null ? null : python,
    packages: versions === null ? {} : (JSON.parse(versions) as Record<string, string>),
    compiler: banner === null ? null : compiler,
    compilerVersion,
  }
}

async function outputOf(command: string, args: readonly string[]): Promise<string | null> {
  try {
    return (await execute(command, args)).stdout
  } catch {
    return null
  }
}

/** Compiles one C file for this very machine, at -O2 or -O3. @returns the program's path. */
export async function compile(
  compiler: string,
  source: string,
  output: string,
  optimization: '-O2' | '-O3',
  defines: Readonly<Record<string, number>>,
): Promise<string> {
  const flags = Object.entries(defines).map(([name, value]) => `-D${name}=${value}`)
  await execute(compiler, [optimization, '-march=native', ...flags, '-o', output, source])
  return output
}
