// Every regular expression in src/ is linear, or says in scripts/regexes.json why it may be otherwise. Part of `npm run check`.
// recheck decides: its native program where there is one for this machine, its slower JavaScript else.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseSync } from '@swc/core'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const native = existsSync(join(root, `node_modules/recheck-${process.platform}-${process.arch}`))
process.env.RECHECK_BACKEND ??= native ? 'native' : 'pure'
const { check } = await import('recheck')
const { version } = JSON.parse(readFileSync(join(root, 'node_modules/recheck/package.json'), 'utf8'))

const files = (folder) =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((e) =>
    e.isDirectory() ? files(join(folder, e.name)) : [join(folder, e.name)],
  )
const reviewed = JSON.parse(readFileSync(join(root, 'scripts/regexes.json'), 'utf8'))
const faults = []
const found = new Map()
const built = new Map()

for (const file of files('src').filter((f) => /\.tsx?$/.test(f))) {
  const source = readFileSync(join(root, file), 'utf8')
  collect(parseSync(source, { syntax: 'typescript', tsx: file.endsWith('x'), decorators: false }), file)
}

function collect(node, file) {
  if (Array.isArray(node)) for (const one of node) collect(one, file)
  if (node === null || typeof node !== 'object' || Array.isArray(node)) return
  if (node.type === 'RegExpLiteral') {
    const key = `/${node.pattern}/${node.flags}`
    found.set(key, { pattern: node.pattern, flags: node.flags, files: [...(found.get(key)?.files ?? []), file] })
  }
  if (/^(New|Call)Expression$/.test(node.type) && node.callee?.value === 'RegExp')
    built.set(file, (built.get(file) ?? 0) + 1)
  for (const value of Object.values(node)) collect(value, file)
}

// What is put together while the program runs cannot be read here: each file says how many it makes, and why they are linear.
for (const [file, count] of built) {
  const said = reviewed.built[file]
  if (said?.count !== count)
    faults.push(`${file}: ${count} new RegExp, ${said?.count ?? 0} reviewed in scripts/regexes.json`)
}

// What was found linear once stays so: remembered beside what is built.
const memory = join(root, 'dist', `regexes-${version}.json`)
const linear = new Set(existsSync(memory) ? JSON.parse(readFileSync(memory, 'utf8')) : [])
const waiting = [...found].filter(([key]) => !reviewed.kept[key] && !linear.has(key))
const lane = async () => {
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const [key, { pattern, flags, files: where }] = next
    // The same seed each time, and a second look in quiet: the search is by chance, and by the clock.
    let { status, complexity, error } = await check(pattern, flags, { timeout: 15_000, randomSeed: 1 })
    if (status !== 'safe')
      ({ status, complexity, error } = await check(pattern, flags, { timeout: 60_000, randomSeed: 1 }))
    const place = [...new Set(where)].join(', ')
    if (status === 'safe') linear.add(key)
    if (status === 'vulnerable') faults.push(`${place}: ${key} backtracks, ${complexity.type}`)
    else if (status === 'unknown') console.error(`${place}: ${key} is not decided here: ${error?.kind}`)
  }
}
await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, lane))

mkdirSync(join(root, 'dist'), { recursive: true })
writeFileSync(memory, JSON.stringify([...linear].filter((key) => found.has(key))))

for (const key of Object.keys(reviewed.kept)) if (!found.has(key)) console.error(`scripts/regexes.json: ${key} is gone`)
for (const fault of faults) console.error(fault)
console.error(faults.length ? `${faults.length} faults` : `regular expressions: ${found.size} linear or reviewed`)
process.exit(faults.length ? 1 : 0)
