#!/usr/bin/env node
import { constants } from 'node:os'
import { runCommand } from './program.ts'
import { StandardOutput } from './standard-output.ts'
import { Interruption, type Terminal } from './terminal.ts'

const controller = new AbortController()

const INTERRUPTIONS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const

// Only the first is handled. After it the system's own handling is back, which needs no event loop: a second one of any kind ends the process at once.
function interrupt(name: (typeof INTERRUPTIONS)[number]): void {
  for (const one of INTERRUPTIONS) process.removeAllListeners(one)
  controller.abort(new Interruption(constants.signals[name]))
}
for (const name of INTERRUPTIONS) process.once(name, interrupt)

const { stderr } = process
const output = new StandardOutput(process.stdout)
// Who closes the standard error wants to hear nothing.
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
// A file that is still being read would keep the process alive.
if (controller.signal.aborted) process.exit()
