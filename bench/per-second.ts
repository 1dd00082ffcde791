/** Requests that are under way at the same time. */
export const AT_ONCE = 16

const SECONDS = 5
const WARM_UP = AT_ONCE * 8

/** How often a second `once` can be done, with `AT_ONCE` of them running. */
export async function perSecond(once: () => Promise<unknown>, seconds = SECONDS): Promise<number> {
  for (let warm = 0; warm < WARM_UP; warm += 1) await once()
  let done = 0
  const started = performance.now()
  const until = started + seconds * 1000
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (performance.now() < until) {
        await once()
        done += 1
      }
    }),
  )
  return Math.round(done / ((performance.now() - started) / 1000))
}
