import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Interface } from 'node:readline'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** One thread for everybody: the libraries below Python would take all cores otherwise. */
export const ONE_THREAD = {
  OMP_NUM_THREADS: '1',
  OPENBLAS_NUM_THREADS: '1',
  MKL_NUM_THREADS: '1',
  NUMEXPR_NUM_THREADS: '1',
  VECLIB_MAXIMUM_THREADS: '1',
}

/**
 * A rival in a process of its own that answers a line with a line: it can run once in every round, between the others.
 *
 * A line that begins with `error ` is an error. What it says on stderr is kept for the message.
 */
export class RivalProcess {
  readonly #child: ChildProcess
  readonly #lines: Interface
  readonly #waiting: { resolve: (line: string) => void; reject: (error: Error) => void }[] = []
  readonly #name: string
  #complaints = ''

  constructor(command: string, args: readonly string[]) {
    this.#name = [command.split('/').at(-1), args[0]?.split('/').at(-1)].join(' ')
    this.#child = spawn(command, args, { stdio: 'pipe', env: { ...process.env, ...ONE_THREAD } })
    this.#child.stderr?.on('data', (bytes) => (this.#complaints = (this.#complaints + String(bytes)).slice(-2000)))
    this.#child.on('error', (error) => this.#refuseAll(error))
    this.#child.on('close', (code) => this.#refuseAll(new Error(`${this.#name} ended (${code}). ${this.#complaints}`)))
    this.#child.stdin?.on('error', () => undefined)
    this.#lines = createInterface({ input: this.#child.stdout as NodeJS.ReadableStream })
    this.#lines.on('line', (line) => this.#receive(line))
  }

  ask(question: string): Promise<string> {
    if (this.#child.exitCode !== null) return Promise.reject(new Error(`${this.#name} has ended. ${this.#complaints}`))
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      this.#child.stdin?.write(`${question}\n`)
    })
  }

  /** Asks for milliseconds. */
  async time(question: string): Promise<number> {
    return Number(await this.ask(question))
  }

  close(): void {
    this.#child.stdin?.end()
  }

  #receive(line: string): void {
    const asked = this.#waiting.shift()
    if (line.startsWith('error ')) asked?.reject(new Error(`${this.#name}: ${line.slice(6)}`))
    else asked?.resolve(line)
  }

  #refuseAll(error: Error): void {
    for (const { reject } of this.#waiting.splice(0)) reject(error)
  }
}

/** Lets a rival answer a question and fetches its float32 result. */
export async function answerOf(rival: RivalProcess, question: string, folder: string): Promise<Float32Array> {
  const file = join(folder, 'answer')
  await rival.ask(question)
  await rival.ask(`answer ${file}`)
  const bytes = await readFile(file)
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))
}
