// Sends each chosen file in pieces, one file after another; what a cut connection leaves is gone on with, now or another day.
import { type Begun, candidates, listBegun } from './upload/begun.ts'
import { addLine } from './upload/line.ts'
import { send } from './upload/send.ts'
import type { UploadTexts } from './upload/texts.ts'

for (const form of document.querySelectorAll<HTMLFormElement>('form[data-uploads]')) enhance(form)

function enhance(form: HTMLFormElement): void {
  const input = form.querySelector<HTMLInputElement>('input[type=file]')
  const list = form.querySelector<HTMLUListElement>('.sending')
  const status = form.querySelector<HTMLElement>('[role=status]')
  const drop = form.querySelector<HTMLElement>('.drop')
  const texts: UploadTexts = JSON.parse(form.dataset.texts ?? '{}')
  if (!input || !list || !status || !drop) return
  const begun = listBegun()
  let queue = Promise.resolve()
  let [open, kept, failed] = [0, 0, 0]

  acceptDrops(drop, input)
  offerToChoose(begun, input, texts)
  addEventListener('beforeunload', (e) => {
    if (open) e.preventDefault()
  })
  // A file that was begun goes on without another question.
  input.addEventListener('change', () => {
    const files = [...(input.files ?? [])]
    if (files.length && files.every((file) => candidates(file, begun).length)) form.requestSubmit()
  })
  form.addEventListener('submit', (e) => {
    e.preventDefault()
    const files = [...(input.files ?? [])]
    form.reset()
    list.hidden = false
    for (const file of files) add(file)
  })

  function add(file: File): void {
    const cancelling = new AbortController()
    const announce = (words: string) => {
      status!.textContent = words
    }
    const line = addLine(list!, file.name, texts, announce, () => {
      cancelling.abort()
      line.say(texts.cancelled, 'off')
    })
    if (file.size > Number(form.dataset.max)) {
      failed++
      line.say(texts.tooLarge, 'bad')
      return
    }
    open++
    let isOpen = true
    // From then on leaving the page loses nothing.
    const settle = () => {
      if (isOpen) open--
      isOpen = false
    }
    line.progress(0, texts.waiting)
    queue = queue.then(async () => {
      const result = await send({
        file,
        begun: candidates(file, begun),
        at: form.dataset.uploads ?? '',
        line,
        texts,
        signal: cancelling.signal,
        arrived: settle,
        taken: (one) => void begun.splice(begun.indexOf(one), 1),
      })
      settle()
      if (result === 'kept') kept++
      if (result === 'refused') failed++
      if (kept && !failed && !open) location.assign(form.dataset.done ?? location.href)
    })
  }
}

function acceptDrops(drop: HTMLElement, input: HTMLInputElement): void {
  for (const type of ['dragenter', 'dragover'])
    drop.addEventListener(type, (e) => {
      e.preventDefault()
      drop.classList.add('over')
    })
  for (const type of ['dragleave', 'drop']) drop.addEventListener(type, () => drop.classList.remove('over'))
  drop.addEventListener('drop', (e) => {
    e.preventDefault()
    if (!e.dataTransfer?.files.length) return
    input.files = e.dataTransfer.files
    input.dispatchEvent(new Event('change'))
  })
}

/** A button at each file that was begun, which opens the device's own choice of files. */
function offerToChoose(begun: Begun[], input: HTMLInputElement, texts: UploadTexts): void {
  for (const { item, name, whole } of begun) {
    if (whole) continue
    const choose = document.createElement('button')
    choose.type = 'button'
    choose.className = 'btn small'
    choose.setAttribute('aria-label', `${texts.choose}: ${name}`)
    choose.textContent = texts.choose
    choose.addEventListener('click', () => {
      const fold = input.closest('details')
      if (fold) fold.open = true
      input.click()
    })
    item.append(choose)
  }
}
