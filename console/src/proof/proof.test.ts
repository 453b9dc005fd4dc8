import assert from 'node:assert/strict';
import { test } from 'node:test';

import { from_base64, Malformed, Reader, to_base58, to_base64, to_hex } from './bytes.ts';
import { leaf_hash, root_by_proof, tile_path, TiledTree, tree_root } from './merkle.ts';
import { opinion_bytes } from './opinion.ts';
import { read_leaf, read_statement } from './statement.ts';
import { served_log, tools, vector, page } from './testing.ts';
import { memo_root, read_transaction } from './transaction.ts';

const decision_page = page('decision.md');
const names = ['statement of a reset', 'statement of a link', 'statement of a device'];
const said = (what: string) => decision_page.split(`| ${what} | \``)[1]?.split('`')[0];

test('the statements of docs/formats/decision.md have the hashes, the root and the memo that the page says', async () => {
  const hashes = await Promise.all(names.map((name) => leaf_hash(tools(), vector(decision_page, name))));
  assert.deepEqual(hashes.map(to_hex), names.map((name) => said(`hash of the ${name}`)));
  const root = await tree_root(tools(), hashes);
  assert.equal(to_hex(root), said('root over the three'));
  assert.equal(`dzd1:${to_base64(root)}`, said('memo of the three'));
});

test('statements say what the page says of them', () => {
  const [reset, link, device] = names.map((name) => read_statement(vector(decision_page, name)));
  assert.deepEqual([reset?.kind, reset?.reset, reset?.from, reset?.to, reset?.criteria.length], ['link', true, 'healthy', 'impaired', 0]);
  assert.deepEqual([link?.kind, link?.reset, link?.from, link?.to, link?.reason, link?.opinions.length], ['link', false, 'impaired', 'healthy', 'recovered', 0]);
  assert.deepEqual(link?.criteria.map((one) => [one.name, one.judgement, one.counts?.good, one.counts?.bad, one.counts?.unobserved]), [['link.a.errors', 'met', 8, 1, 1]]);
  assert.deepEqual([device?.kind, device?.criteria.map((one) => one.name), device?.opinions.length], ['device', ['device.max_users_zero', 'device.qa'], 1]);
});

test('every statement has one form: cut short, longer, of another version it is none', () => {
  for (const name of names) {
    const bytes = vector(decision_page, name);
    for (const length of [0, 4, 5, 100, bytes.length - 1]) assert.throws(() => read_statement(bytes.slice(0, length)), Malformed);
    assert.throws(() => read_statement(Uint8Array.of(...bytes, 0)), /expected the end/);
    assert.throws(() => read_statement(Uint8Array.of(...bytes.slice(0, 4), 2, ...bytes.slice(5))), /expected version 1, found 2/);
  }
});

test('minutes are counted out of their bits', () => {
  const errors = read_leaf(vector(decision_page, 'minutes of errors'));
  assert.equal(errors.criterion, 'link.a.errors');
  const link = read_statement(vector(decision_page, names[1] ?? ''));
  assert.deepEqual(errors.counts, link.criteria[0]?.counts);
  const qa = read_leaf(vector(decision_page, 'minutes of QA'));
  assert.deepEqual([qa.criterion, qa.has_results], ['device.qa', true]);
});

test('the opinion of docs/formats/opinion.md is signed over the bytes that are made here', async () => {
  const text = page('opinion.md').split('```')[1]?.replace(/\s/g, '') ?? '';
  const bytes = Uint8Array.from(text.match(/../g) ?? [], (two) => Number.parseInt(two, 16));
  const fill = (n: number) => new Uint8Array(32).fill(n);
  const made_at = BigInt(Date.parse('2026-05-10T08:00:00Z')) * 1000n;
  const one = { key: bytes.slice(85, 117), window_end: Number(made_at / 60_000_000n) - 1, made_at };
  const own = opinion_bytes({ genesis: fill(1), program: fill(2), kind: 'link', record: fill(3), account: fill(4), to: 'healthy', policy: fill(5) }, one);
  assert.equal(to_hex(own), to_hex(bytes.slice(0, 231)));
  assert.equal(await tools().is_signed(one.key, bytes.slice(231), own), true);
  own[150] = (own[150] ?? 0) ^ 1;
  assert.equal(await tools().is_signed(one.key, bytes.slice(231), own), false);
});

const leaves = await Promise.all(Array.from({ length: 600 }, (_, i) => leaf_hash(tools(), new TextEncoder().encode(`statement ${i}`))));

test('a proof out of tiles leads from every entry to the root of its tree', async () => {
  for (const size of [1, 2, 3, 7, 8, 255, 256, 257, 511, 600]) {
    const root = await tree_root(tools(), leaves.slice(0, size));
    const tree = new TiledTree(tools(), size, served_log(leaves, ''));
    for (const index of new Set([0, 1, Math.floor(size / 2), size - 1, Math.min(255, size - 1), Math.min(256, size - 1)])) {
      if (index >= size) continue;
      const leaf = leaves[index] ?? new Uint8Array();
      const proof = await tree.inclusion_proof(index);
      assert.equal(to_hex(await root_by_proof(tools(), leaf, index, size, proof)), to_hex(root), `${index} of ${size}`);
      assert.equal(await tree.has(leaf, index, root), true);
      assert.equal(await tree.has(leaves[599 - index] ?? new Uint8Array(), index, root), 599 - index === index);
      if (proof.length > 0) await assert.rejects(root_by_proof(tools(), leaf, index, size, proof.slice(1)), /expected a longer proof/);
      await assert.rejects(root_by_proof(tools(), leaf, index, size, [...proof, root]), /expected a shorter proof/);
    }
  }
});

test('files of tiles are named as C2SP names them', () => {
  assert.equal(tile_path(0, 0, 256), 'tile/0/000');
  assert.equal(tile_path(0, 0, 255), 'tile/0/000.p/255');
  assert.equal(tile_path(0, 1_234_067, 1_234_067 * 256 + 3), 'tile/0/x001/x234/067.p/3');
  assert.equal(tile_path(1, 0, 600), 'tile/1/000.p/2');
  assert.throws(() => tile_path(1, 0, 255), Malformed);
});

test('base58 and base64 have one form', () => {
  assert.equal(to_base58(new Uint8Array(32)), '1'.repeat(32));
  assert.equal(to_base58(Uint8Array.of(0, 0, 1, 0)), '115R');
  assert.deepEqual([...from_base64('AAEC')], [0, 1, 2]);
  for (const text of ['AAEC=', 'AAE', 'AB==', 'AA EC', '!']) assert.throws(() => from_base64(text), Malformed, text);
});

test('a number of a transaction has one form', () => {
  const read = (...bytes: number[]) => new Reader(Uint8Array.of(...bytes)).compact();
  assert.deepEqual([read(0), read(0x7f), read(0x80, 1), read(0xff, 0xff, 3)], [0, 127, 128, 65_535]);
  for (const bytes of [[0x80, 0], [0x80, 0x80, 0], [0xff, 0xff, 4], [0x80, 0x80, 0x80, 1], [0x80]]) assert.throws(() => read(...bytes), Malformed);
});

test('what is no transaction is none', () => {
  assert.throws(() => read_transaction(new Uint8Array()), Malformed);
  assert.throws(() => read_transaction(new Uint8Array(200)), Malformed);
  assert.throws(() => memo_root({ signatures: [], message: new Uint8Array(), keys: [], signers: 0, calls: [] }), /expected one memo dzd1:/);
});
