/** Addresses of Spark Connect: https://github.com/apache/spark/blob/master/sql/connect/docs/client-connection-string.md */

export interface SparkAddress {
  /** `sc://host:port/;name=value;...`, as in Spark's own clients. */
  readonly url: string
  readonly user: string
  /** A token, or ''; it is only sent over TLS. */
  readonly token: string
  /** The schema in which the tables of a run are created. */
  readonly workspace: string
  /** How long the server may be silent, in milliseconds. */
  readonly deadlineMs: number
}

const DEFAULT_PORT = 15_002

/** Parses an address; the origin has no secrets. @returns `null` for an invalid address */
export function sparkServer(url: string): { origin: string; settings: Readonly<Record<string, string>> } | null {
  const [, host, port, rest] =
    /^sc:\/\/([^/:;?#@\s]+|\[[0-9a-fA-F:]+\])(?::(\d{1,5}))?\/?((?:;[^;=]+=[^;]*)*);?$/.exec(url) ?? []
  if (host === undefined || Number(port ?? 1) > 65_535) return null
  try {
    const pairs = (rest ?? '').split(';').filter((pair) => pair !== '')
    const settings = Object.fromEntries(
      pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), decodeURIComponent(pair.slice(pair.indexOf('=') + 1))]),
    )
    const isSecure = settings.use_ssl === 'true' || settings.token !== undefined
    return { origin: `${isSecure ? 'https' : 'http'}://${host}:${port ?? DEFAULT_PORT}`, settings }
  } catch {
    return null
  }
}
