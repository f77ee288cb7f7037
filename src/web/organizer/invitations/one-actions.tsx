import type { InvitationDetailProps } from './one-page.tsx'

/** The next thing to do with this invitation, first; what is done seldom after it. */
export function Steps({ page, seminar, invitation, list }: InvitationDetailProps) {
  const { t } = page
  const at = `${list}/${invitation.id}`
  const sendable = seminar.state === 'scheduled'
  if (invitation.status === 'withdrawn') return null
  const step = (rest: string, label: string, name = 'btn') => (
    <form method="post" action={`${at}/${rest}`}>
      <button class={name} type="submit">
        {label}
      </button>
    </form>
  )
  return (
    <section class="steps">
      {invitation.status === 'draft' ? (
        <>
          {sendable
            ? step('send', t(invitation.email ? 'invitations:step.send' : 'invitations:step.open'), 'btn primary')
            : null}
          <a class="btn" href={`${list}/review?as=${invitation.id}`}>
            {t('invitations:step.preview')}
          </a>
          {step('remove', t('invitations:bulk.remove'))}
        </>
      ) : (
        <>
          {sendable && invitation.email
            ? invitation.telling === 'to_call'
              ? step('resend', t('invitations:step.send'), 'btn primary')
              : step('resend', t('invitations:bulk.resend'))
            : null}
          {step('withdraw', t('invitations:bulk.withdraw'))}
        </>
      )}
    </section>
  )
}

/** The personal link, to be copied, sent as a text message, or replaced. */
export function LinkBox({ page, seminar, invitation, list, link, sms, mayEdit }: InvitationDetailProps) {
  const { t } = page
  if (!link) return null
  return (
    <section class="linkbox stack">
      <h3>{t('invitations:link')}</h3>
      <p class="muted small">{t('invitations:link.text')}</p>
      <p class="copyline">{link}</p>
      <p class="actions">
        <button class="btn small" type="button" data-copy={link}>
          {t('invitations:link.copy')}
        </button>
        {sms ? (
          <button class="btn small" type="button" data-copy={sms}>
            {t('invitations:sms.copy')}
          </button>
        ) : null}
      </p>
      {sms ? (
        <details>
          <summary class="small">{t('invitations:sms')}</summary>
          <p class="copyline small">{sms}</p>
        </details>
      ) : null}
      {mayEdit && seminar.state === 'scheduled' ? (
        <form method="post" action={`${list}/${invitation.id}/new-link`}>
          <button class="btn small" type="submit">
            {t(invitation.email ? 'invitations:link.new.send' : 'invitations:link.new')}
          </button>
          <p class="muted small">{t('invitations:link.new.text')}</p>
        </form>
      ) : null}
    </section>
  )
}
