// The PostgreSQL server and the S3 server that scripts/test-node.sh has started, and databases in the one.

import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

for (const name of ['PG_BIN', 'PGHOST', 'PGSLUICE_TEST_S3', 'PGSLUICE_TEST_PROGRAM', 'AWS_ENDPOINT_URL_S3']) {
  if (!process.env[name]) throw new Error(`${name} is not set: run the tests by scripts/test-node.sh`)
}

/** The directory in which the S3 server keeps the object `KEY` of its only bucket. */
export const bucket = join(process.env.PGSLUICE_TEST_S3, 'backups')

/** The connection URI of a database. */
export function url (database) {
  return `postgresql://postgres@/${database}?host=${encodeURIComponent(process.env.PGHOST)}`
}

/** Runs a program of PostgreSQL's; what it prints. */
export function pg (program, ...args) {
  return execFileSync(join(process.env.PG_BIN, program), args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

/** Runs statements; what they print, undecorated. */
export function sql (database, text) {
  return pg('psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', url(database), '-c', text).trimEnd()
}

let databases = 0

/** Makes a database with what the statements make; its name. */
export function createDatabase (...statements) {
  const name = `node_${process.pid}_${++databases}`
  sql('postgres', `CREATE DATABASE ${name} TEMPLATE template0`)
  for (const statement of statements) sql(name, statement)
  return name
}

/** A database with a few tables, types and large objects. */
export function createShop () {
  return createDatabase(`
    CREATE TYPE state AS ENUM ('open', 'paid');
    CREATE TABLE customers (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL UNIQUE, since timestamptz);
    CREATE TABLE orders (id bigint PRIMARY KEY, customer bigint NOT NULL REFERENCES customers, state state, total numeric(10, 2), note bytea);
    INSERT INTO customers (name, since)
      SELECT 'customer ' || i, timestamptz '2024-01-01 00:00Z' + i * interval '1 hour' FROM generate_series(1, 500) AS i;
    INSERT INTO orders
      SELECT i, i % 500 + 1, CASE i % 2 WHEN 0 THEN 'open' ELSE 'paid' END::state, i * 1.25, decode(md5(i::text), 'hex') FROM generate_series(1, 5000) AS i;
    CREATE INDEX ON orders (customer);
    CREATE VIEW open_orders AS SELECT * FROM orders WHERE state = 'open';
    SELECT lo_from_bytea(0, decode(repeat('beef', 1000), 'hex'))`)
}

/** How many rows the shop has. */
export const SHOP_ROWS = 5500

/**
 * A database whose dump is a gigabyte of COPY text, though on disk it is small. It takes some seconds to make, so that all
 * test files, which run one after the other, share one.
 */
export function gigabyte () {
  const name = 'node_gigabyte'
  if (sql('postgres', `SELECT count(*) FROM pg_database WHERE datname = '${name}'`) === '0') {
    sql('postgres', `CREATE DATABASE ${name} TEMPLATE template0`)
    sql(name, 'CREATE TABLE texts (id int PRIMARY KEY, body text)')
    sql(name, "INSERT INTO texts SELECT i, repeat('x', 1000000) FROM generate_series(1, 1000) AS i")
  }
  return name
}

/** A database of some 60 MB, half of which no codec can save. */
export function createNoise () {
  return createDatabase(`
    CREATE TABLE noise (id int PRIMARY KEY, body text);
    INSERT INTO noise SELECT i, (SELECT string_agg(md5(i::text || j), '') FROM generate_series(1, 3000) AS j) FROM generate_series(1, 600) AS i`)
}

/** The sessions of a database but the one that asks. */
export function sessions (database) {
  return Number(sql('postgres', `SELECT count(*) FROM pg_stat_activity WHERE datname = '${database}'`))
}

/** Locks a table against everybody, until the function that this returns is called. */
export async function lock (database, table) {
  const psql = spawn(join(process.env.PG_BIN, 'psql'), ['-XAtq', '-d', url(database)], { stdio: ['pipe', 'pipe', 'inherit'] })
  psql.stdin.write(`BEGIN; LOCK TABLE ${table}; SELECT 'locked';\n`)
  await once(psql.stdout, 'data')
  return () => psql.stdin.end()
}

/** A directory that goes with the process. */
export function scratch () {
  const directory = mkdtempSync(join(tmpdir(), 'pgsluice-node-'))
  process.on('exit', () => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** Waits until `holds()` does; whoever waits too long finds the test runner's timeout. */
export async function until (holds) {
  while (!await holds()) await new Promise(resolve => setTimeout(resolve, 20))
}

/** Text of a whole database, as `pg_dump` prints it, with nothing in it that differs each time. */
export function printed (database) {
  return pg('pg_dump', '--no-owner', '-d', url(database)).replace(/^\\(un)?restrict .*$/gm, '')
}
