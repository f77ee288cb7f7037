import type { Speaker } from '../../../features/summaries/queries/speakers.ts'
import type { Translate } from '../../../i18n.ts'

const TOOLS = [
  { tool: 'heading', keys: undefined },
  { tool: 'bold', keys: 'Control+B' },
  { tool: 'italic', keys: 'Control+I' },
  { tool: 'list', keys: undefined },
  { tool: 'link', keys: 'Control+K' },
] as const

/** Shown by the island: signs of Markdown for those who do not know them, and quotations by speaker. */
export function Toolbar({ t, speakers }: { t: Translate; speakers: Speaker[] }) {
  return (
    <div class="toolbar" role="group" aria-label={t('summaries:tools')} hidden>
      {TOOLS.map(({ tool, keys }) => (
        <button
          type="button"
          data-tool={tool}
          data-sample={t(`summaries:tool.${tool}.sample`)}
          aria-keyshortcuts={keys}
          title={keys?.replace('Control', 'Ctrl').replace('+', ' ')}
        >
          {t(`summaries:tool.${tool}`)}
        </button>
      ))}
      <details class="quote-menu">
        <summary>{t('summaries:tool.quote')}</summary>
        <ul>
          {speakers.map(({ name, position }) => (
            <li>
              <button type="button" data-tool="quote" data-by={[`**${name}**`, position].filter(Boolean).join(', ')}>
                <b>{name}</b> <span class="muted small">{position}</span>
              </button>
            </li>
          ))}
          <li>
            <button type="button" data-tool="quote" data-by={t('summaries:tool.quote.by')}>
              {t('summaries:tool.quote.other')}
            </button>
          </li>
        </ul>
      </details>
    </div>
  )
}

/** Where no script runs: the lines that name a speaker, ready to be copied below the words quoted. */
export function SpeakerLines({ t, speakers }: { t: Translate; speakers: Speaker[] }) {
  if (!speakers.length) return null
  return (
    <noscript>
      <details class="speaker-lines">
        <summary class="link">{t('summaries:quote.lines')}</summary>
        <pre>
          {speakers
            .map(({ name, position }) => `> — ${[`**${name}**`, position].filter(Boolean).join(', ')}`)
            .join('\n')}
        </pre>
      </details>
    </noscript>
  )
}
