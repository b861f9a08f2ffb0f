import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { RivuletError } from '../index.ts'
import { CLUSTER } from './cluster.ts'
import { addCommand, type Definition } from './command.ts'
import { COMPILE } from './compile.ts'
import { inWordsOfFlags } from './database.ts'
import { EMBED } from './embed.ts'
import { EVALUATE } from './evaluate.ts'
import { CONVERT } from './convert.ts'
import { EXPLAIN } from './explain.ts'
import { INSPECT } from './inspect.ts'
import { messageByFlag } from './flags.ts'
import { LABEL } from './label.ts'
import { PAGERANK } from './pagerank.ts'
import { RATE } from './rate.ts'
import { RECOMMEND } from './recommend.ts'
import { SCORE } from './score.ts'
import { SIMILAR } from './similar.ts'
import { SPLIT } from './split.ts'
import { OutputGone } from './standard-output.ts'
import { Interruption, safeTerminal, type Terminal } from './terminal.ts'
import { TUNE } from './tune.ts'

const DONE = 0
const FAILED = 1
const WRONG_USAGE = 2

const EXAMPLES = `
Examples:
  $ rivulet inspect ratings.csv
  $ rivulet recommend ratings.csv --users ann,bob --k 5 --titles movies.csv
  $ rivulet recommend ratings.csv --method rp3beta --out lists.jsonl.gz
  $ rivulet compile ratings.csv --out ratings.model
  $ rivulet recommend new.csv --model ratings.model
  $ rivulet tune ratings.csv --search recipe --budget 5m --out recipe.json
  $ rivulet recommend ratings.csv --recipe recipe.json
  $ rivulet tune ratings.csv --method rp3beta --log trials.jsonl --out options.json
  $ rivulet recommend ratings.csv --options options.json
  $ rivulet score ratings.csv --pairs candidates.csv --method rp3beta --out scores.csv
  $ rivulet rate stars.csv --evidence views.csv --out predicted.csv
  $ rivulet embed ratings.csv --dimensions 32 --out ratings.embedding
  $ rivulet cluster ratings.csv --titles movies.csv --out clusters.csv
  $ rivulet label edges.csv --seeds labels.csv --out labelled.csv
  $ rivulet split ratings.csv --split time --out train.csv --test-out test.csv
  $ rivulet explain ratings.csv --user ann --item 'The Third Man'
  $ rivulet evaluate ratings.csv --split leave-last-out
  $ rivulet recommend --from clickhouse://host/shop.events --method rp3beta --neighbours 200 --to lists
  $ rivulet evaluate --train train.txt --test test.txt --method rp3beta --json

Files: delimited text (.csv, .tsv ...), adjacency lists (a user and her items on a line), JSON lines or Matrix Market, plain or packed (gzip, zip, zstd);
  Arrow; Parquet (npm install hyparquet hyparquet-compressors); graphs: graphology's JSON, GEXF, GraphML (npm install graphology-gexf,
  graphology-graphml), with --graph if nodes have no attribute 'kind' with 'user' or 'item'. '-' is standard input.
  Several files, a folder of parts or a pattern in quotes ('part-*.csv') are one table.
Exit codes: 0 done, 1 failed, 2 wrong usage.`

export const COMMANDS: readonly Definition[] = [
  RECOMMEND,
  SCORE,
  RATE,
  EVALUATE,
  TUNE,
  EXPLAIN,
  CLUSTER,
  COMPILE,
  EMBED,
  LABEL,
  PAGERANK,
  SIMILAR,
  SPLIT,
  CONVERT,
  INSPECT,
]

/** Runs one command line. Never throws; errors are printed on the terminal. @returns the exit code. */
export async function runCommand(args: readonly string[], outside: Terminal): Promise<number> {
  const terminal = safeTerminal(outside)
  const program = makeProgram(terminal)
  try {
    await program.parseAsync(args, { from: 'user' })
    return DONE
  } catch (error) {
    return exitCodeOf(error, terminal, program)
  }
}

function makeProgram(terminal: Terminal): Command {
  const program = new Command('rivulet')
    .description('Recommendations by label propagation on the graph of users and items.')
    .version(version(), '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .option('--verbose', 'print the plan of the work, and the stack trace of an error')
    .addHelpText('after', EXAMPLES)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void terminal.print(text).catch(() => undefined),
      writeErr: (text) => terminal.warn(text),
      outputError: (text) =>
        terminal.warn(
          `rivulet: ${oneLine(text.replace(/^error: /, '').replace(/^unknown option '-k'/, '$& (Did you mean --k?)'))}\n`,
        ),
    })
  for (const definition of COMMANDS) addCommand(program, definition, terminal)
  // The old name of `tune`, with advice.
  const fit = program.command('fit', { hidden: true }).allowUnknownOption().allowExcessArguments()
  fit.action(() => fit.error("error: 'fit' has been renamed: rivulet tune FILE --search recipe"))
  return program
}

function exitCodeOf(error: unknown, terminal: Terminal, program: Command): number {
  // Commander has printed its errors, and also help and version.
  if (error instanceof CommanderError) return error.exitCode === 0 ? DONE : WRONG_USAGE
  if (error instanceof Interruption) return error.exitCode
  // The reader of the output has closed it, which is not an error.
  if (error instanceof OutputGone && error.exitCode === DONE) return DONE
  const known = error instanceof RivuletError || error instanceof OutputGone
  const { verbose } = program.opts<{ verbose?: boolean }>()
  const command = program.commands.find((one) => one.name() === program.args[0]) ?? program
  const message =
    error instanceof RivuletError ? messageOf(error, command) : String(error instanceof Error ? error.message : error)
  const hint = known ? '' : ' (This is a bug; --verbose prints the stack trace.)'
  terminal.warn(`rivulet: ${oneLine(message)}${hint}\n`)
  if (error instanceof Error && (verbose || process.env.DEBUG)) terminal.warn(`${error.stack}\n`)
  return error instanceof RivuletError && /^(INVALID|UNKNOWN)_OPTION$/.test(error.code) ? WRONG_USAGE : FAILED
}

function messageOf(error: RivuletError, command: Command): string {
  const message = messageByFlag(error, command)
  return command.getOptionValueSource('from') === 'cli' ? inWordsOfFlags(message) : message
}

function oneLine(text: string): string {
  const lines = text.split(/[\r\n]/).map((line) => line.trim())
  return lines.filter((line) => line !== '').join(' ')
}

function version(): string {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(manifest) as { version: string }).version
}
