// `npm run bench [-- --json] [-- name…]`: every figure is a ratio against its own baseline, measured in the same run.
// A figure's file may be named to run it alone: `npm run bench -- public`.
import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { generator, openFileLimit } from './support/load.mjs'

const folder = dirname(fileURLToPath(import.meta.url))
const json = process.argv.includes('--json')
const only = process.argv.slice(2).filter((arg) => !arg.startsWith('-'))
const say = (text) => (json ? console.error(text) : console.log(text))

const number = (n) => (n >= 1000 ? Math.round(n).toLocaleString('en') : n.toFixed(2))

function line({ name, value, baseline, ratio, unit, errors = 0, baselineErrors = 0, refused }) {
  if (refused) return `${name.padEnd(16)} not run: ${refused}`
  const faults = errors || baselineErrors ? `; errors ${errors}, baseline's ${baselineErrors}` : ''
  return `${name.padEnd(16)} × ${ratio.toFixed(2)}   ${number(value)} ${unit} against ${number(baseline)} ${unit}${faults}`
}

say(
  `load: ${generator === 'wrk' ? 'wrk' : 'our own generator (wrk is not installed)'}; open files: ${openFileLimit() ?? 'unknown'}`,
)
const results = []
for (const file of readdirSync(folder)
  .filter((name) => name.endsWith('.bench.mjs') && (!only.length || only.some((part) => name.startsWith(part))))
  .sort()) {
  const { measure } = await import(pathToFileURL(join(folder, file)).href)
  for (const row of await measure()) {
    const result = { ...row, ratio: row.refused ? null : row.value / row.baseline }
    results.push(result)
    say(line(result))
    for (const note of row.notes ?? []) say(`${' '.repeat(17)}${note}`)
  }
}
if (json)
  console.log(
    JSON.stringify(
      results.map(({ name, value = null, baseline = null, ratio, unit = '', errors, refused }) => ({
        name,
        value,
        baseline,
        ratio,
        unit,
        ...(errors ? { errors } : {}),
        ...(refused ? { refused } : {}),
      })),
    ),
  )
