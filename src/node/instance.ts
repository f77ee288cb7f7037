import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { InstanceIdentity } from '../features/tasks/schema.ts'
import { projectFolder } from '../platform/project.ts'

/** Who this process is among those that serve the same database. */
export async function identifyInstance(): Promise<InstanceIdentity> {
  const { version } = JSON.parse(await readFile(join(projectFolder(), 'package.json'), 'utf8')) as { version: string }
  const host = hostname()
  const { pid } = process
  return { id: `${host}:${pid}:${randomUUID().slice(0, 8)}`, kind: 'node', host, pid, version }
}
