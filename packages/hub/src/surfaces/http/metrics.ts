import type { MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import { countConfirmations } from '../../confirmations/store.ts'
import type { Hub } from '../hub.ts'

export interface Metrics {
  /** Counts and times each request by its route; a path as it came would hold ids. */
  middleware: MiddlewareHandler
  /** The text of `/metrics`, in Prometheus' exposition format. */
  text(): Promise<string>
}

export function createMetrics(hub: Hub): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: 'clawlink_' })
  const labelNames = ['method', 'route', 'status']
  const requests = new Counter({
    name: 'clawlink_http_requests_total',
    help: 'Requests answered.',
    labelNames,
    registers: [registry],
  })
  const seconds = new Histogram({
    name: 'clawlink_http_request_seconds',
    help: 'Time until a request was answered.',
    labelNames,
    buckets: [0.005, 0.025, 0.1, 0.5, 2.5, 10, 60],
    registers: [registry],
  })
  void new Gauge({
    name: 'clawlink_confirmations',
    help: 'Confirmations by their stored state.',
    labelNames: ['state'],
    registers: [registry],
    async collect() {
      this.reset()
      for (const { state, count } of await countConfirmations(hub.context)) this.set({ state }, count)
    },
  })

  return {
    middleware: async (c, next) => {
      const started = performance.now()
      await next()
      const labels = { method: c.req.method, route: routePath(c, -1), status: String(c.res.status) }
      requests.inc(labels)
      seconds.observe(labels, (performance.now() - started) / 1000)
    },
    text: () => registry.metrics(),
  }
}
