'use strict'

// The native engine of this JavaScript environment: the main thread's, or a worker thread's.

const { homedir, userInfo } = require('node:os')
const native = require('./native.js')

const engine = new native.Engine()

// A worker thread that is terminated ends its engine by itself; `process.exit` would leave it no time.
process.on('exit', () => engine.end())

/**
 * What the engine is asked for: the options, and this environment to complete them, as it is now.
 *
 * @param {string} options
 * @returns {import('./native').Request}
 */
function request (options) {
  // libpq takes the name of the system's user where nothing names a role; containers often have no USER.
  const user = known(() => userInfo().username)
  const variables = /** @type {Record<string, string>} */ ({ ...(user && { USER: user }), ...process.env })
  return { options, variables, home: known(homedir) }
}

/**
 * What the system knows of its user; some users of containers have no entry among the system's.
 *
 * @param {() => string} ask
 */
function known (ask) {
  try {
    return ask()
  } catch {
    return undefined
  }
}

module.exports = { engine, native, request }
