/** Where the figures are read: at any path of the metrics port, as daprd does, and at /metrics of the HTTP API. */
import type { RequestListener } from 'node:http'
import type { FastifyInstance } from 'fastify'
import type { Metrics } from '../observability/metrics.ts'
import type { ApiContext } from './context.ts'

/** The request handler of the metrics port. */
export function metricsListener(metrics: Metrics): RequestListener {
  return (_request, response) => {
    metrics.text().then(
      (text) => response.writeHead(200, { 'content-type': metrics.contentType }).end(text),
      () => response.writeHead(500).end(),
    )
  }
}

/** Adds the route. The rules of the API hold for it, its token too. */
export function registerMetricsHttp(app: FastifyInstance, { metrics }: ApiContext): void {
  app.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()))
}
