const WIDE = '(min-width: 60.01rem)'
/** The line that says where one is: a section is read while it crosses it. */
const READING = '-18% 0px -81% 0px'

/** Marks in the contents what is being read. On a phone they are folded, and go away with a choice, Escape or a touch beside. */
export function contents(root: HTMLElement): void {
  const nav = root.querySelector('nav')
  const details = nav?.querySelector('details')
  if (!nav || !details) return
  const wide = matchMedia(WIDE)
  const fit = () => {
    details.open = wide.matches
  }
  fit()
  wide.addEventListener('change', fit)
  const fold = (event: Event) => {
    const chosen = event.target instanceof Element && event.target.closest('nav a')
    if (!wide.matches && (chosen || !nav.contains(event.target as Node))) details.open = false
  }
  document.addEventListener('click', fold)
  details.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || wide.matches) return
    details.open = false
    details.querySelector('summary')?.focus()
  })
  follow(root, details)
}

function follow(root: HTMLElement, list: HTMLElement): void {
  const links = new Map(
    [...list.querySelectorAll<HTMLAnchorElement>('a[href^="#"]')].map((link) => [link.hash.slice(1), link]),
  )
  const sections = [...root.querySelectorAll<HTMLElement>('section[id]')].filter(({ id }) => links.has(id))
  const crossed = new Set<Element>()
  let here: HTMLAnchorElement | undefined
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) crossed[isIntersecting ? 'add' : 'delete'](target)
      // The last in the document is the innermost: an operation in its group.
      const section = sections.findLast((one) => crossed.has(one))
      const link = section && links.get(section.id)
      if (!link || link === here) return
      here?.removeAttribute('aria-current')
      here?.closest('[data-group]')?.removeAttribute('data-here')
      here = link
      here.setAttribute('aria-current', 'location')
      here.closest('[data-group]')?.setAttribute('data-here', '')
      bringIntoSight(list, here)
    },
    { rootMargin: READING },
  )
  for (const section of sections) observer.observe(section)
}

/** Scrolls the list alone, never the page. */
function bringIntoSight(list: HTMLElement, link: HTMLElement): void {
  const box = list.getBoundingClientRect()
  const at = link.getBoundingClientRect()
  if (at.top < box.top) list.scrollTop += at.top - box.top - 40
  else if (at.bottom > box.bottom) list.scrollTop += at.bottom - box.bottom + 40
}
