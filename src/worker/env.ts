import type { R2Bucket } from '../platform/r2.ts'

/** What wrangler.toml binds, and the variables and secrets of the configuration by name. */
export interface WorkerEnv {
  HYPERDRIVE: { connectionString: string }
  /** Absent where files lie in S3. */
  FILES?: R2Bucket
  ASSETS: { fetch(address: string): Promise<Response> }
  [variable: string]: unknown
}

/** What a build leaves beside its assets. */
export interface Build {
  names: Record<string, string>
  migrations: number
}

/** Names of the built assets and the number of migrations, from the assets themselves. */
export async function readBuild(env: WorkerEnv): Promise<Build> {
  const answer = await env.ASSETS.fetch('https://assets.local/build.json')
  if (!answer.ok) throw new Error(`build.json: ${answer.status}`)
  return answer.json()
}
