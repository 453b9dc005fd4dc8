import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Metro, Row } from '../data/types.ts';
import { listed, view_in, view_text } from '../screens/map/view.ts';
import { fan, scene_of, to_screen, view_of, zoomed } from './map_layout.ts';
import { network_of, width_of, worst } from './map_network.ts';
import { circle_plane, world_plane } from './map_planes.ts';
import { great_circle, land_path, world_size } from './map_world.ts';

const now = Date.parse('2026-12-01T12:00:00Z');
const condition = { state: 'good', since: null, returns_at: null, criterion: null, held_by: null, needs: null };

function device(code: string, metro: string | null, more: Partial<Row> = {}): Row {
  return { kind: 'device', code, pubkey: `P${code}`, status: 'activated', health: 'healthy', damped_failure: false, metro, condition, ...more } as Row;
}
function link(a: Row, z: Row, more: Partial<Row> = {}): Row {
  const side = (row: Row) => ({ device: row.code, interface: 'x', metro: row.metro ?? null, contributor: null });
  return device(`${a.code}:${z.code}`, null, { kind: 'link', side_a: side(a), side_z: side(z), bandwidth_bps: 1e10, ...more });
}
const metro = (code: string, lng: number, lat: number) => ({ code, lng, lat, name: code, kind: 'exchange', pubkey: code }) as Metro;
const metros = [metro('ams', 4.9, 52.3), metro('lon', -0.1, 51.5), metro('nyc', -74, 40.8), metro('tyo', 139.8, 35.7), metro('empty', 0, 0)];
const [ams, lon, nyc, tyo] = [device('ams1', 'ams'), device('lon1', 'lon'), device('nyc1', 'nyc'), device('tyo1', 'tyo')];
const size = { width: 900, height: 600 };
const network = (rows: readonly Row[], decided: [string, number][] = []) => network_of(rows, metros, new Map(decided), now);
const scene = (rows: readonly Row[], chosen = '') => {
  const net = network(rows);
  const plane = world_plane(net);
  return scene_of(net, plane, view_of([...plane.place.values()], size), size, chosen);
};

test('what has no place on the ledger is named, not put somewhere', () => {
  const lost = device('lost', null);
  const net = network([ams, lost, link(ams, lost)]);
  assert.deepEqual(net.nowhere.map((row) => row.code), ['ams1:lost', 'lost']);
  assert.deepEqual(net.metros.map((one) => one.code), ['ams']);
});

test('changed within the hour: by a decision, or by its condition; not longer ago', () => {
  const since = (minutes: number) => ({ condition: { ...condition, since: new Date(now - minutes * 60_000).toISOString() } }) as Partial<Row>;
  const rows = [device('a', 'ams', since(30)), device('b', 'ams', since(90)), device('c', 'ams'), device('d', 'ams')];
  const net = network(rows, [['Pc', now - 59 * 60_000], ['Pd', now - 61 * 60_000]]);
  assert.deepEqual(net.metros[0]?.devices.map((one) => one.changed), [true, false, true, false]);
});

test('a wider line carries more, and none is missing for want of a capacity', () => {
  assert.ok(width_of(undefined) > 1 && width_of(1e9) < width_of(1e10) && width_of(1e10) < width_of(1e11) && width_of(1e15) <= 5);
});

test('what stands for several is as bad as the worst of them, and of nothing nothing is known', () => {
  assert.equal(worst(['good', 'held', 'damped', 'recovering']), 'damped');
  assert.equal(worst([]), 'unknown');
});

test('the order of the answer changes nothing in the picture', () => {
  const rows = [ams, lon, nyc, tyo, link(ams, nyc), link(lon, nyc), link(tyo, nyc)];
  assert.deepEqual(scene(rows), scene([...rows].reverse()));
});

test('metros that are too near stand as one, with all their devices and the worst of what is within', () => {
  const rows = [ams, lon, nyc, tyo, link(ams, lon, { condition: { ...condition, state: 'failing' } } as Partial<Row>)];
  const { spots, lines, within } = scene(rows);
  const europe = spots.find((spot) => spot.metros.length === 2);
  assert.deepEqual([europe?.label, europe?.count, europe?.mark], ['ams +1', 2, 'failing']);
  assert.equal(lines.length, 0);
  assert.deepEqual(within.map((one) => one.row.code), ['ams1:lon1']);
});

test('nearer they are told apart, and their link is drawn between them', () => {
  const net = network([ams, lon, link(ams, lon)]);
  const plane = world_plane(net);
  const { spots, lines, dots } = scene_of(net, plane, view_of([...plane.place.values()], size), size);
  assert.deepEqual([spots.length, lines.length, dots.length], [2, 1, 2]);
  for (const dot of dots) assert.ok(lines[0]?.path.includes(`${Math.round(dot.x * 10) / 10} ${Math.round(dot.y * 10) / 10}`), 'the line ends at the device');
});

test('300 devices: none is drawn over another, none is lost', () => {
  const rows = Array.from({ length: 300 }, (_, i) => device(`d${String(i).padStart(3, '0')}`, ['ams', 'lon', 'nyc', 'tyo'][i % 4] ?? ''));
  const { spots, dots } = scene(rows, 'nyc');
  assert.equal(spots.reduce((sum, spot) => sum + spot.count, 0), 300);
  assert.equal(spots.find((spot) => spot.id === 'nyc')?.open, true, 'what is chosen is open');
  assert.equal(dots.filter((dot) => dot.device.row.metro === 'nyc').length, 75);
  for (const [i, a] of fan(75).entries()) for (const b of fan(75).slice(i + 1)) assert.ok(Math.hypot(a.x - b.x, a.y - b.y) > 12);
});

test('some links of the same ends lie beside each other; many are one line with their number', () => {
  const many = (n: number) => Array.from({ length: n }, (_, i) => link(nyc, tyo, { code: `l${i}`, pubkey: `Pl${i}` }));
  const four = scene([nyc, tyo, ...many(4)]).lines;
  assert.equal(new Set(four.map((line) => line.path)).size, 4);
  const five = scene([nyc, tyo, ...many(5)]).lines;
  assert.deepEqual(five.map((line) => line.links.length), [5]);
});

test('a link is dashed when drained; several as one only when all are', () => {
  const drained = { status: 'hard-drained' } as Partial<Row>;
  assert.equal(scene([nyc, tyo, link(nyc, tyo, drained)]).lines[0]?.drained, true);
  assert.equal(scene([nyc, tyo, link(nyc, tyo)]).lines[0]?.drained, false);
});

test('over the Pacific a link goes over the edge of the world, not over Europe', () => {
  const pieces = great_circle([139.8, 35.7], [-118, 34]);
  assert.equal(pieces.length, 2);
  assert.ok(pieces.flat().every((point) => point.x < world_size.width * 0.32 || point.x > world_size.width * 0.68));
  assert.ok(land_path().length > 10_000);
});

test('a zoom keeps what is under the pointer there, and the address holds the view', () => {
  const view = { x: 500, y: 200, k: 2 };
  const about = { x: 100, y: 50 };
  const after = zoomed(view, 3, about, size);
  const under = { x: view.x + (about.x - size.width / 2) / view.k, y: view.y + (about.y - size.height / 2) / view.k };
  const seen = to_screen(under, after, size);
  assert.ok(Math.hypot(seen.x - about.x, seen.y - about.y) < 1e-6);
  assert.deepEqual(view_in(view_text(view)), view);
  for (const text of [null, '', '1,2', '1,2,0', '1,2,x', 'a,b,c']) assert.equal(view_in(text), undefined);
});

test('the list has what is in view, the worst first', () => {
  const bad = device('tyo2', 'tyo', { condition: { ...condition, state: 'failing' } } as Partial<Row>);
  const net = network([ams, nyc, tyo, bad, link(nyc, tyo)]);
  const plane = world_plane(net);
  const at_tokyo = { ...(plane.place.get('tyo') ?? { x: 0, y: 0 }), k: 40 };
  const all = listed(net, scene_of(net, plane, at_tokyo, size), size, false);
  assert.deepEqual(all.shown.map((one) => one.row.code), ['tyo2', 'nyc1:tyo1', 'ams1', 'nyc1', 'tyo1']);
  const part = listed(net, scene_of(net, plane, at_tokyo, size), size, true);
  assert.deepEqual(part.shown.map((one) => one.row.code), ['tyo2', 'nyc1:tyo1', 'tyo1']);
  assert.equal(part.of, 5);
});

test('the graph: from the west to the east around a circle, every device at its own place', () => {
  const net = network([ams, lon, nyc, tyo, link(nyc, tyo)]);
  const plane = circle_plane(net);
  const angle = (code: string) => {
    const point = plane.devices?.get(code) ?? { x: 0, y: 0 };
    return (Math.atan2(point.y - 500, point.x - 500) + 3 * Math.PI) % (2 * Math.PI);
  };
  assert.deepEqual(['ams1', 'lon1', 'nyc1', 'tyo1'].sort((a, b) => angle(a) - angle(b)), ['nyc1', 'lon1', 'ams1', 'tyo1']);
  const { dots, lines } = scene_of(net, plane, view_of([...plane.place.values()], size), size);
  assert.equal(new Set(dots.map((dot) => `${dot.x} ${dot.y}`)).size, 4);
  assert.equal(lines.length, 1);
});

test('a fleet that is too large for single devices is a graph of its metros, soon', () => {
  const codes = ['ams', 'lon', 'nyc', 'tyo'];
  const rows = Array.from({ length: 8_000 }, (_, i) => device(`d${i}`, codes[i % 4] ?? ''));
  const links = rows.slice(1).map((row, i) => link(rows[i] ?? row, row));
  const net = network([...rows, ...links]);
  const begin = Date.now();
  const { dots, lines, spots } = scene_of(net, circle_plane(net), view_of([...circle_plane(net).place.values()], size), size, 'ams');
  assert.ok(Date.now() - begin < 3_000);
  assert.deepEqual([dots.length, lines.length <= 6, spots.reduce((sum, spot) => sum + spot.count, 0)], [0, true, 8_000]);
});
