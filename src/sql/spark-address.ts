/** Addresses of Spark Connect: https://github.com/apache/spark/blob/master/sql/connect/docs/client-connection-string.md */

export interface SparkAddress {
  /** `sc://host:port/;name=value;...`, as Spark's own clients have it. */
  readonly url: string
  readonly user: string
  /** A token, if any: it goes over TLS alone. */
  readonly token: string
  /** The schema in which tables of ours are made. */
  readonly workspace: string
  /** How long the server may be silent, in milliseconds. */
  readonly deadlineMs: number
}

const DEFAULT_PORT = 15_002

/** What is in an address, without what is secret in the origin. @returns `null` for one that cannot be understood */
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
