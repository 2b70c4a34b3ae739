//! The longer texts of `--help`: examples, environment, exit codes.

/// Closes `pgsluice --help`.
pub(super) const PROGRAM: &str = "\
Try it:
  pgsluice dump postgresql://app@localhost/shop shop.dump
  pgsluice list shop.dump
  createdb shop_copy && pgsluice restore shop.dump postgresql://app@localhost/shop_copy

Each command has a --help of its own with more examples.

Exit codes:
  0    done
  1    the database side failed
  2    the storage side failed
  3    the arguments or settings cannot be used
  4    the archive is damaged, or no archive
  130  cancelled by Ctrl-C, SIGTERM or SIGHUP";

/// Closes `pgsluice dump --help`.
pub(super) const DUMP: &str = "\
Into a file:
  pgsluice dump postgresql://app@db.example.com/shop shop.dump

Into Amazon S3:
  export AWS_REGION=eu-central-1 AWS_ACCESS_KEY_ID=... AWS_SECRET_ACCESS_KEY=...
  pgsluice dump postgresql://app@db.example.com/shop s3://backups/shop.dump

Into Cloudflare R2:
  export AWS_ENDPOINT_URL_S3=https://ACCOUNT_ID.r2.cloudflarestorage.com
  export AWS_REGION=auto AWS_ACCESS_KEY_ID=... AWS_SECRET_ACCESS_KEY=...
  pgsluice dump postgresql://app@db.example.com/shop s3://backups/shop.dump

Into MinIO or another store of yours:
  export AWS_ENDPOINT_URL_S3=http://127.0.0.1:9000 AWS_ACCESS_KEY_ID=... AWS_SECRET_ACCESS_KEY=...
  pgsluice dump postgresql://app@db.example.com/shop s3://backups/shop.dump

A file for every table, in a directory or under a prefix; a copy restores in parallel:
  pgsluice dump -Fd postgresql://app@db.example.com/shop s3://backups/shop
  aws s3 cp --recursive s3://backups/shop shop && pg_restore -Fd -j 4 -d shop_copy shop

Into another database, with nothing in between:
  pgsluice dump postgresql://app@old/shop - | pg_restore -d postgresql://app@new/shop

As an SQL script for psql, compressed as a whole:
  pgsluice dump -Fp -Z gzip postgresql://app@db.example.com/shop shop.sql.gz

For an older server:
  pgsluice dump --target-version 15 postgresql://app@db.example.com/shop shop.dump

Back from S3:
  aws s3 cp s3://backups/shop.dump - | pg_restore -d postgresql://app@new/shop

Environment:
  PGHOST, PGPORT, PGUSER, PGDATABASE, PGPASSWORD, PGPASSFILE, PGSSLMODE and the other PG*
      variables of libpq fill what SOURCE_DB leaves open; a password may also stand in ~/.pgpass.
  AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN
      credentials for s3://. Without them: those of the EKS pod, ECS task or EC2 instance.
  AWS_REGION (or AWS_DEFAULT_REGION)
      region of the bucket; us-east-1 if unset.
  AWS_ENDPOINT_URL_S3 (or AWS_ENDPOINT_URL)
      URL of a store other than Amazon's.
  PGSLUICE_LOG
      what to log to standard error, for example debug or pgsluice::store=trace.

Exit codes:
  0    done
  1    the database side failed
  2    the storage side failed
  3    the arguments or settings cannot be used
  130  cancelled by Ctrl-C, SIGTERM or SIGHUP; a second Ctrl-C stops at once and may leave an
       unfinished upload in the bucket";

/// Closes `pgsluice restore --help`.
pub(super) const RESTORE: &str = "\
Into an empty database, from S3 (settings as for dump, from the AWS_* variables):
  createdb -h new shop
  pgsluice restore -j 4 s3://backups/shop.dump postgresql://app@new/shop

Into a new database, which the archive names:
  pgsluice restore -C -j 4 s3://backups/shop.dump postgresql://postgres@new/postgres

In the place of what is there, which is dumped first:
  pgsluice restore -c --if-exists --pre-restore-dump s3://backups/before.dump \\
      s3://backups/shop.dump postgresql://app@db/shop

The rows of one table, beside all definitions, in a database of their own (as a superuser):
  pgsluice restore -s s3://backups/shop.dump postgresql://postgres@db/shop_copy
  pgsluice restore -a -t orders --disable-triggers s3://backups/shop.dump \\
      postgresql://postgres@db/shop_copy

Lost rows back into a table that has others by now, and a primary key:
  pgsluice restore -a -t orders --on-conflict-do-nothing s3://backups/shop.dump \\
      postgresql://app@db/shop

What would be done:
  pgsluice restore --dry-run s3://backups/shop.dump postgresql://app@db/shop
  pgsluice restore --dry-run=sql -s shop.dump postgresql://app@db/shop

Out of a pipe:
  gunzip < shop.dump.gz | pgsluice restore --force - postgresql://app@new/shop

Environment: as for dump, and
  PGSLUICE_PROTECT
      databases and hosts never to restore into, as --protect, with commas or semicolons between them.

Exit codes:
  0    everything was restored
  1    the database side failed, or an entry could not be restored
  2    the archive cannot be read
  3    the arguments or settings cannot be used
  4    the archive is damaged, or not what its manifest describes
  130  cancelled by Ctrl-C, SIGTERM or SIGHUP";

/// Closes `pgsluice verify --help`.
pub(super) const VERIFY: &str = "\
All of it decoded, as every night after the dump:
  pgsluice verify s3://backups/shop.dump

Restored, compared and dropped again, as every week:
  pgsluice verify --level restore --server postgresql://postgres@test-server/postgres -j 4 \\
      s3://backups/shop.dump

With what only you know about the data:
  echo \"SELECT count(*) > 1000 FROM orders WHERE placed_at > now() - interval '2 days'\" > sane.sql
  pgsluice verify --level restore --server postgres --assertions sane.sql shop.dump

Environment: as for dump.

Exit codes:
  0    the backup is good
  1    the database side failed
  2    the archive cannot be read
  3    the arguments or settings cannot be used
  4    the backup is not good
  130  cancelled by Ctrl-C, SIGTERM or SIGHUP";

/// Closes `pgsluice list --help`.
pub(super) const LIST: &str = "\
A file:
  pgsluice list shop.dump

An object (settings as for dump, from the AWS_* variables):
  pgsluice list s3://backups/shop.dump

A pipe:
  pgsluice list - < shop.dump

Only the tables' rows, with jq:
  pgsluice list --json shop.dump | jq -r '.entries[] | select(.desc == \"TABLE DATA\") | .tag'

The text can be edited and given to pg_restore -L, which then restores what is left of it.

Exit codes:
  0    done
  2    the archive cannot be read
  3    the arguments or settings cannot be used
  4    it is damaged, or no archive";
