// A project outside of the repository in which `pgsluice` and what the tests install can be imported by name.

import { cpSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { scratch } from './server.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** A directory with these files of the repository in it. */
export function linkedProject (...files) {
  const project = scratch()
  mkdirSync(join(project, 'node_modules'))
  symlinkSync(root, join(project, 'node_modules/pgsluice'))
  symlinkSync(join(root, 'node_modules/fastify'), join(project, 'node_modules/fastify'))
  for (const file of files) cpSync(join(root, '../..', file), join(project, file.split('/').at(-1)))
  return project
}
