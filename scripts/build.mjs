// Bundles the browser's assets and the server into dist/. `node scripts/build.mjs [--if-stale]`
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { woff2ToTtf } from './woff2.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const dist = join(root, 'dist')

/** One hash over names, sizes and times of everything that a build reads. */
function sourceStamp() {
  const hash = createHash('sha256')
  const visit = (path) => {
    const stat = statSync(path)
    if (stat.isDirectory()) for (const name of readdirSync(path).sort()) visit(join(path, name))
    else hash.update(`${path} ${stat.size} ${stat.mtimeMs}\n`)
  }
  for (const name of ['src', 'locales', 'sql', 'scripts', 'package.json', 'package-lock.json']) visit(join(root, name))
  return hash.digest('hex')
}

/** The faces of the social cards, out of the packages that the pages have theirs from: what draws the cards reads TrueType. */
function writeFonts(folder) {
  mkdirSync(folder, { recursive: true })
  const packages = join(root, 'node_modules')
  const faces = {
    '@fontsource-variable/source-serif-4/files/source-serif-4': [
      'wght',
      ['vietnamese', 'latin', 'latin-ext', 'greek', 'cyrillic'],
    ],
    '@fontsource/be-vietnam-pro/files/be-vietnam-pro': ['400', ['vietnamese', 'latin', 'latin-ext']],
    '@fontsource/be-vietnam-pro/files/be-vietnam-pro#': ['600', ['vietnamese', 'latin', 'latin-ext']],
  }
  for (const [path, [weight, subsets]] of Object.entries(faces)) {
    for (const subset of subsets) {
      const file = `${path.replace('#', '')}-${subset}-${weight}-normal`
      writeFileSync(
        join(folder, `${file.split('/').pop()}.ttf`),
        woff2ToTtf(readFileSync(join(packages, `${file}.woff2`))),
      )
    }
  }
  writeFileSync(
    join(folder, 'fonts.conf'),
    '<?xml version="1.0"?>\n<fontconfig><dir prefix="relative">.</dir></fontconfig>\n',
  )
}

/** `2026-11-24T22:05Z 1a2b3c4`: when, and from which commit; an image is built without the history. */
function buildStamp() {
  const at = `${new Date().toISOString().slice(0, 16)}Z`
  const git = spawnSync('git', ['rev-parse', '--short=9', 'HEAD'], { cwd: root, encoding: 'utf8' })
  return git.status === 0 ? `${at} ${git.stdout.trim()}` : at
}

/** @returns {Promise<boolean>} whether anything was built */
export async function build({ ifStale = false } = {}) {
  const stamp = sourceStamp()
  const stampFile = join(dist, '.stamp')
  if (ifStale && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return false
  const { build: esbuild, stop: stopEsbuild } = await import('esbuild')
  // Made beside and put in place whole: a command may build while a server starts.
  const work = `${dist}.${process.pid}`
  const assets = join(work, 'public', 'assets')
  rmSync(work, { recursive: true, force: true })
  mkdirSync(assets, { recursive: true })

  const islands = join(root, 'src/web/islands')
  const client = await esbuild({
    absWorkingDir: root,
    entryPoints: [
      'src/web/styles/app.css',
      'src/web/styles/public-pages.css',
      'src/web/styles/api-docs.css',
      'src/web/icon.svg',
      ...readdirSync(islands)
        .filter((f) => f.endsWith('.ts'))
        .map((f) => `src/web/islands/${f}`),
    ],
    outdir: assets,
    entryNames: '[name]-[hash]',
    assetNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    target: ['es2022', 'chrome123', 'safari17.5', 'firefox120'],
    loader: { '.woff2': 'file', '.svg': 'copy' },
    metafile: true,
    logLevel: 'warning',
  })
  await esbuild({
    absWorkingDir: root,
    entryPoints: {
      server: 'src/node.ts',
      cli: 'src/cli.ts',
      cards: 'src/platform/cards.ts',
      'inspector-thread': 'src/platform/inspector-thread.ts',
    },
    outdir: work,
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    jsx: 'automatic',
    jsxImportSource: 'hono/jsx',
    packages: 'external',
    sourcemap: true,
    define: { __BUILD__: JSON.stringify(buildStamp()) },
    logLevel: 'warning',
  })
  const manifest = {}
  for (const file of Object.keys(client.metafile.outputs)) {
    const name = file.split('/').pop()
    manifest[name.replace(/-[A-Z0-9]{8}(\.\w+)$/, '$1')] = name
  }
  writeFonts(join(work, 'fonts'))
  // In a process of its own: the fonts move with the folder when it is put in place.
  const drawn = execFileSync(process.execPath, [join(root, 'scripts/standing-cards.mjs'), work], { encoding: 'utf8' })
  Object.assign(manifest, JSON.parse(drawn))
  writeFileSync(join(work, 'manifest.json'), JSON.stringify(manifest, null, 1))
  // What a Worker asks of its assets at its start, and how long the platform may keep them.
  const migrations = readdirSync(join(root, 'sql')).filter((name) => name.endsWith('.sql')).length
  writeFileSync(join(work, 'public', 'build.json'), JSON.stringify({ names: manifest, migrations }))
  writeFileSync(
    join(work, 'public', '_headers'),
    '/assets/*\n  Cache-Control: public, max-age=31536000, immutable\n  X-Content-Type-Options: nosniff\n',
  )
  writeFileSync(join(work, '.stamp'), stamp)
  rmSync(dist, { recursive: true, force: true })
  renameSync(work, dist)
  // Its process would stay beside a server for as long as that lives.
  await stopEsbuild()
  return true
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const built = await build({ ifStale: process.argv.includes('--if-stale') })
  if (built) console.error('built dist/')
}
