// The core of v034_web3.mjs with @solana/kit: its own transports, signers, confirmation and errors. The instructions are
// the bytes of serviceability.mjs. Usage: node v034_kit.mjs path/to/doublezero-ledger
import assert from 'node:assert/strict';
import {
  AccountRole, SOLANA_ERROR__JSON_RPC__SERVER_ERROR_SEND_TRANSACTION_PREFLIGHT_FAILURE, address, airdropFactory,
  appendTransactionMessageInstructions, compressTransactionMessageUsingAddressLookupTables, createSolanaRpc,
  createSolanaRpcSubscriptions, createTransactionMessage, generateKeyPairSigner, getSignatureFromTransaction,
  isSolanaError, lamports, pipe, sendAndConfirmTransactionFactory, setTransactionMessageFeePayerSigner,
  setTransactionMessageLifetimeUsingBlockhash, signTransactionMessageWithSigners,
} from '@solana/kit';
import { AddressLookupTableProgram, PublicKey } from '@solana/web3.js';

import { startLedger } from './ledger_process.mjs';
import * as dz from './serviceability.mjs';
import { runTests, test, within } from './test_runner.mjs';

const ledger = await startLedger(process.argv[2], '--profile', 'v0.34');
const rpc = createSolanaRpc(ledger.http);
const rpcSubscriptions = createSolanaRpcSubscriptions(ledger.wsOnOwnPort);
const confirmed = { commitment: 'confirmed' };
const program = address(dz.PROGRAM.toBase58());
const payer = await generateKeyPairSigner();
const stranger = await generateKeyPairSigner();
const keyOf = (signer) => new PublicKey(signer.address);

const ROLE = {
  'false,false': AccountRole.READONLY, 'false,true': AccountRole.WRITABLE,
  'true,false': AccountRole.READONLY_SIGNER, 'true,true': AccountRole.WRITABLE_SIGNER,
};
const toKit = ({ programId, keys, data }) => ({
  programAddress: address(programId.toBase58()),
  accounts: keys.map((k) => ({ address: address(k.pubkey.toBase58()), role: ROLE[`${k.isSigner},${k.isWritable}`] })),
  data: new Uint8Array(data),
});

// With tables, by address what they have: as version 0.
async function sign(signer, instructions, tables = undefined) {
  const { value: latest } = await rpc.getLatestBlockhash(confirmed).send();
  return signTransactionMessageWithSigners(pipe(
    createTransactionMessage({ version: tables ? 0 : 'legacy' }),
    (message) => setTransactionMessageFeePayerSigner(signer, message),
    (message) => setTransactionMessageLifetimeUsingBlockhash(latest, message),
    (message) => appendTransactionMessageInstructions(instructions.map(toKit), message),
    (message) => (tables ? compressTransactionMessageUsingAddressLookupTables(message, tables) : message),
  ));
}

async function send(signer, ...instructions) {
  const transaction = await sign(signer, instructions);
  await sendAndConfirmTransactionFactory({ rpc, rpcSubscriptions })(transaction, confirmed);
  return getSignatureFromTransaction(transaction);
}

async function dataOf(key) {
  const { value } = await rpc.getAccountInfo(address(key.toBase58()), { ...confirmed, encoding: 'base64' }).send();
  return value && Buffer.from(value.data[0], 'base64');
}
const wan = dz.link(6);
const readWan = async () => dz.decodeLink(await dataOf(wan));

test('airdrops', async () => {
  const airdrop = airdropFactory({ rpc, rpcSubscriptions });
  for (const { address: recipientAddress } of [payer, stranger]) {
    await airdrop({ ...confirmed, lamports: lamports(10_000_000_000n), recipientAddress });
    assert.equal((await rpc.getBalance(recipientAddress, confirmed).send()).value, 10_000_000_000n);
  }
});

test('from init to a WAN link', async () => {
  const key = keyOf(payer);
  const places = { location: 1, exchange: 2, contributor: 3 };
  await send(payer, dz.initGlobalState(key));
  await send(payer, dz.setGlobalConfig(key));
  await send(payer, dz.createLocation(key, 1, 'fra'), dz.createExchange(key, 2, 'xfra'),
    dz.createContributor(key, 3, 'co', key));
  await send(payer, dz.createDevice(key, 4, 'fra-dz001', places, '45.32.1.1', '45.33.0.0/29'));
  await send(payer, dz.createDevice(key, 5, 'ams-dz001', places, '45.32.1.2', '45.33.1.0/29'));
  await send(payer, dz.createInterface(key, 4, 3, 'Ethernet1'), dz.createInterface(key, 5, 3, 'Ethernet1'));
  const made = await send(payer, dz.createWanLink(key, 6, 'fra:ams', 3, { device: 4, name: 'Ethernet1' },
    { device: 5, name: 'Ethernet1' }));
  const link = await readWan();
  assert.deepEqual([link.status, link.health, link.tunnelId, link.tunnelNet],
    [dz.LINK_STATUS.activated, dz.HEALTH.healthy, 0, '172.16.0.0/31']);
  const record = await rpc.getTransaction(made, { ...confirmed, encoding: 'base64', maxSupportedTransactionVersion: 0 })
    .send();
  assert.equal(record.meta.err, null);
  assert.equal(record.version, 'legacy');
  const history = await rpc.getSignaturesForAddress(address(wan.toBase58())).send();
  assert.deepEqual(history.map((entry) => entry.signature), [made]);
});

test('reads: filters, slices, base58 and zstd', async () => {
  const filters = [{ memcmp: { offset: 0n, bytes: '7', encoding: 'base58' } }];
  const links = await rpc.getProgramAccounts(program, { ...confirmed, encoding: 'base64', filters }).send();
  assert.deepEqual(links.map((l) => l.pubkey), [wan.toBase58()]);
  const sliced = await rpc.getAccountInfo(address(wan.toBase58()),
    { encoding: 'base58', dataSlice: { offset: 150, length: 1 } }).send();
  assert.deepEqual(sliced.value.data, ['2', 'base58']);  // base58 "2" is the byte 1: activated
  const packed = await rpc.getAccountInfo(address(wan.toBase58()), { encoding: 'base64+zstd' }).send();
  assert.equal(packed.value.data[1], 'base64+zstd');
  assert.equal(Buffer.from(packed.value.data[0], 'base64').readUInt32LE(0), 0xfd2fb528);  // a zstd frame
});

test('SetLinkHealth, told by program notifications', async () => {
  const stop = new AbortController();
  const changes = await rpcSubscriptions
    .programNotifications(program, { ...confirmed, encoding: 'base64' })
    .subscribe({ abortSignal: stop.signal });
  const [first] = await Promise.all([
    within(5000, changes[Symbol.asyncIterator]().next(), 'program notification'),
    send(payer, dz.setLinkHealth(keyOf(payer), wan, dz.HEALTH.impaired)),
  ]);
  stop.abort();
  assert.equal(first.value.value.pubkey, wan.toBase58());
  const data = Buffer.from(first.value.value.account.data[0], 'base64');
  assert.equal(dz.decodeLink(data).health, dz.HEALTH.impaired);
});

test('a refused transaction is a preflight failure with index and code', async () => {
  const instruction = dz.setLinkHealth(keyOf(stranger), wan, dz.HEALTH.healthy);
  const error = await send(stranger, instruction).then(() => null, (e) => e);
  assert.ok(isSolanaError(error, SOLANA_ERROR__JSON_RPC__SERVER_ERROR_SEND_TRANSACTION_PREFLIGHT_FAILURE), String(error));
  assert.deepEqual({ ...error.cause.context }, { ...error.cause.context, code: 8, index: 0 });
  assert.ok(error.context.logs.includes(`Program ${dz.PROGRAM} failed: custom program error: 0x8`));
});

test('a DZX link, accepted by the other side', async () => {
  const [key, partner] = [keyOf(payer), keyOf(stranger)];
  const places = { location: 1, exchange: 2, contributor: 7 };
  await send(payer, dz.createContributor(key, 7, 'partner', partner), dz.createInterface(key, 4, 3, 'Ethernet2'));
  await send(stranger, dz.createDevice(partner, 8, 'lon-dz001', places, '45.32.1.3', '45.33.2.0/29'),
    dz.createInterface(partner, 8, 7, 'Ethernet2'));
  await send(payer, dz.createDzxLink(key, 9, 'fra:lon', 3, { device: 4, name: 'Ethernet2' }, 8));
  assert.equal(dz.decodeLink(await dataOf(dz.link(9))).status, dz.LINK_STATUS.requested);
  await send(stranger, dz.acceptLink(partner, 9, 7, { device: 8, name: 'Ethernet2' }, 4));
  const link = dz.decodeLink(await dataOf(dz.link(9)));
  assert.deepEqual([link.type, link.status, link.sideZ], [127, dz.LINK_STATUS.activated, 'Ethernet2']);
});

async function nextSlot() {
  const before = await rpc.getSlot(confirmed).send();
  for (;;) {
    const slot = await rpc.getSlot(confirmed).send();
    if (slot !== before) return Number(slot);
    await new Promise((done) => setTimeout(done, 20));
  }
}

test('a drain in version 0, by way of a lookup table', async () => {
  const key = keyOf(payer);
  const recentSlot = await nextSlot() - 1;
  const [create, lookupTable] = AddressLookupTableProgram.createLookupTable({ authority: key, payer: key, recentSlot });
  const addresses = [wan, dz.globalState];
  await send(payer, create,
    AddressLookupTableProgram.extendLookupTable({ authority: key, payer: key, lookupTable, addresses }));
  await nextSlot();  // from which on the addresses serve
  const tables = { [lookupTable.toBase58()]: addresses.map((one) => address(one.toBase58())) };
  const drain = dz.updateLinkStatus(key, wan, 3, dz.LINK_STATUS.hardDrained);
  const transaction = await sign(payer, [drain], tables);
  await sendAndConfirmTransactionFactory({ rpc, rpcSubscriptions })(transaction, confirmed);
  assert.equal((await readWan()).status, dz.LINK_STATUS.hardDrained);
  const landed = await rpc.getTransaction(getSignatureFromTransaction(transaction),
    { ...confirmed, encoding: 'json', maxSupportedTransactionVersion: 0 }).send();
  assert.equal(landed.version, 0);
  assert.deepEqual([...landed.meta.loadedAddresses.writable], tables[lookupTable.toBase58()]);
});

test('delete: links, then interfaces, then the device', async () => {
  const key = keyOf(payer);
  await send(payer, dz.deleteLink(key, 6, 3, 4, 5, key));
  assert.equal(await dataOf(wan), null);
  await send(payer, dz.updateLinkStatus(key, dz.link(9), 3, dz.LINK_STATUS.hardDrained));
  await send(payer, dz.deleteLink(key, 9, 3, 4, 8, key));
  await send(payer, dz.updateDeviceStatus(key, dz.device(4), 3, dz.DEVICE_STATUS.drained));
  await send(payer, dz.deleteInterface(key, 4, 3, 'Ethernet1'), dz.deleteInterface(key, 4, 3, 'Ethernet2'));
  await send(payer, dz.deleteDevice(key, 4, { location: 1, exchange: 2, contributor: 3 }, key));
  assert.equal(await dataOf(dz.device(4)), null);
});

await runTests(ledger);
