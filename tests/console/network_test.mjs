// The map, the decisions and the past in a real browser, over a made-up network of 300 devices: their facts are the API's,
// the address holds what is looked at, the keyboard moves it, axe finds nothing.
// Usage: network_test.mjs [FOLDER]; with a folder, screenshots are put there.
import { serve_network } from './network_server.mjs';
import { network_world } from './network_world.mjs';
import { start_checks } from './page_checks.mjs';

const [shots] = process.argv.slice(2);
const world = network_world(Date.now());
const { base, close: stop_serving } = await serve_network(world);
const { check, equal, open: open_page, passes_axe, picture, finish } = await start_checks(shots);

const open = (path, look) => open_page(new URL(path, base), look);
const param = (page, name) => new URL(page.url()).searchParams.get(name);
const fits = (page, where) => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth).then((good) => check(good, `${where}: nothing is wider than the page`));
const placed = world.assessments.filter((one) => one.kind === 'link' || one.metro !== null);

async function map_ready(page) {
  await page.waitForFunction((n) => document.querySelector('#map-list')?.textContent === `${n} records`, placed.length, { timeout: 20_000 });
}

async function the_map_shows_every_record() {
  const page = await open('map');
  await map_ready(page);
  const label = await page.locator('svg.map').getAttribute('aria-label');
  const devices = placed.filter((one) => one.kind === 'device').length;
  check(label.startsWith(`${devices} devices and ${placed.length - devices} links at ${world.metros.length} metros`), `the picture names all: ${label}`);
  const counted = await page.locator('.spot:not(.open) .count').allTextContents();
  const dots = await page.locator('.dot').count();
  equal(counted.reduce((sum, text) => sum + Number(text), dots), devices, 'every device is in a number or a dot');
  equal(await page.locator('.map-nowhere a').allTextContents(), ['new-dz001 '], 'what has no place is named');
  const drained = await page.locator('.line.drained').evaluateAll((all) => all.map((one) => [one.dataset.links, getComputedStyle(one.querySelector('.shown')).strokeDasharray]));
  check(drained.length > 0, 'a drained link is drawn');
  for (const [codes, dashes] of drained) {
    check(dashes !== 'none', `${codes} is dashed`);
    check(codes.split(' ').every((code) => world.assessments.find((one) => one.code === code).status === 'hard-drained'), `${codes} is drained`);
  }
  const good = await page.locator('.line.good').evaluateAll((all) => all.flatMap((one) => one.dataset.links.split(' ')));
  check(good.length > 10 && good.every((code) => world.assessments.find((one) => one.code === code).condition.state === 'good'), 'only what is good is drawn so');
  equal(await page.locator('.pulse').first().evaluate((one) => getComputedStyle(one).animationName), 'none', 'nothing pulses under reduced motion');
  await picture(page, 'map-dark');
  await passes_axe(page, 'the map, dark');

  await page.keyboard.press('j');
  const chosen = param(page, 'at');
  equal(await page.locator('.map-list li.chosen .code').allTextContents(), [chosen], 'j chooses in the list, and the address has it');
  await page.keyboard.press('+');
  await page.waitForFunction(() => / of \d+ in view$/.test(document.querySelector('#map-list').textContent));
  check(param(page, 'view') !== null, 'the address has the view');
  const again = await open(new URL(page.url()).pathname.slice(1) + new URL(page.url()).search);
  await again.waitForFunction((text) => document.querySelector('#map-list')?.textContent === text, await page.locator('#map-list').textContent(), { timeout: 20_000 });
  await again.context().close();
  await page.keyboard.press('0');
  await map_ready(page);
  equal(param(page, 'view'), null, '0 shows all of it');
  await page.keyboard.press('Enter');
  equal(decodeURIComponent(new URL(page.url()).pathname), `/r/${chosen}`, 'Enter opens the record');
  await page.context().close();
}

async function the_pointer_moves_the_map() {
  const page = await open('map');
  await map_ready(page);
  const box = await page.locator('.map-surface').boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.wheel(0, -300);
  await page.waitForFunction(() => new URL(location.href).searchParams.has('view'));
  const before = param(page, 'view').split(',').map(Number);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2 + 120, box.y + box.height / 2 + 40, { steps: 4 });
  await page.mouse.up();
  const after = param(page, 'view').split(',').map(Number);
  check(after[0] < before[0] && after[1] < before[1] && after[2] === before[2], `a pull to the right shows the west: ${before} ${after}`);
  await page.getByRole('button', { name: 'all', exact: true }).click();
  await map_ready(page);
  const several = page.locator('.spot:not(.open)').first();
  const spots = await page.locator('.spot').count();
  await several.click({ force: true });
  await page.waitForFunction((n) => document.querySelectorAll('.spot').length !== n || new URL(location.href).searchParams.has('at'), spots);
  await page.context().close();
}

async function the_graph_has_every_device() {
  const page = await open('map?as=graph', { scheme: 'light' });
  await map_ready(page);
  const devices = placed.filter((one) => one.kind === 'device');
  equal((await page.locator('.dot').evaluateAll((all) => all.map((one) => one.dataset.device))).sort(), devices.map((one) => one.code).sort(), 'a dot a device');
  const links = await page.locator('.line').evaluateAll((all) => all.flatMap((one) => one.dataset.links.split(' ')));
  equal(links.length, placed.length - devices.length, 'every link is drawn');
  await picture(page, 'graph-light');
  await passes_axe(page, 'the graph, light');
  await page.keyboard.press('v');
  await page.waitForSelector('.land');
  equal(param(page, 'as'), null, 'v goes back to the map');
  await page.context().close();
}

async function decisions_are_those_of_the_api() {
  const page = await open('decisions?span=all');
  // Read further back as often as the page offers it, until it has read everything.
  await page.waitForFunction(() => {
    if (!document.querySelector('.decision') || document.body.textContent.includes('; being read')) return false;
    const further = document.querySelector('.further');
    further?.click();
    return !further;
  });
  const shown = await page.locator('.decision').evaluateAll((all) => all.map((one) => [Number(one.dataset.id), one.querySelector('time').dateTime, one.querySelector('.code').textContent, one.querySelector('.change b').textContent]));
  equal(shown, world.decisions.map((one) => [one.id, one.at, one.code, one.to]), 'every decision, the newest first');
  await picture(page, 'decisions-dark');
  await page.goto(new URL('decisions', base).href);
  await page.waitForSelector('.decision');
  await passes_axe(page, 'the decisions');

  const first = world.decisions[0];
  await page.getByRole('button', { name: /^details of/ }).first().click();
  equal(param(page, 'at'), String(first.id), 'the address has the decision');
  await page.waitForFunction(() => /monitor \w{30}/.test(document.querySelector('.decision-details dl').textContent));
  const details = await page.locator('.decision-details').textContent();
  check(details.includes(first.at) && details.includes(`slot ${first.slot}`) && details.includes(first.sentence), `when, where and why: ${details}`);
  equal(await page.locator('[data-criterion]').evaluateAll((all) => all.map((one) => one.dataset.criterion)), first.findings.filter((one) => one.judgement !== 'not applicable').map((one) => one.id), 'the criteria at that moment');
  await passes_axe(page, 'a decision');
  await picture(page, 'decision-open');
  const way_back = await page.locator('.decision-details > p a').getAttribute('href');
  equal(new URL(way_back, base).searchParams.get('minute'), first.findings[0].minutes.last_bad.at, 'the way back is to the minute that was bad');
  await page.keyboard.press('Escape');
  await page.waitForFunction(() => !document.querySelector('.decision-details'));
  await page.keyboard.press('j');
  await page.waitForSelector('.decision.open');

  for (const [query, fitting] of [
    ['span=24 h&health=impaired', (one) => one.to === 'impaired' && world.now - Date.parse(one.at) < 24 * 3_600_000],
    ['span=24 h&kind=device&q=pending', (one) => one.kind === 'device' && one.from === 'pending' && world.now - Date.parse(one.at) < 24 * 3_600_000],
    [`span=all&record=${encodeURIComponent(first.code)}`, (one) => one.code === first.code],
  ]) {
    await page.goto(new URL(`decisions?${query}`, base).href);
    const expected = world.decisions.filter(fitting).length;
    await page.waitForFunction((n) => document.querySelectorAll('.decision').length === n, expected, { timeout: 10_000 }).catch(() => undefined);
    equal(await page.locator('.decision').count(), expected, query);
  }
  await page.context().close();
}

// Made anew here: the last decision before, else what the first one after found, else what is now.
function health_then(row, time) {
  const of_row = world.decisions.filter((one) => one.pubkey === row.pubkey);
  return of_row.find((one) => Date.parse(one.at) <= time)?.to ?? of_row.at(-1)?.from ?? row.health;
}

async function the_past_is_what_the_decisions_say() {
  const page = await open('');
  await page.waitForSelector('.board-row');
  await page.keyboard.press('p');
  await page.waitForSelector('.time-travel');
  check(param(page, 't') !== null, 'the address has the time');
  const time = world.now - 400 * 60_000 + 30_000;
  const t = new Date(time).toISOString();
  await page.goto(new URL(`?t=${t}`, base).href);
  const expected = new Map();
  for (const row of world.assessments) expected.set(health_then(row, time), (expected.get(health_then(row, time)) ?? 0) + 1);
  await page.waitForFunction((n) => Number(document.querySelector('[data-health="healthy"]')?.textContent) === n, expected.get('healthy'), { timeout: 15_000 }).catch(() => undefined);
  const figures = await page.locator('[data-health]').evaluateAll((all) => all.map((one) => [one.dataset.health, Number(one.textContent)]));
  equal(figures.sort(), [...expected].sort(), 'as many of each health as the decisions say');
  const rows = await page.locator('[data-record]').evaluateAll((all) => all.map((one) => [one.dataset.record, one.querySelector('[data-then]').dataset.then]));
  check(rows.length > 10, 'rows are shown');
  for (const [code, health] of rows) equal(health, health_then(world.assessments.find((one) => one.code === code), time), `${code} then`);
  check((await page.locator('.then-known').textContent()).includes('Not known of then: status'), 'what is not known is said');
  await passes_axe(page, 'the past');
  await picture(page, 'past-dark');
  await page.locator('.time-travel input').focus();
  await page.keyboard.press('ArrowRight');
  await page.waitForFunction((was) => new URL(location.href).searchParams.get('t') !== was, t);
  check(Math.abs(Date.parse(param(page, 't')) - time) <= 90_000, 'an arrow moves it by a minute');
  const before = Date.parse(param(page, 't'));
  await page.getByRole('button', { name: 'play 600×' }).click();
  await page.waitForFunction((was) => Date.parse(new URL(location.href).searchParams.get('t')) - was >= 600_000, before, { timeout: 10_000 });
  await page.getByRole('button', { name: 'stop' }).click();
  await page.locator('body').press('n');
  await page.waitForFunction(() => !document.querySelector('.time-travel'));
  equal(param(page, 't'), null, 'n is now');
  await page.goto(new URL(`map?t=${t}`, base).href);
  await map_ready(page);
  await page.waitForFunction(() => document.querySelectorAll('.map .spot.unknown').length === 0, null, { timeout: 10_000 });
  equal(await page.locator('.line.drained').count(), 0, 'no drain is claimed of then');
  await passes_axe(page, 'the map of the past');
  await page.context().close();
}

// Made anew here: the newest decision that was made by then says it all.
async function decisions_and_sources_are_those_of_then() {
  const time = world.now - 400 * 60_000 + 30_000;
  const t = new Date(time).toISOString();
  const made = world.decisions.filter((one) => Date.parse(one.at) <= time);
  const page = await open(`decisions?t=${t}&span=24 h`);
  const expected = made.filter((one) => time - Date.parse(one.at) < 24 * 3_600_000);
  await page.waitForFunction((n) => document.querySelectorAll('.decision').length === n, expected.length, { timeout: 10_000 }).catch(() => undefined);
  equal(await page.locator('.decision').count(), expected.length, 'decisions of then');
  check((await page.locator('#decisions').textContent()).startsWith(`${expected.length} `), 'and as many are said');
  await page.keyboard.press('g');
  await page.keyboard.press('s');
  await page.waitForSelector('[data-source="counters"]');
  equal(param(page, 't'), t, 'the time goes along to another screen');
  const [newest] = made;
  const [finding] = newest.findings;
  const cells = await page.locator('[data-source="counters"] td').allTextContents();
  check(cells[0].includes(finding.watermark.slice(11, 16)), `complete through ${finding.watermark}, found ${cells[0]}`);
  equal([cells[1], cells[2]], ['2 min', finding.stale ? 'late' : 'not late'], 'how far it was behind then');
  check((await page.locator('#policy').locator('xpath=../..').textContent()).includes(newest.policy), 'the policy of then');
  equal(await page.locator('#stores, #hooks, #settings').count(), 0, 'nothing of now stands beside it');
  await passes_axe(page, 'sources of then');
  await picture(page, 'sources-past');
  await page.locator('[data-source="counters"] a').click();
  await page.waitForSelector('.decision');
  equal(param(page, 'at'), String(newest.id), 'the way to the decision');
  await page.goto(new URL(`sources?t=${new Date(world.now - 20 * 86_400_000).toISOString()}`, base).href);
  await page.getByText('nothing is known of then').waitFor();
  await page.context().close();
}

async function they_fit_a_phone() {
  for (const [path, ready, name] of [['map', '.map-row', 'map-phone'], ['decisions', '.decision', 'decisions-phone'], [`?t=${new Date(world.now - 7_200_000).toISOString()}`, '.then-row', 'past-phone']]) {
    const page = await open(path, { scheme: 'light', width: 390, height: 844, touch: true });
    await page.waitForSelector(ready);
    await page.waitForTimeout(300);
    await fits(page, name);
    await passes_axe(page, name);
    await picture(page, name);
    await page.context().close();
  }
}

await finish([the_map_shows_every_record, the_pointer_moves_the_map, the_graph_has_every_device, decisions_are_those_of_the_api, the_past_is_what_the_decisions_say, decisions_and_sources_are_those_of_then, they_fit_a_phone], stop_serving);
