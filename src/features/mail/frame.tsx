import type { Child } from 'hono/jsx'
import type { Locale } from '../../context.ts'
import { oklchToHex } from '../../text/oklch.ts'
import { isLinkMark, withoutMarks } from './rules.ts'

/** A line of a mail: plain words, or pieces of which some are strong. A newline stays a line break. */
export type MailText = string | (string | { strong: string })[]

export interface MailInput {
  locale: Locale
  organization: { name: string; accentHue: number }
  /** Shown by mail apps beside the subject; without it they show the first lines. */
  preview?: string
  /** “Kính gửi đồng chí …,” */
  salutation?: MailText
  /** What stands before the title. */
  paragraphs: MailText[]
  /** The seminar's printed title, set large. */
  title?: string
  /** Between two rules: time, place, chairs. */
  facts?: { label: string; value: MailText }[]
  /** What stands after the facts, before the button. */
  after?: MailText[]
  /** The one thing to do. `href` is an address, or a `linkMark`. */
  button?: { label: string; href: string }
  /** Notes below: deadline, who to ask. */
  small?: MailText[]
}

// Without quotes: some readers do not undo &#39; in a style attribute.
const SANS = 'Be Vietnam Pro,-apple-system,Segoe UI,Roboto,Helvetica Neue,Arial,sans-serif'
const SERIF = 'Georgia,Times New Roman,serif'

/**
 * Renders a mail: HTML for mail readers (tables, inline styles, at most 35rem wide, light and dark) and the same in plain
 * text. Everything given is escaped; link marks count only in the button, so that no name can forge one.
 */
export function renderMail(input: MailInput): { html: string; text: string } {
  return { html: `<!doctype html>${(<Mail {...input} />).toString()}`, text: plainText(input) }
}

function Mail({
  locale,
  organization,
  preview,
  salutation,
  paragraphs,
  title,
  facts = [],
  after = [],
  button,
  small = [],
}: MailInput) {
  const accent = oklchToHex(0.44, 0.155, organization.accentHue)
  const top = [...(salutation ? [salutation] : []), ...paragraphs]
  return (
    <html lang={locale}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width,initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="supported-color-schemes" content="light dark" />
        <title>{withoutMarks(title ?? organization.name)}</title>
        <style dangerouslySetInnerHTML={{ __html: styles(organization.accentHue) }} />
      </head>
      <body
        class="bg"
        style={`margin:0;padding:0;background:#eceae6;color:#26221e;font:400 15px/1.55 ${SANS};-webkit-text-size-adjust:100%`}
      >
        {preview ? (
          <div style="display:none;max-height:0;overflow:hidden;opacity:0">{withoutMarks(preview)}</div>
        ) : null}
        <table
          class="bg"
          role="presentation"
          width="100%"
          cellpadding="0"
          cellspacing="0"
          style="border-collapse:collapse;background:#eceae6"
        >
          <tr>
            <td class="out" align="center" style="padding:20px 12px">
              <table
                class="card"
                role="presentation"
                width="100%"
                cellpadding="0"
                cellspacing="0"
                style={`max-width:35rem;margin:0 auto;background:#ffffff;border-collapse:collapse;border-top:3px solid ${accent}`}
              >
                <Row style="padding-top:22px;padding-bottom:19px;font-weight:600">
                  {withoutMarks(organization.name)}
                </Row>
                <Row>
                  {top.map((line) => (
                    <p style="margin:0 0 14px">
                      <Text line={line} />
                    </p>
                  ))}
                  {title ? (
                    <h1 style={`margin:3px 0 18px;font:600 21.5px/1.36 ${SERIF}`}>{withoutMarks(title)}</h1>
                  ) : null}
                </Row>
                {facts.length ? (
                  <Row style="padding-bottom:8px">
                    <Facts facts={facts} />
                  </Row>
                ) : null}
                {after.length ? (
                  <Row style={facts.length ? 'padding-top:12px' : ''}>
                    {after.map((line) => (
                      <p style="margin:0 0 14px">
                        <Text line={line} />
                      </p>
                    ))}
                  </Row>
                ) : null}
                {button ? (
                  <Row style={`padding-top:${facts.length && !after.length ? 13 : 6}px;padding-bottom:10px`}>
                    <Button {...button} accent={accent} />
                  </Row>
                ) : null}
                <Row class="quiet" style="padding-top:4px;padding-bottom:16px;font-size:13px;color:#655d54">
                  {small.map((line) => (
                    <p style="margin:0 0 8px">
                      <Text line={line} />
                    </p>
                  ))}
                </Row>
              </table>
            </td>
          </tr>
        </table>
      </body>
    </html>
  )
}

function Row({ children, style = '', class: name }: { children?: Child; style?: string; class?: string }) {
  return (
    <tr>
      <td class={name ? `cell ${name}` : 'cell'} style={`padding-left:32px;padding-right:32px;${style}`}>
        {children}
      </td>
    </tr>
  )
}

function Facts({ facts }: { facts: { label: string; value: MailText }[] }) {
  return (
    <table
      class="rule"
      role="presentation"
      width="100%"
      cellpadding="0"
      cellspacing="0"
      style="border-collapse:collapse;border-top:1px solid #e6e1d9;border-bottom:1px solid #e6e1d9"
    >
      {facts.map(({ label, value }, i) => (
        <tr>
          <td
            class="quiet label"
            valign="top"
            width="96"
            style={`${factPadding(i, facts.length)};width:96px;color:#655d54`}
          >
            {withoutMarks(label)}
          </td>
          <td class="value" valign="top" style={factPadding(i, facts.length)}>
            <Text line={value} />
          </td>
        </tr>
      ))}
    </table>
  )
}

function factPadding(i: number, count: number): string {
  return `padding:${i === 0 ? 13 : 4}px 0 ${i === count - 1 ? 13 : 5}px`
}

function Button({ label, href, accent }: { label: string; href: string; accent: string }) {
  return (
    <table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="border-collapse:separate">
      <tr>
        <td class="button" align="center" bgcolor={accent} style={`background:${accent};border-radius:8px`}>
          <a
            href={safeHref(href)}
            style={`display:block;padding:13px 16px;color:#ffffff;font:600 15px/1.4 ${SANS};text-decoration:none;text-align:center`}
          >
            {withoutMarks(label)}
          </a>
        </td>
      </tr>
    </table>
  )
}

function Text({ line }: { line: MailText }) {
  const pieces = typeof line === 'string' ? [line] : line
  return (
    <>
      {pieces.map((piece) =>
        typeof piece === 'string' ? <Lines text={piece} /> : <b>{withoutMarks(piece.strong)}</b>,
      )}
    </>
  )
}

function Lines({ text }: { text: string }) {
  return (
    <>
      {withoutMarks(text)
        .split('\n')
        .map((part, i) => (
          <>
            {i ? <br /> : null}
            {part}
          </>
        ))}
    </>
  )
}

/** A mark, or an address of the web: anything else would be a script or a surprise. */
function safeHref(href: string): string {
  if (isLinkMark(href)) return href
  if (/^https?:\/\//i.test(href) && URL.canParse(href)) return withoutMarks(new URL(href).href)
  throw new Error('a mail button needs an http address or a link mark')
}

/** For readers that honour <style>: narrow screens, and dark ones. */
function styles(hue: number): string {
  const accent = oklchToHex(0.74, 0.125, hue)
  const on = oklchToHex(0.18, 0.02, hue)
  return [
    ':root{color-scheme:light dark;supported-color-schemes:light dark}',
    '@media(max-width:30rem){.out{padding:0!important}.cell{padding-left:20px!important;padding-right:20px!important}',
    '.label,.value{display:block!important;width:auto!important}.label{padding-bottom:0!important}.value{padding-top:0!important}}',
    '@media(prefers-color-scheme:dark){.bg{background:#161412!important;color:#ece8e2!important}',
    `.card{background:#1f1c1a!important;border-top-color:${accent}!important}.quiet{color:#b3aaa0!important}.rule{border-color:#3a3532!important}`,
    `.button{background:${accent}!important}.button a{color:${on}!important}}`,
  ].join('')
}

function plainText({
  organization,
  salutation,
  paragraphs,
  title,
  facts = [],
  after = [],
  button,
  small = [],
}: MailInput): string {
  const plain = (line: MailText) =>
    withoutMarks(
      typeof line === 'string'
        ? line
        : line.map((piece) => (typeof piece === 'string' ? piece : piece.strong)).join(''),
    )
  return [
    withoutMarks(organization.name),
    ...(salutation ? [plain(salutation)] : []),
    ...paragraphs.map(plain),
    ...(title ? [withoutMarks(title)] : []),
    ...(facts.length ? [facts.map(({ label, value }) => `${withoutMarks(label)}: ${plain(value)}`).join('\n')] : []),
    ...after.map(plain),
    ...(button ? [`${withoutMarks(button.label)}:\n${safeHref(button.href)}`] : []),
    ...small.map(plain),
  ]
    .join('\n\n')
    .concat('\n')
}
