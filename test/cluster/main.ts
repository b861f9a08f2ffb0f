/**
 * `npm run cluster`: two ClickHouse servers and Sail on 127.0.0.1 until it is interrupted. `npm run cluster -- install` only installs them, and databases inside Python;
 * `npm run cluster -- COMMAND ...` runs a command with their addresses in RIVULET_CLICKHOUSE and RIVULET_SPARK, and takes them down when it ends.
 * `npm run cluster -- spark` does so with Spark itself, whose address is in RIVULET_SPARK_ITSELF too: the contract suite runs on it then.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { ClickHouseCluster, CLUSTER } from './clickhouse.ts'
import { FOLDER, installClickHouse, installSpark, installWheel, WHEELS, type Wheel } from './folder.ts'
import { SparkConnectServer } from './spark-connect.ts'

const words = process.argv.slice(2)

if (words[0] === 'install') {
  await attempt('ClickHouse', installClickHouse)
  for (const name of Object.keys(WHEELS) as Wheel[]) await attempt(name, () => installWheel(name))
} else if (words[0] === 'spark') {
  await using spark = (await attempt('Spark', installSpark)) ? await SparkConnectServer.startSpark() : null
  if (spark !== null)
    await whileRunning([spark.url], words.slice(1), { RIVULET_SPARK: spark.url, RIVULET_SPARK_ITSELF: spark.url })
} else {
  await using cluster = (await attempt('ClickHouse', installClickHouse)) ? await ClickHouseCluster.start(2) : null
  await using sail = (await attempt('Sail', () => installWheel('pysail'))) ? await SparkConnectServer.startSail() : null
  const addresses = cluster?.urls.join(',')
  const told = addresses === undefined ? [] : [`${addresses} (cluster '${CLUSTER}')`]
  await whileRunning(sail === null ? told : [...told, sail.url], words, {
    RIVULET_CLICKHOUSE: addresses,
    RIVULET_SPARK: sail?.url,
  })
}

/** Tells addresses, and waits for a command that is given them, or to be interrupted. */
async function whileRunning(
  addresses: readonly string[],
  command: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<void> {
  for (const address of addresses) console.log(address)
  if (command.length === 0) {
    await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
    return
  }
  const started = spawn(command[0], command.slice(1), { stdio: 'inherit', env: { ...process.env, ...env } })
  const [code] = (await once(started, 'exit')) as [number | null]
  process.exitCode = code ?? 1
}

async function attempt(what: string, install: () => Promise<void>): Promise<boolean> {
  try {
    await install()
    console.log(`${what}: installed in ${FOLDER}`)
    return true
  } catch (error) {
    console.log(`${what}: SKIPPED, it cannot be had here: ${(error as Error).message.trim().split('\n').at(-1) ?? ''}`)
    return false
  }
}
