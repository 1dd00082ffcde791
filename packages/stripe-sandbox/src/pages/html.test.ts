import { expect, test } from 'vitest'
import { html } from './html.ts'

test('every value is escaped, also inside attributes', () => {
  const evil = `"><script>alert('x')</script>&`
  expect(html`<p title="${evil}">${evil}</p>`.text).toBe(
    '<p title="&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;">' +
      '&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;</p>',
  )
})

test('markup made by the same means goes in as it is, absent values as nothing', () => {
  const items = [1, 2].map((item) => html`<li>${item}</li>`)
  const list = html`<ul>
    ${items}${null}${undefined}${false}
  </ul>`
  expect(list.text.replaceAll(/\s/g, '')).toBe('<ul><li>1</li><li>2</li></ul>')
})
