// House rules that no linter knows: sizes and names of files, texts in both languages, words we do not use.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const faults = []
const files = (folder) =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((e) =>
    e.isDirectory() ? files(join(folder, e.name)) : [join(folder, e.name)],
  )

// 1. A file past 300 lines becomes a folder (design, style 10).
const code = files('src').filter((f) => /\.tsx?$/.test(f) && f !== 'src/db/types.ts')
for (const file of code) {
  const lines = readFileSync(join(root, file), 'utf8').split('\n').length
  if (lines > 300) faults.push(`${file}: ${lines} lines; past 300 it becomes a folder`)
  if (!/^[a-z0-9./-]+$/.test(relative('src', file))) faults.push(`${file}: names are kebab-case`)
}

// 2. A feature's files come from a closed vocabulary; only leaves add a file named for its format.
const leaves = new Set(['calendar', 'mail', 'files', 'audit', 'links'])
const vocabulary = new Set(['schema', 'queries', 'commands', 'rules', 'emails'])
for (const feature of readdirSync(join(root, 'src/features'))) {
  if (leaves.has(feature)) continue
  for (const name of readdirSync(join(root, 'src/features', feature))) {
    const word = name.replace(/\.tsx?$/, '')
    if (!vocabulary.has(word) && !(feature === 'accounts' && word === 'auth'))
      faults.push(`src/features/${feature}/${name}: not in the vocabulary`)
  }
}

// 3. Every text in both languages, with the same values; and the register of an official letter.
// Vietnamese names the honorific and the kind, English counts.
const oneLanguageOnly = new Set(['hon', 'inviteeHon', 'honorific', 'subHon', 'kind', 'count'])
const values = (text) =>
  [...new Set([...text.matchAll(/(?<!(?:one|other|zero|two|few|many|=\d+)\s)\{(\w+)\s*[,}]/g)].map((m) => m[1]))]
    .sort()
    .join()
for (const name of readdirSync(join(root, 'locales/vi'))) {
  const vi = JSON.parse(readFileSync(join(root, 'locales/vi', name), 'utf8'))
  const english = join(root, 'locales/en', name)
  const en = existsSync(english) ? JSON.parse(readFileSync(english, 'utf8')) : {}
  for (const key of new Set([...Object.keys(vi), ...Object.keys(en)])) {
    if (!vi[key]?.trim() || !en[key]?.trim()) faults.push(`locales/*/${name}: ${key} is missing in one language`)
    else if (/(^|\s)(bạn|vui lòng)(\s|[.,]|$)/i.test(vi[key]))
      faults.push(`locales/vi/${name}: ${key}: never “bạn” or “vui lòng”`)
    else {
      const apart = [...values(vi[key]).split(','), ...values(en[key]).split(',')].filter(
        (v) => v && !oneLanguageOnly.has(v) && !(vi[key].includes(`{${v}`) && en[key].includes(`{${v}`)),
      )
      if (apart.length) faults.push(`locales/*/${name}: ${key}: {${apart}} is in one language only`)
    }
    if (vi[key] && vi[key] !== vi[key].normalize('NFC')) faults.push(`locales/vi/${name}: ${key} is not NFC`)
  }
}

// 4. Nothing unfinished.
for (const file of [...code, ...files('test').filter((f) => /\.tsx?$/.test(f))]) {
  const text = readFileSync(join(root, file), 'utf8')
  if (/\b(TODO|FIXME|XXX)\b/.test(text)) faults.push(`${file}: unfinished (TODO, FIXME, XXX)`)
  if (/\b(it|test|describe)\.(skip|only|todo)\b/.test(text)) faults.push(`${file}: a skipped or lonely test`)
}

// 5. The API names its schemas by zod's own `.meta`: the library's method is missing on what was made before it was loaded.
for (const file of code.filter((f) => f.startsWith('src/api/')))
  if (/\.openapi\(['{]/.test(readFileSync(join(root, file), 'utf8')))
    faults.push(`${file}: .meta({ id }), not .openapi('…')`)

if (statSync(join(root, '.ci/run')).mode % 2 === 0) faults.push('.ci/run is not executable')
for (const fault of faults) console.error(fault)
console.error(faults.length ? `${faults.length} faults` : `house rules: ${code.length} files in order`)
process.exitCode = faults.length ? 1 : 0
