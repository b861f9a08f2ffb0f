/** `tsx test/run.ts FILE ...`: builds what has changed and runs a file of the build, given what follows its name. */
import { spawnSync } from 'node:child_process'
import build, { built } from './build.ts'

build()
const [file, ...args] = process.argv.slice(2)
process.exitCode = spawnSync(process.execPath, [built(file), ...args], { stdio: 'inherit' }).status ?? 1
