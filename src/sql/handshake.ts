/** A timeout for TLS handshakes: a server without TLS may take the handshake for an incomplete request and wait for the rest. */
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'

/** Timeout of a handshake in milliseconds: two round trips. */
const HANDSHAKE_MS = 5_000

/** Thrown if the server does not complete the handshake in time. */
export class UnfinishedHandshake extends Error {
  override readonly name = 'UnfinishedHandshake'
  /** The code that Node uses for the same timeout on servers. */
  readonly code = 'ERR_TLS_HANDSHAKE_TIMEOUT'
}

/**
 * Watches the handshake of a new connection; does nothing for one without TLS or for a reused one.
 *
 * @param giveUp destroys the connection and rejects its request
 */
export function expectHandshake(socket: Socket, giveUp: (error: UnfinishedHandshake) => void): void {
  if (!(socket instanceof TLSSocket) || !socket.connecting) return
  socket.once('connect', () => {
    let ticks = 0
    // Two ticks, because this process may have been busy itself.
    const timer = setInterval(() => {
      if (++ticks === 2) giveUp(new UnfinishedHandshake(`no response to a handshake for ${HANDSHAKE_MS} ms`))
    }, HANDSHAKE_MS / 2)
    const stop = (): void => clearInterval(timer)
    socket.once('secureConnect', stop).once('close', stop)
  })
}
