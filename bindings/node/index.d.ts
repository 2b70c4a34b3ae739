import type { Readable } from 'node:stream'

/**
 * Dumps a database into an archive in S3, a file or a directory.
 *
 * The archive exists, complete and with its manifest, once the promise resolves; if it rejects, nothing of it is left.
 * Nothing is done on JavaScript's thread. `PG*` and `AWS_*` variables of `process.env` fill what the options leave open.
 *
 * @throws {PgsluiceError} by rejection, and never otherwise.
 */
export declare function dump (options: DumpOptions): Job<DumpReport>

/**
 * Dumps a database into a stream, with back-pressure: while nobody reads, the server's COPY pauses. 1 MiB at most waits.
 *
 * The stream ends only if the archive is complete; otherwise it is destroyed with a {@link PgsluiceError}. Destroying it
 * cancels the dump.
 */
export declare function createDumpStream (options: DumpStreamOptions): DumpStream

/**
 * Restores an archive, of pgsluice's or `pg_dump`'s, into a database. Every table has all of its rows or none of them.
 *
 * An archive that is a stream is destroyed when the restore has ended, and if it fails, the restore does.
 *
 * @throws {PgsluiceError} by rejection, and never otherwise.
 */
export declare function restore (options: RestoreOptions): Job<RestoreReport>

/**
 * Proves that a backup is good: its bytes, what they decode to, or even the database that a server makes of it.
 * The first thing that is wrong is the error, with code `VERIFICATION` or `CORRUPT_ARCHIVE`.
 *
 * @throws {PgsluiceError} by rejection, and never otherwise.
 */
export declare function verify (options: VerifyOptions): Job<VerifyReport>

/**
 * Reads what an archive says it holds, and nothing of its data. A stream is destroyed once that was read.
 *
 * @throws {PgsluiceError} by rejection, and never otherwise.
 */
export declare function list (options: ListOptions): Promise<Listing>

/**
 * Reads the manifest beside an archive, and does not look at the archive.
 *
 * @throws {PgsluiceError} by rejection, and never otherwise.
 */
export declare function readManifest (options: ReadManifestOptions): Promise<Manifest>

/** A promise of a job's report, which tells the job's progress meanwhile. */
export interface Job<Report> extends Promise<Report> {
  /**
   * Iterates over the progress: now, then every 250 ms, and once more at the end. Then the iteration ends, or throws what
   * the job was rejected with. There can be several; leaving one early leaves the job alone.
   */
  progress (): AsyncGenerator<Progress, void, void>
}

/** The bytes of a dump. */
export interface DumpStream extends Readable {
  /** What came of the dump. Its rejection is the stream's `error`, too, and needs no handler of its own. */
  readonly report: Promise<DumpReport>
  /** As {@link Job.progress}. */
  progress (): AsyncGenerator<Progress, void, void>
}

/**
 * A count of rows or bytes, as a `number` if that is exact, up to 2^53 - 1 (9 PB), and as a `bigint` above. `Number(count)`
 * makes a number of either.
 */
export type Count = number | bigint

/** What a job fails with. */
export declare class PgsluiceError extends Error {
  private constructor ()
  /** `PgsluiceError` */
  readonly name: string
  /** What kind of failure it is: what programs act on. */
  readonly code: ErrorCode
  /** The same as a number, as C has it: see {@link ErrorCode}. */
  readonly kind: number
  /** What to do about it, in whole sentences, if there is anything to say. */
  readonly hint?: string
  /** The five-character SQLSTATE, if the server caused it. */
  readonly sqlstate?: string
  /** The reason of the abort signal, or the error of a stream that was read. */
  readonly cause?: unknown
}

/** The kinds of failure. Numbers are {@link PgsluiceError.kind}. */
export type ErrorCode =
  /** 1: an option or setting is unusable. Nothing was started. */
  | 'INVALID_INPUT'
  /** 2: a selection pattern matches nothing in the database. */
  | 'NO_MATCH'
  /** 10: the server cannot be reached, or the connection was lost. Retrying may help. */
  | 'CONNECT'
  /** 11: the server refused the role, its password or its certificate. */
  | 'AUTHENTICATION'
  /** 12: the role may not read an object. */
  | 'PERMISSION'
  /** 13: a lock was not granted in time. */
  | 'LOCK_TIMEOUT'
  /** 14: the server answered a statement with an error. */
  | 'SERVER'
  /** 15: the database holds something that cannot be kept, or the server's release is not supported. */
  | 'UNSUPPORTED'
  /** 20: bytes do not follow the archive format. */
  | 'CORRUPT_ARCHIVE'
  /** 30: the object store, or a stream, failed. Retrying may help. */
  | 'STORAGE'
  /** 31: the bucket, object, file or directory does not exist. */
  | 'STORAGE_NOT_FOUND'
  /** 32: the store refused the credentials or the access. */
  | 'STORAGE_DENIED'
  /** 33: the target exists and overwriting was not asked for. */
  | 'STORAGE_EXISTS'
  /** 34: the disk is full or the quota is used up. */
  | 'STORAGE_FULL'
  /** 40: a backup is not what its manifest says. */
  | 'VERIFICATION'
  /** 50: the caller cancelled. */
  | 'CANCELLED'
  /** 60: pgsluice broke one of its own rules. Please report it. */
  | 'INTERNAL'

/** What a job can be given beside the engine's options. */
export interface Cancellable {
  /**
   * Cancels the job when it is aborted: the promise rejects with code `CANCELLED`, and the signal's reason as `cause`, after
   * what was stored has been taken back.
   */
  signal?: AbortSignal
}

/** What a job that takes its time can be given beside the engine's options. */
export interface Observable extends Cancellable {
  /**
   * Called with the progress: at the start, then every 250 ms, and once more at the end. If it returns a promise, that is
   * waited for before the next call. If it throws or rejects, the job is cancelled and rejects with that.
   */
  onProgress?: (progress: Progress) => unknown
}

/** What is to be dumped, and how. Patterns follow psql's rules: `*` and `?`, double quotes to keep case, `schema.name` for tables. */
export interface DumpOptions extends Observable {
  /** The database to dump: a connection URI or a `key=value` string, as libpq takes them. */
  source: string | URL
  /** Where the archive goes: `s3://bucket/key` or a path; in the directory format, a prefix or a directory. */
  target: string | URL
  /** How to reach the object store, for an `s3://` target. */
  s3?: S3Options
  /** What the dump is written as: one object for `pg_restore` (default), an object per table, or one SQL script. */
  format?: 'custom' | 'directory' | 'plain'
  /** The codec. Default: none for a script; else zstd for servers from 16 on, gzip below. */
  compression?: Compression | null
  /** The major release that is to restore the dump, 13 to 18. Default: the server's. */
  target_version?: number | null
  /** Sessions that copy at the same time, 1 (default) to 64. From 2 on they are `jobs` besides the one that holds the snapshot. */
  jobs?: number
  /** Use one job, with a warning, if the server does not take as many as wanted or they cannot see one snapshot. Default: fail. */
  fall_back_to_one_job?: boolean
  /** What the dump may hold in memory, in bytes; the catalogs of a large schema come on top. Default: 256 MiB. */
  max_memory?: number | bigint | null
  /** Bytes of rows and large objects read from the server each second, at most. Default: as many as it sends. */
  max_rate?: number | bigint | null
  /** Only these schemas. */
  schemas?: string[]
  /** Not these schemas. */
  exclude_schemas?: string[]
  /** Only these tables, views and sequences. */
  tables?: string[]
  /** Not these tables, views and sequences. */
  exclude_tables?: string[]
  /** Not the rows of these tables, the values of these sequences, and no refresh of these materialized views. */
  exclude_table_data?: string[]
  /** The rows of foreign tables on these servers. Default: others' rows are left to their servers. */
  include_foreign_data?: string[]
  /** Definitions without data. */
  schema_only?: boolean
  /** Data without definitions. */
  data_only?: boolean
  /** The planner's statistics, too: for servers from 18 on. */
  statistics?: boolean
  /** No owners in the archive. */
  no_owner?: boolean
  /** No privileges in the archive. */
  no_privileges?: boolean
  /** No comments in the archive. */
  no_comments?: boolean
  /** No security labels in the archive. */
  no_security_labels?: boolean
  /** No publications in the archive. */
  no_publications?: boolean
  /** No subscriptions in the archive. */
  no_subscriptions?: boolean
  /** No tablespaces in the archive. */
  no_tablespaces?: boolean
  /** No access methods of tables in the archive. */
  no_table_access_method?: boolean
  /** No compression methods of columns in the archive. */
  no_toast_compression?: boolean
  /** Make the database and connect to it. In a script only: an archive can do it whenever it is restored. */
  create?: boolean
  /** Drop what is about to be made. In a script only. */
  clean?: boolean
  /** Drop only what is there. Needs `clean`. */
  if_exists?: boolean
  /** Leave out objects of kinds that cannot be kept, and list them in the report. Default: fail. */
  skip_unsupported?: boolean
  /** Replace an archive that exists. Default: fail. */
  overwrite?: boolean
  /** How long to wait for each batch of table locks, in milliseconds. Default: for ever. */
  lock_wait_timeout_ms?: number | null
  /** Words of yours for the manifest. */
  labels?: Record<string, string>
  /** Size of upload parts in bytes, at least 5 MiB. Default: 8 MiB, more for large databases. */
  part_size?: number | bigint | null
  /** Seconds east of UTC of the time in the archive's header, which `pg_restore -l` shows as local time. Default: 0. */
  utc_offset_seconds?: number
}

/** {@link DumpOptions}, without a target, which is the stream. There is no directory format. */
export interface DumpStreamOptions extends Omit<DumpOptions, 'target' | 'format'> {
  target?: undefined
  /** One archive for `pg_restore` (default), or one SQL script. */
  format?: 'custom' | 'plain'
}

/** A codec, and for gzip (1 to 9) and zstd (1 to 19, -1 to -7) a level. */
export type Compression = 'none' | 'gzip' | `gzip:${number}` | 'zstd' | `zstd:${number}` | 'lz4'

/** A stream of bytes: a Node or web stream, or anything else that can be iterated over. It must give no strings. */
export type ByteSource = NodeJS.ReadableStream | AsyncIterable<Uint8Array>

/** What is to be restored, and how. Options mean what those of `pg_restore` of that name mean. */
export interface RestoreOptions extends Observable {
  /** The archive: `s3://bucket/key`, a path, or a stream. Of a directory archive, its directory or prefix. */
  archive: string | URL | ByteSource
  /** The database to restore into or, with `create`, one to be connected to while the archive's own is made. */
  target: string | URL
  /** How to reach the object store, for an `s3://` archive. */
  s3?: S3Options
  /** Sessions that restore at the same time, 1 (default) to 64. A stream takes one. */
  jobs?: number
  /** What the restore may hold in memory, in bytes; the archive's table of contents comes on top. Default: 256 MiB. */
  max_memory?: number | bigint | null
  /** Make the database, and restore into it. */
  create?: boolean
  /** Drop what is about to be made. */
  clean?: boolean
  /** Drop only what is there. Needs `clean`. */
  if_exists?: boolean
  /** Definitions without data. */
  schema_only?: boolean
  /** Data without definitions. */
  data_only?: boolean
  /** Only what is in these schemas. Names, not patterns. */
  schemas?: string[]
  /** Nothing that is in these schemas. */
  exclude_schemas?: string[]
  /** Only these tables, views and sequences: `name` or `schema.name`. */
  tables?: string[]
  /** Only these triggers. */
  triggers?: string[]
  /** Only these indexes. */
  indexes?: string[]
  /** Only these functions, procedures and aggregates: `name(argument types)`. */
  functions?: string[]
  /** Only these entries, in this order: their dump ids. */
  entries?: number[] | null
  /** No owners: whoever restores owns everything. */
  no_owner?: boolean
  /** No privileges. */
  no_privileges?: boolean
  /** No comments. */
  no_comments?: boolean
  /** The role to act as. */
  role?: string | null
  /** No triggers while rows are restored. Needs `data_only`. */
  disable_triggers?: boolean
  /** Merge: keep the rows that are there, and add those that do not conflict with them. Needs `data_only`. */
  on_conflict_do_nothing?: boolean
  /** All or nothing, in one transaction. Needs one job. */
  single_transaction?: boolean
  /** End at the first entry that cannot be restored (default). `false`: go on, and report it among `failures`. */
  exit_on_error?: boolean
  /** End the sessions of others in the target database first. */
  terminate_sessions?: boolean
  /** Databases and hosts that are never restored into: names, with `*` and `?`. `PGSLUICE_PROTECT` adds to them. */
  protect?: string[]
  /** Do not look at the manifest beside the archive. */
  ignore_manifest?: boolean
}

/** What is to be proved of an archive. */
export interface VerifyOptions extends Observable {
  /** The archive: `s3://bucket/key` or a path. Of a directory archive, its directory or prefix. */
  archive: string | URL
  /** How to reach the object store, for an `s3://` archive. */
  s3?: S3Options
  /**
   * How much is proved. `bytes`: what is stored is what was written. `archive` (default): and all of it can be decoded, to
   * the rows that the manifest names. `restore`: and a server makes the same database of it.
   */
  level?: 'bytes' | 'archive' | 'restore'
  /** For `restore`: any database of a server on which a scratch database may be made. */
  server?: string | URL | null
  /** Sessions that restore and compare at the same time, 1 (default) to 64. */
  jobs?: number
  /** What the verification may hold in memory, in bytes. Default: 256 MiB. */
  max_memory?: number | bigint | null
  /** Which foreign keys are checked row by row: all rows (default), so many rows of each table, or none. */
  foreign_keys?: 'full' | { sample: number } | 'skip'
  /** Queries for the restored database, with semicolons between them, each of which must return true in its only row. */
  assertions?: string | null
  /** Restore owners and privileges, too: the server must have the roles. */
  with_roles?: boolean
  /** Do not look at the manifest beside the archive. */
  ignore_manifest?: boolean
}

/** Which archive is to be listed. */
export interface ListOptions extends Cancellable {
  /** The archive: `s3://bucket/key`, a path, or a stream. Of a directory archive, its directory or prefix. */
  archive: string | URL | ByteSource
  /** How to reach the object store, for an `s3://` archive. */
  s3?: S3Options
}

/** Of which archive the manifest is to be read. */
export interface ReadManifestOptions extends Cancellable {
  /** The archive, not its manifest: `s3://bucket/key` or a path. */
  archive: string | URL
  /** How to reach the object store, for an `s3://` archive. */
  s3?: S3Options
}

/** Settings of an S3 store. What they leave open, the `AWS_*` variables fill. */
export interface S3Options {
  /** URL of a store other than Amazon's, such as `https://minio.example.com:9000`. */
  endpoint?: string | null
  /** Region of the bucket. Default `us-east-1`, which most other stores accept. */
  region?: string | null
  /** Access key id. With `secret_access_key` it goes before every other source of credentials. */
  access_key_id?: string | null
  /** Secret access key. */
  secret_access_key?: string | null
  /** Session token of temporary credentials. */
  session_token?: string | null
  /** Where credentials come from when no access key is set. */
  credentials?: CredentialSource
  /** Whether to speak unencrypted HTTP. Default: exactly if `endpoint` begins with `http://`. */
  allow_http?: boolean | null
  /** Whether the bucket goes into the path of the URL instead of the host name. Default: with an endpoint, and for names with a dot. */
  path_style?: boolean | null
  /** How often a failed request is repeated. Default 10: more than a minute of growing pauses. */
  max_retries?: number
  /** No request is repeated after this many seconds. Default 300. */
  retry_timeout_secs?: number
  /** A request that takes longer, in seconds, is given up and repeated. Default 300. */
  request_timeout_secs?: number
  /** How many parts are uploaded at once, and so are in memory. Default 4, at least 1. */
  parts_in_flight?: number
}

/** Where temporary credentials come from: web identity, container, instance metadata, tried in this order. */
export interface CredentialSource {
  /** File with an OIDC token (EKS service accounts); needs `role_arn`. */
  web_identity_token_file?: string | null
  /** Role to assume with the web identity. */
  role_arn?: string | null
  /** Name of the assumed session, as it appears in logs of the store. */
  role_session_name?: string | null
  /** Path at the ECS agent. */
  container_credentials_relative_uri?: string | null
  /** URL of the EKS Pod Identity agent; needs `container_authorization_token_file`. */
  container_credentials_full_uri?: string | null
  /** File with the token for that agent. */
  container_authorization_token_file?: string | null
  /** Do not ask the EC2 instance metadata service. */
  ec2_metadata_disabled?: boolean
}

/** A job's counters at one moment. */
export interface Progress {
  /** What the job is doing. */
  stage: 'connecting' | 'catalog' | 'definitions' | 'data' | 'checking' | 'finishing' | 'done'
  /** The table being copied, qualified and quoted, or what else is being worked on; may be empty. */
  current: string
  /** Rows copied so far. */
  rows: Count
  /** Bytes of COPY text and large objects copied so far. */
  raw_bytes: Count
  /** What `raw_bytes` may come to, from the sizes of the relations. An estimate; can be exceeded. */
  estimated_raw_bytes: Count
  /** Bytes handed to the store so far. */
  stored_bytes: Count
  /** Tables copied completely. */
  tables_done: number
  /** Tables whose rows will be copied. */
  tables_total: number
}

/** What came of a dump. */
export interface DumpReport {
  /** Where the archive is. */
  target: string
  /** Where its manifest is; `null` for a stream. */
  manifest: string | null
  /** What the dump is written as. */
  format: 'custom' | 'directory' | 'plain'
  /** Bytes of the archive; of a directory, of all its files. */
  size: Count
  /** Files of a directory; of one object, 0. */
  files: number
  /** SHA-256 of the archive, in hex; of a directory, of the `.sha256` beside it, which has those of its files. */
  sha256: string
  /** The store's tag for the archive, where it gives one. */
  e_tag: string | null
  /** The database's name. */
  database: string
  /** The server's version as it reports it. */
  server_version: string
  /** The archive version, for example `1.15`; `null` of a script. */
  archive_version: string | null
  /** Codec and level, for example `zstd:3`. */
  compression: string
  /** Entries in the table of contents. */
  toc_entries: number
  /** Tables whose rows were copied. */
  tables: number
  /** Rows copied. */
  rows: Count
  /** Large objects copied. */
  large_objects: number
  /** Bytes copied, before compression. */
  raw_bytes: Count
  /** Seconds from start to finish. */
  seconds: number
  /** Sessions that copied. */
  jobs: number
  /** The most memory the whole process has had in use since it began, in bytes; `null` where the system does not tell. */
  peak_memory: number | null
  /** What was left out because it cannot be kept. */
  skipped: SkippedObject[]
  /** Things to know although the dump is complete. */
  warnings: string[]
}

/** An object that is not in the archive. */
export interface SkippedObject {
  /** Its kind in PostgreSQL's words. */
  kind: string
  /** Its name, qualified. */
  name: string
}

/** What came of a restore that reached its end. */
export interface RestoreReport {
  /** The archive. */
  archive: string
  /** The database it was restored into. */
  database: string
  /** The server's version, as it says it. */
  server_version: string
  /** Entries that were restored. */
  entries: number
  /** Tables whose rows were restored. */
  tables: number
  /** Rows restored. */
  rows: Count
  /** Large objects restored. */
  large_objects: number
  /** Bytes of COPY text and large objects. */
  raw_bytes: Count
  /** Whether rows were compared with the digests of a manifest. */
  checked: boolean
  /** Sessions that restored. */
  jobs: number
  /** How long it took, in seconds. */
  seconds: number
  /** The most memory that the process has had resident, in bytes; `null` where the system does not tell. */
  peak_memory: number | null
  /** Entries that could not be restored. With `exit_on_error: false`, the restore has succeeded only if there are none. */
  failures: RestoreFailure[]
}

/** An entry that could not be restored. */
export interface RestoreFailure {
  /** The entry's dump id. */
  dump_id: number
  /** Its kind. */
  desc: string
  /** Its schema. */
  namespace: string | null
  /** Its name. */
  tag: string
  /** What was wrong. */
  message: string
  /** What to do about it. */
  hint: string | null
  /** The server's SQLSTATE. */
  sqlstate: string | null
}

/** What was proved of an archive in which nothing is wrong. */
export interface VerifyReport {
  /** The archive. */
  archive: string
  /** What was proved. */
  level: 'bytes' | 'archive' | 'restore'
  /** Bytes read; of a directory, of all its files. */
  size: Count
  /** SHA-256 of what is stored, in hex; `null` if nothing was there to compare it with. */
  sha256: string | null
  /** What the stored bytes were compared with. */
  compared_with: 'manifest' | 'sha256' | null
  /** Entries in the table of contents; `null` at level `bytes`, as are those that follow. */
  entries: number | null
  /** Tables whose rows were decoded. */
  tables: number | null
  /** Rows decoded. */
  rows: Count | null
  /** Large objects decoded. */
  large_objects: number | null
  /** Bytes decoded. */
  raw_bytes: Count | null
  /** What the restored database was; `null` below level `restore`. */
  restored: RestoredFacts | null
  /** How long it took, in seconds. */
  seconds: number
  /** The most memory that the process has had resident, in bytes; `null` where the system does not tell. */
  peak_memory: number | null
  /** What could not be proved of this archive. */
  warnings: string[]
}

/** What was proved of a restored database. */
export interface RestoredFacts {
  /** The server's version. */
  server_version: string
  /** Entries restored. */
  entries: number
  /** Tables whose rows were counted. */
  tables_counted: number
  /** Tables whose rows have the digest of the manifest. */
  tables_digested: number
  /** Foreign keys that were checked row by row. */
  foreign_keys: number
  /** Assertions that hold. */
  assertions: number
}

/** What an archive says it holds, as `pg_restore -l` lists it. */
export interface Listing {
  /** When the dump was made, by the wall clock of its maker: `2026-11-20T14:17:56`; `null` if that is no date. */
  created: string | null
  /** The database that was dumped. */
  database: string
  /** All entries, the unlisted ones too. */
  toc_entries: number
  /** The codec's name. */
  compression: 'none' | 'gzip' | 'zstd' | 'lz4'
  /** For example `1.15`. */
  archive_version: string
  /** The archive format. */
  format: 'CUSTOM' | 'DIRECTORY'
  /** The server's version, as it said it. */
  server_version: string
  /** The version of the program that made the dump. */
  dump_version: string
  /** The listed entries, in the archive's order. */
  entries: ListingEntry[]
}

/** An entry of a listing. */
export interface ListingEntry {
  /** The entry's number, by which `entries` of a restore selects it. */
  dump_id: number
  /** OID of the catalog that the object is in; 0 if it is in none. */
  catalog_oid: number
  /** OID of the object; 0 if it has none. */
  oid: number
  /** The kind of entry. */
  desc: string
  /** The object's schema. */
  namespace: string | null
  /** The object's name. */
  tag: string
  /** The object's owner. */
  owner: string | null
  /** The part of a restore that it belongs to. */
  section: 'none' | 'pre-data' | 'data' | 'post-data'
  /** Whether the archive has data for it. */
  has_data: boolean
  /** The entries it needs, listed or not. */
  dependencies: number[]
}

/** What a dump has written down about its archive. The repository's docs/MANIFEST.md explains all of it. */
export interface Manifest {
  /** The version of this form. */
  manifest_version: number
  /** The release of pgsluice that wrote the archive. */
  pgsluice_version: string
  /** The stored object. */
  archive: ArchiveFacts
  /** Where its contents come from. */
  source: SourceFacts
  /** What was asked for. */
  options: DumpFacts
  /** The words given as `labels`. */
  labels: Record<string, string>
  /** Every data block, in the archive's order. */
  data: DataFacts[]
  /** What was left out because it cannot be kept. */
  skipped: SkippedObject[]
}

/** The stored object. */
export interface ArchiveFacts {
  /** The object's or directory's name: the last part of its key or path. */
  name: string
  /** What the dump is written as. */
  format: 'custom' | 'directory' | 'plain'
  /** The archive version, for example `1.15`; `null` of a script. */
  version: string | null
  /** Codec and level, for example `zstd:3`. */
  compression: string
  /** Bytes; of a directory, of all its files. */
  size: Count
  /** Of the whole object, in hex; of a directory, of the `.sha256` beside it. */
  sha256: string
  /** Bytes of every part of the upload but the last. */
  part_size: number
  /** Entries in the table of contents. */
  toc_entries: number
  /** Bytes of header and table of contents; the first data block follows. 0 of a script. */
  toc_bytes: number
  /** SHA-256 of header and table of contents, in hex. None of a script. */
  toc_sha256?: string
  /** XXH3-128 of every part, in hex, which tells the damaged ones. None of a directory. */
  parts_xxh3_128?: string[]
  /** The files of a directory, in the order they were written. */
  files?: FileFacts[]
}

/** A file of a directory archive. */
export interface FileFacts {
  /** Its name, relative to the directory. */
  name: string
  /** Bytes. */
  size: Count
  /** In hex. */
  sha256: string
}

/** Where an archive's contents come from. */
export interface SourceFacts {
  /** The database's name. */
  database: string
  /** The server's version as it reports it. */
  server_version: string
  /** The database's encoding. */
  encoding: string
  /** The settings under which the server prints rows as the archive holds them. */
  row_settings: Record<string, string>
  /** Whether the server was a standby. */
  standby: boolean
  /** When the snapshot was taken, by the server's clock: the moment of the backup. RFC 3339. */
  snapshot_at: string
  /** A WAL position at or shortly after the snapshot; on a standby, what was replayed. */
  lsn: string | null
  /** When the dump began, by this machine's clock. RFC 3339. */
  started_at: string
  /** When the archive was complete, by this machine's clock. RFC 3339. */
  finished_at: string
}

/** The options that decided what an archive holds, as given: see {@link DumpOptions}. */
export interface DumpFacts extends Required<Pick<DumpOptions,
  | 'schemas' | 'exclude_schemas' | 'tables' | 'exclude_tables' | 'exclude_table_data' | 'include_foreign_data'
  | 'schema_only' | 'data_only' | 'statistics' | 'no_owner' | 'no_privileges' | 'no_comments' | 'no_security_labels'
  | 'no_publications' | 'no_subscriptions' | 'no_tablespaces' | 'no_table_access_method' | 'no_toast_compression'
  | 'target_version' | 'create' | 'clean' | 'if_exists'>> {}

/** One data block. */
export interface DataFacts {
  /** The entry it belongs to. */
  dump_id: number
  /** What it holds. */
  kind: 'table' | 'large_objects'
  /** The table's schema. */
  schema?: string
  /** The table's name; of large objects, the entry's tag. */
  name: string
  /** The file it is in, in a directory; of large objects, their list. */
  file?: string
  /** Offset of the block in the archive, in bytes; in a file, 0. */
  offset: Count
  /** Length of the block in bytes. */
  stored_bytes: Count
  /** Bytes before compression. */
  raw_bytes: Count
  /** Rows; of large objects, how many. */
  rows: Count
  /** Digest of the rows regardless of order, in hex. None of large objects in scripts. */
  rows_xxh3_128?: string
  /** The pieces it is joined from. */
  segments: SegmentFacts[]
}

/** One piece of a data block. */
export interface SegmentFacts {
  /** Offset in the archive, or in the file, in bytes. */
  offset: Count
  /** Length in bytes. */
  stored_bytes: Count
  /** Bytes before compression. */
  raw_bytes: Count
  /** Rows. */
  rows: Count
}
