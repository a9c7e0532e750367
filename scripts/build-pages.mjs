// Bundles the dashboard's own pages, which run in a browser: src/dashboard/pages -> dist/dashboard/pages.
// Types are not looked at here; `npm run typecheck` does that.

import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

await build({
  absWorkingDir: fileURLToPath(new URL('..', import.meta.url)),
  entryPoints: [
    { in: 'src/dashboard/pages/main.tsx', out: 'console' },
    { in: 'src/dashboard/pages/styles/console.css', out: 'console' },
    { in: 'src/dashboard/pages/index.html', out: 'index' },
    { in: 'src/dashboard/pages/icon.svg', out: 'icon' },
  ],
  outdir: 'dist/dashboard/pages',
  loader: { '.html': 'copy', '.svg': 'copy' },
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  legalComments: 'eof',
  banner: { js: '/*! With Preact, © Jason Miller, MIT License: https://preactjs.com */' },
  logLevel: 'warning',
})
