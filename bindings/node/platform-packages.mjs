// Lays out the packages of the native modules that lie here, one for each platform, as the main package's optional
// dependencies: npm installs the one whose `os`, `cpu` and `libc` are the machine's.
//
//   node platform-packages.mjs DIRECTORY [--depend]
//
// Makes DIRECTORY/linux-x64-gnu and the like. With --depend the main package's package.json names them, as it does when it is
// published; not before, since npm would look for packages that are not there yet.

import { copyFileSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { fileURLToPath } from 'node:url'

const { values: { depend }, positionals: [directory] } = parseArgs({ allowPositionals: true, options: { depend: { type: 'boolean' } } })
if (!directory) throw new Error('usage: node platform-packages.mjs DIRECTORY [--depend]')

const root = fileURLToPath(new URL('.', import.meta.url))
const manifestFile = join(root, 'package.json')
const manifest = JSON.parse(readFileSync(manifestFile, 'utf8'))
const { version, description, license, engines, publishConfig, repository, napi } = manifest
const libc = { gnu: 'glibc', musl: 'musl' }

const packages = readdirSync(root)
  .map(file => /^pgsluice\.(([a-z0-9]+)-([a-z0-9]+)(?:-([a-z]+))?)\.node$/.exec(file))
  .filter(match => match !== null)
  .map(([file, platform, os, cpu, abi]) => ({ file, platform, os, cpu, abi, name: `${napi.packageName}-${platform}` }))
if (packages.length === 0) throw new Error(`no pgsluice.*.node in ${root}: build one with node build.mjs`)

for (const { file, platform, os, cpu, abi, name } of packages) {
  const place = join(directory, platform)
  mkdirSync(place, { recursive: true })
  copyFileSync(join(root, file), join(place, file))
  writeFileSync(join(place, 'README.md'), `# ${name}\n\nThe native module of [pgsluice](https://www.npmjs.com/package/pgsluice) for ${platform}. Install \`pgsluice\`, which depends on it.\n`)
  writeFileSync(join(place, 'package.json'), json({
    name, version, description, license, repository, engines, publishConfig, main: file, files: [file],
    os: [os], cpu: [cpu], libc: libc[abi] && [libc[abi]]
  }))
}
if (depend) {
  const optionalDependencies = Object.fromEntries(packages.map(({ name }) => [name, version]))
  writeFileSync(manifestFile, json({ ...manifest, optionalDependencies }))
}

function json (value) {
  return `${JSON.stringify(value, null, 2)}\n`
}
