/** One sample of Prometheus' text format. */
export interface Sample {
  name: string
  labels: Record<string, string>
  value: number
}

/**
 * Reads Prometheus' text format 0.0.4 as its definition has it, and nothing else: every sample belongs to a TYPE that stands before it,
 * no name is described twice, no series appears twice, the text ends with a line feed.
 */
export function readExposition(text: string): {
  samples: Sample[]
  types: Map<string, string>
  help: Map<string, string>
} {
  if (!text.endsWith('\n')) throw new Error('the last line has no end')
  const types = new Map<string, string>()
  const help = new Map<string, string>()
  const seen = new Set<string>()
  const samples: Sample[] = []
  for (const line of text.split('\n')) {
    if (line === '') continue
    const described = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$/.exec(line)
    if (described) {
      const [, what, name, rest] = described as unknown as [string, string, string, string]
      const into = what === 'HELP' ? help : types
      if (into.has(name)) throw new Error(`${what} twice: ${name}`)
      if (what === 'TYPE' && !['counter', 'gauge', 'histogram', 'summary'].includes(rest)) throw new Error(line)
      into.set(name, rest)
      continue
    }
    const sample = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (-?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?)|[+-]Inf|NaN)$/i.exec(
      line,
    )
    if (!sample) throw new Error(`no sample: ${line}`)
    const [, name, inner = '', value] = sample as unknown as [string, string, string | undefined, string]
    if (!types.has(name) && !types.has(name.replace(/_(bucket|sum|count)$/, '')))
      throw new Error(`without a type: ${name}`)
    const labels: Record<string, string> = {}
    const rest = inner.replace(/([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(,|$)/g, (_, label, text) => {
      labels[label] = text
      return ''
    })
    if (rest) throw new Error(`labels: ${line}`)
    const series = `${name}{${inner}}`
    if (seen.has(series)) throw new Error(`twice: ${series}`)
    seen.add(series)
    samples.push({ name, labels, value: value === '+Inf' ? Number.POSITIVE_INFINITY : Number(value) })
  }
  return { samples, types, help }
}

/** The value of one series; undefined where there is none. */
export function figureOf(text: string, name: string, labels: Record<string, string> = {}): number | undefined {
  return readExposition(text).samples.find(
    (sample) =>
      sample.name === name && Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
  )?.value
}
