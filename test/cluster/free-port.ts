import { createServer } from 'node:net'

/** Below the ports that systems give to connections which ask for any, so that nobody is given one between its choice and its use, or while a server is down. */
const [LEAST, MOST] = [10_000, 30_000]

/** A port of 127.0.0.1 that nobody listens on; by chance, so that two who choose at once choose differently. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = LEAST + Math.floor(Math.random() * (MOST - LEAST))
    if (await isFree(port)) return port
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  const listens = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => resolve(true))
  })
  if (listens) await new Promise((resolve) => server.close(resolve))
  return listens
}
