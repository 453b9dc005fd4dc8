import assert from 'node:assert/strict';
import { test } from 'node:test';

import { from_base64, to_base64 } from './bytes.ts';
import { check_decision, parts, type Bundle, type Step } from './check.ts';
import { leaf_hash, tree_root } from './merkle.ts';
import { example, page, served_log, tools, vector } from './testing.ts';

const log_steps = (steps: readonly Step[]) => steps.map((step) => `${step.part} ${step.holds === undefined ? 'open' : step.holds ? 'holds' : 'differs'}`);
const last = (steps: readonly Step[]) => steps.at(-1);

test('every step of the example holds, but the tiles that are not at hand', async () => {
  const told: Step[] = [];
  const steps = await check_decision(example(), tools(), undefined, (step) => told.push(step));
  assert.deepEqual(told, steps);
  assert.deepEqual(log_steps(steps), parts.map((part) => `${part} ${part === 'tiles' ? 'open' : 'holds'}`));
  const says = (part: string) => steps.find((step) => step.part === part)?.says ?? '';
  assert.match(says('memo'), /^dzd1:\S+ is the root over \d+ statements$/);
  assert.match(says('checkpoint'), /signed by the monitor, cosigned by witness\.example\/w1$/);
  assert.match(says('minutes'), /^\d{3,} minutes of \d+ signals, counted again for \d+ criteria$/);
});

function flipped(text: string, bit: number): string {
  const bytes = from_base64(text);
  const at = Math.floor(bit / 8) % bytes.length;
  bytes[at] = (bytes[at] ?? 0) ^ (1 << (bit % 8));
  return to_base64(bytes);
}
const flipped_in = (list: readonly string[], which: number, bit: number) => list.map((one, i) => (i === which % list.length ? flipped(one, bit) : one));
function flipped_text(text: string, bit: number): string {
  const at = bit % text.length;
  return text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ 1) + text.slice(at + 1);
}

const damages: Record<string, (b: Bundle, bit: number) => Bundle> = {
  format: (b, bit) => ({ ...b, format: flipped_text(b.format, bit) }),
  transaction: (b, bit) => ({ ...b, transaction: flipped(b.transaction, bit) }),
  statements: (b, bit) => ({ ...b, statements: flipped_in(b.statements, bit, bit) }),
  decision: (b, bit) => ({ ...b, decision: b.decision ^ (1 << (bit % 4)) }),
  account: (b, bit) => ({ ...b, account: flipped(b.account, bit) }),
  minutes: (b, bit) => ({ ...b, minutes: flipped_in(b.minutes, bit, bit) }),
  policy: (b, bit) => ({ ...b, policy: flipped_text(b.policy, bit) }),
  index: (b, bit) => ({ ...b, index: b.index ^ (1 << (bit % 8)) }),
  inclusion: (b, bit) => ({ ...b, inclusion: flipped_in(b.inclusion, bit, bit) }),
  checkpoint: (b, bit) => ({ ...b, checkpoint: flipped_text(b.checkpoint, bit) }),
  witnesses: (b, bit) => ({ ...b, witnesses: b.witnesses.map((one) => flipped_text(one, bit)) }),
};

test('one bit of any part, and it is not verified, and says where', async () => {
  let random = 1;
  const next = () => (random = (random * 48_271) % 2_147_483_647);
  for (const [member, damage] of Object.entries(damages)) {
    for (let i = 0; i < 40; ++i) {
      const bit = next();
      const steps = await check_decision(damage(example(), bit), tools(), undefined);
      const end = last(steps);
      assert.equal(end?.holds, false, `${member}, bit ${bit}: ${log_steps(steps).join(', ')}`);
      assert.match(end.says, /^expected /);
    }
  }
});

test('the part that differs is named', async () => {
  const found = async (member: string) => last(await check_decision((damages[member] ?? assert.fail(member))(example(), 4_003), tools(), undefined))?.part;
  assert.equal(await found('account'), 'account');
  assert.equal(await found('policy'), 'policy');
  assert.equal(await found('minutes'), 'minutes');
  assert.equal(await found('index'), 'log');
  assert.equal(await found('inclusion'), 'log');
  assert.equal(await found('witnesses'), 'checkpoint');
  assert.equal(last(await check_decision({ ...example(), statements: example().statements.slice(0, 1), decision: 0 }, tools(), undefined))?.part, 'memo');
  assert.equal(last(await check_decision({ ...example(), decision: 9 }, tools(), undefined))?.part, 'statement');
});

test('an opinion that its judge did not sign is found', async () => {
  const device = to_base64(vector(page('decision.md'), 'statement of a device'));
  const end = last(await check_decision({ ...example(), statements: [device], decision: 0 }, tools(), undefined));
  assert.equal(end?.part, 'opinions');
  assert.match(end.says, /^expected an opinion about \S+ signed by \S+ over its account/);
});

test('a line under the checkpoint that nobody answers for is not believed', async () => {
  const b = example();
  const by_nobody = `${b.checkpoint}— nobody.example AAAAAAECAwQ=\n`;
  assert.match(last(await check_decision({ ...b, checkpoint: by_nobody }, tools(), undefined))?.says ?? '', /expected no line under the checkpoint but by known keys/);
});

// The example as the last entries of a log of 300, of which the bundle's checkpoint knows nothing: another log's.
test('tiles are asked, and a log that says something else than its checkpoint is found', async () => {
  const b = example();
  const own = await Promise.all(b.statements.map(async (text) => leaf_hash(tools(), from_base64(text))));
  const others = Array.from({ length: 7 }, (_, i) => new Uint8Array(32).fill(i));
  const leaves = [...others, ...own];
  const root = await tree_root(tools(), leaves);
  assert.equal(b.checkpoint.split('\n')[2], to_base64(root), 'the log of the example, made again');
  const steps = await check_decision(b, tools(), served_log(leaves, b.checkpoint));
  assert.deepEqual(log_steps(steps), parts.map((part) => `${part} holds`));
  assert.match(steps.find((step) => step.part === 'tiles')?.says ?? '', /^entry \d+ of the \d+ under the checkpoint that everybody is shown$/);

  const other_tiles = await check_decision(b, tools(), served_log([...others.slice(1), ...own, new Uint8Array(32)], b.checkpoint));
  assert.deepEqual([last(other_tiles)?.part, last(other_tiles)?.holds], ['tiles', false]);
  const [origin, size] = b.checkpoint.split('\n');
  const another_root = b.checkpoint.replace(to_base64(root), to_base64(new Uint8Array(32)));
  const contradicts = await check_decision(b, tools(), served_log(leaves, another_root));
  assert.match(last(contradicts)?.says ?? '', /found one that contradicts it/);
  const unsigned = b.checkpoint.replace(`${origin}\n${size}\n`, `${origin}\n${Number(size) + 1}\n`);
  assert.equal(last(await check_decision(b, tools(), served_log(leaves, unsigned)))?.holds, false);
});

test('what this browser cannot check is never ticked', async () => {
  const no_ed25519 = { ...tools(), is_signed: () => Promise.resolve(undefined) };
  const open = (await check_decision(example(), no_ed25519, undefined)).filter((step) => step.holds !== true).map((step) => step.part);
  assert.deepEqual(open, ['transaction', 'checkpoint', 'tiles']);
  const broken = { ...tools(), sha256: () => Promise.reject(new Error('OperationError')) };
  assert.ok((await check_decision(example(), broken, undefined)).every((step) => step.holds !== true));
});
