// What a test knows of a monitor by its API: all records, and what a page is to show of them, worked out anew here.
export function api_of(monitor) {
  const get = async (path) => {
    const answer = await fetch(new URL(path, monitor));
    return answer.json();
  };
  async function all_rows() {
    const rows = [];
    for (let cursor = ''; cursor !== null; ) {
      const { assessments, next } = await get(`api/v1/assessments?findings=0&limit=1000${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
      rows.push(...assessments);
      cursor = next;
    }
    return rows;
  }
  return { get, all_rows };
}

// Worst of the criteria that gate, a character a cell.
export function line_of(findings) {
  const strips = findings.filter((one) => one.gates && one.strip).map((one) => [...one.strip]);
  return (strips[0] ?? []).map((_, i) => ['X', '?'].find((worst) => strips.some((strip) => strip[i] === worst)) ?? '.').join('');
}

// The words of a line, as who does not see it hears them.
export function words_of_line(line) {
  const count = (kind) => line.split(kind).length - 1;
  const bad = count('X') === 0 ? 'nothing bad' : `bad in ${count('X')} of ${line.length} cells`;
  return `the window: ${bad}${count('?') ? `, no evidence in ${count('?')}` : ''}`;
}

// Sorted; of times in ms or s.
export const part = (sorted, p) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))];
export const median = (values) => part([...values].sort((a, b) => a - b), 0.5);

// Scrolls through the page: how long frames took, and how long the page's own thread worked for one of them, which what
// else this machine does has no part in.
export async function scrolled(page, { by = 300, frames = 240, from = 0 } = {}) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
  const worked = async () => (await cdp.send('Performance.getMetrics')).metrics.find((one) => one.name === 'TaskDuration').value;
  await page.evaluate((y) => scrollTo(0, y), from);
  const before = await worked();
  const times = await page.evaluate(async ({ by, frames }) => {
    const taken = [];
    let last = performance.now();
    for (let i = 0; i < frames; ++i) {
      const edge = scrollY + innerHeight >= document.documentElement.scrollHeight - 1 || scrollY <= 0;
      if (i > 0 && edge) by = -by;
      scrollBy(0, by);
      const at = await new Promise((frame) => requestAnimationFrame(frame));
      taken.push(at - last);
      last = at;
    }
    return taken.slice(5);
  }, { by, frames });
  const work = ((await worked()) - before) * 1000 / times.length;
  await cdp.detach();
  times.sort((a, b) => a - b);
  const text = `a frame median ${part(times, 0.5).toFixed(1)} ms, p99 ${part(times, 0.99).toFixed(1)} ms, longest ${times.at(-1).toFixed(1)} ms; the page works ${work.toFixed(1)} ms a frame`;
  return { times, work, longest: times.at(-1), text };
}

// In ms, of pages that are opened anew: until something is painted, and until `selector` is there.
export async function first_paints(browser, url, selector, tries = 5) {
  const painted = [];
  const shown = [];
  for (let i = 0; i < tries; ++i) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    const begin = Date.now();
    await page.goto(String(url));
    await page.waitForSelector(selector);
    shown.push(Date.now() - begin);
    painted.push(await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN));
    await context.close();
  }
  return { painted: median(painted), shown: median(shown) };
}
