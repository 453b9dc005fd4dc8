// What the console costs, in a real browser. "hours": memory after hours of events of 60,000 made-up records, told as fast
// as the page takes them. The others ask a real monitor: "wall": frames while its records in service scroll, each with the line of its
// window; "large": how soon its first page is there, and frames while what is on its way into service scrolls; "small": how
// soon its first page is there, and what open pages cost it: its passes without pages and with them.
// Usage: console_bench.mjs hours|wall|large|small [--hours H] [--pages N] [--seconds S] [MONITOR_URL MONITOR_PID]
import { readFileSync } from 'node:fs';

import { start_browser } from '../tests/console/browser.mjs';
import { first_paints, scrolled } from '../tests/console/fleet_api.mjs';
import { all, boarding, records, serve_large } from '../tests/console/large_world.mjs';

const [what, ...given] = process.argv.slice(2);
function option(name, otherwise) {
  const at = given.indexOf(name);
  return at < 0 ? otherwise : Number(given.splice(at, 2)[1]);
}
const hours = option('--hours', 6);
const pages = option('--pages', 20);
const watched_for = option('--seconds', 60) * 1000;
const [monitor, pid] = given;

const events_a_minute = 100; // of records, in a fleet of 60,000 where something always changes
const MB = 1e6;

const { browser, close } = await start_browser();

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

async function first_page(of) {
  const { painted, shown } = await first_paints(browser, monitor, '.board-row, .service-row');
  console.log(`${of}: something is painted after ${painted.toFixed(0)} ms, the first record after ${shown.toFixed(0)} ms (medians of 5)`);
}

async function scroll_below(title, of) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(monitor);
  await page.waitForSelector(`#${title}`);
  await page.waitForFunction((id) => / /.test(document.querySelector(`#${id}`).parentElement.querySelector('.quiet')?.textContent ?? '') && !document.body.textContent.includes('Being read'), title, { timeout: 120_000 });
  let known = '';
  for (let now = ' '; now !== known; ) {
    known = now;
    await page.waitForTimeout(2_000);
    now = await page.locator('.figures').innerText();
  }
  const from = await page.locator(`#${title}`).evaluate((one) => one.getBoundingClientRect().top + scrollY);
  for (const by of [300, 60]) {
    const { text } = await scrolled(page, { by, frames: 600, from });
    console.log(`${of}, ${by} pixels a frame: ${text}`);
  }
  await page.close();
}

async function hold_hours() {
  const { url, tell, close: stop_serving } = await serve_large();
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(url);
  await page.waitForFunction((count) => document.querySelector('.figures dd')?.textContent === count, (all - boarding).toLocaleString('en'), { timeout: 120_000 });
  await remember(page, tell);
  stop_serving();
}

switch (what) {
  case 'hours':
    await hold_hours();
    break;
  case 'wall':
    await scroll_below('service', 'the wall of windows');
    break;
  case 'large':
    await first_page('60,000 records');
    await scroll_below('board', 'the board of 10,000 rows');
    break;
  case 'small':
    await first_page('a small network');
    await cost_of_pages();
    break;
  default:
    console.error(`expected hours, wall, large or small, found ${what}`);
    process.exitCode = 2;
}
await close();
