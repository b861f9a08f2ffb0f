/** Translates errors of a database for the caller. */
import { RivuletError } from '../support/errors.ts'

/** Expectation and advice, by meaning. */
const MEANINGS = {
  login: ['a valid user and password', "Check the options 'user' and 'password'."],
  database: ['an existing database', "Check the options 'database' and 'workspace'."],
  table: [
    'an existing table',
    "Check the option 'table'. The tables of this run exist until the engine is closed, unless a server or another client drops them.",
  ],
  replica: [
    'an existing table on the remote server',
    'If shards have replicas, give the address of the first one of each, in a cluster that writes to one of them (internal_replication). Otherwise check the local tables of the Distributed table.',
  ],
  columns: ['existing columns', "Check the option 'columns'."],
  right: ['permission to do this', 'Grant the user the right to create tables in that database.'],
  functions: ['functions that this server version supports', 'Use a newer server.'],
  memory: [
    'enough memory',
    'Raise the memory limit of a query there (max_memory_usage of the user in ClickHouse, memory_limit in DuckDB). Queries that can be split into smaller ones were already split.',
  ],
  disk: ['enough disk space', 'Free disk space there, or raise the quota, and try again.'],
  certificate: [
    'a valid certificate for this host, signed by a trusted authority',
    "Start Node with NODE_EXTRA_CA_CERTS=ca.pem, a file with the certificate of the server's authority, or of the server itself if it is self-signed. Renew a certificate that has expired or names another host.",
  ],
  tls: ['a TLS server on this port', 'Use its TLS port, or an address without TLS.'],
  other: ['a statement that the server can run', "Read the server's message; explain() shows the statement."],
} as const

export type Meaning = keyof typeof MEANINGS

/** Maximum length of a server's message within ours. */
const MOST_LETTERS = 400

/** The message of a server, on one line. */
export const oneLine = (text: string): string => text.trim().replaceAll(/\s+/g, ' ').slice(0, MOST_LETTERS)

/** Patterns in messages without an error code: error names of Spark, which other servers of its protocol use too, and texts of DuckDB and ClickHouse. */
const WORDS: readonly { readonly says: RegExp; readonly meaning: Meaning }[] = [
  { says: /TABLE_OR_VIEW_NOT_FOUND|table (or view )?not found|table .* does not exist/i, meaning: 'table' },
  { says: /UNRESOLVED_COLUMN|cannot resolve attribute|attribute not found|column .* not found/i, meaning: 'columns' },
  { says: /SCHEMA_NOT_FOUND|(schema|database|namespace) not found/i, meaning: 'database' },
  { says: /UNRESOLVED_ROUTINE|unknown function/i, meaning: 'functions' },
  { says: /out ?of ?memory|memory limit|resources exhausted|memory pool/i, meaning: 'memory' },
  { says: /no space left|not enough space|disk quota|max_temp_directory_size/i, meaning: 'disk' },
]

export const meaningOf = (said: string): Meaning => WORDS.find(({ says }) => says.test(said))?.meaning ?? 'other'

/**
 * @param what the step that failed
 * @param host `null` if unknown
 */
export function refusal(
  meaning: Meaning,
  what: string,
  host: string | null,
  said: string,
  details: Readonly<Record<string, unknown>> = {},
  cause?: unknown,
): RivuletError {
  const [expected, todo] = MEANINGS[meaning]
  return new RivuletError('READ_FAILED', {
    who: `${whose(host)}, step '${what}'`,
    expected,
    got: said,
    todo,
    details: { ...(host !== null && { host }), step: what, reason: meaning, ...details },
    cause,
  })
}

/** Node's codes, and OpenSSL's. */
const TLS: readonly { readonly codes: RegExp; readonly meaning: Meaning }[] = [
  {
    codes:
      /^(CERT_|DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_CERT|HOSTNAME_MISMATCH|INVALID_(CA|PURPOSE)|PATH_LENGTH_)/,
    meaning: 'certificate',
  },
  { codes: /^(EPROTO|ERR_SSL_|ERR_TLS_HANDSHAKE_TIMEOUT)/, meaning: 'tls' },
]

/** The permanent TLS error behind a failure; `null` for anything else. */
export function tlsRefusal(what: string, host: string, cause: unknown): RivuletError | null {
  // The error of a stream has that of its session as its cause.
  for (let one: unknown = cause; one instanceof Error; one = one.cause) {
    const { code } = one as NodeJS.ErrnoException
    const meaning = TLS.find(({ codes }) => codes.test(code ?? ''))?.meaning
    if (meaning !== undefined) return refusal(meaning, what, host, oneLine(one.message), { serverCode: code }, cause)
  }
  return null
}

/** The database, for messages. */
export const whose = (host: string | null): string => (host === null ? 'the database' : `the database at ${host}`)
