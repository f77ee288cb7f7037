import type { Translate } from '../../i18n.ts'

/** What the page says by its script, in the page's language; `{name}` is filled in there. */
export function islandWords(t: Translate) {
  return {
    one: t('api:filter.found', { count: 1 }),
    many: t('api:filter.found', { count: 2 }).replace('2', '{count}'),
    none: t('api:filter.none', { text: '{text}' }),
    clear: t('api:filter.clear'),
    copy: t('api:copy'),
    copied: t('api:copied'),
    open: t('api:try'),
    close: t('api:try.close'),
    send: t('api:try.send', { method: '{method}' }),
    changes: t('api:try.changes'),
    keyMissing: t('api:try.key.missing'),
    keyBack: t('api:try.key.back'),
    keySigns: t('api:try.key.signs'),
    loading: t('api:try.loading'),
    noDescription: t('api:try.noDescription'),
    sending: t('api:try.sending'),
    failed: t('api:try.failed'),
    failedChange: t('api:try.failed.change'),
    empty: t('api:try.empty'),
    signs: t('api:try.signs'),
    json: t('api:try.json'),
    jsonAt: t('api:try.json.at', { line: '{line}', column: '{column}' }),
    body: t('api:try.body'),
    file: t('api:try.file'),
    fileMissing: t('api:try.file.missing'),
    newValue: t('api:try.new'),
    lines: t('api:try.lines'),
    required: t('api:required').toLowerCase(),
    path: t('api:in.path'),
    query: t('api:in.query'),
    header: t('api:in.header'),
    answer: t('api:try.answer'),
    nothing: t('api:try.nothing'),
    binary: t('api:try.binary', { type: '{type}', size: '{size}' }),
    download: t('api:try.download'),
  }
}

export type Words = ReturnType<typeof islandWords>
