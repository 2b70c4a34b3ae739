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
  const report = /** @type {NodeJS.ProcessReport & { excludeNetwork: boolean }} */ (process.report)
  // Otherwise it would look up the names of all hosts that the process is connected to.
  const { excludeNetwork } = report
  report.excludeNetwork = true
  const { header } = /** @type {{ header: { glibcVersionRuntime?: string } }} */ (report.getReport())
  report.excludeNetwork = excludeNetwork
  return header.glibcVersionRuntime !== undefined
}

module.exports = { platform }
