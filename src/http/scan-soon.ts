import type { Context } from '../context.ts'
import { scanFiles } from '../features/presentations/commands/scan.ts'
import type { Services } from '../services.ts'

/**
 * Has what just came of a speech scanned after the answer. Where the scanner does not answer, or this process ends before, the task
 * does it.
 */
export function scanSoon(
  services: Services,
  ctx: Context,
  { organizationId, id }: { organizationId: string; id: string },
): void {
  if (!services.scanner) return
  const own: Context = { ...ctx, actor: { kind: 'system', id: 'scan_files', name: 'scan_files' } }
  services.later(scanFiles(services, own, { organizationId, presentationId: id }))
}
