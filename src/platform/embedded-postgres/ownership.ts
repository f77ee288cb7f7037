import { setTimeout as sleep } from 'node:timers/promises'
import postgres from 'postgres'

/** The advisory lock of the application that owns an embedded server ("hoit" in ASCII, and 1). */
const [space, key] = [1_752_131_956, 1]

/**
 * Makes this process the owner of the embedded server, for as long as it lives: the lock belongs to a connection,
 * which ends with the process however that ends.
 * @throws Error in one line that names the owner when there is a living one.
 */
export async function takeOwnership(url: string, dataDir: string): Promise<{ release(): Promise<void> }> {
  let released = false
  const sql = postgres(url, {
    max: 1,
    idle_timeout: 0,
    max_lifetime: null,
    fetch_types: false,
    onnotice: () => undefined,
    connection: { application_name: `hoithao ${process.pid}` },
    // Postgres drops all connections when one of its processes crashes: the lock is then taken again.
    onclose: () => {
      if (!released) setTimeout(() => void lock().catch(() => undefined), 500).unref()
    },
  })
  const lock = async (): Promise<boolean> => {
    if (released) return false
    const [row] = await sql`select pg_try_advisory_lock(${space}::int, ${key}::int) as mine`
    return row?.mine === true
  }
  const release = async (): Promise<void> => {
    released = true
    await sql.end({ timeout: 1 })
  }

  try {
    // Postgres needs a moment to notice that a killed owner's connection is gone.
    for (const deadline = Date.now() + 1_500; Date.now() < deadline; await sleep(50)) {
      if (await lock()) return { release }
    }
    const [owner] = await sql`
      select a.application_name as name from pg_locks l join pg_stat_activity a on a.pid = l.pid
      where l.locktype = 'advisory' and l.classid = ${space} and l.objid = ${key} and l.granted`
    const pid = /(?<!\d)\d+$/.exec(owner?.name ?? '')?.[0]
    throw new Error(
      `hoithao is already running${pid ? ` (pid ${pid})` : ''} with the data in ${dataDir}: stop it first, or set DATA_DIR to another folder.`,
    )
  } catch (error) {
    await release()
    throw error
  }
}
