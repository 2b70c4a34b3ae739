// Builds the native module for this machine, and puts it where `lib/native.js` looks first.
//
//   node build.mjs [--profile NAME]
//
// The target directory is the workspace's, so that nothing is compiled twice. For a target other than this machine's, use
// the command line of napi-rs, as the release workflow does.

import { spawnSync } from 'node:child_process'
import { copyFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

const { platform } = createRequire(import.meta.url)('./lib/platform.js')

const { values } = parseArgs({ options: { profile: { type: 'string', default: process.env.PGSLUICE_PROFILE ?? 'dev' } } })
const root = import.meta.dirname ?? new URL('.', import.meta.url).pathname

const cargo = spawnSync(
  'cargo',
  ['build', '--locked', '--package', 'pgsluice-node', '--profile', values.profile, '--message-format', 'json-render-diagnostics'],
  { cwd: root, encoding: 'utf8', maxBuffer: Infinity, stdio: ['ignore', 'pipe', 'inherit'] }
)
if (cargo.error) throw new Error('cargo could not be run: install Rust, see https://rustup.rs', { cause: cargo.error })
if (cargo.status !== 0) process.exit(cargo.status ?? 1)

// Cargo knows where it put the library, and what libraries are called here.
const [library] = cargo.stdout
  .split('\n')
  .filter(line => line.startsWith('{'))
  .map(line => JSON.parse(line))
  .filter(message => message.reason === 'compiler-artifact' && message.target.name === 'pgsluice_node')
  .flatMap(message => message.filenames)
copyFileSync(library, join(root, `pgsluice.${platform()}.node`))
