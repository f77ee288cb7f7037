/** What the page says while it sends, in its language; `{percent}`, `{received}` and `{size}` are filled in here. */
export interface UploadTexts {
  waiting: string
  connecting: string
  sending: string
  resumed: string
  checking: string
  arrived: string
  kept: string
  cut: string
  cutNone: string
  busy: string
  now: string
  cancel: string
  cancelled: string
  tooLarge: string
  failed: string
  unreadable: string
  choose: string
}
