/** Unix seconds as a person reads them: `2026-11-27 08:30 UTC`. */
export function formatDate(unixSeconds: number): string {
  return `${new Date(unixSeconds * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
