#!/usr/bin/env node
const major = Number(process.versions.node.split('.')[0])

if (major < 26) {
  process.stderr.write(`stripe-sandbox: needs Node 26 or newer; this is Node ${process.versions.node}.\n`)
  process.exit(1)
}

// Imported only now: an older Node cannot even read it.
await import('../src/main.ts')
