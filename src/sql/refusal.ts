/** What a database's refusal means for the caller. */
import { RivuletError } from '../support/errors.ts'

/** What was expected, and what to do. */
const MEANINGS = {
  login: ['a user and a password that it knows', "Check the options 'user' and 'password'."],
  database: ['a database that is there', "Check the options 'database' and 'workspace'."],
  table: [
    'a table that is there',
    "Check the option 'table'. Tables of this run are there until it is closed, or until a server forgets them: nobody else may drop them.",
  ],
  replica: [
    'a table that is there, on the server that this one asked',
    'Where shards have replicas, give the address of the first one of each, in a cluster that writes to one of them (internal_replication). Otherwise see where the parts of a Distributed table are.',
  ],
  columns: ['columns that are there', "Check the option 'columns'."],
  right: ['the right to do this', 'Give the user the right to make tables in that database.'],
  functions: ['functions that this version has', 'Ask a server of a later version.'],
  memory: [
    'enough memory for it',
    'Raise what a query may take there (of ClickHouse max_memory_usage of the user, of DuckDB memory_limit): what can be asked for in smaller parts was.',
  ],
  disk: ['enough room on its disk', 'Make room there, or raise the quota, and do it again.'],
  certificate: [
    'a certificate that is valid, for this host, and of an authority that is known here',
    "Start Node with NODE_EXTRA_CA_CERTS=ca.pem, a file with the certificate of the server's authority, or of the server where it signed its own; an old one, or one for another host, is to be made again.",
  ],
  tls: ['a server that speaks TLS at this port', 'Name its port of TLS, or an address without TLS.'],
  other: ['a statement that the server runs', 'Read what it says; the statement is among those of explain().'],
} as const

export type Meaning = keyof typeof MEANINGS

/** Longest part of a server's words that a message has. */
const MOST_LETTERS = 400

/** What a server says, on one line. */
export const oneLine = (text: string): string => text.trim().replaceAll(/\s+/g, ' ').slice(0, MOST_LETTERS)

/** What a database's words mean, where no code does: names of errors of Spark, which other servers that speak its protocol use too, and words of DuckDB and ClickHouse. */
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
 * @param what the step that was refused
 * @param host `null` where nobody knows it
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
    who: `${whose(host)}, ${what}`,
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

/** What a connection over TLS failed by, which trying again does not mend; `null` for anything else. */
export function tlsRefusal(what: string, host: string, cause: unknown): RivuletError | null {
  // A stream is cancelled because of what its session failed by.
  for (let one: unknown = cause; one instanceof Error; one = one.cause) {
    const { code } = one as NodeJS.ErrnoException
    const meaning = TLS.find(({ codes }) => codes.test(code ?? ''))?.meaning
    if (meaning !== undefined) return refusal(meaning, what, host, oneLine(one.message), { serverCode: code }, cause)
  }
  return null
}

/** Who speaks. */
export const whose = (host: string | null): string => (host === null ? 'the database' : `the database at ${host}`)
