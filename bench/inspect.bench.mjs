// The worst document of a list of adversarial ones: at its largest size over half of it, looked at as the service does.
import { performance } from 'node:perf_hooks'
import { memorySource } from '../src/features/files/bytes.ts'
import { inspect } from '../src/features/files/inspector.ts'
import { adversarial } from '../test/support/adversarial.ts'

const LARGEST = 4_000_000
const ROUNDS = 3

/** Milliseconds, the least of some rounds. */
async function time(bytes) {
  let least = Number.POSITIVE_INFINITY
  for (let i = 0; i < ROUNDS; i++) {
    const since = performance.now()
    for (const act of ['check', 'words']) await inspect(act, memorySource(bytes), 'a.docx').catch(() => undefined)
    least = Math.min(least, performance.now() - since)
  }
  return least
}

export async function measure() {
  const rows = []
  for (const [name, make] of Object.entries(adversarial)) {
    // A fixture of a compound file holds 64 KB.
    const largest = name.startsWith('OLE') ? LARGEST / 40 : LARGEST
    const half = await time(make(largest / 2))
    const full = await time(make(largest))
    rows.push({ name, half, full, growth: full / half })
  }
  // What takes a few milliseconds grows by chance.
  const counted = rows.filter((row) => row.full > 20)
  const worst = counted.reduce((a, b) => (b.growth > a.growth ? b : a))
  return [
    {
      name: 'inspect.growth',
      value: worst.full,
      baseline: worst.half,
      unit: 'ms',
      notes: [
        `worst of ${rows.length}: ${worst.name}; each of ${LARGEST / 1e6} MB against half of it`,
        ...rows.map((r) => `${r.name}: ${r.half.toFixed(0)} → ${r.full.toFixed(0)} ms, × ${r.growth.toFixed(2)}`),
      ],
    },
  ]
}
