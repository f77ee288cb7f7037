import { AsyncLocalStorage } from 'node:async_hooks'
import { type Context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources'
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import type { Follow } from '../services.ts'
import type { Watch } from './query-watch.ts'

const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT, internal: SpanKind.INTERNAL }

export interface Traces {
  follow: Follow
  /** A span for each statement that belongs to a piece of work; those of nobody's are left out. */
  watch: Watch
  /** Sends what was not sent yet. */
  close(): Promise<void>
}

/**
 * Traces by OpenTelemetry over OTLP/HTTP as JSON. The exporter reads its standard variables itself (address, headers, time limit,
 * compression), resources theirs (OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES). A stranger's `traceparent` is not taken up.
 */
export function createTraces(env: Record<string, string | undefined>, version: string): Traces {
  const resource = defaultResource()
    .merge(resourceFromAttributes({ 'service.name': 'hoithao', 'service.version': version }))
    .merge(detectResources({ detectors: [envDetector] }))
  const exporter = new OTLPTraceExporter()
  const provider = new TracerProvider({
    resource,
    sampler: samplerOf(env),
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  })
  const tracer = provider.getTracer('hoithao', version)
  const current = new AsyncLocalStorage<Context>()

  return {
    follow(kind, name, work) {
      const parent = current.getStore() ?? ROOT_CONTEXT
      const span = tracer.startSpan(name, { kind: KINDS[kind] }, parent)
      const own = {
        name: (text: string) => void span.updateName(text),
        set: (a: object) => void span.setAttributes(a as never),
      }
      return current.run(trace.setSpan(parent, span), async () => {
        try {
          return await work(own)
        } catch (error) {
          span.setStatus({ code: SpanStatusCode.ERROR, message: (error as Error).name })
          throw error
        } finally {
          span.end()
        }
      })
    },
    watch(text) {
      const parent = current.getStore()
      if (!parent) return () => undefined
      const { operation, summary } = describe(text)
      const span = tracer.startSpan(
        summary,
        { kind: SpanKind.CLIENT, attributes: { 'db.system.name': 'postgresql', 'db.operation.name': operation } },
        parent,
      )
      return (failed) => {
        if (failed !== undefined) {
          const { code } = failed as { code?: string }
          span.setStatus({ code: SpanStatusCode.ERROR, ...(code ? { message: code } : {}) })
        }
        span.end()
      }
    },
    close: () => provider.shutdown(),
  }
}

/** `select messages`: the operation and the first table, no more of the statement. */
function describe(text: string): { operation: string; summary: string } {
  const start = text.slice(0, 2000)
  const operation = (/^\s*([a-z]+)/i.exec(start)?.[1] ?? 'query').toLowerCase()
  const table = /\b(?:from|into|update)\s+"?([a-z_]+)"?(?:\."?([a-z_]+)"?)?/i.exec(start)
  return { operation, summary: table ? `${operation} ${table[2] ?? table[1]}` : operation }
}

/** OTEL_TRACES_SAMPLER and OTEL_TRACES_SAMPLER_ARG, as the specification has them; everything, where none is named. */
function samplerOf(env: Record<string, string | undefined>): Sampler {
  const ratio = () => {
    const given = Number(env.OTEL_TRACES_SAMPLER_ARG ?? 1)
    return new TraceIdRatioBasedSampler(given >= 0 && given <= 1 ? given : 1)
  }
  switch (env.OTEL_TRACES_SAMPLER) {
    case 'always_off':
    case 'parentbased_always_off':
      return new AlwaysOffSampler()
    case 'traceidratio':
      return ratio()
    case 'parentbased_traceidratio':
      return new ParentBasedSampler({ root: ratio() })
    default:
      return new AlwaysOnSampler()
  }
}
