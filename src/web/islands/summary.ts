// The editor of a summary: saves itself, helps with Markdown and quotations, shows the text as printed, takes photos.
import { autosave } from './summary/autosave.ts'
import { figures } from './summary/figures.ts'
import { board } from './summary/photos.ts'
import { sidePreview } from './summary/side-preview.ts'
import { wordCount } from './summary/word-count.ts'
import { writing } from './summary/writing.ts'

const photos = board(document.querySelector<HTMLElement>('[data-photos]'))
const form = document.querySelector<HTMLFormElement>('form[data-autosave]')
if (form) {
  figures(form)
  wordCount(form)
  sidePreview(form)
  autosave(form, (saved) => photos?.placed(saved.places, saved.photos))
  for (const box of form.querySelectorAll<HTMLElement>('[data-markdown]'))
    writing(box, (files, before) => photos?.receive(files, before))
}
