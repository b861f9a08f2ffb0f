import { pathToFileURL } from 'node:url'
import { format } from 'node:util'
import { REPORTER } from './stated-outputs.ts'

// Runs the modules named on the command line, one after the other in one process, and prints one line of JSON for each.
// A process of its own, because a snippet may leave listeners, threads or a rejected promise behind.

const deadlineMs = 180_000

const write = process.stdout.write.bind(process.stdout)
let printed = ''
let stated: [call: number, text: string][] = []
process.stdout.write = (chunk: string | Uint8Array): boolean => {
  printed += String(chunk)
  return true
}

Object.assign(globalThis, {
  [REPORTER]: (call: number, ...values: unknown[]) => void stated.push([call, format(...values)]),
})

let current = ''
const report = (error: unknown): void => {
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
  write(`${JSON.stringify({ file: current, error: error === null ? null : message, printed, stated })}\n`)
}
process.on('unhandledRejection', (error) => {
  report(error)
  process.exit(1)
})

for (const file of process.argv.slice(2)) {
  current = file
  printed = ''
  stated = []
  const late = new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`still running after ${deadlineMs / 1000} s`)), deadlineMs).unref()
  })
  try {
    await Promise.race([import(pathToFileURL(file).href), late])
    report(null)
  } catch (error) {
    report(error)
  }
}
process.exit(0)
