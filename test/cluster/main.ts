/**
 * `npm run cluster`: two ClickHouse servers on 127.0.0.1 until it is interrupted. `npm run cluster -- install` only installs them, and databases inside Python;
 * `npm run cluster -- COMMAND ...` runs a command with their addresses in RIVULET_CLICKHOUSE and takes them down when it ends.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { ClickHouseCluster, CLUSTER } from './clickhouse.ts'
import { FOLDER, IN_PYTHON, installClickHouse, installInPython, type InPython } from './folder.ts'

const words = process.argv.slice(2)

if (words[0] === 'install') {
  await attempt('ClickHouse', installClickHouse)
  for (const name of Object.keys(IN_PYTHON) as InPython[]) await attempt(name, () => installInPython(name))
} else if (await attempt('ClickHouse', installClickHouse)) {
  await using cluster = await ClickHouseCluster.start(2)
  const addresses = cluster.urls.join(',')
  console.log(`${addresses} (cluster '${CLUSTER}')`)
  if (words.length === 0) await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
  else {
    const env = { ...process.env, RIVULET_CLICKHOUSE: addresses }
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
