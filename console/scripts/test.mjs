// Unit tests: every src/**/*.test.ts(x), compiled by esbuild, run by Node's own runner.
import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';

import { build_dir, console_dir, src_dir } from './paths.mjs';

function tests_below(dir) {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) return tests_below(path);
    return /\.test\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

const out = join(build_dir, 'tests');
rmSync(out, { recursive: true, force: true });
const sources = tests_below(src_dir);
await build({
  absWorkingDir: console_dir,
  entryPoints: sources,
  outbase: src_dir,
  outdir: out,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  packages: 'external',
  // Node 18 and later do not agree on how JSON is imported.
  alias: { 'world-atlas/land-110m.json': join(console_dir, 'node_modules/world-atlas/land-110m.json') },
  platform: 'node',
  format: 'esm',
  target: 'node18',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  loader: { '.css': 'empty' },
  define: { PACKAGES: '[]', LICENCES: '""' },
  sourcemap: 'inline',
  logLevel: 'warning',
});
const built = sources.map((source) => join(out, relative(src_dir, source).replace(/\.tsx?$/, '.mjs')));
const run = spawnSync(process.execPath, ['--enable-source-maps', '--test', ...process.argv.slice(2), ...built], {
  stdio: 'inherit',
  timeout: 120_000,
});
process.exit(run.status ?? 1);
