// What the console costs the browser: frames while 60,000 records scroll, and memory after hours of events, told as fast as
// the page takes them. With MONITOR_URL also what open pages cost that monitor: its passes without pages and with them.
// Usage: console_bench.mjs [--hours H] [--pages N] [MONITOR_URL MONITOR_PID]
import { readFileSync } from 'node:fs';

import { start_browser } from '../tests/console/browser.mjs';
import { all, boarding, records, serve_large } from '../tests/console/large_world.mjs';

const given = process.argv.slice(2);
function option(name, otherwise) {
  const at = given.indexOf(name);
  return at < 0 ? otherwise : Number(given.splice(at, 2)[1]);
}
const hours = option('--hours', 6);
const pages = option('--pages', 20);
const watched_for = option('--seconds', 60) * 1000;
const [monitor, pid] = given;

const events_a_minute = 100; // of records, in a fleet of 60,000 where something always changes
const part = (sorted, p) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))];
const MB = 1e6;

const { browser, close } = await start_browser();

async function scroll(page) {
  const frames = await page.evaluate(async () => {
    const times = [];
    let before = performance.now();
    for (let i = 0; i < 600; ++i) {
      scrollBy(0, 300);
      const at = await new Promise((frame) => requestAnimationFrame(frame));
      times.push(at - before);
      before = at;
    }
    return times.slice(5).sort((a, b) => a - b);
  });
  console.log(`scrolling ${boarding} rows of ${all} records: a frame median ${part(frames, 0.5).toFixed(1)} ms, p99 ${part(frames, 0.99).toFixed(1)} ms, longest ${frames.at(-1).toFixed(1)} ms`);
}

async function used(cdp) {
  await cdp.send('HeapProfiler.collectGarbage');
  return (await cdp.send('Runtime.getHeapUsage')).usedSize / MB;
}

// Every event as the monitor tells it: a record that changes, and a source each minute.
function minute_of_events(n) {
  const at = new Date(Date.now()).toISOString();
  let text = '';
  for (let i = 0; i < events_a_minute; ++i) {
    const record = records[(n * 7919 + i * 631) % all];
    const data = { change: 'changed', at, kind: record.kind, pubkey: record.pubkey, code: record.code, status: record.status, desired_status: record.desired_status, health: n % 2 ? 'impaired' : 'healthy', next_health: 'healthy', reason: 'damped-failure', healthy_at: at, condition: record.condition, cause: null, maintenance: null };
    text += `id: x-${n * events_a_minute + i}\nevent: record\ndata: ${JSON.stringify(data)}\n\n`;
  }
  return `${text}event: source\ndata: ${JSON.stringify({ change: 'changed', at, source: 'counters', watermark: at, suspect: false })}\n\n`;
}

async function remember(page, tell) {
  const cdp = await page.context().newCDPSession(page);
  await page.evaluate(() => scrollTo(0, 0));
  for (let n = 0; n < 60; ++n) await tell(minute_of_events(n)); // what it keeps of an hour is kept once
  await page.waitForTimeout(3_000);
  const before = await used(cdp);
  const begin = Date.now();
  for (let n = 60; n < 60 + hours * 60; ++n) {
    await tell(minute_of_events(n));
    await page.evaluate(() => new Promise((done) => setTimeout(done, 20))); // the page has its turn
  }
  await page.waitForTimeout(3_000);
  const after = await used(cdp);
  console.log(`${hours} h of ${events_a_minute} events a minute in ${((Date.now() - begin) / 1000).toFixed(0)} s: ${before.toFixed(1)} MB before, ${after.toFixed(1)} MB after, ${((after - before) / hours).toFixed(2)} MB an hour`);
}

// ---- a monitor

// Seconds of processor that a process has had.
function processor_of(process_id) {
  const fields = readFileSync(`/proc/${process_id}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function passes() {
  const text = await (await fetch(new URL('metrics', monitor))).text();
  const value = (name) => Number(new RegExp(`^doublezero_monitor_pass_seconds_${name} (.*)$`, 'm').exec(text)?.[1]);
  const buckets = [...text.matchAll(/^doublezero_monitor_pass_seconds_bucket\{le="([^"]*)"\} (.*)$/gm)].map(([, le, n]) => [le === '+Inf' ? Infinity : Number(le), Number(n)]);
  return { count: value('count'), sum: value('sum'), buckets, processor: processor_of(pid) };
}

async function watch(name) {
  const before = await passes();
  await new Promise((later) => setTimeout(later, watched_for));
  const after = await passes();
  const count = after.count - before.count;
  const within = after.buckets.find(([, n], i) => n - before.buckets[i][1] >= 0.99 * count)?.[0];
  const share = (100 * (after.processor - before.processor)) / (watched_for / 1000);
  console.log(`${name}: ${count} passes, mean ${((1000 * (after.sum - before.sum)) / count).toFixed(2)} ms, p99 within ${(1000 * within).toFixed(1)} ms; the monitor uses ${share.toFixed(2)} % of a core`);
}

async function cost_of_pages() {
  await watch('no page open');
  const open = [];
  for (let i = 0; i < pages; ++i) {
    const page = await browser.newPage();
    await page.goto(monitor);
    await page.waitForSelector('.is-good, .is-watch, .is-old');
    open.push(page);
  }
  await watch(`${pages} pages open`);
  for (const page of open) await page.close();
}

if (monitor) {
  await cost_of_pages();
} else {
  const { url, tell, close: stop_serving } = await serve_large();
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(url);
  await page.waitForFunction((count) => document.querySelector('.figures dd')?.textContent === count, (all - boarding).toLocaleString('en'), { timeout: 120_000 });
  await scroll(page);
  await remember(page, tell);
  stop_serving();
}
await close();
