// The instructions of the serviceability program that these tests send, encoded by hand from docs/formats: a second
// opinion on the bytes, written in another language.
import { PublicKey, SystemProgram, TransactionInstruction } from '@solana/web3.js';

export const PROGRAM = new PublicKey('7CTniUa88iJKUHTrCkB4TjAoG6TD7AMivhQeuqN2LPtX');

// --- bytes ---------------------------------------------------------------------------------------------------------
const u8 = (n) => Buffer.from([n]);
const u16 = (n) => { const b = Buffer.alloc(2); b.writeUInt16LE(n); return b; };
const u32 = (n) => { const b = Buffer.alloc(4); b.writeUInt32LE(n); return b; };
const u64 = (n) => { const b = Buffer.alloc(8); b.writeBigUInt64LE(BigInt(n)); return b; };
const f64 = (n) => { const b = Buffer.alloc(8); b.writeDoubleLE(n); return b; };
const text = (s) => Buffer.concat([u32(Buffer.byteLength(s)), Buffer.from(s)]);
const ip = (s) => Buffer.from(s.split('.').map(Number));
const net = (s) => Buffer.concat([ip(s.split('/')[0]), u8(Number(s.split('/')[1]))]);
const some = (bytes) => Buffer.concat([u8(1), bytes]);
const none = u8(0);
const list = (items) => Buffer.concat([u32(items.length), ...items]);

// --- addresses -----------------------------------------------------------------------------------------------------
const pda = (...seeds) =>
  PublicKey.findProgramAddressSync([Buffer.from('doublezero'), ...seeds.map((s) => Buffer.from(s))], PROGRAM)[0];
const u128 = (n) => Buffer.concat([u64(n), u64(0)]);

export const globalState = pda('globalstate');
export const globalConfig = pda('config');
export const programConfig = pda('programconfig');
const resource = (name) => pda(name);
const ofDevice = (name, device, index) => pda(name, device.toBuffer(), u64(index));
export const location = (index) => pda('location', u128(index));
export const exchange = (index) => pda('exchange', u128(index));
export const contributor = (index) => pda('contributor', u128(index));
export const device = (index) => pda('device', u128(index));
export const link = (index) => pda('link', u128(index));

// --- instructions --------------------------------------------------------------------------------------------------
// As upstream's own clients do it: every account writable, then the payer and the system program.
const instruction = (payer, data, accounts) =>
  new TransactionInstruction({
    programId: PROGRAM,
    data: Buffer.concat(data),
    keys: [
      ...accounts.map((pubkey) => ({ pubkey, isSigner: false, isWritable: true })),
      { pubkey: payer, isSigner: true, isWritable: true },
      { pubkey: SystemProgram.programId, isSigner: false, isWritable: false },
    ],
  });

export const initGlobalState = (payer) => instruction(payer, [u8(1)], [programConfig, globalState]);

export const setGlobalConfig = (payer) =>
  instruction(
    payer,
    [u8(3), u32(65000), u32(65001), net('172.16.0.0/16'), net('169.254.0.0/16'), net('233.84.178.0/24'), none,
      net('148.51.120.0/21')],
    [globalConfig, globalState,
      ...['devicetunnelblock', 'usertunnelblock', 'multicastgroupblock', 'linkids', 'segmentroutingids',
        'multicastpublisherblock', 'vrfids', 'admingroupbits'].map(resource)],
  );

export const createLocation = (payer, index, code) =>
  instruction(payer, [u8(10), text(code), text(code), text('DE'), f64(50.1), f64(8.6), u32(1)],
    [location(index), globalState]);

export const createExchange = (payer, index, code) =>
  instruction(payer, [u8(15), text(code), text(code), f64(50.1), f64(8.6), u16(0)],
    [exchange(index), globalConfig, globalState]);

export const createContributor = (payer, index, code, owner) =>
  instruction(payer, [u8(60), text(code)], [contributor(index), owner, globalState]);

export const createDevice = (payer, index, code, places, publicIp, prefix) =>
  instruction(
    payer,
    [u8(20), text(code), u8(0), ip(publicIp), list([net(prefix)]), payer.toBuffer(), text('default'), none, u8(2)],
    [device(index), contributor(places.contributor), location(places.location), exchange(places.exchange), globalState,
      globalConfig, ofDevice('tunnelids', device(index), 0), ofDevice('dzprefixblock', device(index), 0)],
  );

export const createInterface = (payer, deviceIndex, contributorIndex, name) =>
  instruction(
    payer,
    [u8(73), text(name), u8(0), u16(0), none, u8(0), u8(0), u8(0), u64(10_000_000_000), u64(0), u16(9000), u8(0), u8(1),
      u8(0)],
    [device(deviceIndex), contributor(contributorIndex), globalState, resource('devicetunnelblock'),
      resource('segmentroutingids')],
  );

export const createWanLink = (payer, index, code, contributorIndex, sideA, sideZ) =>
  instruction(
    payer,
    [u8(28), text(code), u8(1), u64(10_000_000_000), u32(9000), u64(1_000_000), u64(100_000), text(sideA.name),
      some(text(sideZ.name)), none, u8(1)],
    [link(index), contributor(contributorIndex), device(sideA.device), device(sideZ.device), globalState,
      pda('topology', 'UNICAST-DEFAULT'), resource('devicetunnelblock'), resource('linkids')],
  );

// A link to another contributor's device: that side names its interface when it accepts.
export const createDzxLink = (payer, index, code, contributorIndex, sideA, deviceZ) =>
  instruction(
    payer,
    [u8(28), text(code), u8(127), u64(10_000_000_000), u32(9000), u64(1_000_000), u64(100_000), text(sideA.name), none,
      none, u8(1)],
    [link(index), contributor(contributorIndex), device(sideA.device), device(deviceZ), globalState,
      pda('topology', 'UNICAST-DEFAULT'), resource('devicetunnelblock'), resource('linkids')],
  );

export const acceptLink = (payer, index, contributorIndex, sideZ, deviceA) =>
  instruction(
    payer,
    [u8(66), text(sideZ.name), u8(1)],
    [link(index), contributor(contributorIndex), device(sideZ.device), globalState, device(deviceA),
      resource('devicetunnelblock'), resource('linkids')],
  );

// All else stays: 7 options before the status, 7 fields behind it.
export const updateLinkStatus = (payer, linkKey, contributorIndex, status) =>
  instruction(payer, [u8(31), Buffer.alloc(7), some(u8(status)), Buffer.alloc(7)],
    [linkKey, contributor(contributorIndex), globalState]);

export const updateDeviceStatus = (payer, deviceKey, contributorIndex, status) =>
  instruction(payer, [u8(23), Buffer.alloc(9), some(u8(status)), Buffer.alloc(16)],
    [deviceKey, contributor(contributorIndex), globalState]);

export const deleteLink = (payer, index, contributorIndex, deviceA, deviceZ, owner) =>
  instruction(
    payer,
    [u8(34), u8(1)],
    [link(index), contributor(contributorIndex), globalState, device(deviceA), device(deviceZ),
      resource('devicetunnelblock'), resource('linkids'), owner],
  );

export const deleteInterface = (payer, deviceIndex, contributorIndex, name) =>
  instruction(payer, [u8(74), text(name), u8(1)],
    [device(deviceIndex), contributor(contributorIndex), globalState, resource('devicetunnelblock'),
      resource('segmentroutingids')]);

export const deleteDevice = (payer, index, places, owner) =>
  instruction(
    payer,
    [u8(26), u8(2)],
    [device(index), contributor(places.contributor), globalState, location(places.location), exchange(places.exchange),
      ofDevice('tunnelids', device(index), 0), ofDevice('dzprefixblock', device(index), 0), owner, owner, owner],
  );

export const setDeviceHealth = (payer, deviceKey, health) =>
  instruction(payer, [u8(83), u8(health)], [deviceKey, globalState]);

export const setLinkHealth = (payer, linkKey, health) =>
  instruction(payer, [u8(84), u8(health)], [linkKey, globalState]);

// --- accounts ------------------------------------------------------------------------------------------------------
export const ACCOUNT = { location: 3, device: 5, link: 6 };
export const HEALTH = { unknown: 0, pending: 1, healthy: 2, impaired: 3 };
export const LINK_STATUS = { activated: 1, requested: 5, hardDrained: 6, softDrained: 7 };
export const DEVICE_STATUS = { activated: 1, drained: 5 };
export const DEVICE_HEALTH = { pending: 1, readyForLinks: 2, readyForUsers: 3, impaired: 4 };
export const INTERFACE_STATUS = { activated: 3, unlinked: 6 };

// Reads fields one after another.
class Reader {
  constructor(data, at) { this.data = data; this.at = at; }
  u8() { return this.data[this.at++]; }
  u16() { this.at += 2; return this.data.readUInt16LE(this.at - 2); }
  u32() { this.at += 4; return this.data.readUInt32LE(this.at - 4); }
  skip(n) { this.at += n; return this; }
  text() { const n = this.u32(); this.at += n; return this.data.toString('utf8', this.at - n, this.at); }
  net() { this.at += 5; return `${this.data.subarray(this.at - 5, this.at - 1).join('.')}/${this.data[this.at - 1]}`; }
  list(item) { return Array.from({ length: this.u32() }, item); }
}

export function decodeLink(data) {
  const head = new Reader(data, 143);
  const out = { type: data[114], tunnelId: head.u16(), tunnelNet: head.net(), status: head.u8(), code: head.text() };
  const tail = head.skip(32);  // contributor
  return { ...out, sideA: tail.text(), sideZ: tail.text(), health: tail.skip(8).u8(), desiredStatus: tail.u8() };
}

function readInterface(r) {
  if (r.u8() !== 1) throw new Error('expected interfaces in their second version');
  const out = { status: r.u8(), name: r.text() };
  r.skip(1 + 1 + 1 + 1 + 8 + 8 + 2 + 1 + 2);  // type, cyoa, dia, loopback, bandwidth, cir, mtu, routing, vlan
  return { ...out, ipNet: r.net(), segment: r.u16(), tunnelEndpoint: r.u8() };
}

export function decodeDevice(data) {
  const r = new Reader(data, 119);
  const out = { status: r.u8(), code: r.text(), prefixes: r.list(() => r.net()) };
  r.skip(32 + 32).text();  // metrics publisher, contributor, management VRF
  out.interfaces = r.list(() => readInterface(r));
  out.referenceCount = r.u32();
  r.skip(2 + 2);  // users, most users
  return { ...out, health: r.u8(), desiredStatus: r.u8() };
}
