/** Sends each chosen file by itself, with progress; says when the connection was cut, and sends again on a button. */
interface Answer {
  accepted: { name: string; number: number }[]
  refused: { name: string; code: string; text: string }[]
}

for (const form of document.querySelectorAll<HTMLFormElement>('form[data-upload]')) enhance(form)

function enhance(form: HTMLFormElement): void {
  const input = form.querySelector<HTMLInputElement>('input[type=file]')
  const list = form.querySelector<HTMLUListElement>('.sending')
  const button = form.querySelector<HTMLButtonElement>('button[type=submit]')
  const drop = form.querySelector<HTMLElement>('.drop')
  if (!input || !list || !button || !drop) return
  let sending = 0
  let kept = 0
  let failed = 0

  for (const type of ['dragenter', 'dragover'])
    drop.addEventListener(type, (e) => {
      e.preventDefault()
      drop.classList.add('over')
    })
  for (const type of ['dragleave', 'drop']) drop.addEventListener(type, () => drop.classList.remove('over'))
  drop.addEventListener('drop', (e) => {
    e.preventDefault()
    if (e.dataTransfer?.files.length) input.files = e.dataTransfer.files
  })
  addEventListener('beforeunload', (e) => {
    if (sending) e.preventDefault()
  })
  form.addEventListener('submit', async (e) => {
    e.preventDefault()
    const files = [...(input.files ?? [])]
    form.reset()
    list.hidden = false
    for (const file of files) await send(file, row(list, file.name))
    finish()
  })

  async function send(file: File, line: Line): Promise<void> {
    sending++
    button!.disabled = true
    const result = await attempt(form, file, line)
    sending--
    button!.disabled = sending > 0
    if (result === 'kept') kept++
    else if (result === 'refused') failed++
    else {
      failed++
      line.offerRetry(form.dataset.retry ?? '', async () => {
        failed--
        await send(file, line)
        finish()
      })
    }
  }

  function finish(): void {
    if (kept && !failed && !sending) location.assign(form.dataset.done ?? location.href)
  }
}

type Outcome = 'kept' | 'refused' | 'cut'

function attempt(form: HTMLFormElement, file: File, line: Line): Promise<Outcome> {
  const text = form.dataset
  if (file.size > Number(text.max)) {
    line.say(text.tooLarge ?? '', 'bad')
    return Promise.resolve('refused')
  }
  return new Promise((resolve) => {
    const request = new XMLHttpRequest()
    const cut = () => {
      line.say(text.cut ?? '', 'bad')
      resolve('cut')
    }
    request.open('POST', form.action)
    request.setRequestHeader('Accept', 'application/json')
    request.responseType = 'json'
    request.upload.onprogress = (e) => {
      const share = e.lengthComputable && e.total ? e.loaded / e.total : 0
      line.progress(
        share,
        share < 1 ? (text.uploading ?? '').replace('{percent}', `${Math.floor(share * 100)}%`) : (text.checking ?? ''),
      )
    }
    request.onerror = cut
    request.onabort = cut
    request.ontimeout = cut
    request.onload = () => {
      const answer = request.response as Answer | null
      if (answer?.accepted?.length) {
        line.say(text.doneText ?? '', 'ok')
        resolve('kept')
      } else if (answer?.refused?.[0]) {
        line.say(answer.refused[0].text, 'bad')
        resolve(['upload_cut', 'storage_full'].includes(answer.refused[0].code) ? 'cut' : 'refused')
      } else {
        line.say(text.failed ?? '', 'bad')
        resolve('cut')
      }
    }
    line.progress(0, (text.uploading ?? '').replace('{percent}', '0%'))
    const body = new FormData()
    body.append('file', file)
    request.send(body)
  })
}

interface Line {
  progress(share: number, words: string): void
  say(words: string, kind: 'ok' | 'bad'): void
  offerRetry(label: string, again: () => void): void
}

function row(list: HTMLUListElement, name: string): Line {
  const item = document.createElement('li')
  const bar = document.createElement('progress')
  const said = document.createElement('span')
  const title = document.createElement('b')
  title.textContent = name
  said.className = 'said'
  bar.max = 1
  bar.setAttribute('aria-label', name)
  item.append(title, bar, said)
  list.append(item)
  return {
    progress(share, words) {
      item.className = ''
      item.querySelector('button')?.remove()
      bar.hidden = false
      bar.value = share
      if (said.textContent !== words) said.textContent = words
    },
    say(words, kind) {
      item.className = kind
      bar.hidden = true
      said.textContent = words
    },
    offerRetry(label, again) {
      const button = document.createElement('button')
      button.type = 'button'
      button.className = 'btn small'
      button.textContent = label
      button.addEventListener('click', again, { once: true })
      title.after(button)
    },
  }
}
