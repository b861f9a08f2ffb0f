#!/usr/bin/env node
import { constants } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { runCommand } from './program.ts'
import { StandardOutput } from './standard-output.ts'
import { Interruption, type Terminal } from './terminal.ts'

const controller = new AbortController()
/** The first signal of the system that interrupted the command. */
let interruption: (typeof INTERRUPTIONS)[number] | null = null

/** How long to wait for a read to end, and the interval of checks. */
const [MOST_MS, LOOK_MS] = [50, 10]

const INTERRUPTIONS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const

// Only the first signal is handled. After it the system's default handling applies, which needs no event loop: a second one of any kind ends the process at once.
function interrupt(name: (typeof INTERRUPTIONS)[number]): void {
  for (const one of INTERRUPTIONS) process.removeAllListeners(one)
  interruption = name
  controller.abort(new Interruption(constants.signals[name]))
}
for (const name of INTERRUPTIONS) process.once(name, interrupt)

const { stderr } = process
const output = new StandardOutput(process.stdout)
// A closed standard error is not a failure.
stderr.on('error', () => undefined)

const terminal: Terminal = {
  print: (text) => output.print(text),
  warn: (text) => void stderr.write(text),
  bars: stderr.isTTY ? stderr : null,
  signal: controller.signal,
}

const code = await runCommand(process.argv.slice(2), terminal)
const gone = await output.end()
if (code === 0 && gone?.exitCode === 1) stderr.write(`rivulet: ${gone.message}\n`)
process.exitCode = code === 0 && gone !== null ? gone.exitCode : code
if (interruption !== null) await endInterrupted(interruption)

/**
 * Ends the process even if files are still being read. `process.exit` waits for pending reads, and a read of a pipe without a writer never ends:
 * then the signal itself ends the process, by the system's default handling, which does not wait. A shell sees the same exit code.
 */
async function endInterrupted(name: (typeof INTERRUPTIONS)[number]): Promise<void> {
  for (let waited = 0; isReading(); waited += LOOK_MS) {
    if (waited >= MOST_MS) process.kill(process.pid, name)
    await sleep(LOOK_MS)
  }
  process.exit()
}

function isReading(): boolean {
  return process.getActiveResourcesInfo().includes('FSReqPromise')
}
