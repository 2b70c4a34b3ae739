'use strict'

// The name of this machine's kind, as napi-rs names it and the packages with native modules are called: `linux-x64-gnu`.

/** @returns {string} */
function platform () {
  const name = `${process.platform}-${process.arch}`
  if (process.platform === 'linux') return `${name}-${usesGlibc() ? 'gnu' : 'musl'}`
  if (process.platform === 'win32') return `${name}-msvc`
  return name
}

function usesGlibc () {
  // The report would look up the names of all connections' hosts otherwise.
  process.report.excludeNetwork = true
  const report = /** @type {{ header: { glibcVersionRuntime?: string } }} */ (process.report.getReport())
  return report.header.glibcVersionRuntime !== undefined
}

module.exports = { platform }
