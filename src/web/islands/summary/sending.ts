interface Answer {
  items: string[]
  refused: string[]
}

/** A field of an upload is short: past this many letters a photo goes to its usual place. */
const MAX_BEFORE = 20_000

interface Job {
  file: File
  before: string | undefined
  line: Line
}

/** Sends photos one after another, each by itself: what is cut off or refused stops none of the others. */
export function sending(root: HTMLElement, list: HTMLElement, action: string, added: (items: string[]) => void) {
  const queue: Job[] = []
  let busy = false
  addEventListener('beforeunload', (event) => {
    if (busy) event.preventDefault()
  })

  async function work(): Promise<void> {
    if (busy) return
    busy = true
    for (let job = queue.shift(); job; job = queue.shift()) await send(job)
    busy = false
  }

  async function send(job: Job) {
    const { file, line } = job
    const text = root.dataset
    if (file.size > Number(text.max)) return line.refuse((text.tooLarge ?? '').replace('{file}', file.name))
    const answer = await post(action, job, (share) =>
      line.progress(
        share,
        share < 1 ? (text.sending ?? '').replace('{percent}', `${Math.floor(share * 100)}%`) : (text.working ?? ''),
      ),
    )
    if (!answer)
      return line.retry(text.cut ?? '', text.again ?? '', () => {
        queue.push(job)
        work()
      })
    if (answer.items.length) {
      added(answer.items)
      return line.done(text.done ?? '')
    }
    line.refuse(answer.refused[0] ?? text.failed ?? '')
  }

  return (files: File[], before?: string) => {
    if (!files.length) return
    list.hidden = false
    for (const file of files) queue.push({ file, before, line: lineFor(list, file.name, root.dataset.dismiss ?? '') })
    work()
  }
}

/** The answer; undefined where the connection was cut or the server could not say. */
function post(action: string, { file, before }: Job, progress: (share: number) => void): Promise<Answer | undefined> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest()
    request.open('POST', action)
    request.setRequestHeader('Accept', 'application/json')
    request.responseType = 'json'
    request.upload.onprogress = (event) =>
      progress(event.lengthComputable && event.total ? event.loaded / event.total : 0)
    for (const end of ['error', 'abort', 'timeout']) request.addEventListener(end, () => resolve(undefined))
    request.onload = () => {
      const answer = request.response as Partial<Answer> | null
      resolve(Array.isArray(answer?.items) ? (answer as Answer) : undefined)
    }
    progress(0)
    const body = new FormData()
    if (before !== undefined && before.length <= MAX_BEFORE) body.append('before', before)
    body.append('photo', file)
    request.send(body)
  })
}

interface Line {
  progress(share: number, words: string): void
  done(words: string): void
  refuse(words: string): void
  retry(words: string, label: string, again: () => void): void
}

function lineFor(list: HTMLElement, name: string, dismiss: string): Line {
  const item = document.createElement('li')
  const title = document.createElement('b')
  const bar = document.createElement('progress')
  const said = document.createElement('span')
  title.textContent = name
  bar.max = 1
  bar.value = 0
  bar.setAttribute('aria-label', name)
  item.append(title, bar, said)
  list.append(item)
  const button = (label: string, act: () => void) => {
    const one = document.createElement('button')
    one.type = 'button'
    one.className = 'link'
    one.textContent = label
    one.addEventListener('click', act, { once: true })
    item.append(one)
  }
  const clear = () => {
    for (const one of item.querySelectorAll('button')) one.remove()
  }
  const leave = () => {
    item.remove()
    list.hidden = !list.children.length
  }
  return {
    progress(share, words) {
      clear()
      item.className = ''
      bar.hidden = false
      bar.value = share
      if (said.textContent !== words) said.textContent = words
    },
    done(words) {
      bar.hidden = true
      said.textContent = words
      setTimeout(leave, 2500)
    },
    refuse(words) {
      item.className = 'bad'
      bar.hidden = true
      said.textContent = words
      button(dismiss, leave)
    },
    retry(words, label, again) {
      item.className = 'bad'
      bar.hidden = true
      said.textContent = words
      button(label, again)
      button(dismiss, leave)
    },
  }
}
