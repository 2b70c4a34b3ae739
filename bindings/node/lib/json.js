'use strict'

// JSON of the native module, in which integers that a number cannot hold exactly are strings behind half of a surrogate
// pair. No other string of its can hold one.

const MARK = '\ud800'
const WRITTEN_MARK = '\\ud800'

/**
 * @param {string} text
 * @returns {any}
 */
function parse (text) {
  // Looking at every value takes long, and integers above 2^53 - 1 are rare.
  return text.includes(WRITTEN_MARK) ? JSON.parse(text, exact) : JSON.parse(text)
}

/**
 * @param {string} _name
 * @param {unknown} value
 */
function exact (_name, value) {
  return typeof value === 'string' && value.startsWith(MARK) ? BigInt(value.slice(MARK.length)) : value
}

module.exports = { parse }
