// Builds the native module for this machine, and puts it where `lib/native.js` looks first.
//
//   node build.mjs [--profile NAME]
//
// The target directory is the workspace's. PGSLUICE_BUILT names a directory that has the library already, and nothing is
// built. For a target other than this machine's, use the command line of napi-rs, as the release workflow does.

import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

const { platform } = createRequire(import.meta.url)('./lib/platform.js')

const { values } = parseArgs({ options: { profile: { type: 'string', default: process.env.PGSLUICE_PROFILE ?? 'dev' } } })
const root = import.meta.dirname ?? new URL('.', import.meta.url).pathname

copyFileSync(process.env.PGSLUICE_BUILT ? built(process.env.PGSLUICE_BUILT) : build(), join(root, `pgsluice.${platform()}.node`))

// What the library is called on this system.
function built(directory) {
  const names = ['libpgsluice_node.so', 'libpgsluice_node.dylib', 'pgsluice_node.dll']
  const found = names.map(name => join(directory, name)).find(existsSync)
  if (!found) throw new Error(`PGSLUICE_BUILT is ${directory}, which has no ${names.join(', ')}`)
  return found
}

function build() {
  const cargo = spawnSync(
    'cargo',
    ['build', '--locked', '--package', 'pgsluice-node', '--profile', values.profile, '--message-format', 'json-render-diagnostics'],
    { cwd: root, encoding: 'utf8', maxBuffer: Infinity, stdio: ['ignore', 'pipe', 'inherit'] }
  )
  if (cargo.error) throw new Error('cargo could not be run: install Rust, see https://rustup.rs', { cause: cargo.error })
  if (cargo.status !== 0) process.exit(cargo.status ?? 1)
  // Cargo knows where it put the library.
  const [library] = cargo.stdout
    .split('\n')
    .filter(line => line.startsWith('{'))
    .map(line => JSON.parse(line))
    .filter(message => message.reason === 'compiler-artifact' && message.target.name === 'pgsluice_node')
    .flatMap(message => message.filenames)
  return library
}
