/** The day `days` from now as clocks in Vietnam show it, `YYYY-MM-DD`: in UTC it is another from midnight to seven. */
export const vietnamDay = (days: number): string =>
  new Date(Date.now() + days * 86_400_000 + 7 * 3_600_000).toISOString().slice(0, 10)
