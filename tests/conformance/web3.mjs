// The ledger as @solana/web3.js sees it. Usage: node web3.mjs path/to/doublezero-ledger
import assert from 'node:assert/strict';
import {
  Connection, Keypair, LAMPORTS_PER_SOL, PublicKey, SendTransactionError, SystemProgram, Transaction,
  sendAndConfirmTransaction,
} from '@solana/web3.js';

import { startLedger } from './ledger_process.mjs';
import * as dz from './serviceability.mjs';
import { runTests, test, within } from './test_runner.mjs';

const binary = process.argv[2];
if (!binary) {
  console.error('usage: node web3.mjs path/to/doublezero-ledger');
  process.exit(2);
}

const ledger = await startLedger(binary);
const connect = (wsEndpoint) => new Connection(ledger.http, { commitment: 'confirmed', wsEndpoint });
const connection = connect(ledger.wsOnRpcPort);
const payer = Keypair.generate();
const key = payer.publicKey;
const send = (...instructions) => sendAndConfirmTransaction(connection, new Transaction().add(...instructions), [payer]);

test('airdrop and confirm', async () => {
  const signature = await connection.requestAirdrop(key, 100 * LAMPORTS_PER_SOL);
  const latest = await connection.getLatestBlockhash();
  const result = await connection.confirmTransaction({ signature, ...latest }, 'confirmed');
  assert.equal(result.value.err, null);
  assert.equal(await connection.getBalance(key), 100 * LAMPORTS_PER_SOL);
});

test('transfer, status, history', async () => {
  const to = Keypair.generate().publicKey;
  const signature = await send(SystemProgram.transfer({ fromPubkey: key, toPubkey: to, lamports: LAMPORTS_PER_SOL }));
  assert.equal(await connection.getBalance(to), LAMPORTS_PER_SOL);
  assert.equal(await connection.getBalance(key), 99 * LAMPORTS_PER_SOL - 5000);
  const { value } = await connection.getSignatureStatus(signature, { searchTransactionHistory: true });
  assert.equal(value.confirmationStatus, 'finalized');
  assert.equal(value.err, null);
  const record = await connection.getTransaction(signature, { maxSupportedTransactionVersion: 0 });
  assert.equal(record.meta.fee, 5000);
  assert.equal(record.transaction.message.accountKeys[0].toBase58(), key.toBase58());
  assert.deepEqual(record.meta.logMessages.slice(-1), [`Program ${SystemProgram.programId} success`]);
  const history = await connection.getSignaturesForAddress(to);
  assert.deepEqual(history.map((entry) => entry.signature), [signature]);
  assert.ok(Math.abs(history[0].blockTime - Date.now() / 1000) < 60);
});

test('chain facts', async () => {
  const slot = await connection.getSlot();
  assert.ok((await connection.getBlockTime(slot)) > 1_600_000_000);
  const epoch = await connection.getEpochInfo();
  assert.equal(epoch.slotsInEpoch, 432_000);
  assert.ok(epoch.absoluteSlot >= slot);
  assert.equal(await connection.getMinimumBalanceForRentExemption(100), (128 + 100) * 6960);
  assert.match((await connection.getVersion())['solana-core'], /^\d+\.\d+\.\d+$/);
  assert.ok(new PublicKey(await connection.getGenesisHash()));
  assert.equal((await connection.getEpochSchedule()).warmup, false);
  const latest = await connection.getLatestBlockhash();
  assert.equal((await connection.isBlockhashValid(latest.blockhash)).value, true);
  const message = new Transaction({ feePayer: key, ...latest })
    .add(SystemProgram.transfer({ fromPubkey: key, toPubkey: key, lamports: 1 })).compileMessage();
  assert.equal((await connection.getFeeForMessage(message)).value, 5000);
  const slots = await connection.getSlot('processed');
  await assert.rejects(connection.getAccountInfo(key, { minContextSlot: slots + 1000 }), /Minimum context slot/);
});

test('slot and account subscriptions', async () => {
  const own = connect(ledger.wsOnOwnPort);
  const to = Keypair.generate().publicKey;
  let id = 0;
  await within(5000, new Promise((done) => { id = own.onSlotChange(done); }), 'slot');
  await own.removeSlotChangeListener(id);
  const changed = new Promise((done) => { id = own.onAccountChange(to, done, { commitment: 'confirmed' }); });
  await new Promise((done) => setTimeout(done, 200));  // there is no call that says: subscribed
  await send(SystemProgram.transfer({ fromPubkey: key, toPubkey: to, lamports: LAMPORTS_PER_SOL }));
  assert.equal((await within(5000, changed, 'account change')).lamports, LAMPORTS_PER_SOL);
  await own.removeAccountChangeListener(id);
});

test('onboarding by hand-made instructions', async () => {
  await send(dz.initGlobalState(key));
  await send(dz.setGlobalConfig(key));
  await send(dz.createLocation(key, 1, 'fra'), dz.createExchange(key, 2, 'xfra'), dz.createContributor(key, 3, 'co', key));
  const places = { location: 1, exchange: 2, contributor: 3 };
  await send(dz.createDevice(key, 4, 'fra-dz001', places, '45.32.1.1', '45.33.0.0/29'));
  await send(dz.createDevice(key, 5, 'ams-dz001', places, '45.32.1.2', '45.33.1.0/29'));
  await send(dz.createInterface(key, 4, 3, 'Ethernet1'), dz.createInterface(key, 5, 3, 'Ethernet1'));
  await send(dz.createWanLink(key, 6, 'fra:ams', 3, { device: 4, name: 'Ethernet1' }, { device: 5, name: 'Ethernet1' }));
  const account = await connection.getAccountInfo(dz.link(6));
  assert.equal(account.owner.toBase58(), dz.PROGRAM.toBase58());
  assert.equal(account.data[0], dz.ACCOUNT.link);
  assert.equal(dz.decodeLink(account.data).status, dz.LINK_STATUS.hardDrained);
  assert.equal(dz.decodeLink(account.data).health, dz.HEALTH.unknown);
});

test('getProgramAccounts with filters', async () => {
  const ask = (config) => connection.getProgramAccounts(dz.PROGRAM, config);
  const byType = (bytes, encoding) => ask({ filters: [{ memcmp: { offset: 0, bytes, encoding } }] });
  const keys = (accounts) => accounts.map((a) => a.pubkey.toBase58()).sort();
  const devices = [dz.device(4), dz.device(5)].map((k) => k.toBase58()).sort();
  assert.deepEqual(keys(await byType('6', 'base58')), devices);          // base58 "6" is the byte 5
  assert.deepEqual(keys(await byType('BQ==', 'base64')), devices);
  const link = (await connection.getAccountInfo(dz.link(6))).data;
  const bySize = await ask({ filters: [{ dataSize: link.length }, { memcmp: { offset: 0, bytes: '7' } }] });
  assert.deepEqual(keys(bySize), [dz.link(6).toBase58()]);
  const sliced = await ask({ dataSlice: { offset: 0, length: 4 }, filters: [{ memcmp: { offset: 0, bytes: '7' } }] });
  assert.deepEqual(sliced[0].account.data, link.subarray(0, 4));
  const context = await connection.getProgramAccounts(dz.PROGRAM, { withContext: true, filters: [{ dataSize: 1 }] });
  assert.deepEqual(context.value, []);
  assert.ok(context.context.slot > 0);
  const some = await connection.getMultipleAccountsInfo([dz.link(6), Keypair.generate().publicKey]);
  assert.equal(some[1], null);
  assert.deepEqual(some[0].data, link);
});

test('SetLinkHealth, seen by a program subscription', async () => {
  let id = 0;
  const changed = new Promise((done) => {
    id = connection.onProgramAccountChange(dz.PROGRAM, done, {
      commitment: 'confirmed', encoding: 'base64', filters: [{ memcmp: { offset: 0, bytes: '7' } }],
    });
  });
  await new Promise((done) => setTimeout(done, 200));
  await send(dz.setLinkHealth(key, dz.link(6), dz.HEALTH.pending));
  const event = await within(5000, changed, 'program notification');
  assert.equal(event.accountId.toBase58(), dz.link(6).toBase58());
  assert.equal(dz.decodeLink(event.accountInfo.data).health, dz.HEALTH.pending);
  await connection.removeProgramAccountChangeListener(id);
  await send(dz.setLinkHealth(key, dz.link(6), dz.HEALTH.healthy));
  assert.equal(dz.decodeLink((await connection.getAccountInfo(dz.link(6))).data).health, dz.HEALTH.healthy);
});

test('preflight failure', async () => {
  const stranger = Keypair.generate();
  const airdrop = await connection.requestAirdrop(stranger.publicKey, LAMPORTS_PER_SOL);
  await connection.confirmTransaction({ signature: airdrop, ...(await connection.getLatestBlockhash()) });
  const transaction = new Transaction().add(
    SystemProgram.transfer({ fromPubkey: stranger.publicKey, toPubkey: stranger.publicKey, lamports: 1 }),
    dz.setLinkHealth(stranger.publicKey, dz.link(6), dz.HEALTH.impaired),
  );
  const error = await connection.sendTransaction(transaction, [stranger]).then(() => null, (e) => e);
  assert.ok(error instanceof SendTransactionError);
  assert.match(error.message, /Error processing Instruction 1: custom program error: 0x8/);
  assert.ok(error.logs.includes(`Program ${dz.PROGRAM} invoke [1]`));
  assert.ok(error.logs.includes(`Program ${dz.PROGRAM} failed: custom program error: 0x8`));

  transaction.recentBlockhash = (await connection.getLatestBlockhash()).blockhash;
  transaction.sign(stranger);
  const reply = await fetch(ledger.http, {
    method: 'POST', headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 'x', method: 'sendTransaction',
      params: [transaction.serialize().toString('base64'), { encoding: 'base64' }] }),
  }).then((response) => response.json());
  assert.equal(reply.id, 'x');
  assert.equal(reply.error.code, -32002);
  assert.equal(reply.error.message,
    'Transaction simulation failed: Error processing Instruction 1: custom program error: 0x8');
  const { err, logs, unitsConsumed, ...rest } = reply.error.data;
  assert.deepEqual(err, { InstructionError: [1, { Custom: 8 }] });
  assert.deepEqual(logs, error.logs);
  assert.ok(unitsConsumed > 0);
  assert.deepEqual(rest, { accounts: null, returnData: null, innerInstructions: null, replacementBlockhash: null });
});

test('without preflight, the failure lands', async () => {
  const transaction = new Transaction().add(dz.setLinkHealth(key, Keypair.generate().publicKey, dz.HEALTH.healthy));
  const signature = await connection.sendTransaction(transaction, [payer], { skipPreflight: true });
  const result = await connection.confirmTransaction({ signature, ...(await connection.getLatestBlockhash()) });
  assert.ok(result.value.err.InstructionError);
  assert.ok((await connection.getTransaction(signature, { maxSupportedTransactionVersion: 0 })).meta.err);
});

test('simulation', async () => {
  const transaction = new Transaction().add(dz.setLinkHealth(key, dz.link(6), dz.HEALTH.impaired));
  const { value } = await connection.simulateTransaction(transaction, [payer]);
  assert.equal(value.err, null);
  assert.ok(value.logs.includes(`Program ${dz.PROGRAM} success`));
  assert.equal(dz.decodeLink((await connection.getAccountInfo(dz.link(6))).data).health, dz.HEALTH.healthy);
});

await runTests(ledger);
