/** The one stylesheet of all pages: one column, the reader's own colours, nothing loaded from elsewhere. */
export const STYLE = `:root { color-scheme: light dark; --ground: #f6f7f9; --sheet: #fff; --text: #1c2330; --soft: #5b6577; --line: #c9d0db; --accent: #4338ca; --on-accent: #fff; --bad: #b42318; --mark: #fff4d6; --on-mark: #6b4e00 }
@media (prefers-color-scheme: dark) { :root { --ground: #11151c; --sheet: #1a2029; --text: #eef1f6; --soft: #a9b3c3; --line: #3a4453; --accent: #a5b4fc; --on-accent: #11151c; --bad: #ff9b90; --mark: #3d3210; --on-mark: #ffe08a } }
* { box-sizing: border-box }
body { margin: 0; background: var(--ground); color: var(--text); font: 1rem/1.5 system-ui, sans-serif }
.mark { margin: 0; padding: .5rem 1rem; background: var(--mark); color: var(--on-mark); text-align: center; font-weight: 600 }
main { max-width: 34rem; margin: 1.5rem auto; padding: 1.5rem; background: var(--sheet); border: 1px solid var(--line); border-radius: .5rem }
h1 { margin: 0 0 1rem; font-size: 1.5rem; line-height: 1.25 }
h2 { margin: 2rem 0 .5rem; font-size: 1.125rem }
.soft { color: var(--soft) }
.problem { padding: .75rem 1rem; border: 1px solid var(--bad); border-radius: .375rem; color: var(--bad) }
table { width: 100%; border-collapse: collapse }
th, td { padding: .5rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top }
td:last-child, th:last-child { text-align: right }
.total { font-weight: 600 }
label { display: block; margin-top: 1rem; font-weight: 600 }
.choice { font-weight: 400 }
input, select { width: 100%; margin-top: .25rem; padding: .625rem; font: inherit; color: inherit; background: var(--ground); border: 1px solid var(--soft); border-radius: .375rem }
input[type=radio], input[type=checkbox] { width: auto; margin-right: .5rem }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem }
button, .button { display: inline-block; width: 100%; margin-top: 1rem; padding: .75rem 1rem; font: inherit; font-weight: 600; text-align: center; text-decoration: none; color: var(--on-accent); background: var(--accent); border: 1px solid var(--accent); border-radius: .375rem; cursor: pointer }
button.quiet { color: var(--accent); background: transparent }
a { color: var(--accent) }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
@media (max-width: 36rem) { main { margin: 0; border-width: 0 0 1px; border-radius: 0 } }
`
