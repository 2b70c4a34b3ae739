'use strict'

// Options as a user gives them, taken apart: what the engine reads, as JSON, and what is for JavaScript.

const { invalidInput } = require('./error.js')

/**
 * @typedef {object} Taken
 * @property {string} json the engine's options
 * @property {AbortSignal | undefined} signal
 * @property {((progress: any) => unknown) | undefined} onProgress
 */

/** The options that are not the engine's. */
const OURS = ['signal', 'onProgress']

/**
 * @param {unknown} given
 * @returns {Taken}
 */
function take (given) {
  if (typeof given !== 'object' || given === null) {
    throw invalidInput(`the options are ${kindOf(given)}, expected an object`, 'Write them as { name: value, … }.')
  }
  const { signal, onProgress, ...options } = /** @type {Record<string, any>} */ (given)
  if (signal !== undefined && !isSignal(signal)) {
    throw invalidInput(`option "signal" is ${kindOf(signal)}, expected an AbortSignal`,
      'Give it the signal of an AbortController, or AbortSignal.timeout(milliseconds).')
  }
  if (onProgress !== undefined && typeof onProgress !== 'function') {
    throw invalidInput(`option "onProgress" is ${kindOf(onProgress)}, expected a function`,
      'It is called with the progress, some times each second.')
  }
  refuseOtherSpellings(options)
  return { json: JSON.stringify(plain(options, '')), signal, onProgress }
}

/**
 * The engine names what it knows when it meets an option that it does not; of these two it knows nothing.
 *
 * @param {object} options
 */
function refuseOtherSpellings (options) {
  const letters = (/** @type {string} */ name) => name.replaceAll('_', '').toLowerCase()
  for (const name of Object.keys(options)) {
    const meant = OURS.find(ours => letters(ours) === letters(name))
    if (meant) throw invalidInput(`there is no option "${name}"`, `Did you mean "${meant}"?`)
  }
}

/**
 * A value as JSON has it. `JSON.stringify` alone would drop or change what it cannot write; here that is an error.
 *
 * @param {any} value
 * @param {string} path
 * @returns {unknown}
 */
function plain (value, path) {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'undefined':
      return value
    case 'number':
      if (Number.isFinite(value)) return value
      break
    case 'bigint':
      if (Number.isSafeInteger(Number(value))) return Number(value)
      throw invalidInput(`option "${path}" is ${value}n, expected an integer up to 2^53 - 1`, 'Give it a smaller one.')
    case 'object':
      if (value === null) return value
      if (value instanceof URL) return value.href
      if (Array.isArray(value)) return value.map((item, index) => plain(item, `${path}[${index}]`))
      if (isPlain(value)) {
        return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, plain(item, path ? `${path}.${name}` : name)]))
      }
  }
  throw invalidInput(`option "${path}" is ${kindOf(value)}, which options cannot hold`,
    'Options are strings, numbers, booleans, arrays and plain objects.')
}

/**
 * Whether an object is no more than its properties, whichever realm it comes from.
 *
 * @param {object} value
 */
function isPlain (value) {
  const prototype = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/** @param {unknown} value */
function isSignal (value) {
  return typeof value === 'object' && value !== null && 'aborted' in value &&
    'addEventListener' in value && typeof value.addEventListener === 'function'
}

/**
 * What a value is, in words, without showing it: it may be a secret at a wrong place.
 *
 * @param {any} value
 */
function kindOf (value) {
  if (value === undefined || value === null || Number.isNaN(value)) return String(value)
  if (value === Infinity || value === -Infinity) return 'infinite'
  if (Array.isArray(value)) return 'an array'
  const name = typeof value === 'object' && value.constructor ? value.constructor.name : typeof value
  return `${/^[aeio]/i.test(name) ? 'an' : 'a'} ${name}`
}

module.exports = { take }
