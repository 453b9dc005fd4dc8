// Three questions that people open the console with, each asked as somebody would who has never seen it: from the start
// page, with at most two clicks. What is read there is the API's answer, and the page and the reading take less than ten
// seconds.
// Usage: questions_test.mjs MONITOR_URL [FOLDER]; with a folder, screenshots are put there.
import { api_of } from './fleet_api.mjs';
import { start_checks } from './page_checks.mjs';

const [monitor, shots] = process.argv.slice(2);
const { get } = api_of(monitor);
const { check, equal, open, picture, finish } = await start_checks(shots);
const words_a_second = 4; // of somebody who reads with care
const most_words = 36; // nine seconds of reading, and one for the page on a machine that is not busy

const of_record = (code) => get(`api/v1/assessments/${encodeURIComponent(code)}`);
const clock = (time) => time.slice(11, 16);
const one_line = async (locator) => (await locator.innerText()).replace(/\s+/g, ' ').trim();

// walk(page, click): returns the locators of the answer, the first of which is to be seen without scrolling. Compared by
// same().
async function asked(question, look, walk, same) {
  const begin = Date.now();
  const page = await open(new URL('/', monitor), look);
  let clicks = 0;
  const answer = await walk(page, async (locator) => {
    ++clicks;
    await locator.click();
  });
  const read = [];
  for (const part of answer) {
    await part.waitFor();
    read.push(await one_line(part));
  }
  const took = (Date.now() - begin) / 1_000;
  const words = read.join(' ').split(' ').length;
  const whole = took + words / words_a_second;
  console.log(`"${question}": ${clicks} clicks, ${took.toFixed(1)} s to the answer, ${words} words of it, ${whole.toFixed(1)} s with reading: ${read.join(' | ')}`);
  check(clicks <= 2, `${question}: two clicks, found ${clicks}`);
  check(took < 10, `${question}: less than ten seconds to the answer, found ${took.toFixed(1)}`);
  check(words <= most_words, `${question}: it is read in nine seconds, found ${words} words`);
  const seen = await page.evaluate((box) => box.bottom <= innerHeight && box.top >= 0, await answer[0].evaluate((one) => one.getBoundingClientRect().toJSON()));
  check(seen, `${question}: the answer begins on the screen, without scrolling`);
  await same(read, page);
  await picture(page, `question-${question.split(' ').slice(0, 4).join('-').replace(/\W+/g, '-')}`);
  await page.context().close();
}

const row_of = (page, code) => page.locator('.board-row', { has: page.getByText(code, { exact: true }) });

async function why_is_my_link_not_live_and_when() {
  const code = 'ams-dz001:lon-dz001';
  // The field that finds, as the page has it at the top: on the board, and by Enter on the record's own page.
  await asked('why is my link not live, and when', {}, async (page, click) => {
    await click(page.locator('.find input'));
    await page.keyboard.type(code);
    return [row_of(page, code).locator('.sentence'), row_of(page, code).locator('time')];
  }, async ([sentence], page) => {
    const a = await of_record(code);
    equal(sentence, a.sentence, 'the sentence on the board');
    equal(await row_of(page, code).locator('time').getAttribute('datetime'), a.healthy_at, 'the time on the board');
  });
  await asked('why not live: all that holds my link', {}, async (page, click) => {
    await click(page.locator('.find input'));
    await page.keyboard.type(code);
    await click(row_of(page, code).locator('a'));
    return [page.locator('[data-fact="sentence"]'), page.locator('[data-fact="returns_at"]')];
  }, async ([sentence], page) => {
    const a = await of_record(code);
    equal(sentence, a.sentence, 'the sentence on its page');
    equal(Date.parse(await page.locator('[data-fact="returns_at"]').getAttribute('datetime')), Date.parse(a.condition.returns_at ?? a.healthy_at), 'the time on its page');
    const holding = await page.locator('.findings > .finding-list [data-criterion]').evaluateAll((all) => all.map((one) => one.dataset.criterion));
    equal(holding.sort(), a.findings.filter((one) => ['not met', 'unknown'].includes(one.judgement)).map((one) => one.id).sort(), 'what holds it');
  });
  const device = 'prg-dz-001-x';
  await asked('who has to act before my device is live', {}, async (page, click) => {
    await click(page.locator('.find input'));
    await page.keyboard.type(device);
    await click(row_of(page, device).locator('a'));
    return [page.locator('.lead')];
  }, async (_, page) => {
    const a = await of_record(device);
    const shown = [await one_line(page.locator('[data-fact="sentence"]')), await one_line(page.locator('[data-fact="needs"]'))];
    equal(shown, [a.sentence, a.condition.needs.what], 'who has to do what');
  });
}

async function can_i_trust_this_at_3_am() {
  const sources_of = (health) => Object.entries(health.sources);
  await asked('can I trust this at 3 a.m.', { scheme: 'dark' }, async (page) => {
    await page.locator('.trust dl div').first().waitFor(); // the monitor has answered
    return [page.locator('.trust .says'), page.locator('.trust dl')];
  }, async ([says, cells]) => {
    const [health, status] = [await get('healthz'), await get('api/v1/status')];
    const about_it = (health.alarms ?? []).filter((one) => !['impaired-in-service', 'health-disagreement'].includes(one.alarm));
    const suspect = sources_of(health).some(([, source]) => source.suspect);
    const good = health.status === 'ok' && about_it.length === 0 && !suspect && !(health.damage ?? []).length && status.writing.budget.deferred === 0 && status.activator.due_count === 0;
    if (good) equal(says, 'Current and complete', 'what is said first');
    else equal(says, 'Current, with reservations', 'what is said first');
    for (const [name] of sources_of(health)) check(cells.includes(name), `${name} has its age: ${cells}`);
    const ledger = Number(/ledger (\d+) s/.exec(cells)?.[1] ?? NaN);
    check(Math.abs(ledger - (Date.now() - Date.parse(health.ledger_read_at)) / 1_000) < 35, `the ledger's age is the API's: ${cells}`);
    check(cells.includes(`writes ${health.writes}`), `what it writes: ${cells}`);
  });
  await asked('can I trust each source of it', { scheme: 'dark' }, async (page, click) => {
    await click(page.locator('.trust .says a'));
    return [page.locator('section[aria-labelledby="sources"] h2'), ...(await page.locator('section[aria-labelledby="sources"] tbody td:last-child').all())];
  }, async (_, page) => {
    const table = await one_line(page.locator('section[aria-labelledby="sources"] tbody'));
    const { sources } = await get('api/v1/status');
    for (const source of sources) {
      const known = source.watermark === null ? 'nothing yet' : clock(source.watermark);
      const before = source.watermark === null ? known : clock(new Date(Date.parse(source.watermark) - 60_000).toISOString());
      check(table.includes(`${source.source} ${known}`) || table.includes(`${source.source} ${before}`), `${source.source} is complete through ${known}: ${table}`);
    }
  });
}

async function what_is_it_doing_and_where_is_it_slow() {
  await asked('what is it doing, and where is it slow', {}, async (page, click) => {
    await click(page.locator('nav a', { hasText: 'Sources' }));
    return [page.locator('[data-fact="slowest"]'), page.locator('[data-fact="doing"]')];
  }, async ([slowest], page) => {
    const { work } = await get('api/v1/status');
    const shown = await page.locator('[data-work]').evaluateAll((all) => all.map((one) => [one.dataset.work, Number(one.cells[1].textContent.replace(/\D/g, '')), one.cells[4].textContent.trim()]));
    equal(shown.map(([what]) => what), work.map((one) => one.what), 'all that it does is there');
    const words = (seconds) => (seconds === null ? 'over 1 min' : seconds < 1 ? `within ${seconds * 1_000} ms` : `within ${seconds} s`);
    const times = work.map((one) => (one.lately?.count ? one.lately : one.since_start));
    shown.forEach(([what, count, p99], i) => {
      check(count > 0 === times[i].count > 0 && count <= times[i].count, `${what}: how often, ${count} of ${times[i].count}`);
      if (count > 20) equal(p99, words(times[i].p99_within_seconds), `${what}: 99 of 100`);
    });
    const worst = Math.max(...times.map((one) => (one.count === 0 ? 0 : (one.p99_within_seconds ?? Infinity))));
    check(slowest.includes(words(worst === Infinity ? null : worst)), `the slowest is the API's, ${words(worst)}: ${slowest}`);
  });
}

await finish([why_is_my_link_not_live_and_when, can_i_trust_this_at_3_am, what_is_it_doing_and_where_is_it_slow]);
