// Serves the console's bundle and a made-up network (network_world.mjs) in the form of the monitor's API.
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { skip } from './browser.mjs';

const dist = fileURLToPath(new URL('../../build/console/dist', import.meta.url));
const types = { '.js': 'text/javascript', '.css': 'text/css' };
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'self'";

export async function serve_network(world) {
  if (!existsSync(join(dist, 'index.html'))) skip('the console is not built; ./dev build makes it where Node is');
  const server = createServer((request, response) => {
    const url = new URL(request.url, 'http://h');
    const path = decodeURIComponent(url.pathname.slice(1));
    if (path === 'api/v1/stream') {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      return response.write(': open\n\n');
    }
    if (path === 'api/v1/backtests') return tell_backtest(world, request, response);
    if (path.startsWith('log/') && world.log) {
      const file = world.log[path.slice('log/'.length)];
      response.writeHead(file ? 200 : 404, { 'content-type': 'application/octet-stream' });
      return response.end(file ?? '{}');
    }
    if (path.startsWith('assets/')) {
      response.writeHead(200, { 'content-type': types[extname(path)] ?? 'application/octet-stream' });
      return response.end(readFileSync(join(dist, path)));
    }
    if (/^(api|healthz)/.test(path)) {
      const answer = answer_of(world, path, url.searchParams);
      response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' });
      return response.end(JSON.stringify(answer ?? { error: `expected something that is there, found ${path}` }));
    }
    const up = '../'.repeat(path.split('/').length - 1) || './';
    response.writeHead(200, { 'content-type': 'text/html', 'content-security-policy': policy });
    return response.end(readFileSync(join(dist, 'index.html'), 'utf8').replace('<base href="./" />', `<base href="${up}" />`));
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  return { base: `http://127.0.0.1:${server.address().port}/`, close: () => (server.closeAllConnections?.(), server.close()) };
}

// Half of it at once; the rest when the test says so, and who goes before is counted.
function tell_backtest(world, request, response) {
  world.asked_backtests ??= [];
  let body = '';
  request.on('data', (piece) => (body += piece));
  request.on('end', () => {
    world.asked_backtests.push(JSON.parse(body));
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(`:\n\nevent: progress\ndata: ${JSON.stringify({ at: world.time(-3_600_000), percent: 50 })}\n\n`);
  });
  world.finish_backtest = (event, data) => response.end(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  response.on('close', () => (world.backtests_left = (world.backtests_left ?? 0) + (response.writableEnded ? 0 : 1)));
}

function answer_of(world, path, query) {
  const page = (all, standard) => {
    const [from, limit] = [Number(query.get('cursor') ?? 0), Number(query.get('limit') ?? standard)];
    return { slice: all.slice(from, from + limit), next: from + limit < all.length ? String(from + limit) : null };
  };
  const named = (name) => world.assessments.find((one) => one.code === name || one.pubkey === name);
  const any_of = (name, value) => query.getAll(name).length === 0 || query.getAll(name).includes(value);
  if (path === 'healthz') return { status: 'ok', ledger_read_at: new Date().toISOString(), sources: { counters: { watermark: new Date(Date.now() - 60_000).toISOString(), suspect: false } } };
  if (path === 'api/v1/policy') return { digest: 'p', profile: 'rfc', text: world.policy };
  if (path === 'api/v1/status') return world.status;
  if (path.startsWith('api/v1/verifications/')) return world.verification?.();
  if (path === 'api/v1/incidents') return { incidents: [] };
  if (path === 'api/v1/metros') return { metros: world.metros };
  if (path === 'api/v1/openapi.json') return { paths: { '/api/v1/assessments': { get: { parameters: [] } } } };
  if (path === 'api/v1/assessments') {
    const { slice, next } = page(world.assessments.filter((one) => any_of('status', one.status) && any_of('desired_status', one.desired_status)), 1000);
    return { policy: 'p', assessments: slice, next };
  }
  if (path === 'api/v1/decisions') {
    const of = (one) => named(one.pubkey) ?? {};
    const sides = (row) => [row.contributor, row.side_a?.contributor, row.side_z?.contributor];
    const fits = (one) =>
      any_of('kind', one.kind) && any_of('health', one.to) &&
      (query.get('record') === null || [one.code, one.pubkey].includes(query.get('record'))) &&
      (query.get('contributor') === null || sides(of(one)).includes(query.get('contributor')));
    const { slice, next } = page(world.decisions.filter(fits), 100);
    return { decisions: slice, next };
  }
  if (path === 'api/v1/history') return history_of(world, named(query.get('record')), query);
  const record = named(path.slice('api/v1/assessments/'.length));
  return path.startsWith('api/v1/assessments/') && record ? { ...record, findings: [] } : undefined;
}

function history_of(world, row, query) {
  const pubkey = row?.pubkey ?? query.get('record');
  const entries = world.decisions.filter((one) => one.pubkey === pubkey).map((one) => ({
    time: one.at, slot: one.slot, event: 'written', status: null, desired_status: null, health: { before: one.from, after: one.to },
    signer: world.metros[0].pubkey, role: 'monitor', signature: one.signature, reason: one.reason,
  }));
  return { pubkey, kind: row?.kind ?? 'device', history: entries, from_creation: false, ends: null, reading: false, next: null };
}
