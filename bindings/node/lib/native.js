'use strict'

// Loads the native module: one that was built here, or that of the package for this platform, which npm installs as an
// optional dependency.

const { platform } = require('./platform.js')
const { version, napi } = require('../package.json')

/** @returns {typeof import('./native')} */
function load () {
  const name = platform()
  try {
    return require(`../pgsluice.${name}.node`)
  } catch (error) {
    if (!isMissing(error)) throw failure(`the native module pgsluice.${name}.node cannot be loaded`, error)
  }
  const packageName = `${napi.packageName}-${name}`
  try {
    return require(packageName)
  } catch (error) {
    throw isMissing(error)
      ? failure(
        `pgsluice has no native module for ${name}: the package ${packageName}@${version} is not installed. ` +
        'Install again with optional dependencies (npm install --include=optional), on the platform that it is to run on. ' +
        `There are packages for ${napi.targets.join(', ')}`,
        error)
      : failure(`the native module of ${packageName} cannot be loaded`, error)
  }
}

/** @param {unknown} error */
function isMissing (error) {
  return error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND'
}

/**
 * @param {string} message
 * @param {unknown} cause
 */
function failure (message, cause) {
  return Object.assign(new Error(message, { cause }), { code: 'ERR_PGSLUICE_NATIVE' })
}

const native = load()
if (native.version() !== version) {
  throw failure(
    `the native module is of pgsluice ${native.version()}, expected ${version}. ` +
    'Remove node_modules and install again, so that both come from one release', undefined)
}

module.exports = native
