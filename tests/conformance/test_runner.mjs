// Named tests that run one after another, each on what the ones before left; plain lines, then the process ends.
export const within = (ms, promise, what) =>
  Promise.race([promise, new Promise((_, no) => setTimeout(() => no(new Error(`no ${what} within ${ms} ms`)), ms))]);

const tests = [];
export const test = (name, run) => tests.push({ name, run });

export async function runTests(ledger) {
  let failures = 0;
  for (const { name, run } of tests) {
    try {
      await within(30_000, run(), 'end of the test');
      console.log(`ok    ${name}`);
    } catch (error) {
      failures++;
      const logs = error.logs ?? error.context?.logs ?? [];
      console.log(`FAIL  ${name}\n${error.stack}\n${logs.join('\n')}`);
    }
  }
  const code = await ledger.stop();
  if (code !== 0) {
    failures++;
    console.log(`FAIL  a clean stop: exit code ${code}`);
  }
  console.log(failures ? `${failures} failed` : `${tests.length} passed`);
  process.exit(failures ? 1 : 0);
}
