/** The beginning of a connection by TLS, which a server that does not speak it may wait for without end. */
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'

/** How long a handshake may take, in milliseconds: two answers of a server, which has nothing to work out. */
const HANDSHAKE_MS = 5_000

/** A server that was sent the beginning of a handshake and says nothing: it takes it for the beginning of something else. */
export class UnfinishedHandshake extends Error {
  override readonly name = 'UnfinishedHandshake'
  /** As Node's servers call it. */
  readonly code = 'ERR_TLS_HANDSHAKE_TIMEOUT'
}

/**
 * Gives a new connection up whose handshake does not end; nothing for one without TLS.
 *
 * @param giveUp destroys the connection, and whatever waits for it
 */
export function expectHandshake(socket: Socket, giveUp: (error: UnfinishedHandshake) => void): void {
  if (!(socket instanceof TLSSocket) || !socket.connecting) return
  socket.once('connect', () => {
    let looks = 0
    // Two looks, because this process may have been busy itself.
    const timer = setInterval(() => {
      if (++looks === 2) giveUp(new UnfinishedHandshake(`no response to a handshake for ${HANDSHAKE_MS} ms`))
    }, HANDSHAKE_MS / 2)
    const stop = (): void => clearInterval(timer)
    socket.once('secureConnect', stop).once('close', stop)
  })
}
