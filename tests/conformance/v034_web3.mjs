// The ledger with the live program's profile, driven by @solana/web3.js from the first instruction to the last delete.
// Usage: node v034_web3.mjs path/to/doublezero-ledger
import assert from 'node:assert/strict';
import {
  AddressLookupTableProgram, ComputeBudgetProgram, Connection, Keypair, LAMPORTS_PER_SOL, SendTransactionError,
  Transaction, TransactionMessage, VersionedTransaction, sendAndConfirmTransaction,
} from '@solana/web3.js';

import { startLedger } from './ledger_process.mjs';
import * as dz from './serviceability.mjs';
import { runTests, test, within } from './test_runner.mjs';

const ledger = await startLedger(process.argv[2], '--profile', 'v0.34');
const connection = new Connection(ledger.http, { commitment: 'confirmed', wsEndpoint: ledger.wsOnOwnPort });
const payer = Keypair.generate();   // foundation, health oracle, and the first contributor
const partner = Keypair.generate(); // the second contributor
const send = (signer, ...instructions) =>
  sendAndConfirmTransaction(connection, new Transaction().add(...instructions), [signer]);
const own = { location: 1, exchange: 2, contributor: 3 };
const others = { location: 1, exchange: 2, contributor: 4 };
const [fra, ams, lon] = [5, 6, 7];
const [wan, dzx] = [8, 9];
const readLink = async (index) => dz.decodeLink((await connection.getAccountInfo(dz.link(index))).data);
const readDevice = async (index) => dz.decodeDevice((await connection.getAccountInfo(dz.device(index))).data);
const interfaceOf = async (index, name) => (await readDevice(index)).interfaces.find((i) => i.name === name);

// A block hash that no transaction of this test was signed with yet: two equal transactions are one, and the second
// would only be told that it was processed already.
async function freshBlockhash() {
  const latest = async () => (await connection.getLatestBlockhash()).blockhash;
  const before = await latest();
  for (let tries = 0; tries < 250; ++tries) {
    const now = await latest();
    if (now !== before) return now;
    await new Promise((done) => setTimeout(done, 20));
  }
  throw new Error(`no new block hash within 5 s: ${before}`);
}

// The InstructionError of a transaction that preflight must refuse.
async function refusal(signer, ...instructions) {
  const transaction = new Transaction().add(...instructions);
  transaction.recentBlockhash = await freshBlockhash();
  transaction.sign(signer);
  const reply = await fetch(ledger.http, {
    method: 'POST', headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 'refused', method: 'sendTransaction',
      params: [transaction.serialize().toString('base64'), { encoding: 'base64' }] }),
  }).then((response) => response.json());
  assert.equal(reply.error?.code, -32002, JSON.stringify(reply));
  return reply.error.data.err.InstructionError;
}

test('init and global config', async () => {
  for (const key of [payer.publicKey, partner.publicKey]) {
    const signature = await connection.requestAirdrop(key, 100 * LAMPORTS_PER_SOL);
    await connection.confirmTransaction({ signature, ...(await connection.getLatestBlockhash()) });
  }
  await send(payer, dz.initGlobalState(payer.publicKey));
  await send(payer, dz.setGlobalConfig(payer.publicKey));
  const config = (await connection.getAccountInfo(dz.programConfig)).data;
  assert.deepEqual([...config.subarray(2, 14)], [0, 0, 0, 0, 34, 0, 0, 0, 0, 0, 0, 0]);  // version 0.34.0
});

test('places, contributors and devices: activated at once, their health forced', async () => {
  const key = payer.publicKey;
  await send(payer, dz.createLocation(key, 1, 'fra'), dz.createExchange(key, 2, 'xfra'),
    dz.createContributor(key, 3, 'co', key), dz.createContributor(key, 4, 'partner', partner.publicKey));
  await send(payer, dz.createDevice(key, fra, 'FRA-dz001', own, '45.32.1.1', '45.33.0.0/29'));
  await send(payer, dz.createDevice(key, ams, 'ams-dz001', own, '45.32.1.2', '45.33.1.0/29'));
  await send(partner, dz.createDevice(partner.publicKey, lon, 'lon-dz001', others, '45.32.1.3', '45.33.2.0/29'));
  const device = await readDevice(fra);
  assert.equal(device.code, 'fra-dz001');
  assert.deepEqual(device.prefixes, ['45.33.0.0/29']);
  assert.equal(device.status, dz.DEVICE_STATUS.activated);
  assert.equal(device.health, dz.DEVICE_HEALTH.readyForUsers);
  assert.equal(device.desiredStatus, 1);
});

test('interfaces: unlinked until a link takes them', async () => {
  const key = payer.publicKey;
  await send(payer, dz.createInterface(key, fra, 3, 'Ethernet1'), dz.createInterface(key, fra, 3, 'Ethernet2'),
    dz.createInterface(key, ams, 3, 'Ethernet1'));
  await send(partner, dz.createInterface(partner.publicKey, lon, 4, 'et2'));
  assert.deepEqual((await readDevice(fra)).interfaces.map((i) => [i.name, i.status, i.ipNet]),
    ['Ethernet1', 'Ethernet2'].map((name) => [name, dz.INTERFACE_STATUS.unlinked, '0.0.0.0/0']));
  assert.deepEqual((await readDevice(lon)).interfaces.map((i) => i.name), ['Ethernet2']);
  assert.deepEqual(await refusal(payer, dz.createInterface(key, fra, 3, 'ETHERNET1')), [0, { Custom: 56 }]);
});

test('a WAN link: activated with its first tunnel, and so are its interfaces', async () => {
  await send(payer, dz.createWanLink(payer.publicKey, wan, 'fra:ams', 3, { device: fra, name: 'Ethernet1' },
    { device: ams, name: 'Ethernet1' }));
  assert.deepEqual(await readLink(wan), {
    type: 1, tunnelId: 0, tunnelNet: '172.16.0.0/31', status: dz.LINK_STATUS.activated, code: 'fra:ams',
    sideA: 'Ethernet1', sideZ: 'Ethernet1', health: dz.HEALTH.healthy, desiredStatus: 1,
  });
  for (const [device, ipNet] of [[fra, '172.16.0.0/31'], [ams, '172.16.0.1/31']]) {
    const { status, ipNet: found } = await interfaceOf(device, 'Ethernet1');
    assert.deepEqual([status, found], [dz.INTERFACE_STATUS.activated, ipNet]);
    assert.equal((await readDevice(device)).referenceCount, 1);
  }
});

test('a DZX link: requested, then accepted by the other side alone', async () => {
  await send(payer, dz.createDzxLink(payer.publicKey, dzx, 'fra:lon', 3, { device: fra, name: 'Ethernet2' }, lon));
  assert.equal((await readLink(dzx)).status, dz.LINK_STATUS.requested);
  assert.equal((await interfaceOf(fra, 'Ethernet2')).status, dz.INTERFACE_STATUS.unlinked);
  await send(partner, dz.acceptLink(partner.publicKey, dzx, 4, { device: lon, name: 'Ethernet2' }, fra));
  const link = await readLink(dzx);
  assert.deepEqual([link.type, link.status, link.tunnelId, link.tunnelNet, link.sideZ],
    [127, dz.LINK_STATUS.activated, 1, '172.16.0.2/31', 'Ethernet2']);
  assert.equal((await interfaceOf(lon, 'Ethernet2')).ipNet, '172.16.0.3/31');
  assert.deepEqual(
    await refusal(partner, dz.acceptLink(partner.publicKey, dzx, 4, { device: lon, name: 'Ethernet2' }, fra)),
    [0, { Custom: 7 }]);
});

test('a drain, told by a program subscription; desired status and health stay', async () => {
  let id = 0;
  const changed = new Promise((done) => {
    id = connection.onProgramAccountChange(dz.PROGRAM, done, {
      commitment: 'confirmed', encoding: 'base64', filters: [{ memcmp: { offset: 0, bytes: '7' } }],
    });
  });
  await new Promise((done) => setTimeout(done, 200));  // there is no call that says: subscribed
  await send(payer, dz.updateLinkStatus(payer.publicKey, dz.link(wan), 3, dz.LINK_STATUS.softDrained));
  const event = await within(5000, changed, 'program notification');
  assert.equal(event.accountId.toBase58(), dz.link(wan).toBase58());
  const link = dz.decodeLink(event.accountInfo.data);
  assert.deepEqual([link.status, link.desiredStatus, link.health],
    [dz.LINK_STATUS.softDrained, 1, dz.HEALTH.healthy]);
  await connection.removeProgramAccountChangeListener(id);
});

test('health: written by the oracle alone, and nothing follows from it', async () => {
  await send(payer, dz.setLinkHealth(payer.publicKey, dz.link(wan), dz.HEALTH.impaired),
    dz.setDeviceHealth(payer.publicKey, dz.device(ams), dz.DEVICE_HEALTH.impaired));
  const link = await readLink(wan);
  assert.deepEqual([link.status, link.health], [dz.LINK_STATUS.softDrained, dz.HEALTH.impaired]);
  assert.equal((await readDevice(ams)).health, dz.DEVICE_HEALTH.impaired);
});

test('refusals name their instruction and keep the code', async () => {
  const unit = ComputeBudgetProgram.setComputeUnitLimit({ units: 1_400_000 });
  const heap = ComputeBudgetProgram.requestHeapFrame({ bytes: 262_144 });
  const forbidden = dz.setLinkHealth(partner.publicKey, dz.link(wan), dz.HEALTH.healthy);
  assert.deepEqual(await refusal(partner, unit, heap, forbidden), [2, { Custom: 8 }]);
  assert.deepEqual(await refusal(partner, forbidden), [0, { Custom: 8 }]);
  const unknown = dz.setLinkHealth(payer.publicKey, dz.link(wan), 9);
  assert.deepEqual(await refusal(payer, unknown), [0, 'ProgramFailedToComplete']);
  const error = await connection.sendTransaction(new Transaction().add(forbidden), [partner]).then(() => null, (e) => e);
  assert.ok(error instanceof SendTransactionError);
  assert.ok(error.logs.some((line) => line.startsWith('Program log: Instruction: SetLinkHealth')), error.logs.join('\n'));
  assert.equal(error.logs.at(-1), `Program ${dz.PROGRAM} failed: custom program error: 0x8`);
});

// The block of a slot, once the slot is over.
async function blockOf(slot, options) {
  for (let tries = 0; ; ++tries) {
    try {
      return await connection.getBlock(slot, options);
    } catch (error) {
      if (tries === 250 || !String(error).includes('Block not available')) throw error;
      await new Promise((done) => setTimeout(done, 20));
    }
  }
}

test('version 0: a drain by way of a lookup table', async () => {
  const key = payer.publicKey;
  const [create, address] = AddressLookupTableProgram.createLookupTable(
    { authority: key, payer: key, recentSlot: await connection.getSlot() });
  const addresses = [dz.link(wan), dz.contributor(3), dz.globalState];
  await send(payer, create,
    AddressLookupTableProgram.extendLookupTable({ authority: key, payer: key, lookupTable: address, addresses }));
  const recentBlockhash = await freshBlockhash();  // of the next slot, from which on the addresses serve
  const { value: table } = await connection.getAddressLookupTable(address);
  assert.deepEqual(table.state.addresses, addresses);
  assert.ok(table.isActive());
  const instructions = [dz.updateLinkStatus(key, dz.link(wan), 3, dz.LINK_STATUS.hardDrained)];
  const message = new TransactionMessage({ payerKey: key, recentBlockhash, instructions }).compileToV0Message([table]);
  assert.equal(message.staticAccountKeys.some((k) => k.equals(dz.link(wan))), false);
  const transaction = new VersionedTransaction(message);
  transaction.sign([payer]);
  assert.equal((await connection.simulateTransaction(transaction, { sigVerify: true })).value.err, null);
  const signature = await connection.sendTransaction(transaction);
  await connection.confirmTransaction({ signature, ...(await connection.getLatestBlockhash()) });
  assert.equal((await readLink(wan)).status, dz.LINK_STATUS.hardDrained);

  const reads = { maxSupportedTransactionVersion: 0 };
  const landed = await connection.getTransaction(signature, reads);
  assert.equal(landed.version, 0);
  assert.deepEqual(landed.meta.loadedAddresses.writable, addresses);
  assert.deepEqual(landed.transaction.message.addressTableLookups[0].writableIndexes, [0, 1, 2]);
  const parsed = await connection.getParsedTransaction(signature, reads);
  assert.equal(parsed.transaction.message.accountKeys.filter((k) => k.source === 'lookupTable').length, 3);
  await assert.rejects(connection.getTransaction(signature), /Transaction version \(0\) is not supported/);
  const block = await blockOf(landed.slot, reads);
  assert.ok(block.transactions.some((one) => one.transaction.signatures[0] === signature && one.version === 0));
  await assert.rejects(connection.getBlock(landed.slot), /Transaction version \(0\) is not supported/);
  const named = await connection.getSignaturesForAddress(dz.link(wan), { limit: 1 });
  assert.equal(named[0].signature, signature);
});

test('delete: only what carries nothing, and all that it held comes back', async () => {
  const key = payer.publicKey;
  const removeDzx = dz.deleteLink(key, dzx, 3, fra, lon, key);
  assert.deepEqual(await refusal(payer, removeDzx), [0, { Custom: 7 }]);
  await send(payer, dz.updateLinkStatus(key, dz.link(dzx), 3, dz.LINK_STATUS.hardDrained));
  await send(payer, removeDzx, dz.deleteLink(key, wan, 3, fra, ams, key));
  assert.equal(await connection.getAccountInfo(dz.link(wan)), null);
  assert.equal(await connection.getAccountInfo(dz.link(dzx)), null);
  const device = await readDevice(fra);
  assert.deepEqual([device.referenceCount, ...device.interfaces.map((i) => [i.status, i.ipNet])],
    [0, ...Array(2).fill([dz.INTERFACE_STATUS.unlinked, '0.0.0.0/0'])]);
  assert.deepEqual(await refusal(payer, dz.deleteDevice(key, fra, own, key)), [0, { Custom: 7 }]);
  await send(payer, dz.updateDeviceStatus(key, dz.device(fra), 3, dz.DEVICE_STATUS.drained));
  assert.equal((await readDevice(fra)).status, dz.DEVICE_STATUS.drained);
  assert.deepEqual(await refusal(payer, dz.deleteDevice(key, fra, own, key)), [0, { Custom: 70 }]);
  await send(payer, dz.deleteInterface(key, fra, 3, 'Ethernet1'), dz.deleteInterface(key, fra, 3, 'Ethernet2'));
  await send(payer, dz.deleteDevice(key, fra, own, key));
  assert.equal(await connection.getAccountInfo(dz.device(fra)), null);
  const left = await connection.getProgramAccounts(dz.PROGRAM, { filters: [{ memcmp: { offset: 0, bytes: '6' } }] });
  assert.deepEqual(left.map((a) => a.pubkey.toBase58()).sort(),
    [dz.device(ams), dz.device(lon)].map((k) => k.toBase58()).sort());
});

await runTests(ledger);
