// Generates src/db/types.ts from sql/: `npm run types`. `--verify` fails when the file is out of date.
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const out = join(root, 'dist', 'db-types-helper.mjs')
await build({
  stdin: {
    contents: `export { startTemporaryPostgres } from './src/platform/embedded-postgres.ts'
      export { connectPostgres } from './src/platform/postgres.ts'
      export { readMigrations } from './src/platform/project.ts'
      export { migrate } from './src/db/migrate.ts'`,
    resolveDir: root,
    loader: 'ts',
  },
  outfile: out,
  bundle: true,
  platform: 'node',
  format: 'esm',
  packages: 'external',
  logLevel: 'warning',
})
const { startTemporaryPostgres, connectPostgres, readMigrations, migrate } = await import(pathToFileURL(out).href)
const server = await startTemporaryPostgres()
try {
  const connection = connectPostgres(server.url, { max: 2 })
  await migrate(connection.sql, await readMigrations())
  await connection.close()
  const mapping = { timestamp: 'string', date: 'string', time: 'string', int8: 'number', bytea: 'Uint8Array' }
  const { status } = spawnSync(
    process.execPath,
    [
      join(root, 'node_modules/kysely-codegen/dist/cli/bin.js'),
      '--dialect=postgres',
      `--url=${server.url}`,
      `--out-file=${join(root, 'src/db/types.ts')}`,
      '--default-schema=public',
      `--type-mapping=${JSON.stringify(mapping)}`,
      '--exclude-pattern=schema_migrations',
      ...(process.argv.includes('--verify') ? ['--verify'] : []),
    ],
    { stdio: 'inherit' },
  )
  process.exitCode = status ?? 1
} finally {
  await server.stop()
}
