import pgsluice from './index.js'

export const { dump, createDumpStream, restore, verify, list, readManifest, PgsluiceError } = pgsluice
