import type { Command } from 'commander'
import { writeCompiled } from '../index.ts'
import {
  addEngineOptions,
  addMethodOptions,
  addReadingOptions,
  askQuestion,
  openEngine,
  readTable,
  type EngineArguments,
  type MethodArguments,
  type ReadingArguments,
} from './option-groups.ts'
import { readVectors } from './embedding-argument.ts'
import { withProgress } from './progress.ts'
import { settleSignals } from './signal-argument.ts'
import { count } from './table.ts'
import type { Terminal } from './terminal.ts'

interface CompileArguments extends ReadingArguments, MethodArguments, EngineArguments {
  readonly out: string
  readonly json?: true
}

export function addCompile(program: Command, terminal: Terminal): void {
  const command = program
    .command('compile')
    .description('bake a method into a file from which `recommend --model` serves')
    .argument('<file>', 'interactions of users and items')
    .requiredOption('--out <file>', 'where to; packed when the name ends in .gz; whole or not at all')
    .option('--json', 'print one JSON document')
  addMethodOptions(command)
  addEngineOptions(command)
  addReadingOptions(command)
  command.action(async (file: string) => {
    const given = command.optsWithGlobals<CompileArguments>()
    const began = performance.now()
    const { out, neighbours: kept } = given
    // Here any method keeps neighbours, so the method itself is not asked about them.
    const { list } = askQuestion('compile', { ...given, neighbours: undefined })
    const vectors = await readVectors(given)
    const table = await readTable(file, given, terminal)
    await using engine = await openEngine(table, settleSignals(table, given, terminal))
    const most = kept ?? list.neighbours
    const asked = { ...list, ...vectors, neighbours: most === 'all' || most === null ? table.items.size : most }
    const compiled = await withProgress('Compiling', terminal, (watch) => engine.compile(asked, watch), 'items')
    await writeCompiled(out, compiled)
    const { method, options, neighbours, bytes, fingerprint } = compiled
    const facts = { method, options, neighbours, items: compiled.items.size, bytes, fingerprint }
    const elapsedMs = Math.round(performance.now() - began)
    if (given.json) await terminal.print(`${JSON.stringify({ ...facts, out, elapsedMs })}\n`)
    else terminal.warn(`${count(facts.items)} items, ${count(bytes)} bytes -> ${out}\n`)
  })
}
