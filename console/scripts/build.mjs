// The bundle: dist/index.html and dist/assets/NAME.HASH.{js,css,txt}, nothing else. Names carry the hash of what is in
// them, so that browsers may keep them for ever. What of other people is in it stands with its licence in the text, and
// for the package's bill of materials in packages.json beside dist.
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { build_dir, console_dir, dist_dir, src_dir } from './paths.mjs';

// With the map's data; the issue of the console says so.
const most_packed = 350 * 1024;

const assets = join(dist_dir, 'assets');
const options = {
  absWorkingDir: console_dir,
  entryPoints: { console: join(src_dir, 'main.tsx') },
  outdir: assets,
  entryNames: '[name].[hash]',
  assetNames: '[name].[hash]',
  bundle: true,
  // No module: a browser says its Origin when it asks for one, and behind a proxy that gives the monitor another Host
  // than the browser's that would be a foreign page's.
  format: 'iife',
  target: ['es2022', 'chrome109', 'firefox115', 'safari16'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  minify: true,
  legalComments: 'none',
  metafile: true,
  write: false,
  logLevel: 'warning',
};
// What is in the bundle shows when it is made, and the page names it: so it is made twice.
const packages = await packages_in((await build({ ...options, define: named([], '') })).metafile.inputs);
const licences = Buffer.from(packages.map((one) => `${one.name} ${one.version}, ${one.license}\n\n${one.text}`).join(`\n${'-'.repeat(78)}\n\n`));
const licences_name = `licences.${createHash('sha256').update(licences).digest('hex').slice(0, 8).toUpperCase()}.txt`;
const result = await build({ ...options, define: named(packages, `assets/${licences_name}`) });

// Nothing is touched that is as it was: what is made of it need not be made again.
await mkdir(assets, { recursive: true });
const wanted = new Map(result.outputFiles.map((file) => [basename(file.path), file.contents]));
wanted.set(licences_name, licences);
for (const name of await readdir(assets)) if (!wanted.has(name)) await rm(join(assets, name));
for (const [name, contents] of wanted) await write(join(assets, name), contents);

const entry = Object.entries(result.metafile.outputs).find(([, output]) => output.entryPoint?.endsWith('main.tsx'));
if (!entry) throw new Error('expected an entry point in what esbuild made, found none');
const page = (await readFile(join(src_dir, 'index.html'), 'utf8'))
  .replace('SCRIPT', `assets/${basename(entry[0])}`)
  .replace('STYLE', `assets/${basename(entry[1].cssBundle ?? '')}`);
await write(join(dist_dir, 'index.html'), Buffer.from(page));

const packed = [...wanted.values(), page].reduce((sum, contents) => sum + gzipSync(contents, { level: 9 }).length, 0);
console.log(`console: ${wanted.size + 1} files, ${(packed / 1024).toFixed(1)} KB gzipped`);
if (packed > most_packed) {
  console.error(`console: expected at most ${most_packed / 1024} KB gzipped; look at what was added`);
  process.exit(1);
}

const listed = packages.map(({ name, version, license, integrity }) => ({ name, version, license, integrity }));
await write(join(build_dir, 'packages.json'), Buffer.from(`${JSON.stringify(listed, null, 1)}\n`));

function named(all, file) {
  const shown = all.map(({ name, version, license }) => ({ name, version, license }));
  return { PACKAGES: JSON.stringify(shown), LICENCES: JSON.stringify(file) };
}

// Of node_modules, by name, with what package-lock.json says of where it came from.
async function packages_in(inputs) {
  const folders = Object.keys(inputs).map((path) => /^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]);
  const names = [...new Set(folders.filter((name) => name !== undefined))].sort();
  const lock = JSON.parse(await readFile(join(console_dir, 'package-lock.json'), 'utf8'));
  return Promise.all(names.map(async (name) => {
    const folder = join(console_dir, 'node_modules', name);
    const { version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    const text = await readFile(join(folder, 'LICENSE'), 'utf8');
    return { name, version, license, text: text.trim() + '\n', integrity: lock.packages[`node_modules/${name}`].integrity };
  }));
}

async function write(path, contents) {
  const before = await readFile(path).catch(() => undefined);
  if (!before || Buffer.compare(before, contents) !== 0) await writeFile(path, contents);
}
