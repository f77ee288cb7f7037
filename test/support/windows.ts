/** A window of counted attempts must not end within a test: one that has less than `needed` seconds left is waited for. */
export async function roomInWindow(windowSeconds: number, needed = 10): Promise<void> {
  const left = windowSeconds - ((Date.now() / 1000) % windowSeconds)
  if (left < needed) await new Promise((resolve) => setTimeout(resolve, left * 1000 + 50))
}
