// `npm run bench [-- --json]`: every figure is a ratio against its own baseline, measured in the same run.
import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const folder = dirname(fileURLToPath(import.meta.url))
const json = process.argv.includes('--json')
const results = []
for (const file of readdirSync(folder)
  .filter((f) => f.endsWith('.bench.mjs'))
  .sort()) {
  const { measure } = await import(pathToFileURL(join(folder, file)).href)
  for (const row of await measure()) {
    results.push({ ...row, ratio: row.value / row.baseline })
    if (!json)
      console.log(
        `${row.name.padEnd(20)} ${row.value.toFixed(2)} ${row.unit}, baseline ${row.baseline.toFixed(2)} ${row.unit}: × ${(row.value / row.baseline).toFixed(2)}`,
      )
  }
}
if (json) console.log(JSON.stringify(results))
