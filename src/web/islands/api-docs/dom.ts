/** An element with its attributes and what it holds; text stays text. */
export function make<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Record<string, string | undefined> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined) element.setAttribute(key, value)
  element.append(...children)
  return element
}

export function button(label: string, kind: string, press: (button: HTMLButtonElement) => void): HTMLButtonElement {
  const made = make('button', { type: 'button', class: kind }, label)
  made.addEventListener('click', () => press(made))
  return made
}

/** Tells apart the buttons that every operation has: by its name. */
export function describe(button: HTMLElement, section: Element | null): void {
  const heading = section?.querySelector('h3')
  if (!section || !heading) return
  heading.id ||= `${section.id}-name`
  button.setAttribute('aria-describedby', heading.id)
}

/** A text with `{name}` filled in. */
export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
}
