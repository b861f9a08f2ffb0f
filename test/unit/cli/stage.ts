import { runCommand } from '../../../src/cli/program.ts'

export interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command line in this process. */
export async function rivulet(args: readonly string[], signal = new AbortController().signal): Promise<Outcome> {
  let [stdout, stderr] = ['', '']
  const code = await runCommand(args, {
    print: (text) => Promise.resolve(void (stdout += text)),
    warn: (text) => void (stderr += text),
    bars: null,
    signal,
  })
  return { code, stdout, stderr }
}

/** The only JSON document that a command prints. */
export function documentOf<T>({ code, stdout, stderr }: Outcome): T {
  if (code !== 0 || stderr !== '') throw new Error(`exit code ${code}: ${stderr}`)
  return JSON.parse(stdout) as T
}

/** Three users, each with two of three items: everybody lacks one. */
export const CIRCLE = 'user,item\nann,tea\nann,jam\nbob,tea\nbob,bun\ncat,jam\ncat,bun\n'
