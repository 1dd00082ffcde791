/** The one stylesheet. Colours are pairs that keep at least 4.5:1 in both schemes. */
export const CSS = `
:root {
  color-scheme: light dark;
  --ground: #f6f7f9; --surface: #ffffff; --raised: #fbfcfd; --line: #dfe3e8; --strong-line: #8b95a3;
  --text: #1b2330; --muted: #566173; --accent: #1f5f8b; --accent-strong: #174a6d; --on-accent: #ffffff;
  --danger: #b3261e; --danger-strong: #8c1d18; --on-danger: #ffffff; --danger-ground: #fdf0ef;
  --good: #1d6b43; --good-ground: #edf7f1; --warn: #7a4d00; --warn-ground: #fff6e0;
  --code-ground: #eef1f5; --focus: #1f5f8b;
  --radius: 10px; --space: 1rem;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #11151b; --surface: #1a2029; --raised: #1f2630; --line: #303a47; --strong-line: #76859a;
    --text: #e8ecf2; --muted: #a5b1c1; --accent: #7fbfe8; --accent-strong: #a6d4f2; --on-accent: #0b1a26;
    --danger: #f2948c; --danger-strong: #f7b4ae; --on-danger: #2b0a08; --danger-ground: #2c1a1a;
    --good: #86d3a8; --good-ground: #16261e; --warn: #ecc36c; --warn-ground: #2a2314;
    --code-ground: #252d38; --focus: #a6d4f2;
  }
}
*, *::before, *::after { box-sizing: border-box; }
html { font-size: 100%; -webkit-text-size-adjust: 100%; }
body {
  margin: 0; min-height: 100vh; display: flex; flex-direction: column; background: var(--ground); color: var(--text);
  font: 1rem/1.6 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
h1 { font-size: 1.6rem; line-height: 1.25; letter-spacing: -0.01em; margin: 0 0 0.5rem; overflow-wrap: anywhere; }
h2 { font-size: 1.125rem; line-height: 1.35; margin: 0; overflow-wrap: anywhere; }
p { margin: 0 0 1rem; }
a { color: var(--accent); text-underline-offset: 0.18em; }
a:hover { color: var(--accent-strong); }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; border-radius: 4px; }
.skip { position: absolute; left: -100vw; }
.skip:focus { left: 1rem; top: 0.5rem; z-index: 2; background: var(--surface); padding: 0.5rem 0.75rem; }

.top { background: var(--surface); border-bottom: 1px solid var(--line); }
.top > div {
  max-width: 60rem; margin: 0 auto; padding: 0.625rem 1.25rem; display: flex; flex-wrap: wrap;
  align-items: center; gap: 0.5rem 1.25rem;
}
.brand { font-weight: 650; letter-spacing: -0.01em; text-decoration: none; color: var(--text); padding: 0.375rem 0; }
.top nav { display: flex; flex-wrap: wrap; align-items: center; gap: 0.25rem; margin-left: auto; }
.top nav a, .top nav button {
  display: inline-block; padding: 0.5rem 0.75rem; border: 0; border-radius: 8px; background: none; font: inherit;
  color: var(--muted); text-decoration: none; cursor: pointer;
}
.top nav a:hover, .top nav button:hover { background: var(--code-ground); color: var(--text); }
.top nav a[aria-current] { color: var(--text); font-weight: 600; background: var(--code-ground); }
.who { color: var(--muted); font-size: 0.875rem; padding: 0 0.5rem; overflow-wrap: anywhere; }

main { flex: 1; width: 100%; max-width: 60rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
main.narrow { max-width: 31rem; }
.lead { color: var(--muted); font-size: 1.05rem; margin-bottom: 1.5rem; }
footer { max-width: 60rem; width: 100%; margin: 0 auto; padding: 1rem 1.25rem 2rem; color: var(--muted); font-size: 0.8125rem; }

.card {
  background: var(--surface); border: 1px solid var(--line); border-radius: var(--radius);
  padding: 1.25rem; margin: 0 0 1rem;
}
.card > :last-child { margin-bottom: 0; }
.cards { list-style: none; margin: 0; padding: 0; }
.row { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem 0.75rem; }
.row > .end { margin-left: auto; }
.row > h1 { margin: 0; }
.row + .lead { margin-top: 0.5rem; }

form { margin: 0; }
.field { margin: 0 0 1.125rem; }
label { display: block; font-weight: 600; margin-bottom: 0.375rem; }
.hint { color: var(--muted); font-size: 0.875rem; margin: 0.375rem 0 0; }
input[type="text"], input[type="email"], input[type="password"] {
  width: 100%; min-height: 2.875rem; padding: 0.5rem 0.75rem; font: inherit; color: var(--text);
  background: var(--raised); border: 1px solid var(--strong-line); border-radius: 8px;
}
input.pairing-code {
  font: 600 1.5rem/1.2 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; letter-spacing: 0.12em;
  text-transform: uppercase; text-align: center;
}
.check { display: flex; gap: 0.625rem; align-items: flex-start; }
.check input { width: 1.25rem; height: 1.25rem; margin: 0.1875rem 0 0; accent-color: var(--accent); flex: none; }
.check label { margin: 0; }

.actions { display: flex; flex-wrap: wrap; gap: 0.75rem; margin-top: 1.25rem; }
form > input[type="hidden"] + .actions { margin-top: 0; }
h2 + .cards { margin-top: 0.5rem; }
.button, button.primary, button.danger, button.quiet {
  display: inline-block; min-height: 2.875rem; padding: 0.625rem 1.25rem; border-radius: 8px; border: 1px solid transparent;
  font-family: inherit; font-size: 1rem; font-weight: 600; line-height: 1.5; text-align: center; text-decoration: none; cursor: pointer;
}
button.primary, .button.primary { background: var(--accent); color: var(--on-accent); }
button.primary:hover, .button.primary:hover { background: var(--accent-strong); color: var(--on-accent); }
button.danger { background: var(--danger); color: var(--on-danger); }
button.danger:hover { background: var(--danger-strong); }
button.quiet, .button.quiet { background: var(--surface); color: var(--text); border-color: var(--strong-line); }
button.quiet:hover, .button.quiet:hover { background: var(--code-ground); }
details > summary { cursor: pointer; color: var(--danger); font-weight: 600; padding: 0.5rem 0; width: fit-content; }
details[open] > summary { margin-bottom: 0.5rem; }

code, .code {
  font: 0.9em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; background: var(--code-ground);
  border-radius: 5px; padding: 0.1em 0.35em; overflow-wrap: anywhere;
}
.big-code {
  display: block; text-align: center; font: 650 clamp(1.75rem, 8vw, 2.5rem)/1.3 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace;
  letter-spacing: 0.1em; background: var(--code-ground); border-radius: 8px; padding: 0.75rem; margin: 0 0 1rem;
}
.amount { font-size: clamp(1.75rem, 7vw, 2.5rem); line-height: 1.2; font-weight: 700; letter-spacing: -0.02em; font-variant-numeric: tabular-nums; }
pre { background: var(--code-ground); border-radius: 8px; padding: 0.875rem 1rem; overflow-x: auto; font-size: 0.875rem; }
pre code { background: none; padding: 0; }

dl.facts { display: grid; grid-template-columns: minmax(7rem, max-content) 1fr; gap: 0.375rem 1.25rem; margin: 0 0 1rem; }
dl.facts dt { color: var(--muted); }
dl.facts dd { margin: 0; overflow-wrap: anywhere; }
@media (max-width: 30rem) {
  dl.facts { grid-template-columns: 1fr; gap: 0; }
  dl.facts dd { margin-bottom: 0.625rem; }
  main { padding-top: 1.25rem; }
  .actions > * { flex: 1 1 100%; }
  .actions button { width: 100%; }
}
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; margin-bottom: 1rem; }
caption { text-align: left; font-weight: 600; padding: 0.75rem 0 0.25rem; }
th, td { text-align: left; overflow-wrap: anywhere; padding: 0.5rem 0.75rem 0.5rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { color: var(--muted); font-weight: 600; font-size: 0.875rem; }
.scroll { overflow-x: auto; }

.badge { display: inline-block; font-size: 0.8125rem; font-weight: 600; line-height: 1.4; padding: 0.125rem 0.625rem; border-radius: 99px; border: 1px solid currentColor; color: var(--muted); }
.badge.good { color: var(--good); background: var(--good-ground); }
.badge.warn { color: var(--warn); background: var(--warn-ground); }
.badge.danger { color: var(--danger); background: var(--danger-ground); }
.notice { border: 1px solid var(--line); border-left: 4px solid var(--accent); border-radius: 8px; background: var(--surface); padding: 0.75rem 1rem; margin: 0 0 1.25rem; }
.notice > :last-child { margin-bottom: 0; }
.notice.good { border-left-color: var(--good); background: var(--good-ground); }
.notice.warn { border-left-color: var(--warn); background: var(--warn-ground); }
.notice.danger { border-left-color: var(--danger); background: var(--danger-ground); }
.empty { text-align: center; padding: 2.5rem 1.25rem; color: var(--muted); }
.empty h2 { color: var(--text); margin-bottom: 0.5rem; }
.muted { color: var(--muted); }
.small { font-size: 0.875rem; }
@media (prefers-reduced-motion: no-preference) { a, button { transition: background-color 0.12s, color 0.12s; } }
@media (forced-colors: active) { .button, button.primary, button.danger { border-color: ButtonText; } }
`.trimStart()
