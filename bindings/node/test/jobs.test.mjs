// Each job does what the command line does, and says what it did.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'

import { dump, list, readManifest, restore, verify } from 'pgsluice'
import { SHOP_ROWS, bucket, createDatabase, createShop, printed, scratch, sql, url } from './support/server.mjs'

const shop = createShop()
const directory = scratch()

test('dump into S3 leaves archive, digest and manifest', async () => {
  const report = await dump({ source: url(shop), target: 's3://backups/jobs/shop.dump', labels: { reason: 'test' } })
  assert.equal(report.rows, SHOP_ROWS)
  assert.equal(report.large_objects, 1)
  assert.equal(report.database, shop)
  assert.equal(report.size, readFileSync(join(bucket, 'jobs/shop.dump')).length)
  assert.equal(report.manifest, 's3://backups/jobs/shop.dump.manifest.json')

  const manifest = await readManifest({ archive: 's3://backups/jobs/shop.dump' })
  assert.equal(manifest.archive.sha256, report.sha256)
  assert.deepEqual(manifest.labels, { reason: 'test' })
  assert.deepEqual(manifest, JSON.parse(readFileSync(join(bucket, 'jobs/shop.dump.manifest.json'), 'utf8')))
})

test('restore brings back what was dumped', async () => {
  const archive = join(directory, 'shop.dump')
  await dump({ source: url(shop), target: archive, jobs: 2 })
  const copy = createDatabase()
  const report = await restore({ archive, target: url(copy), jobs: 2 })
  assert.equal(report.rows, SHOP_ROWS)
  assert.equal(report.checked, true)
  assert.deepEqual(report.failures, [])
  assert.equal(printed(copy), printed(shop))
})

test('restore that goes on after errors reports them', async () => {
  const archive = join(directory, 'failures.dump')
  await dump({ source: url(shop), target: archive })
  const copy = createDatabase('CREATE TABLE customers (id int)')
  const report = await restore({ archive, target: url(copy), exit_on_error: false })
  const failure = report.failures.find(({ desc, tag }) => desc === 'TABLE' && tag === 'customers')
  assert.equal(failure.sqlstate, '42P07')
  assert.equal(failure.namespace, 'public')
})

test('verify proves an archive at each level', async () => {
  const archive = join(directory, 'verified.dump')
  await dump({ source: url(shop), target: archive })
  assert.equal((await verify({ archive, level: 'bytes' })).compared_with, 'manifest')
  assert.equal((await verify({ archive })).rows, SHOP_ROWS)
  const report = await verify({
    archive, level: 'restore', server: url('postgres'), foreign_keys: { sample: 10 }, assertions: 'SELECT count(*) = 500 FROM customers'
  })
  assert.equal(report.restored.assertions, 1)
  assert.equal(report.restored.tables_digested, 2)
})

test('list is what the program lists', async () => {
  const archive = join(directory, 'listed.dump')
  await dump({ source: url(shop), target: archive })
  const printed = execFileSync(process.env.PGSLUICE_TEST_PROGRAM, ['list', '--json', archive], { encoding: 'utf8' })
  assert.deepEqual(await list({ archive }), JSON.parse(printed))
})

test('plain and directory formats are written', async () => {
  const script = await dump({ source: url(shop), target: join(directory, 'shop.sql'), format: 'plain' })
  assert.match(readFileSync(script.target, 'utf8'), /CREATE TABLE public\.customers/)
  const files = await dump({ source: url(shop), target: join(directory, 'shop.d'), format: 'directory' })
  assert.ok(files.files > 3 && existsSync(join(files.target, 'toc.dat')))
})

test('environment completes options as it is when a job starts', async () => {
  const { PGDATABASE } = process.env
  process.env.PGDATABASE = shop
  try {
    const report = await dump({ source: 'postgresql://', target: join(directory, 'environment.dump') })
    assert.equal(report.database, shop)
  } finally {
    if (PGDATABASE === undefined) delete process.env.PGDATABASE
    else process.env.PGDATABASE = PGDATABASE
  }
})

test('protected databases are not restored into', async () => {
  const archive = join(directory, 'shop.dump')
  const copy = createDatabase()
  process.env.PGSLUICE_PROTECT = 'node_*'
  try {
    await assert.rejects(restore({ archive, target: url(copy) }), { code: 'INVALID_INPUT', message: /protect/ })
  } finally {
    delete process.env.PGSLUICE_PROTECT
  }
  assert.equal(sql(copy, "SELECT count(*) FROM pg_class WHERE relname = 'customers'"), '0')
})

test('URL objects and big integers are taken as options', async () => {
  const report = await dump({ source: new URL(`postgresql://unused/${shop}?host=${process.env.PGHOST}&user=postgres`), target: join(directory, 'url.dump'), max_memory: 128n * 1024n * 1024n })
  assert.equal(report.rows, SHOP_ROWS)
})
