// The dashboards against Grafana's own schema, the types of its package @grafana/schema: what a member is called, what
// values it takes, and the options of each kind of panel. Exit code 77, with the reason, when the package is not here.
// Usage: node dashboards_schema.mjs [FILE...], all of packaging/grafana when none is named.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const project = join(dirname(fileURLToPath(import.meta.url)), '../..');
const packages = join(project, 'tests/conformance');
const schema = join(packages, 'node_modules/@grafana/schema');
if (!existsSync(schema) || !existsSync(join(packages, 'node_modules/typescript'))) {
  console.log('SKIPPED: @grafana/schema and typescript are not here: run npm ci in tests/conformance, or ./dev test');
  process.exit(77);
}
const ts = createRequire(join(packages, 'package.json'))('typescript');

// What an import asks the person who imports is no part of a dashboard.
const ofImport = ['__inputs', '__requires', '__elements'];
const folder = join(project, 'packaging/grafana');
const files = process.argv.length > 2 ? process.argv.slice(2) : readdirSync(folder).map((name) => join(folder, name));

const exported = Object.keys(JSON.parse(readFileSync(join(schema, 'package.json'), 'utf8')).exports);
function typesOfPanel(type) {
  const name = type.replaceAll('-', '');
  const path = exported.find((key) => key.startsWith(`./dist/esm/raw/composable/${name}/panelcfg/`));
  const text = join(schema, `dist/types/raw/composable/${name}/panelcfg/x/types.gen.d.ts`);
  return path && { name, path: `@grafana/schema/${path.slice(2)}`, hasField: readFileSync(text, 'utf8').includes(' FieldConfig ') };
}

// One line a value, so that a fault's line says whose it is. An enum's words are written as texts.
const lines = ['import type { Dashboard } from "@grafana/schema";',
  'type Plain<T> = T extends string ? `${T}` : T extends (infer U)[] ? Plain<U>[] : T extends object ? { [K in keyof T]?: Plain<T[K]> } : T;'];
const about = [];
function claim(what, type, value) {
  about[lines.length] = what;
  lines.push(`export const value${lines.length}: ${type} = ${JSON.stringify(value)};`);
}
for (const file of files) {
  const board = JSON.parse(readFileSync(file, 'utf8'));
  for (const name of ofImport) delete board[name];
  claim(basename(file), 'Plain<Dashboard>', board);
  for (const panel of board.panels) {
    const types = typesOfPanel(panel.type);
    const where = `${basename(file)}, panel '${panel.title}'`;
    if (!types) {
      claim(where, '"a kind of panel that Grafana has"', panel.type);
      continue;
    }
    claim(`${where}, options`, `Plain<import("${types.path}").Options>`, panel.options ?? {});
    if (types.hasField && panel.fieldConfig.defaults.custom)
      claim(`${where}, field`, `Plain<import("${types.path}").FieldConfig>`, panel.fieldConfig.defaults.custom);
  }
}

const source = join(packages, 'dashboards.ts'); // never written: it only says where packages are looked for
const options = { strict: true, noEmit: true, skipLibCheck: true, target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler, types: [] };
const host = ts.createCompilerHost(options);
const { getSourceFile, fileExists, readFile } = host;
const text = lines.join('\n');
host.fileExists = (name) => name === source || fileExists(name);
host.readFile = (name) => (name === source ? text : readFile(name));
host.getSourceFile = (name, ...rest) =>
  name === source ? ts.createSourceFile(name, text, ts.ScriptTarget.ES2022) : getSourceFile.call(host, name, ...rest);
const faults = ts.getPreEmitDiagnostics(ts.createProgram([source], options, host));
for (const fault of faults) {
  const line = fault.file?.fileName === source ? fault.file.getLineAndCharacterOfPosition(fault.start).line : -1;
  console.log(`FAIL  ${about[line] ?? fault.file?.fileName}: ${ts.flattenDiagnosticMessageText(fault.messageText, '\n      ')}`);
}
const claims = about.filter(Boolean).length;
console.log(`${Math.max(claims - faults.length, 0)} passed, ${faults.length} failed`);
process.exit(faults.length > 0 || claims === 0 ? 1 : 0);
