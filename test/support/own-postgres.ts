import { startEmbeddedPostgres, startTemporaryPostgres } from '../../src/platform/embedded-postgres.ts'

/**
 * Run as a process of its own, to be killed by a test: owns the embedded Postgres in the folder given (or, without
 * one, a temporary one), prints its address as one line of JSON, and lives until it is ended or its input closes.
 */
const [folder] = process.argv.slice(2)
try {
  const server = folder
    ? await startEmbeddedPostgres({ dataDir: folder, log: () => undefined })
    : await startTemporaryPostgres()
  process.stdout.write(`${JSON.stringify({ ...server, stop: undefined })}\n`)
  process.stdin.on('end', () => void server.stop().then(() => process.exit(0)))
  process.stdin.resume()
} catch (error) {
  process.stdout.write(`${JSON.stringify({ error: (error as Error).message })}\n`)
  process.exitCode = 1
}
