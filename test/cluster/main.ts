/**
 * `npm run cluster`: two ClickHouse servers and Sail on 127.0.0.1 until it is interrupted. `npm run cluster -- install` only installs them, and databases inside Python;
 * `npm run cluster -- COMMAND ...` runs a command with their addresses in RIVULET_CLICKHOUSE and RIVULET_SPARK, and takes them down when it ends.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { ClickHouseCluster, CLUSTER } from './clickhouse.ts'
import { FOLDER, installClickHouse, installWheel, WHEELS, type Wheel } from './folder.ts'
import { SailCluster } from './sail.ts'

const words = process.argv.slice(2)

if (words[0] === 'install') {
  await attempt('ClickHouse', installClickHouse)
  for (const name of Object.keys(WHEELS) as Wheel[]) await attempt(name, () => installWheel(name))
} else {
  await using cluster = (await attempt('ClickHouse', installClickHouse)) ? await ClickHouseCluster.start(2) : null
  await using sail = (await attempt('Sail', () => installWheel('pysail'))) ? await SailCluster.start() : null
  const addresses = cluster?.urls.join(',')
  if (addresses !== undefined) console.log(`${addresses} (cluster '${CLUSTER}')`)
  if (sail !== null) console.log(sail.url)
  if (words.length === 0) await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
  else {
    const env = { ...process.env, RIVULET_CLICKHOUSE: addresses, RIVULET_SPARK: sail?.url }
    const [code] = (await once(spawn(words[0], words.slice(1), { stdio: 'inherit', env }), 'exit')) as [number | null]
    process.exitCode = code ?? 1
  }
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
