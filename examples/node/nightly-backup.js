// A nightly backup: dump to S3 with progress, read the manifest back, verify, and exit with a status that cron understands.
//
//   DATABASE_URL=postgresql://backup@db.example.com/shop BACKUP_PREFIX=s3://backups/shop node nightly-backup.js
//
// Exit status: 0 done, 1 failed, 75 failed in a way that trying again may mend, 130 stopped by Ctrl-C or SIGTERM.

import { PgsluiceError, dump, readManifest, verify } from 'pgsluice'

const { DATABASE_URL: source, BACKUP_PREFIX: prefix } = process.env
if (!source || !prefix) {
  console.error('Set DATABASE_URL and BACKUP_PREFIX, for example s3://backups/shop.')
  process.exit(1)
}

// A stopped dump takes back what it has stored; a second signal does not wait for that.
const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stop.abort(new Error(signal)))

try {
  await backUp(`${prefix}/${new Date().toISOString().slice(0, 10)}.dump`)
} catch (error) {
  process.exitCode = explain(error)
}

async function backUp (archive) {
  const job = dump({
    source,
    target: archive,
    jobs: 2,
    // Last night's second run replaces its first.
    overwrite: true,
    labels: { made_by: 'nightly-backup' },
    signal: stop.signal
  })
  for await (const { stage, current, raw_bytes: bytes, estimated_raw_bytes: estimate } of job.progress()) {
    console.log(`${stage} ${current} ${megabytes(bytes)} of about ${megabytes(estimate)}`)
  }
  const report = await job
  console.log(`${report.target}: ${report.rows} rows of ${report.tables} tables, ${megabytes(report.size)} in ${report.seconds.toFixed(1)} s`)
  for (const warning of report.warnings) console.warn(`warning: ${warning}`)

  const manifest = await readManifest({ archive, signal: stop.signal })
  if (manifest.archive.sha256 !== report.sha256) throw new Error(`${archive} was replaced meanwhile`)
  const { rows, compared_with: witness } = await verify({ archive, signal: stop.signal })
  console.log(`verified: ${rows} rows, compared with the ${witness}; the snapshot is of ${manifest.source.snapshot_at}`)
}

/** Says what went wrong; the exit status. */
function explain (error) {
  if (!(error instanceof PgsluiceError)) throw error
  console.error(`${error.code}: ${error.message}`)
  if (error.hint) console.error(error.hint)
  switch (error.code) {
    case 'CANCELLED':
      return 130
    case 'CONNECT':
    case 'LOCK_TIMEOUT':
    case 'STORAGE':
      return 75
    default:
      return 1
  }
}

function megabytes (bytes) {
  return `${(Number(bytes) / 1e6).toFixed(1)} MB`
}
