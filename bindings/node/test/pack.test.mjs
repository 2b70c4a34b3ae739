// What npm would publish, installed into an empty project, does what the README says; and says what is wrong if it cannot.

import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import test from 'node:test'
import { fileURLToPath } from 'node:url'

import { SHOP_ROWS, createShop, scratch, url } from './support/server.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const require = createRequire(import.meta.url)
const { name: packageName, version, napi } = require('../package.json')
const { platform } = require('../lib/platform.js')

const directory = scratch()
const shop = createShop()

/** npm, quietly; nothing that it installs here comes from a registry. */
function npm (place, ...args) {
  return execFileSync('npm', [...args, '--loglevel=error', '--offline'], { cwd: place, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

/** Packs a package; the tarball. */
function pack (place) {
  const [{ filename, files }] = JSON.parse(npm(root, 'pack', place, '--json', '--pack-destination', directory))
  return { tarball: join(directory, filename), files: files.map(({ path }) => path) }
}

const main = pack(root)
execFileSync(process.execPath, [join(root, 'platform-packages.mjs'), join(directory, 'npm')])
const native = pack(join(directory, 'npm', platform()))

/** An empty project with these packages. */
function project (name, ...tarballs) {
  const place = join(directory, name)
  mkdirSync(place)
  npm(place, 'init', '-y')
  npm(place, 'install', ...tarballs)
  return place
}

const installed = project('installed', main.tarball, native.tarball)

/** Runs a module or script there. */
function run (place, file, code, env = {}) {
  writeFileSync(join(place, file), code)
  return spawnSync(process.execPath, [file], { cwd: place, encoding: 'utf8', env: { ...process.env, ...env } })
}

test('package has what it needs and nothing else', () => {
  const expected = ['LICENSE-APACHE', 'LICENSE-MIT', 'README.md', 'index.d.mts', 'index.d.ts', 'index.js', 'index.mjs', 'package.json']
  assert.deepEqual(main.files.filter(file => !file.startsWith('lib/')).sort(), expected)
  assert.deepEqual(main.files.filter(file => /\.node$|test|\.rs$|build/.test(file)), [])
  assert.ok(existsSync(join(installed, 'node_modules', packageName, 'index.js')))
})

test('native package is for one platform, and has the module and nothing else', () => {
  const manifest = JSON.parse(readFileSync(join(directory, 'npm', platform(), 'package.json'), 'utf8'))
  assert.equal(manifest.version, version)
  assert.deepEqual([manifest.os, manifest.cpu], [[process.platform], [process.arch]])
  assert.deepEqual(native.files.sort(), ['README.md', 'package.json', `pgsluice.${platform()}.node`])
})

test('README example runs against a database', () => {
  const [example] = readFileSync(join(root, 'README.md'), 'utf8').match(/(?<=```js\n)[^]*?(?=```)/)
  const { stdout, stderr, status } = run(installed, 'example.mjs', example, { DATABASE_URL: url(shop), BACKUP_TARGET: 's3://backups/pack.dump' })
  assert.equal(status, 0, stderr)
  assert.match(stdout, new RegExp(`done ${SHOP_ROWS}`))
  assert.match(stdout, new RegExp(`^${SHOP_ROWS} rows, \\d+ bytes in s3://backups/pack\\.dump, SHA-256 [0-9a-f]{64}$`, 'm'))
  assert.match(stdout, /^the snapshot is of 20/m)
})

test('README example says what to do about mistakes', () => {
  const [example] = readFileSync(join(root, 'README.md'), 'utf8').match(/(?<=```js\n)[^]*?(?=```)/)
  for (const [env, ...expected] of [
    [{ DATABASE_URL: 'postgresql://localhost:1/shop' }, /^CONNECT: .*localhost.*:1/m, /Check host and port/],
    [{ DATABASE_URL: 'postgres//localhost/shop' }, /^INVALID_INPUT|^CONNECT/m, /./],
    [{ DATABASE_URL: url('shopp') }, /^CONNECT: .*shopp/m, /psql -l/],
    [{ BACKUP_TARGET: 's3://bakcups/shop.dump' }, /^STORAGE_NOT_FOUND: .*bakcups/m, /bucket/i],
    [{ AWS_SECRET_ACCESS_KEY: 'wrong' }, /^STORAGE_DENIED: /m, /./]
  ]) {
    const { stderr, status } = run(installed, 'mistake.mjs', example, { DATABASE_URL: url(shop), BACKUP_TARGET: 's3://backups/mistake.dump', ...env })
    assert.equal(status, 1, stderr)
    for (const pattern of expected) assert.match(stderr, pattern)
    assert.ok(stderr.trim().split('\n').length >= 2, `no advice: ${stderr}`)
  }
})

test('CommonJS requires the same functions', () => {
  const { stdout, stderr } = run(installed, 'example.cjs', `
    const pgsluice = require('pgsluice')
    import('pgsluice').then(module => {
      for (const name of Object.keys(pgsluice)) if (module[name] !== pgsluice[name]) throw new Error(name)
      console.log(Object.keys(pgsluice).join())
    })`)
  assert.equal(stdout.trim(), 'dump,createDumpStream,restore,verify,list,readManifest,PgsluiceError', stderr)
})

test('TypeScript finds the types of an installed package', () => {
  writeFileSync(join(installed, 'typed.mts'), "import { dump } from 'pgsluice'\nexport const size: number | bigint = (await dump({ source: 'x', target: 'y' })).size\n")
  writeFileSync(join(installed, 'tsconfig.json'), JSON.stringify({
    compilerOptions: { module: 'node16', target: 'es2022', strict: true, noEmit: true, types: ['node'], typeRoots: [join(root, 'node_modules/@types')] }, files: ['typed.mts']
  }))
  const { stdout, status } = spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '--project', installed], { encoding: 'utf8' })
  assert.equal(status, 0, stdout)
})

test('missing platform package is named, with what to do', () => {
  const place = project('without', main.tarball)
  const { stderr, status } = run(place, 'example.mjs', "import 'pgsluice'")
  assert.equal(status, 1)
  assert.match(stderr, new RegExp(`@pgsluice/native-${platform()}@${version} is not installed`))
  assert.match(stderr, /npm install --include=optional/)
  assert.match(stderr, /x86_64-unknown-linux-gnu/)
  assert.match(stderr, /ERR_PGSLUICE_NATIVE/)
})

test('native module that cannot be loaded, or is of another release, is no riddle', () => {
  const place = join(directory, 'broken')
  cpSync(installed, place, { recursive: true })
  const binary = join(place, 'node_modules', `${napi.packageName}-${platform()}`, `pgsluice.${platform()}.node`)
  const manifest = join(place, 'node_modules/pgsluice/package.json')
  writeFileSync(manifest, readFileSync(manifest, 'utf8').replace(`"version": "${version}"`, '"version": "9.9.9"'))
  assert.match(run(place, 'version.mjs', "import 'pgsluice'").stderr, new RegExp(`is of pgsluice ${version}, expected 9\\.9\\.9`))
  rmSync(binary)
  writeFileSync(binary, 'no library')
  assert.match(run(place, 'broken.mjs', "import 'pgsluice'").stderr, /native module .* cannot be loaded[^]*\[cause\]/)
})
