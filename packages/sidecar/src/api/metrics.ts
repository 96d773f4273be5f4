/** What the metrics port answers: the figures at any path, as daprd does. */
import type { RequestListener } from 'node:http'
import type { Metrics } from '../observability/metrics.ts'

/** The request handler of the metrics port. */
export function metricsListener(metrics: Metrics): RequestListener {
  return (_request, response) => {
    metrics.text().then(
      (text) => response.writeHead(200, { 'content-type': metrics.contentType }).end(text),
      () => response.writeHead(500).end(),
    )
  }
}
