// The examples do what they say.

import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { get } from 'node:http'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import test from 'node:test'

import { linkedProject } from './support/linked.mjs'
import { SHOP_ROWS, bucket, createDatabase, createNoise, createShop, gigabyte, pg, printed, sessions, until, url } from './support/server.mjs'

const project = linkedProject('examples/node/package.json', 'examples/node/nightly-backup.js', 'examples/node/download-route.js')
const shop = createShop()

/** Runs the nightly backup to its end. */
function nightly (env) {
  return new Promise(resolve => execFile(process.execPath, ['nightly-backup.js'],
    { cwd: project, env: { ...process.env, DATABASE_URL: url(shop), BACKUP_PREFIX: 's3://backups/nightly', ...env } },
    (error, stdout, stderr) => resolve({ status: error ? error.code : 0, stdout, stderr })))
}

test('nightly backup dumps, reads back and verifies, twice a day', async () => {
  for (let run = 0; run < 2; run++) {
    const { status, stdout, stderr } = await nightly({})
    assert.equal(status, 0, stderr)
    assert.match(stdout, new RegExp(`: ${SHOP_ROWS} rows of 2 tables`))
    assert.match(stdout, new RegExp(`^verified: ${SHOP_ROWS} rows, compared with the manifest`, 'm'))
  }
  assert.equal(readdirSync(join(bucket, 'nightly')).filter(name => name.endsWith('.dump')).length, 1)
})

test('nightly backup tells what cron should try again from what it should not', async () => {
  for (const [env, expected, message] of [
    [{ DATABASE_URL: 'postgresql://127.0.0.1:1/shop' }, 75, /^CONNECT: [^]*Check host and port/],
    [{ BACKUP_PREFIX: 's3://no-such-bucket/x' }, 1, /^STORAGE_NOT_FOUND: /],
    [{ DATABASE_URL: '' }, 1, /^Set DATABASE_URL/]
  ]) {
    const { status, stderr } = await nightly(env)
    assert.equal(status, expected, stderr)
    assert.match(stderr, message)
  }
})

test('nightly backup that is stopped leaves nothing', async () => {
  const large = gigabyte()
  const child = spawn(process.execPath, ['nightly-backup.js'],
    { cwd: project, env: { ...process.env, DATABASE_URL: url(large), BACKUP_PREFIX: 's3://backups/stopped' }, stdio: ['ignore', 'pipe', 'inherit'] })
  for await (const line of createInterface(child.stdout)) {
    if (line.startsWith('data')) child.kill('SIGTERM')
  }
  assert.equal(child.exitCode ?? (await once(child, 'exit'))[0], 130)
  assert.equal(existsSync(join(bucket, 'stopped')) && readdirSync(join(bucket, 'stopped')).length > 0, false)
})

test('download route streams an archive, and ends with its client', async () => {
  const large = createNoise()
  const databases = { shop: url(shop), large: url(large), gone: url('no_such_database') }
  const child = spawn(process.execPath, ['download-route.js'],
    { cwd: project, env: { ...process.env, DATABASES: JSON.stringify(databases), PORT: '0' }, stdio: ['ignore', 'pipe', 'inherit'] })
  const lines = createInterface(child.stdout)
  const [listening] = await once(lines, 'line')
  const [address] = listening.match(/http:\/\/127\.0\.0\.1:\d+/)
  lines.resume()
  try {
    const response = await fetch(`${address}/databases/shop.dump`)
    assert.equal(response.status, 200)
    assert.match(response.headers.get('content-disposition'), /filename="shop\.dump"/)
    const archive = join(project, 'downloaded.dump')
    writeFileSync(archive, Buffer.from(await response.arrayBuffer()))
    const copy = createDatabase()
    pg('pg_restore', '--exit-on-error', '-d', url(copy), archive)
    assert.equal(printed(copy), printed(shop))

    assert.equal((await fetch(`${address}/databases/nothing.dump`)).status, 404)
    const refused = await fetch(`${address}/databases/gone.dump`)
    assert.equal(refused.status, 503)
    assert.deepEqual(await refused.json(), { error: 'CONNECT' })

    // More than all buffers on the way take, so that the dump is not at its end when the client goes.
    const download = get(`${address}/databases/large.dump`)
    const [incoming] = await once(download, 'response')
    await once(incoming, 'data')
    assert.ok(sessions(large) > 0)
    download.on('error', () => {}).destroy()
    await until(() => sessions(large) === 0)
  } finally {
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
})
