// A download of a database over HTTP: GET /databases/shop.dump streams an archive that pg_restore reads, and nothing of it is
// kept here. A slow client slows down the dump, and one that goes away ends it.
//
//   DATABASES='{"shop": "postgresql://backup@db.example.com/shop"}' PORT=3000 node download-route.js
//   curl -fO http://localhost:3000/databases/shop.dump
//
// Whoever may call this may read everything: put your own authentication before it.

import { once } from 'node:events'

import Fastify from 'fastify'
import { PgsluiceError, createDumpStream } from 'pgsluice'

const databases = JSON.parse(process.env.DATABASES ?? '{}')
const app = Fastify({ logger: true })

app.get('/databases/:name.dump', async (request, reply) => {
  const { name } = request.params
  if (!Object.hasOwn(databases, name)) return reply.code(404).send({ error: `there is no database ${name}` })

  const stream = createDumpStream({ source: databases[name], onProgress: ({ stage, rows }) => request.log.debug({ stage, rows }) })
  // However the answer ends, the dump does: by then it is complete, or nobody wants it any more.
  reply.raw.once('close', () => stream.destroy())
  // Wait for the first bytes: what goes wrong before them can still be answered with a status of its own. What goes wrong
  // later breaks the connection off, so that nobody takes half an archive for a whole one.
  try {
    await once(stream, 'readable')
  } catch (error) {
    if (!(error instanceof PgsluiceError)) throw error
    request.log.error(error)
    return reply.code(error.code === 'CONNECT' ? 503 : 500).send({ error: error.code })
  }
  stream.report.then(
    ({ rows, sha256 }) => request.log.info({ rows, sha256 }, 'downloaded'),
    error => request.log.warn(error, 'broken off')
  )
  return reply
    .type('application/octet-stream')
    .header('content-disposition', `attachment; filename="${name}.dump"`)
    .send(stream)
})

await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT ?? 3000) })

// The server stops taking requests, and waits for the downloads.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => app.close())
