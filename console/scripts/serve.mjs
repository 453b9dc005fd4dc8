// For work on the console: builds it at every load of the page, serves it, and hands what it asks on to a monitor.
//   node scripts/serve.mjs http://127.0.0.1:8090 [PORT]
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer, request as ask } from 'node:http';
import { fileURLToPath } from 'node:url';
import { extname, join } from 'node:path';

import { dist_dir } from './paths.mjs';

const [monitor = 'http://127.0.0.1:8090', port = '0'] = process.argv.slice(2);
const types = { '.js': 'text/javascript', '.css': 'text/css', '.html': 'text/html' };
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'self'";

const server = createServer((request, response) => {
  const path = new URL(request.url, monitor).pathname;
  if (path.startsWith('/assets/')) return give(join(dist_dir, path), response);
  if (!/^\/(api|healthz|metrics)/.test(path)) return give_page(path, response);
  const onward = ask(new URL(request.url, monitor), { method: request.method }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  onward.on('error', () => response.writeHead(502).end());
  response.on('close', () => onward.destroy());
  onward.end();
});
server.listen(Number(port), '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/`));

async function give_page(path, response) {
  spawnSync(process.execPath, [fileURLToPath(new URL('build.mjs', import.meta.url))], { stdio: 'inherit' });
  const page = await readFile(join(dist_dir, 'index.html'), 'utf8');
  const up = '../'.repeat(path.split('/').length - 2) || './';
  response.writeHead(200, { 'content-type': types['.html'], 'content-security-policy': policy });
  response.end(page.replace('<base href="./" />', `<base href="${up}" />`));
}

async function give(file, response) {
  const body = await readFile(file).catch(() => undefined);
  response.writeHead(body ? 200 : 404, { 'content-type': types[extname(file)] ?? 'application/octet-stream' });
  response.end(body);
}
