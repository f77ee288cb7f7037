import { sql } from 'kysely'
import { jsonb } from '../../../db/expressions.ts'
import type { Trx } from '../../../db/transaction.ts'
import { renderMarkdown } from '../../../text/markdown.ts'
import type { WithoutHtml } from '../queries/without-html.ts'

/** Puts the HTML beside a text that has none yet. What was written meanwhile stays as it is; nobody's version moves. */
export async function storeHtml(trx: Trx, { organization_id, id, body, published }: WithoutHtml): Promise<void> {
  await trx
    .updateTable('summaries')
    .set({ body_html: renderMarkdown(body) })
    .where('organization_id', '=', organization_id)
    .where('id', '=', id)
    .where('body', '=', body)
    .where('body_html', 'is', null)
    .execute()
  if (published === null) return
  await trx
    .updateTable('summaries')
    .set({ published: sql`published || ${jsonb({ blocks: published.blocks })}` })
    .where('organization_id', '=', organization_id)
    .where('id', '=', id)
    .where(sql`published ->> 'body'`, '=', published.body)
    .execute()
}
