// The console over a real monitor with many records, in a real browser: each screen's facts are the API's, and a wall of a
// thousand windows scrolls. Figures are printed; only what no load of the machine explains is a failure.
// Usage: large_monitor_test.mjs MONITOR_URL [FOLDER]; with a folder, screenshots are put there.
import { api_of, line_of, scrolled, words_of_line } from './fleet_api.mjs';
import { start_checks } from './page_checks.mjs';

const [monitor, shots] = process.argv.slice(2);
const { get, all_rows } = api_of(monitor);
const { check, equal, open, passes_axe, picture, finish } = await start_checks(shots);
const tidy = (texts) => texts.map((text) => text.replace(/\s+/g, ' ').trim());
const strip_of = async (code) => line_of((await get(`api/v1/assessments/${encodeURIComponent(code)}?strip=1&width=100`)).findings);
const rows = await all_rows();
const serving = rows.filter((one) => one.status === 'activated');
const waiting = rows.filter((one) => one.status !== 'activated' && one.desired_status === 'activated');
const soonest = (a, b) => (a.healthy_at ?? '~').localeCompare(b.healthy_at ?? '~') || (a.code < b.code ? -1 : 1);

async function the_fleet_is_the_apis() {
  const begin = Date.now();
  const page = await open(new URL('/', monitor));
  await page.waitForSelector('.board-row, .service-row');
  console.log(`the first row after ${Date.now() - begin} ms`);
  const shown = (n) => n.toLocaleString('en');
  await page.waitForFunction((text) => document.querySelector('.figures dd')?.textContent === text, shown(serving.length), { timeout: 180_000 });
  console.log(`all ${rows.length} records after ${Date.now() - begin} ms`);
  const figures = await page.locator('.figures div').evaluateAll((all) => Object.fromEntries(all.map((one) => [one.querySelector('dt').textContent, one.querySelector('dd').textContent])));
  const failing = rows.filter((one) => !one.maintenance && !(one.damped_failure && one.health === 'healthy' && one.status === 'activated') && one.condition.state === 'failing');
  equal([figures['on the way'], figures['failing now']], [shown(waiting.length), shown(failing.length)], 'what is on the way, and what fails');
  await page.waitForSelector('.board-row');
  const board = tidy(await page.locator('.board-row .code').allInnerTexts());
  equal(board, waiting.sort(soonest).slice(0, board.length).map((one) => one.code), 'the soonest stand first');
  check(board.length > 5 && (await page.locator('.list > li').count()) < 120, 'only what is on the screen is in the page');
  await passes_axe(page, 'a large fleet');
  await picture(page, 'large-fleet');
  await page.context().close();
}

async function a_wall_of_windows() {
  const page = await open(new URL('/', monitor));
  await page.waitForFunction((text) => document.querySelector('.figures dd')?.textContent === text, serving.length.toLocaleString('en'), { timeout: 180_000 });
  const top = () => page.locator('#service').evaluate((one) => one.getBoundingClientRect().top + scrollY);
  const drawn = () => page.locator('.service-row').evaluateAll((all) => all.length > 20 && all.every((row) => row.querySelector('svg.beat')));
  const begin = Date.now();
  for (let tries = 0; tries < 400 && !(await drawn()); ++tries) {
    await page.evaluate((y) => scrollTo(0, y + 3_200), await top()); // what stands above it grows while it is read
    await page.waitForTimeout(25);
  }
  console.log(`a screen of windows is drawn ${Date.now() - begin} ms after it was scrolled to`);
  const told = await page.locator('.service-row').evaluateAll((all) => all.map((row) => [row.querySelector('.code').textContent.trim(), row.querySelector('svg.beat')?.getAttribute('aria-label')]));
  check(told.length > 20, `a screen has many of them: ${told.length}`);
  for (const [code, words] of told.filter((_, i) => i % 4 === 0)) equal(words, words_of_line(await strip_of(code)), `the window of ${code}`);
  await picture(page, 'wall');
  for (const [device, mark] of [['metro000-dz003', 'X'], ['metro000-dz007', '?']]) {
    const found = await open(new URL(`/?q=${device}`, monitor), { height: 2000 });
    await found.waitForFunction(() => {
      const rows = [...document.querySelectorAll('.service-row')];
      return rows.length >= 5 && rows.every((row) => row.querySelector('svg.beat'));
    }, null, { timeout: 60_000 });
    const lines = [];
    for (const [code, words] of await found.locator('.service-row').evaluateAll((all) => all.map((row) => [row.querySelector('.code').textContent.trim(), row.querySelector('svg.beat').getAttribute('aria-label')]))) {
      const line = await strip_of(code);
      equal(words, words_of_line(line), `the window of ${code}, which was hurt`);
      lines.push(line);
    }
    check(lines.some((line) => line.includes(mark)), `${device} was hurt: ${lines}`);
    await picture(found, `wall-${device}`);
    await found.context().close();
  }
  const fall = await scrolled(page, { from: await top() });
  console.log(`a wall of ${serving.length} windows scrolls: ${fall.text}`);
  // 16.7 ms is what it may be on a quiet machine (./dev bench console); machines of a test run are up to three times as slow.
  check(fall.work < 50, `the page works ${fall.work.toFixed(1)} ms a frame`);
  await page.context().close();
}

async function a_record_is_the_apis() {
  const code = waiting[0]?.code ?? serving[0].code;
  const page = await open(new URL(`r/${code}`, monitor));
  await page.waitForSelector('.strip-canvas');
  const [a, minutes] = [await get(`api/v1/assessments/${encodeURIComponent(code)}`), await get(`api/v1/minutes?record=${encodeURIComponent(code)}`)];
  for (const name of ['health', 'status', 'desired_status']) equal((await page.locator(`[data-fact="${name}"]`).first().textContent()).trim(), a[name], `${code}: ${name}`);
  equal(await page.locator('.strip-canvas').count(), minutes.lines.length, `${code}: a strip a line`);
  await page.context().close();
}

async function the_sources_are_the_apis() {
  const page = await open(new URL('sources', monitor));
  await page.waitForSelector('[data-fact="Ledger"]');
  const { ledger, store } = await get('api/v1/status');
  const text = await page.locator('[data-fact="Ledger"]').textContent();
  check(text.includes(`${ledger.links.toLocaleString('en')} links, ${ledger.devices.toLocaleString('en')} devices`), `how many there are: ${text}`);
  check((await page.locator('[data-fact="It holds"]').textContent()).includes(`${store.interfaces.toLocaleString('en')} ports`), 'what the file holds');
  await page.context().close();
}

await finish([the_fleet_is_the_apis, a_wall_of_windows, a_record_is_the_apis, the_sources_are_the_apis]);
