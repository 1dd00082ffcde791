import type { TestHub } from '../../../hub/test/support/test-hub.ts'

interface Row {
  action: string
  actor: string
  detail: Record<string, unknown>
}

/** What the owner of the hub does and sees there, in a browser. */
export interface Owner {
  /** What writes that move money need in test mode, in an otherwise careful policy. */
  setMoneyInTest(assurance: 'chat' | 'dashboard'): Promise<void>
  approvePairing(code: string, options: { chatApprovals: boolean }): Promise<void>
  /** Ends every device of this name. */
  revokeDevice(label: string): Promise<void>
  stateOf(confirmation: string): Promise<string>
  auditOf(subject: string): Promise<Row[]>
}

export function ownerOf({ owner }: TestHub): Owner {
  const get = async <Body>(path: string): Promise<Body> =>
    (await (await owner.api('GET', path)).json()) as Body
  return {
    async setMoneyInTest(assurance) {
      const { version } = await get<{ version: number }>('/policy')
      const { presets } = await get<{
        presets: Array<{ name: string; document: { assurance: { test: { money: string } } } }>
      }>('/policy/presets')
      const document = presets.find(({ name }) => name === 'careful')?.document
      if (document === undefined) throw new Error('there is no careful policy')
      document.assurance.test.money = assurance
      const response = await owner.api('POST', '/policy', { replaces: version, document })
      if (response.status !== 200) throw new Error(`the policy was not taken: ${await response.text()}`)
    },
    async approvePairing(code, { chatApprovals }) {
      const fields = { code, decision: 'approve', ...(chatApprovals ? { chat_approvals: 'yes' } : {}) }
      const response = await owner.post('/pair', fields, '/devices')
      if (response.status !== 303) throw new Error(`the pairing was not approved: ${response.status}`)
    },
    async revokeDevice(label) {
      const page = await (await owner.get('/devices')).text()
      const cards = page.split('<h2>').filter((card) => card.startsWith(label))
      const ids = cards.flatMap((card) => /\/devices\/(\w+)\/revoke/.exec(card)?.[1] ?? [])
      if (ids.length === 0) throw new Error(`there is no device ${label} to revoke`)
      for (const id of ids) await owner.post(`/devices/${id}/revoke`, {}, '/devices')
    },
    stateOf: async (confirmation) => (await get<{ state: string }>(`/approvals/${confirmation}`)).state,
    auditOf: async (subject) => (await get<{ rows: Row[] }>(`/audit?subject=${subject}`)).rows,
  }
}
