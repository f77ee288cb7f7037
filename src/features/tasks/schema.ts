/** A process that gives signs of life. */
export interface InstanceIdentity {
  /** Unique to this process: what it claims, it claims in this name. */
  id: string
  kind: 'node' | 'worker'
  host: string
  pid: number
  /** Of the program. */
  version: string
}

/** How often an instance gives a sign of life, in milliseconds. The database takes it for gone after 10 s without one. */
export const BEAT_MS = 2_000
/** After this long without one that came through, an instance takes itself for gone and begins no more letters. */
export const LOST_MS = 6_000
/** When the outbox has not been worked to its end for so long, in seconds, `/readyz` says so. */
export const OUTBOX_LATE_SECONDS = 180

/** The row of `task_runs` that holds how the virus scanner answered last; it is no task. */
export const SCANNER = 'scanner'
