// src/data/openapi.ts from the monitor's own document, which ./dev docs writes to console/openapi.json.
// --check: says whether it is what it would be.
import openapiTS, { astToString } from 'openapi-typescript';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { console_dir, src_dir } from './paths.mjs';

const target = join(src_dir, 'data', 'openapi.ts');
const document = JSON.parse(await readFile(join(console_dir, 'openapi.json'), 'utf8'));
const types = astToString(await openapiTS(document));
const text = `// Made by \`npm run types\` from the monitor's /api/v1/openapi.json. Not for editing.\n${types}`;
if (!process.argv.includes('--check')) {
  await writeFile(target, text);
} else if ((await readFile(target, 'utf8').catch(() => '')) !== text) {
  console.error('src/data/openapi.ts: expected what openapi.json says, found another text; run: npm run types');
  process.exit(1);
}
