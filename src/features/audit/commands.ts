import type { Context } from '../../context.ts'
import { jsonb } from '../../db/expressions.ts'
import type { Trx } from '../../db/transaction.ts'

export interface AuditEvent {
  organizationId: string
  /** `<subject>.<verb>`, e.g. `seminar.created`, `invitation.answered`. */
  action: string
  subjectKind: string
  subjectId: string | null
  seminarId?: string | null
  details?: Record<string, unknown>
}

/** Writes what happened, in the transaction that did it. Never holds a token or a password. */
export async function recordAudit(trx: Trx, ctx: Context, event: AuditEvent): Promise<void> {
  await recordAudits(trx, ctx, [event])
}

/** The same for many events, 1,000 to a statement. */
export async function recordAudits(trx: Trx, ctx: Context, events: AuditEvent[]): Promise<void> {
  for (let i = 0; i < events.length; i += 1000) {
    const rows = events.slice(i, i + 1000).map((event) => auditRow(ctx, event))
    await trx.insertInto('audit_events').values(rows).execute()
  }
}

/** An event as a row, for a command that writes it in the same statement as what it records. */
export function auditRow(ctx: Context, event: AuditEvent) {
  return {
    organization_id: event.organizationId,
    actor_kind: ctx.actor.kind,
    actor_id: ctx.actor.id,
    actor_name: ctx.actor.name,
    action: event.action,
    subject_kind: event.subjectKind,
    subject_id: event.subjectId,
    seminar_id: event.seminarId ?? null,
    details: jsonb(event.details ?? {}),
  }
}
